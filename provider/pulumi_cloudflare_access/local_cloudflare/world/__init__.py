"""The state of the local Cloudflare: accounts, zones, objects, the clock and the switches."""
