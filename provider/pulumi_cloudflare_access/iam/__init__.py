"""Cloudflare IAM, one file per object. The URL is the index: /iam/user_groups is user_group.py."""
