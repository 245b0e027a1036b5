"""The user behind credentials."""
