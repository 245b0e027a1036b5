"""The HTTP server of the local Cloudflare."""
