"""Resource groups: where a policy applies.

https://developers.cloudflare.com/api/resources/iam/subresources/resource_groups/
"""
