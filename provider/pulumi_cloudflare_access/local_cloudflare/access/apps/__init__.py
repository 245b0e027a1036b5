"""Access applications.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/
"""
