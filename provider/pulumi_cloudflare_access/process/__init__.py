"""The plugin process that the engine starts: what it says, how it ends, whose state it serves."""
