"""User groups: members of an account who share policies.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/
"""
