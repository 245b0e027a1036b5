"""Cloudflare's OpenAPI text as JSON Schema, to hold answers against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from local_cloudflare.samples import openapi

if TYPE_CHECKING:
    import httpx


def as_json_schema(part: Any, *, exact: bool) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema; exact: every property is there, and no other one."""
    if isinstance(part, list):
        return [as_json_schema(item, exact=exact) for item in part]
    if not isinstance(part, dict):
        return part
    schema = {key: as_json_schema(value, exact=exact) for key, value in part.items()}
    if part.get("nullable"):
        schema["type"] = [part["type"], "null"]
    if exact and part.get("type") == "object" and "oneOf" not in part:
        schema["additionalProperties"] = False
        schema["required"] = list(part.get("properties", {}))
    return schema


class Answers:
    """The answers that a document promises for a route."""

    def __init__(self, name: str, *, exact: bool = False) -> None:
        self.document = openapi(name)
        self.components = as_json_schema(self.document["components"], exact=exact)

    def check(self, verb: str, route: str, response: httpx.Response) -> None:
        responses = self.document["paths"][route][verb.lower()]["responses"]
        status = str(response.status_code) if response.is_success else "4XX"
        promised = responses[status]["content"]["application/json"]["schema"]
        schema = promised | {"components": self.components}
        Draft202012Validator(schema).validate(response.json())
