"""The policies of one application: its own, and the reusable ones that it has.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/
"""
