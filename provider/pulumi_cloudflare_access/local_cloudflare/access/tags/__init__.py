"""Tags, which applications can carry: only seeded here, by `name`. They have no routes."""
