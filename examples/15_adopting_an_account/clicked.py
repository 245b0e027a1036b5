"""What somebody has made in the dashboard over the years, here by the API."""

import json
import os
from typing import Any

import httpx

local = json.loads(os.environ["CLOUDFLARE_ACCESS_LOCAL"])
api = httpx.Client(
    base_url=f"{local['base_url']}/accounts/{local['account_id']}/access",
    headers={"Authorization": f"Bearer {local['token']}"},
)


def make(what: str, **fields: Any) -> str:
    """Make an object; return its id."""
    answer = api.post(what, json=fields).raise_for_status()
    return str(answer.json()["result"]["id"])


staff = make("groups", name="Staff", include=[{"email_domain": {"domain": "example.com"}}])
rule = {"group": {"id": staff}}
allow = make("policies", name="Allow staff", decision="allow", include=[rule])
own = {"name": "Staff at home", "decision": "allow", "include": [rule], "precedence": 1}
own["require"] = [{"geo": {"country_code": "DE"}}]
wiki = {"name": "Wiki", "domain": "wiki.example.com", "session_duration": "8h"}
make("apps", type="self_hosted", policies=[allow], **wiki)
make("apps", type="self_hosted", name="Console", domain="console.example.com", policies=[own])
