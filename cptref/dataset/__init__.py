"""TOML files -> checked values. Knows nothing of SQLite, searching or terminals."""
