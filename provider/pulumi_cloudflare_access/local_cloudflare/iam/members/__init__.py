"""Account members, who are in an account or invited to it.

https://developers.cloudflare.com/api/resources/accounts/subresources/members/
"""
