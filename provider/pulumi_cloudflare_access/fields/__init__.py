"""Values, without input or output: fields, their shapes, and unordered lists as keyed maps.

Nothing here sends a request or calls Pulumi: neither httpx nor pulumi is imported.
"""
