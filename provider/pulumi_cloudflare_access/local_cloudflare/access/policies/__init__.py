"""Reusable policies, which any number of an account's applications can have.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/
"""
