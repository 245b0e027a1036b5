"""The policies of one application: its own, and the reusable ones attached to it.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/applications/subresources/policies/
"""
