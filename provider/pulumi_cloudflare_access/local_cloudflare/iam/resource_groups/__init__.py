"""Resource groups: the objects that a policy applies to.

https://developers.cloudflare.com/api/resources/iam/subresources/resource_groups/
"""
