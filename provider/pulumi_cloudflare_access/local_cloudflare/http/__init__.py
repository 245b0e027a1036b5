"""The local Cloudflare's server: requests in, answers out, on whatever route."""
