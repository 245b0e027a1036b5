"""Access applications: what is protected, and how.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/
"""
