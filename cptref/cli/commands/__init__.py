"""One module per command, each imported when the command is asked for. See `COMMAND_MODULES` in loader.py."""
