"""What somebody has made in the dashboard, here by the API: the group that the program adopts."""

import json
import os

import httpx

local = json.loads(os.environ["CLOUDFLARE_ACCESS_LOCAL"])
people = ("grace@example.com", "ada@example.com")
answer = httpx.post(
    f"{local['base_url']}/accounts/{local['account_id']}/access/groups",
    headers={"Authorization": f"Bearer {local['token']}"},
    json={"name": "Engineers", "include": [{"email": {"email": person}} for person in people]},
)
answer.raise_for_status()
print(answer.json()["result"]["id"])
