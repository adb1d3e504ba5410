"""The library on a full screen: type and see.

It needs the extra `cptref[browse]`, and nothing here is imported by any other command.
"""
