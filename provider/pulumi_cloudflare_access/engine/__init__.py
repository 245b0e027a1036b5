"""What answers the engine: check, diff, create, read, update and delete, once for every kind."""
