"""Turn a saved article page into a dataset file."""
