"""Text that people read: names with dangerous characters spelled, secrets blanked out.

The lowest layer. Every part of the package that writes text uses it, and it imports no other part.
"""
