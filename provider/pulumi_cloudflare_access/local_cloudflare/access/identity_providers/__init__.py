"""Identity providers, where people log in: seeded, listed and read, never written.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/identity_providers/
"""
