"""Requests made of the examples in Cloudflare's OpenAPI text, and the properties of its schemas."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Any

from cloudflare.types.zero_trust.access import application_create_params as params

from local_cloudflare.samples import NOW, openapi

if TYPE_CHECKING:
    from collections.abc import Iterator

# The SDK has one class of parameters for each type of application.
CLASSES = {
    "self_hosted": params.SelfHostedApplication,
    "saas": params.SaaSApplication,
    "ssh": params.BrowserSSHApplication,
    "vnc": params.BrowserVNCApplication,
    "app_launcher": params.AppLauncherApplication,
    "warp": params.DeviceEnrollmentPermissionsApplication,
    "biso": params.BrowserIsolationPermissionsApplication,
    "bookmark": params.BookmarkApplication,
    "infrastructure": params.InfrastructureApplication,
    "rdp": params.BrowserRDPApplication,
    "mcp": params.McpServerApplication,
    "mcp_portal": params.McpServerPortalApplication,
    "proxy_endpoint": params.GatewayIdentityProxyEndpointApplication,
}

AUTHENTICATIONS = {
    "httpbasic": {"user", "password"},
    "oauthbearertoken": {"token"},
    "oauth2": {"authorization_url", "client_id", "client_secret", "scopes", "token_url"},
}
"""Cloudflare's OpenAPI text of 2026 has these schemes in one, as it has the types."""


# What Terraform's acceptance tests send, against the SDK.
SENT_BY_TERRAFORM = {
    "saas": {"session_duration", "allow_authenticate_via_warp"},
    "mcp_portal": {"self_hosted_domains"},
}


def fields(kind: str) -> set[str]:
    """Return the names of the fields that the SDK, or Terraform's tests, know of a type."""
    names = set(inspect.get_annotations(CLASSES[kind])) | SENT_BY_TERRAFORM.get(kind, set())
    return names - {"account_id", "zone_id"}


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and put the parts of `allOf` together."""
    if "$ref" in schema:
        found = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        return resolved(document, found | {key: schema[key] for key in schema if key != "$ref"})
    if "allOf" not in schema:
        return schema
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        whole = resolved(document, part)
        properties = merged.get("properties", {})
        for name, inner in whole.get("properties", {}).items():
            properties[name] = properties.get(name, {}) | resolved(document, inner)
        merged = whole | merged
        if properties:
            merged["properties"] = properties
    return merged


def example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return the example that a schema gives, or one made of its parts."""
    schema = resolved(document, schema)
    given = [schema["example"]] if "example" in schema else schema.get("enum")
    if given and schema.get("type") != "object":
        return given[0]
    if schema.get("properties"):
        return {
            name: example(document, inner)
            for name, inner in schema["properties"].items()
            if not resolved(document, inner).get("readOnly")
        }
    for alternatives in ("oneOf", "anyOf"):
        if alternatives in schema:
            return example(document, schema[alternatives][0])
    if given:
        return given[0]
    if schema.get("type") == "array":
        return [example(document, schema["items"])]
    made = {"boolean": True, "integer": 1, "number": 1}
    return schema.get("default", made.get(schema.get("type", "string"), "example"))


def request(kind: str, auth_type: str = "oidc", scheme: str = "oauth2") -> dict[str, Any]:
    """Return a request with every documented field of a type but `policies`."""
    document = openapi(NOW)
    properties = document["components"]["schemas"]["accessAppRequest"]["properties"]
    body = {
        name: example(document, properties[name])
        for name in fields(kind) & properties.keys() - {"policies"}
    }
    body["type"] = kind
    if "oauth_configuration" in body:
        # Refused with a path: seen live, against the example.
        body["domain"] = "test.example.com"
    if kind == "mcp":
        del body["domain"]
    elif "destinations" in body:
        # Seen live: a domain is one of the places. Those of the example are others.
        body["destinations"].append({"type": "public", "uri": body["domain"]})
    if "cors_headers" in body:
        # Seen live: not for everybody.
        body["cors_headers"]["allow_credentials"] = False
    if "saas_app" in body:
        names = saas_fields(auth_type)
        saas_app = {name: body["saas_app"][name] for name in names & body["saas_app"].keys()}
        body["saas_app"] = saas_app | {"auth_type": auth_type}
    if "scim_config" in body:
        given = body["scim_config"]["authentication"]
        body["scim_config"]["authentication"] = {"scheme": scheme} | {
            name: given[name] for name in AUTHENTICATIONS[scheme]
        }
    if kind == "rdp":
        body["target_criteria"][0]["protocol"] = "RDP"
    if kind == "infrastructure":
        body["mfa_config"]["allowed_authenticators"] = ["piv_key"]
    return body


def saas_fields(auth_type: str) -> set[str]:
    """Return the names of the fields that the SDK knows of a SaaS application."""
    saml, oidc = typing.get_args(
        typing.get_type_hints(params.SaaSApplication, vars(params))["saas_app"]
    )
    return set(inspect.get_annotations(saml if auth_type == "saml" else oidc))


def paths(document: dict[str, Any], schema: dict[str, Any], above: str = "") -> set[str]:
    """Return every property of a schema; what is in rules is left to the tests of rules."""
    schema = resolved(document, schema)
    if schema.get("type") == "array":
        return paths(document, schema["items"], above)
    found = set()
    for name, inner in schema.get("properties", {}).items():
        found |= {f"{above}{name}"} | paths(document, inner, f"{above}{name}.")
    return found


def paths_of(value: Any, known: set[str], above: str = "") -> Iterator[str]:
    """Yield every property of an answer, down to where the schema ends."""
    if isinstance(value, list):
        for item in value:
            yield from paths_of(item, known, above)
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}{name}"
            yield path
            if any(other.startswith(f"{path}.") for other in known):
                yield from paths_of(inner, known, f"{path}.")
