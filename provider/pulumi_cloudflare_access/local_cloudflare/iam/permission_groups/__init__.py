"""Permission groups: what can be allowed or denied. Only Cloudflare creates them.

https://developers.cloudflare.com/api/resources/iam/subresources/permission_groups/
"""
