"""Zero Trust lists: values that rules ask for.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/gateway/subresources/lists/
"""
