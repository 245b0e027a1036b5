"""Cloudflare Access."""
