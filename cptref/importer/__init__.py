"""A saved article page -> a dataset file."""
