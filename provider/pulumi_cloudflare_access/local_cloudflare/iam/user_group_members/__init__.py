"""User group members: which members of the account are in a user group.

https://developers.cloudflare.com/api/resources/iam/subresources/user_groups/subresources/members/
"""
