"""API tokens: whether they are any good."""
