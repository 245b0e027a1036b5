"""Custom pages, which people see who are refused, or who log in.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/custom_pages/
"""
