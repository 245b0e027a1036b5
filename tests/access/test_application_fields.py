"""Every field of applications, for every type that takes it: one life each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import ABSENT, Life, Person, described, holds, meant, said, told, written
from harness.local import reset
from harness.plugin import CallFailed, Plugin
from local_cloudflare.documented import CLASSES, fields, paths
from local_cloudflare.samples import NOW, openapi
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.access import places
from pulumi_cloudflare_access.access.application_fields import AccessApplicationInputs
from pulumi_cloudflare_access.access.application_types import TAKEN_BY, takes
from pulumi_cloudflare_access.fields.model import fields_of
from pulumi_cloudflare_access.fields.shapes import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "access_application"
IDP, IDP_2 = "ea85612a-29c8-46c2-bacb-669d65136971", "12312312-29c8-46c2-bacb-669d65136971"
PAGE, PAGE_2 = "699d9864-2c56-4d2e-855e-9661899b7252", "11198642-2c56-4d2e-855e-9661899b7252"
NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:"


def _mapping(schema: str, **more: Any) -> dict[str, Any]:
    return {"schema": f"urn:ietf:params:scim:schemas:core:2.0:{schema}", **more}


BASIC = {"scheme": "httpbasic", "user": "cloudflare", "password": "correct horse"}
OAUTH2 = {
    "scheme": "oauth2",
    "authorization_url": "https://idp.example.com/authorize",
    "token_url": "https://idp.example.com/token",
    "client_id": "cloudflare",
    "client_secret": "battery staple",
    "scopes": ["users", "groups", "openid"],
}
SCIM: dict[str, Any] = {
    "remote_uri": "https://wiki.example.com/scim",
    "idp_uid": IDP,
    "authentication": OAUTH2,
    "deactivate_on_delete": True,
    "enabled": True,
    "mappings": [
        _mapping(
            "User",
            enabled=True,
            filter='title pr or userType eq "Intern"',
            operations={"create": True, "update": True, "delete": False},
            strictness="strict",
            transform_jsonata="$merge([$, {'userName': userName}])",
        ),
        _mapping("Group", enabled=False),
    ],
}
SAML = {
    "auth_type": "saml",
    "consumer_service_url": "https://wiki.example.com/acs",
    "custom_attributes": [
        {
            "friendly_name": "Department",
            "name": "department",
            "name_format": f"{NAME_FORMAT}basic",
            "required": True,
            "source": {
                "name": "dept",
                "name_by_idp": [
                    {"idp_id": IDP, "source_name": "dept"},
                    {"idp_id": IDP_2, "source_name": "abteilung"},
                ],
            },
        },
        {"name": "family_name", "source": {"name": "surname"}},
        {"name": "given_name"},
    ],
    "default_relay_state": "https://wiki.example.com",
    "idp_entity_id": "https://team.example.com",
    "name_id_format": "email",
    "name_id_transform_jsonata": "$substringBefore(email, '@')",
    "saml_attribute_transform_jsonata": "$ ~>| groups | {'name': 'x'} |",
    "sp_entity_id": "wiki",
    "sso_endpoint": "https://team.example.com/sso",
}
OIDC = {
    "auth_type": "oidc",
    "access_token_lifetime": "5m",
    "allow_pkce_without_client_secret": True,
    "app_launcher_url": "https://wiki.example.com/login",
    "custom_claims": [
        {
            "name": "department",
            "required": True,
            "scope": "profile",
            "source": {"name": "dept", "name_by_idp": {IDP: "dept", IDP_2: "abteilung"}},
        },
        {"name": "family_name", "scope": "profile"},
        {"name": "given_name", "scope": "openid"},
    ],
    "grant_types": ["authorization_code", "refresh_tokens", "implicit"],
    "group_filter_regex": "^wiki-",
    "hybrid_and_implicit_options": {
        "return_access_token_from_authorization_endpoint": True,
        "return_id_token_from_authorization_endpoint": False,
    },
    "redirect_uris": ["https://wiki.example.com/a", "https://wiki.example.com/b"],
    "refresh_token_options": {"lifetime": "30d"},
    "scopes": ["openid", "groups", "email"],
}
CORS = {
    "allow_all_headers": False,
    "allow_all_methods": False,
    "allow_all_origins": False,
    "allow_credentials": True,
    "allowed_headers": ["X-One", "X-Two", "X-Three"],
    "allowed_methods": ["GET", "POST", "PUT"],
    "allowed_origins": ["https://a.example.com", "https://b.example.com"],
    "max_age": 600,
}
OAUTH = {
    "dynamic_client_registration": {
        "allow_any_on_localhost": True,
        "allow_any_on_loopback": False,
        "allowed_uris": ["https://a.example.com/*", "https://b.example.com/*"],
        "enabled": True,
    },
    "enabled": False,
    "grant": {"access_token_lifetime": "5m", "session_duration": "12h"},
}
MFA = {
    "allowed_authenticators": ["totp", "biometrics", "security_key"],
    "mfa_disabled": False,
    "session_duration": "30m",
}
LANDING = {
    "button_color": "#ff8800",
    "button_text_color": "#ffffff",
    "image_url": "https://example.com/logo.png",
    "message": "Mind the gap",
    "title": "Welcome",
}
DESTINATIONS = [
    {"type": "public", "uri": "Wiki.Example.com/Path"},
    {"type": "public", "uri": "wiki.example.com"},
    {
        "type": "private",
        "cidr": "10.0.0.1",
        "l4_protocol": "tcp",
        "port_range": "80-443",
        "vnet_id": PAGE,
    },
    {"type": "private", "hostname": "Db.Internal"},
    {"type": "via_mcp_server_portal", "mcp_server_id": "tools"},
    {
        "type": "worker",
        "worker_id": "w1",
        "overrides": [
            {"behavior": "public", "path_pattern": "/a"},
            {"behavior": "public", "path_pattern": "/b"},
        ],
    },
]


def target(protocol: str, port: int, *hosts: str) -> dict[str, Any]:
    attributes = {"hostname": list(hosts), "role": ["a", "b", "c"]}
    return {"port": port, "protocol": protocol, "target_attributes": attributes}


def by_rules(protocol: str, port: int) -> dict[str, Any]:
    rule = {"tags": {"env": ["a", "b"]}, "target_attributes": {"hostname": ["x", "y"]}}
    return {
        "port": port,
        "protocol": protocol,
        "include": rule,
        "require": {"tags": {"os": ["linux"]}},
        "exclude": {"target_attributes": {"hostname": ["z"]}},
    }


# Two values of every field. A field that a type takes in values of its own is in OWN too.
VALUES: dict[str, tuple[Any, Any]] = {
    "allow_authenticate_via_warp": (True, False),
    "allow_iframe": (True, False),
    "allowed_idps": ([IDP, IDP_2], [IDP_2]),
    "app_launcher_logo_url": ("https://example.com/1.png", "https://example.com/2.png"),
    "app_launcher_visible": (False, True),
    "bg_color": ("#ff8800", "#0088ff"),
    "cors_headers": (CORS, {"allow_all_origins": True, "allow_all_methods": True, "max_age": -1}),
    "custom_deny_message": ("No.", "Sorry."),
    "custom_deny_url": ("https://example.com/no", "https://example.com/sorry"),
    "custom_non_identity_deny_url": ("https://example.com/no", "https://example.com/sorry"),
    "custom_pages": ([PAGE, PAGE_2], [PAGE_2]),
    "destinations": (DESTINATIONS, DESTINATIONS[1:2]),
    "eager_redirect_cookie_setting": (True, False),
    "enable_binding_cookie": (True, False),
    "footer_links": (
        [{"name": "B", "url": "https://b.example"}, {"name": "A", "url": "https://a.example"}],
        [{"name": "A", "url": "https://a.example"}, {"name": "B", "url": "https://b.example"}],
    ),
    "header_bg_color": ("#ff8800", "#0088ff"),
    "http_only_cookie_attribute": (False, True),
    "landing_page_design": (LANDING, {"title": "Hello"}),
    "logo_url": ("https://example.com/1.png", "https://example.com/2.png"),
    "mfa_config": (MFA, {"mfa_disabled": True}),
    "name": ("Wiki", "Docs"),
    "oauth_configuration": (OAUTH, {"enabled": True}),
    "options_preflight_bypass": (True, False),
    "path_cookie_attribute": (True, False),
    "read_service_tokens_from_header": ("Authorization", "X-Token"),
    "saas_app": (OIDC, {"auth_type": "oidc", "scopes": ["email", "openid"]}),
    "same_site_cookie_attribute": ("strict", "lax"),
    "scim_config": (SCIM, {**SCIM, "authentication": BASIC, "mappings": SCIM["mappings"][:1]}),
    "self_hosted_domains": (
        ["Wiki.Example.com/Path", "wiki.example.com"],
        ["docs.example.com", "wiki.example.com"],
    ),
    "service_auth_401_redirect": (True, False),
    "session_duration": ("30m", "2h45m"),
    "skip_app_launcher_login_page": (True, False),
    "skip_interstitial": (True, False),
    "tags": (["engineers", "staff"], ["staff"]),
    "use_clientless_isolation_app_launcher_url": (True, False),
}
SSH_KEYS = {"allowed_authenticators": ["piv_key", "ssh_fido2_key"], "session_duration": "1h"}
OWN: dict[tuple[str, str], tuple[Any, Any]] = {
    ("infrastructure", "mfa_config"): (SSH_KEYS, {"mfa_disabled": True}),
    ("infrastructure", "target_criteria"): (
        [target("SSH", 22, "a", "b"), target("SSH", 2222, "c"), by_rules("SSH", 23)],
        [target("SSH", 22, "a")],
    ),
    ("rdp", "target_criteria"): (
        [target("RDP", 3389, "a", "b"), by_rules("RDP", 3390)],
        [target("RDP", 3389, "a")],
    ),
}
# A redirect goes to the one identity provider there is.
REDIRECT = (True, False)

# What an answer has of a field that nobody sent; of the others it has nothing.
UNSENT = {
    "allowed_idps": [],  # sent: the documented word for all of them
    "app_launcher_visible": True,
    "auto_redirect_to_identity": False,
    "enable_binding_cookie": False,
    "http_only_cookie_attribute": True,
    "path_cookie_attribute": False,
    "session_duration": "24h",
    "skip_app_launcher_login_page": False,
    "tags": [],
    "use_clientless_isolation_app_launcher_url": False,
}
DERIVED = {
    "destinations": [{"type": "public", "uri": "wiki.example.com"}],
    "self_hosted_domains": ["wiki.example.com"],
}

# In no other letters, and in all values of the two fields that it is derived from or derives.
DOMAIN = {"domain": "wiki.example.com"}
BASE: dict[str, dict[str, Any]] = {
    **{kind: {} for kind in CLASSES},
    **dict.fromkeys(("self_hosted", "ssh", "vnc", "bookmark", "proxy_endpoint"), DOMAIN),
    "rdp": {**DOMAIN, "target_criteria": [target("RDP", 3389, "a")]},
    "infrastructure": {"target_criteria": [target("SSH", 22, "a")]},
    "saas": {"saas_app": SAML},
}
# Not of every program's own choosing, or no field of the API's: test_application.py has them.
ELSEWHERE = {"extra", "account_id", "zone_id", "type", "domain", "policies", "allow_no_policies"}
# A type is nothing without it, so it cannot be removed: test_application.py.
REQUIRED = {
    ("infrastructure", "target_criteria"),
    ("rdp", "target_criteria"),
    ("saas", "saas_app"),
}
# These three are in every account, under names that cannot be changed.
BUILT_IN = ("app_launcher", "biso", "warp")


def lives() -> Iterator[Any]:
    for kind in CLASSES:
        for field in sorted(fields(kind) - ELSEWHERE):
            if (kind, field) in REQUIRED:
                continue
            base = {"type": kind, **BASE[kind]}
            one, other = OWN.get((kind, field)) or VALUES.get(field) or REDIRECT
            absent = UNSENT.get(field, ABSENT)
            if field in DERIVED:
                absent = DERIVED[field] if "domain" in base else []
            if field == "auto_redirect_to_identity":
                base["allowed_idps"] = [IDP]
            life = Life(KIND, base, field, one, other, absent)
            yield pytest.param(life, id=f"{kind}-{field}")
    logins = ({**SCIM, "authentication": [BASIC, OAUTH2]}, {**SCIM, "authentication": [OAUTH2]})
    life = Life(KIND, {"type": "self_hosted", **DOMAIN}, "scim_config", *logins)
    yield pytest.param(life, id="self_hosted-scim_config with a list of logins")


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    cloudflare.seed({"access/tags": [{"name": "engineers"}, {"name": "staff"}]})
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


@pytest.mark.parametrize("life", list(lives()))
def test_a_field_lives(
    life: Life, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    life.lived(plugin, cloudflare, person)


def once() -> Iterator[Any]:
    """Return one life of every field, in the first type that has it."""
    found: dict[str, Any] = {}
    for life in lives():
        # Where an application is, each of three fields says, and one follows from the other.
        if life.values[0].field not in places.WAYS:
            found.setdefault(life.values[0].field, pytest.param(life.values[0], id=life.id))
    yield from found.values()


@pytest.mark.parametrize("life", list(once()))
def test_no_first_declaration_replaces_unseen_what_somebody_has_set(
    life: Life, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    life.first_declared(plugin, cloudflare, person)


# Fields that have nothing to say when they are empty, with what they say then.
EMPTY: dict[type, Any] = {bool: False, str: "", list: []}
# What is no text of the program's own choosing, or cannot be empty.
NEVER_EMPTY = {"name", "session_duration", "app_launcher_visible", "http_only_cookie_attribute"}


def empty() -> Iterator[Any]:
    for life in once():
        field, value = life.values[0].field, life.values[0].one
        if type(value) in EMPTY and field not in NEVER_EMPTY:
            yield pytest.param(life.values[0], EMPTY[type(value)], id=life.id)


@pytest.mark.parametrize(("life", "nothing"), list(empty()))
def test_what_answers_leave_out_when_it_is_empty_is_no_drift(
    life: Life, nothing: Any, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    life.is_empty_quietly(plugin, cloudflare, person, nothing)


# Objects whose every field is false or empty, and what else of them there may be.
EMPTY_OBJECTS: dict[str, dict[str, Any]] = {
    "cors_headers": {"allow_credentials": False, "allowed_origins": [], "max_age": 60},
    "landing_page_design": {"title": "", "message": "Mind the gap"},
    "mfa_config": {"mfa_disabled": False, "session_duration": "5m"},
    "oauth_configuration": {
        "enabled": False,
        "dynamic_client_registration": {"enabled": False, "allowed_uris": []},
    },
    "saas_app": {
        "auth_type": "oidc",
        "allow_pkce_without_client_secret": False,
        "group_filter_regex": "",
        "custom_claims": [{"name": "department", "required": False}],
    },
    "scim_config": {**SCIM, "authentication": BASIC, "enabled": False, "mappings": []},
}


@pytest.mark.parametrize("field", EMPTY_OBJECTS)
def test_what_is_empty_inside_an_object_is_no_drift_either(
    field: str, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    kind = HOME.get(field, "self_hosted")
    base = {"type": kind, **BASE[kind]}
    Life(KIND, base, field, EMPTY_OBJECTS[field], None).quiet_without_empty(plugin, cloudflare)
    del person


# Every object with fields of its own, and what of it cannot be left out.
OBJECTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "cors_headers": (CORS, {"allowed_methods"}),
    "landing_page_design": (LANDING, set()),
    "mfa_config": (MFA, set()),
    "oauth_configuration": (OAUTH, set()),
    "saas_app": (OIDC, {"auth_type"}),
    "scim_config": (SCIM, {"remote_uri", "idp_uid"}),
}
# Compared with all that is in them.
WHOLE = {"cors_headers", "mfa_config"}
HOME = {"landing_page_design": "app_launcher", "saas_app": "saas"}


def parts() -> Iterator[tuple[str, str, Any]]:
    for field, (value, required) in OBJECTS.items():
        yield from ((field, part, value) for part in value.keys() - required)
    yield from (("saas_app", part, SAML) for part in SAML.keys() - {"auth_type"})


PARTS: list[tuple[str, str, Any]] = sorted(parts(), key=lambda part: part[:2])


@pytest.mark.parametrize(("field", "part", "value"), PARTS)
def test_a_part_of_an_object_goes_with_its_declaration_and_stays_without_one(
    field: str,
    part: str,
    value: dict[str, Any],
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    kind = HOME.get(field, "self_hosted")
    base = {"type": kind, **BASE[kind]}
    without = {key: inner for key, inner in value.items() if key != part}
    made = plugin.up(KIND, {**base, field: value})
    less = plugin.up(KIND, {**base, field: without}, was=made)
    assert less.did == "update"
    # A request without it is on.
    enabled = {"enabled": True} if (field, part) == ("oauth_configuration", "enabled") else {}
    if said(value[part]) != "nothing":
        assert said(written(cloudflare)[-1]["body"][field].get(part)) == said(enabled.get(part))
    refreshed = plugin.refresh(less)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])

    # Somebody adds it; nobody declares it: it is not in the way, and it stays.
    person.write(made.id, {**base, field: value})
    refreshed = plugin.refresh(refreshed)
    assert refreshed
    if field in WHOLE:
        # Unless it decides who gets in, or what is asked of them.
        said_something = said(value[part]) != "nothing"
        assert (refreshed.did == "drift") is said_something
        assert bool(told(plugin)) is said_something
        put_right = plugin.up(KIND, {**base, field: without}, was=refreshed)
        assert (put_right.did == "update") is said_something
        assert said(person.look(made.id)[field].get(part)) == "nothing" or not said_something
        return
    assert (refreshed.did, told(plugin)) == ("same", [])
    if (field, part) == ("scim_config", "authentication"):
        return  # its credentials are in no answer: test_application.py
    another = {"name": "Wiki"} if kind == "saas" else {"session_duration": "1h"}
    changed = plugin.up(KIND, {**base, field: without, **another}, was=refreshed)
    assert changed.did == "update"
    assert holds(written(cloudflare)[-1]["body"][field], value)


# ------------------------------------------------------------- fields that a type does not have


def foreign() -> Iterator[Any]:
    """Yield every field with a default, for every type that does not have it."""
    known = fields_of(AccessApplicationInputs)
    for kind in (*CLASSES, "dash_sso"):
        for name in sorted(TAKEN_BY):
            if known[name].default is not MISSING and not takes(kind, name):
                yield pytest.param(kind, name, id=f"{kind}-{name}")


@pytest.mark.parametrize(("kind", "field"), list(foreign()))
def test_nothing_is_claimed_or_sent_of_a_field_that_the_type_does_not_have(
    kind: str, field: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    # Live, it is ignored; the documents do not have it.
    cloudflare.switches.foreign_fields = "ignore"
    base = {"type": kind, **BASE.get(kind, {})}
    # False is as good as absent.
    value = next(filter(None, VALUES.get(field, REDIRECT)))
    change = {"name": "Other"} if takes(kind, "name") else {"custom_pages": [PAGE]}
    declared = {**base, field: value}
    if field == "auto_redirect_to_identity":
        declared["allowed_idps"] = [IDP]
    made = plugin.up(KIND, declared)
    assert made.outputs.get(field) in (None, {})
    surprises = [warning for warning in told(plugin) if "made something else" in warning]
    # No default: there is nothing.
    assert surprises
    nothing = value if isinstance(value, list) else [value]
    told_ = [f"- {one}" if isinstance(value, list) else f"{one!r} -> nothing" for one in nothing]
    assert all(f"{field}: {text}" in surprises[0] for text in told_)
    # The strict one would refuse it now.
    cloudflare.switches.foreign_fields = "refuse"
    back = plugin.up(KIND, {**base, **change}, was=made)
    assert (back.did, field in written(cloudflare)[-1]["body"]) == ("update", False)
    refreshed = plugin.refresh(back)
    assert refreshed
    assert refreshed.did == "same"
    if not isinstance(value, list):
        # Should a state say that it was there, it goes with its declaration.
        had = {field: made.inputs[field]}
        kept = replace(back, inputs=back.inputs | had, outputs=back.outputs | had)
        assert plugin.up(KIND, {**base, **change}, was=kept).did == "update"
    bodies = [asked["body"] for asked in written(cloudflare)[1:]]
    assert not any(field in sent for sent in bodies)


# ------------------------------------------------------------------ against Cloudflare's own text

NO_FIELDS = {
    "saas_app.client_id": "made by Cloudflare: an output",
    "saas_app.client_secret": "made by Cloudflare, told once: an output",
    "saas_app.public_key": "made by Cloudflare: an output",
    "saas_app.created_at": "read-only",
    "saas_app.updated_at": "read-only",
}
# Fields that the OpenAPI text does not have, and who has them.
ONLY_OURS = {
    "account_id": "the path",
    "zone_id": "the path",
    "allow_no_policies": "a word to this package",
    "eager_redirect_cookie_setting": "the SDK",
    "destinations.worker_id": "the SDK",
    "destinations.overrides": "the SDK",
    "destinations.overrides.behavior": "the SDK",
    "destinations.overrides.path_pattern": "the SDK",
    "saas_app.custom_attributes.required": "the SDK",
    "saas_app.custom_claims.required": "the SDK",
    "target_criteria.include": "the SDK",
    "target_criteria.require": "the SDK",
    "target_criteria.exclude": "the SDK",
    **{
        f"target_criteria.{section}.{inner}": "the SDK"
        for section in ("include", "require", "exclude")
        for inner in ("tags", "target_attributes", "target_attributes.hostname")
    },
}


def test_each_type_takes_the_fields_that_are_known_of_it() -> None:
    ours = {kind: {name for name, by in TAKEN_BY.items() if kind in by} for kind in CLASSES}
    assert ours == {kind: fields(kind) - {"type", "policies"} for kind in CLASSES}


def test_every_documented_field_is_a_field_here_or_an_exception_with_a_reason() -> None:
    document = openapi(NOW)
    schema = document["components"]["schemas"]["accessAppRequest"]
    # An application's own policies are a resource of their own.
    known = {path for path in paths(document, schema) if not path.startswith("policies.")}
    ours = described(fields_of(AccessApplicationInputs))
    assert known - ours == NO_FIELDS.keys()
    assert ours - known == ONLY_OURS.keys()


def test_every_field_has_a_life() -> None:
    lived = {life.values[0].field for life in lives()}
    of_ours = fields_of(AccessApplicationInputs).keys()
    assert of_ours - lived == ELSEWHERE | {"target_criteria", "saas_app"}


@pytest.mark.parametrize(("kind", "field"), sorted(REQUIRED))
def test_what_a_type_cannot_do_without_changes_and_comes_back(
    kind: str, field: str, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    one, other = OWN.get((kind, field)) or VALUES[field]
    base = {"type": kind, **BASE[kind]}
    made = plugin.up(KIND, {**base, field: one})
    assert holds(written(cloudflare)[-1]["body"][field], one)
    changed = plugin.up(KIND, {**base, field: other}, was=made)
    person.write(made.id, {**base, field: one})
    drifted = plugin.refresh(changed)
    assert drifted
    assert drifted.did == "drift"
    assert told(plugin)[-1].startswith(f"changed at Cloudflare: {field}")
    repaired = plugin.up(KIND, {**base, field: other}, was=drifted)
    assert holds(written(cloudflare)[-1]["body"][field], other)
    refreshed = plugin.refresh(repaired)
    assert refreshed
    assert refreshed.did == "same"


PUBLIC = {"type": "public", "uri": "wiki.example.com"}
OVERRIDE = {"behavior": "public", "path_pattern": "/health"}
PRIVATE = {"type": "private", "cidr": "10.0.0.0/8"}
RULES = by_rules("RDP", 3390)
# A list whose entries say less than they did.
LESS: list[tuple[str, str, list[Any], list[Any]]] = [
    ("self_hosted", "destinations", [{**PUBLIC, "overrides": [OVERRIDE]}], [PUBLIC]),
    ("self_hosted", "destinations", [{**PRIVATE, "port_range": "443"}, PUBLIC], [PRIVATE, PUBLIC]),
    ("rdp", "target_criteria", [RULES], [{k: v for k, v in RULES.items() if k != "exclude"}]),
]


@pytest.mark.parametrize(("kind", "field", "more", "less"), LESS)
def test_an_entry_of_a_list_that_says_less_is_sent_without_what_it_said(
    kind: str,
    field: str,
    more: list[Any],
    less: list[Any],
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
) -> None:
    base = {"type": kind, **BASE[kind]}
    made = plugin.up(KIND, {**base, field: more})
    changed = plugin.up(KIND, {**base, field: less}, was=made)
    assert changed.did == "update"
    assert written(cloudflare)[-1]["method"] == "PUT"
    assert meant(written(cloudflare)[-1]["body"][field]) == meant(less)


@pytest.mark.parametrize(("kind", "field", "more", "less"), LESS)
def test_what_somebody_adds_to_an_entry_that_decides_who_gets_in_is_drift(
    kind: str,
    field: str,
    more: list[Any],
    less: list[Any],
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    base = {"type": kind, **BASE[kind]}
    made = plugin.up(KIND, {**base, field: less})
    person.write(made.id, {**base, field: more})
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=rf"no preview has shown it: {field}: "):
        plugin.up(KIND, {**base, field: less, "name": "Other"}, was=made)
    assert len(written(cloudflare)) == before
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    assert any(f"changed at Cloudflare: {field}: " in warning for warning in told(plugin))
    # What a preview has shown goes.
    plugin.up(KIND, {**base, field: less}, was=drifted)
    assert meant(written(cloudflare)[-1]["body"][field]) == meant(less)


LOGIN = {name: value for name, value in OAUTH2.items() if name != "scopes"}
# Ordered lists inside scim_config: what is declared, and the same with more of it.
MORE: list[tuple[str, list[Any], list[Any]]] = [
    ("mappings", [_mapping("User")], [_mapping("User", filter="title pr", enabled=False)]),
    (
        "mappings",
        [_mapping("Group"), _mapping("User", strictness="strict")],
        [_mapping("Group"), _mapping("User", strictness="strict", transform_jsonata="$")],
    ),
    ("authentication", [LOGIN], [OAUTH2]),
    ("authentication", [BASIC, LOGIN], [BASIC, OAUTH2]),
]


@pytest.mark.parametrize(("part", "declared", "more"), MORE)
def test_what_somebody_adds_to_an_entry_of_an_ordered_list_stays(
    part: str,
    declared: list[Any],
    more: list[Any],
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    base = {"type": "self_hosted", **BASE["self_hosted"]}
    made = plugin.up(KIND, {**base, "scim_config": {**SCIM, part: declared}})
    person.write(made.id, {**base, "scim_config": {**SCIM, part: more}})
    wish = {**base, "name": "Other", "scim_config": {**SCIM, part: declared}}
    changed = plugin.up(KIND, wish, was=made)
    assert changed.did == "update"
    assert meant(written(cloudflare)[-1]["body"]["scim_config"][part]) == meant(more)
    # Once it has been declared, it goes with its declaration.
    wish["scim_config"] = {**SCIM, part: more}
    whole = plugin.up(KIND, wish, was=changed)
    wish["scim_config"] = {**SCIM, part: declared}
    plugin.up(KIND, wish, was=whole)
    assert meant(written(cloudflare)[-1]["body"]["scim_config"][part]) == meant(declared)


def test_what_somebody_adds_to_a_mapping_is_for_what_it_maps_and_for_nothing_else(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    base = {"type": "self_hosted", **BASE["self_hosted"]}
    user = {**SCIM, "mappings": [_mapping("User")]}
    made = plugin.up(KIND, {**base, "scim_config": user})
    filtered = _mapping("User", filter="title pr")
    person.write(made.id, {**base, "scim_config": {**SCIM, "mappings": [filtered]}})
    both = {**SCIM, "mappings": [_mapping("Group"), _mapping("User", enabled=False)]}
    changed = plugin.up(KIND, {**base, "scim_config": both}, was=made)
    sent = written(cloudflare)[-1]["body"]["scim_config"]["mappings"]
    assert sent == [_mapping("Group"), {**filtered, "enabled": False}]
    group = {**SCIM, "mappings": [_mapping("Group", enabled=True)]}
    plugin.up(KIND, {**base, "scim_config": group}, was=changed)
    sent = written(cloudflare)[-1]["body"]["scim_config"]["mappings"]
    assert sent == [_mapping("Group", enabled=True)]


def test_a_mapping_that_somebody_adds_is_shown_and_nothing_else_is(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    base = {"type": "self_hosted", **BASE["self_hosted"]}
    declared = {**SCIM, "mappings": [_mapping("User")]}
    made = plugin.up(KIND, {**base, "scim_config": declared})
    filtered = _mapping("User", filter="title pr")
    theirs = {**SCIM, "mappings": [_mapping("Group", enabled=True), filtered]}
    person.write(made.id, {**base, "scim_config": theirs})
    drifted = plugin.refresh(made)
    assert drifted
    shown = drifted.inputs["scim_config"]["mappings"]
    assert shown == [_mapping("Group", enabled=True), _mapping("User")]
    plugin.up(KIND, {**base, "scim_config": declared}, was=drifted)
    assert written(cloudflare)[-1]["body"]["scim_config"]["mappings"] == [filtered]


def test_what_somebody_adds_to_an_entry_stays_where_the_entry_itself_changes(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    base = {"type": "saas", **BASE["saas"]}
    one, other = ({"name": "department", "required": required} for required in (True, False))
    given = {"name": "given_name"}
    made = plugin.up(KIND, {**base, "saas_app": {**SAML, "custom_attributes": [one, given]}})
    theirs = {**SAML, "custom_attributes": [{**one, "friendly_name": "Department"}, given]}
    person.write(made.id, {**base, "saas_app": theirs})
    plugin.up(KIND, {**base, "saas_app": {**SAML, "custom_attributes": [other, given]}}, was=made)
    sent = written(cloudflare)[-1]["body"]["saas_app"]["custom_attributes"]
    assert meant(sent) == meant([{**other, "friendly_name": "Department"}, given])


@pytest.mark.parametrize("first", [True, False])
def test_an_entry_that_somebody_adds_is_shown_though_it_says_what_a_declared_one_does_and_more(
    *,
    first: bool,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    base = {"type": "self_hosted", **BASE["self_hosted"]}
    made = plugin.up(KIND, {**base, "destinations": [PRIVATE, PUBLIC]})
    added = {**PRIVATE, "port_range": "22"}
    cloudflare.switches.plain = True
    theirs = [added, PRIVATE, PUBLIC] if first else [PRIVATE, added, PUBLIC]
    person.write(made.id, {**base, "destinations": theirs})
    with pytest.raises(CallFailed, match=r"no preview has shown it: destinations: \+ private 10"):
        plugin.up(KIND, {**base, "destinations": [PRIVATE, PUBLIC], "name": "Other"}, was=made)
    drifted = plugin.refresh(made)
    assert drifted
    assert (drifted.did, len(drifted.inputs["destinations"])) == ("drift", 3)
    plugin.up(KIND, {**base, "destinations": [PRIVATE, PUBLIC]}, was=drifted)
    assert meant(written(cloudflare)[-1]["body"]["destinations"]) == meant([PRIVATE, PUBLIC])


def test_a_mapping_that_says_less_is_sent_without_what_it_said(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    base = {"type": "self_hosted", **BASE["self_hosted"]}
    more = {**SCIM, "mappings": [_mapping("User", enabled=True, filter="x pr")]}
    less = {**SCIM, "mappings": [_mapping("User", enabled=True)]}
    made = plugin.up(KIND, {**base, "scim_config": more})
    plugin.up(KIND, {**base, "scim_config": less}, was=made)
    assert written(cloudflare)[-1]["method"] == "PUT"
    assert written(cloudflare)[-1]["body"]["scim_config"]["mappings"] == less["mappings"]
