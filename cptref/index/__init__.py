"""The compiled SQLite file: its schema, writer, reader and cache. The only room with SQL."""
