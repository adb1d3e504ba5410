"""Load and check dataset files: TOML in, values and faults out."""
