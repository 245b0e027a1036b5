"""DNS, as much of it as other parts of Cloudflare look at: TXT records of zones."""
