"""Gateway: what rules of Access and of Gateway refer to."""
