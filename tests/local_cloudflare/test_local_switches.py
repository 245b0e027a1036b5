"""Switches, by name: in Python, on the command line, by a route."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx
import pytest

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare.world.switches import Switches, parsed

KINDS = get_type_hints(Switches)


@pytest.mark.parametrize("name", [field.name for field in fields(Switches)])
def test_every_switch_can_be_set_by_its_name(name: str, cloudflare: LocalCloudflare) -> None:
    url = f"{cloudflare.control_url}/switches"
    before = httpx.get(url).json()
    assert before[name] == getattr(cloudflare.switches, name)
    for value in values(KINDS[name]):
        told = httpx.post(url, json={name: value}).json()
        assert told == before | {name: value}
        assert getattr(cloudflare.switches, name) == value
        written = value if isinstance(value, str) else json.dumps(value)
        assert parsed(f"{name}={written}") == (name, value)


def values(kind: Any) -> list[Any]:
    """Return values that a switch of this type has."""
    known: dict[Any, list[Any]] = {
        bool: [True, False],
        int: [7],
        float: [2.5, 3],
        str: ["x"],
        type(None): [None],
        dict: [{"x": 1}],
        list: [["x"]],
    }
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    if (get_origin(kind) or kind) in known:
        return known[get_origin(kind) or kind]
    assert get_args(kind), f"{kind}: say here what values there are"
    return [value for one in get_args(kind) for value in values(one)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"delete_inuse": "allow"}, 'there is no switch "delete_inuse"; "delete_in_use"? (there are'),
    ({"delete_in_use": "alow"}, '"refuse" or "allow", not "alow"; "allow"?'),
    ({"delete_in_use": True}, 'delete_in_use must be "refuse" or "allow", not true'),
    ({"strict": "yes"}, 'strict must be true or false, not "yes"'),
    ({"strict": 1}, "strict must be true or false, not 1"),
    ({"max_rules": "many"}, 'max_rules must be a whole number, not "many"'),
    ({"max_rules": True}, "max_rules must be a whole number, not true"),
    ({"max_rules": 2.5}, "max_rules must be a whole number, not 2.5"),
    ({"max_groups": []}, "max_groups must be a whole number or null, not []"),
    ({"latency": None}, "latency must be a number, not null"),
]


@pytest.mark.parametrize(("document", "error"), WRONG)
def test_a_switch_that_is_wrong_is_refused_and_changes_nothing(
    cloudflare: LocalCloudflare, document: dict[str, Any], error: str
) -> None:
    url = f"{cloudflare.control_url}/switches"
    before = httpx.get(url).json()
    answer = httpx.post(url, json={"max_policies": 1, **document})
    assert answer.status_code == 400
    assert error in answer.json()["error"]
    assert httpx.get(url).json() == before
    with pytest.raises(ValueError, match=re.escape(error)):
        cloudflare.switches.set(document)


@pytest.mark.parametrize("document", [[], "strict", None, 1])
def test_what_holds_no_switches_is_refused(cloudflare: LocalCloudflare, document: Any) -> None:
    answer = httpx.post(f"{cloudflare.control_url}/switches", json=document)
    assert answer.status_code == 400


def test_a_switch_on_the_command_line_needs_a_value() -> None:
    with pytest.raises(ValueError, match='"strict" is not of the form name=value'):
        parsed("strict")


def test_a_switch_that_is_set_is_in_force(cloudflare: LocalCloudflare, http: httpx.Client) -> None:
    groups = f"/accounts/{cloudflare.account_id}/access/groups"
    http.post(groups, json={"name": "One", "include": [{"everyone": {}}]})
    httpx.post(f"{cloudflare.control_url}/switches", json={"max_groups": 1})
    refused = http.post(groups, json={"name": "Two", "include": [{"everyone": {}}]})
    assert refused.status_code >= 400
    httpx.post(f"{cloudflare.control_url}/reset")
    assert httpx.get(f"{cloudflare.control_url}/switches").json()["max_groups"] == 1
