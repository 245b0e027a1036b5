"""Account members: who is in an account, or invited.

https://developers.cloudflare.com/api/resources/accounts/subresources/members/
"""
