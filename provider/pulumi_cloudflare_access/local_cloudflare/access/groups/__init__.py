"""Access groups: named sets of rules that policies point at.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/groups/
"""
