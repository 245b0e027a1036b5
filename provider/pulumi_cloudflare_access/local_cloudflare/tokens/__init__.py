"""API tokens: their verification."""
