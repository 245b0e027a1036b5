"""Zones: seeded, listed and read, never written.

https://developers.cloudflare.com/api/resources/zones/
"""
