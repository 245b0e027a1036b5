"""Permission groups: what can be allowed or denied. Nobody but Cloudflare makes any.

https://developers.cloudflare.com/api/resources/iam/subresources/permission_groups/
"""
