"""Cloudflare IAM: who is in an account, and who may do what there."""
