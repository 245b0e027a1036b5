"""Identity providers, where people log in: made, changed, deleted, each type with its own fields.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""
