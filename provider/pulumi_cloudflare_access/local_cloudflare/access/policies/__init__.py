"""Reusable policies: who gets in, for any number of an account's applications.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/
"""
