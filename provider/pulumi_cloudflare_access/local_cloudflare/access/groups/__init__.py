"""Access groups: named sets of rules that policies refer to.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/groups/
"""
