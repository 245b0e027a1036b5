"""One example of each of the 26 selectors, as Cloudflare's OpenAPI text and SDK have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
IDENTITY_PROVIDER = "ea85612a-29c8-46c2-bacb-669d65136971"

OPENAPI = Path(__file__).parents[1] / "openapi"
NOW = "cloudflare-access-iam.json"
IN_2024 = "cloudflare-access-iam.2024-08-06.json"


def openapi(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((OPENAPI / name).read_text())
    return document


def examples(document: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    """Return a rule for each selector, of the examples that the document gives for its fields."""
    schemas = document["components"]["schemas"]
    alternatives = [schemas[ref["$ref"].split("/")[-1]] for ref in schemas[rule]["oneOf"]]
    return [
        {
            selector: {
                field: schema.get("example", "023e105f4ecef8ad9ca31a8372d0c353")
                for field, schema in fields.get("properties", {}).items()
            }
            for selector, fields in alternative["properties"].items()
        }
        for alternative in alternatives
    ]


RULES = examples(openapi(NOW), "accessRule")
RULES_IN_2024 = examples(openapi(IN_2024), "access_rule")
EXAMPLE_GROUP = {"id": ID, "name": "Employees", "include": [{"everyone": {}}]}
"""The group that the examples refer to."""
