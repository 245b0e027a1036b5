"""What runs in the user's program: resources, references between them, and look-ups."""
