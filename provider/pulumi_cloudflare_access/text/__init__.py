"""Text that people read: how names are spelled in it, and how it does without secrets.

The lowest room: whatever says something uses it, and it uses nothing else of the package.
"""
