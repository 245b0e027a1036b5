"""The user that credentials belong to."""
