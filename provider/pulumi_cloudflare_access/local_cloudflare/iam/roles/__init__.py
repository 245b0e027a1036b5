"""Roles, which members of an account can have.

https://developers.cloudflare.com/api/resources/accounts/subresources/roles/
"""
