"""Reads worlds from previews, event streams, exported stacks, policy packs and snapshots."""
