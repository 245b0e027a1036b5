"""SSO connectors: the e-mail domains whose people log in to the dashboard by single sign-on.

https://developers.cloudflare.com/api/resources/iam/subresources/sso/
"""
