"""Identity providers, with which people log in. Each type has its own fields.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""
