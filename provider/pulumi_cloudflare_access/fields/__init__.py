"""Values, pure: the fields of an object, their shapes, and unordered lists as keyed maps.

Nothing here asks Cloudflare or Pulumi: neither httpx nor pulumi is imported.
"""
