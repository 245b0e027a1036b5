"""DNS: only TXT records of zones, which other parts of Cloudflare look up."""
