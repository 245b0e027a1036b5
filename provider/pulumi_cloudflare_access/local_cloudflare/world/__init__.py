"""What the local Cloudflare holds: accounts, zones, objects, its clock and its switches."""
