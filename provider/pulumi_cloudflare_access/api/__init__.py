"""Requests to Cloudflare's API: the client, rate limit, retries, lists, the journal of creates.

Nothing outside of this room sends a request.
"""
