"""The Zero Trust organization: always there, one in each account, never deleted.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/organizations/
"""
