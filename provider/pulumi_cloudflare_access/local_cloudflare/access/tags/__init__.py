"""Tags of applications, which the App Launcher can be filtered by.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/tags/
"""
