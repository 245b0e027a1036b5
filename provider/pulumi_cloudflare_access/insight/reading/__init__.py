"""Reading worlds: from previews, event streams, exports, policy packs and snapshots."""
