"""Cloudflare Access, one file per object. The URL is the index: /access/groups is group.py."""
