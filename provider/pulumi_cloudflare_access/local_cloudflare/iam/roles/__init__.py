"""Roles: what a member of an account can be.

https://developers.cloudflare.com/api/resources/accounts/subresources/roles/
"""
