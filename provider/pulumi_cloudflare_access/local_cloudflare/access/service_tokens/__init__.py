"""Service tokens, with which programs get in: seeded, listed and read, never written.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/service_tokens/
"""
