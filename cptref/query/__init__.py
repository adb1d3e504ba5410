"""Questions: values compiled into SQLite, and answered from there. Knows nothing of TOML or terminals."""
