"""Service tokens, with which programs get in.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/service_tokens/
"""
