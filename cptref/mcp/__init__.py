"""The library for agents: a server of the Model Context Protocol over standard input and output.

It needs the extra `cptref[mcp]`, and nothing here is imported by any other command.
"""
