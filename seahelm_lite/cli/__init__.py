"""The command line: one file a command; imports nothing heavy at module level."""
