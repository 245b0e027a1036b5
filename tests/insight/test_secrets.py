"""Secrets count, and are never told: not in a comparison, an explanation, a finding, or a repr.

A policy pack has them in plain text, and so has a state that is exported with `--show-secrets`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from insight.told import recording, told
from pulumi_cloudflare_access.insight import (
    Outcome,
    Verdict,
    Worlds,
    can,
    compare,
    explain,
    findings,
    read,
    what_can,
)
from pulumi_cloudflare_access.insight.places import places
from pulumi_cloudflare_access.insight.reading.resources import Document, Resource, Side
from pulumi_cloudflare_access.insight.reading.worlds import worlds_of

OURS = "pulumi-python:dynamic/cloudflare:"
BRIDGED = "cloudflare:index/"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a sign
# Words of the recorded programs; resources have other names than their objects.
WORDS = (
    "example.com", "partner.example", "contractor.example", "ceo@", "hr@", "mallory@", "HR",
    "Board", "Circle", "Office", "Deny countries", "Allow staff", "No contractors", "Staff",
    "Partners", "Engineers", "Payroll", "Wiki", "Console", "Operators", "DNS Read", "Zone Read",
    "Everything", "192.0.2", "KP", "RU", "1h",
)  # fmt: skip


def secret(value: Any) -> Any:
    return {SIGNATURE: SECRET, "value": value}


def hidden(document: dict[str, Any]) -> dict[str, Any]:
    """Make every input of every resource a secret, in plain text."""
    found = copy.deepcopy(document)
    for step in found["steps"]:
        for name in ("oldState", "newState"):
            state = step.get(name)
            for held in ("inputs", "outputs"):
                if state and state.get(held):
                    state[held] = {
                        key: value if key.startswith("__") else secret(value)
                        for key, value in state[held].items()
                    }
    return found


def everything_told(worlds: Worlds) -> Iterator[str]:
    compared = compare(worlds.old, worlds.new)
    yield told(compared, worlds)
    yield repr(compared)
    yield repr(worlds.notes)
    yield repr(worlds.new)
    for place in places(worlds.new):
        found = explain(worlds.new, "somebody@else.where", place.name)
        yield found.text + repr(found)
    yield repr(findings(worlds.new))
    yield repr(what_can(worlds.new, "somebody@else.where"))


@pytest.mark.parametrize("name", ["everything", "how", "bypass", "rights", "admin", "first"])
def test_nothing_that_is_secret_is_told(name: str) -> None:
    document = recording("changes")[name]
    plain = "".join(everything_told(read(copy.deepcopy(document))))
    found = "".join(everything_told(read(hidden(document))))
    leaked = [word for word in WORDS if word in found]
    assert leaked == []
    assert sum(word in plain for word in WORDS) > 10


def test_secret_rules_of_a_policy_pack_count() -> None:
    """The same answers as if they were not secret, for the places that can be told."""
    worlds = read(hidden(recording("changes")["swap"]))
    assert can(worlds.new, "pat@example.com", "console").outcome is Outcome.YES
    assert can(worlds.old, "pat@example.com", "console").outcome is Outcome.NO
    (change,) = compare(worlds.old, worlds.new).changes
    assert (change.verdict, change.certain) == (Verdict.WIDER, True)


# ------------------------------------------------------------------------------- field by field


def changed(
    type_: str, old: dict[str, Any], new: dict[str, Any] | None = None, **more: Any
) -> Resource:
    """Return a resource, before and after; secrets that differ are said to change."""
    after = old if new is None else new
    name = more.pop("name", type_.rpartition(":")[2].lower())
    return Resource(
        f"urn:pulumi:dev::test::{type_}::{name}",
        type_,
        Side(old, id=name),
        Side(after, id=name),
        changed=frozenset(key for key in after if old.get(key) != after[key]),
    )


def compared(*resources: Resource) -> tuple[Any, str]:
    """Compare what some resources were with what they are; with everything that is told of it."""
    worlds = worlds_of(Document("preview", list(resources)))
    return compare(worlds.old, worlds.new), "".join(everything_told(worlds))


APPLICATION = f"{OURS}AccessApplication"
EVERYONE: dict[str, Any] = {"everyone": {"everyone": {}}}


def application(**fields: Any) -> dict[str, Any]:
    return {"name": "Shop", "type": "self_hosted", "domain": "shop.example.com", **fields}


def owned(*policies: dict[str, Any]) -> Resource:
    listed = {f"{one['name']}": one for one in policies}
    fields = {"application": "accessapplication", "policies": listed}
    return changed(f"{OURS}AccessApplicationPolicies", fields, name="policies")


ALL = owned({"name": "All", "decision": "allow", "include": EVERYONE})


def test_a_secret_place_is_a_place_that_is_not_known() -> None:
    for field, value in (
        ("domain", "hidden.example.com"),
        ("self_hosted_domains", {"hidden.example.com": "hidden.example.com"}),
        ("destinations", {"public hidden.example.com": {"uri": "hidden.example.com"}}),
    ):
        fields = application(**{field: secret(value)})
        if field != "domain":
            del fields["domain"]
        found, text = compared(changed(APPLICATION, fields), ALL)
        assert "hidden.example.com" not in text, field
        assert [one.name for one in found.places] == ['self_hosted "Shop"']
        assert "its places are not all known here" in text


def test_secret_terms_are_compared_and_not_told() -> None:
    policy = {"name": "All", "decision": "allow", "include": EVERYONE}
    asked = {
        "session_duration": "7h7m",
        "approval_required": True,
        "approval_groups": [{"email_addresses": ["boss@hidden.example"], "approvals_needed": 1}],
        "mfa_config": {"allowed_authenticators": ["hidden-key"]},
    }
    others: tuple[tuple[str, str, Any], ...] = (
        ("session_duration", "7h7m", "5m"),
        ("approval_groups", "boss@", []),
        ("mfa_config", "hidden-key", {}),
    )
    for field, word, other in others:
        for different in (False, True):
            before = {**policy, **asked, field: secret(asked[field])}
            after = {**before, field: secret(other)} if different else before
            one = changed(f"{OURS}AccessPolicy", before, after, name="policy")
            app = changed(APPLICATION, application(policies={"All": {"id": "policy"}}))
            found, text = compared(one, app)
            verdict = Verdict.HOW if different else Verdict.SAME
            assert [place.verdict for place in found.places] == [verdict], field
            assert word not in text, field


def test_names_in_a_secret_list_of_policies_are_not_told() -> None:
    before = owned({"name": "Hidden", "decision": "allow", "include": EVERYONE})
    assert before.new is not None
    assert before.new.inputs is not None
    whole = {**before.new.inputs, "policies": secret(before.new.inputs["policies"])}
    listed = changed(f"{OURS}AccessApplicationPolicies", whole, name="policies")
    found, text = compared(changed(APPLICATION, application()), listed)
    assert "Hidden" not in text
    assert found.places[0].verdict is Verdict.SAME


@pytest.mark.parametrize("plain", [True, False])
def test_what_stands_in_a_secret_list_of_addresses_is_not_told(*, plain: bool) -> None:
    """It is compared, if it is there; if it is not, a list that changes may let in anybody."""
    kind = f"{BRIDGED}zeroTrustList:ZeroTrustList"
    lists = [
        {"name": "People", "type": "EMAIL", "items": secret([{"value": f"{one}@hidden.example"}])}
        for one in ("ada", "bob")
    ]
    if not plain:
        for one in lists:
            one["items"] = {SIGNATURE: SECRET, "ciphertext": "v1:x"}
    rule = {"list": {"email_list": {"id": "people"}}}
    policies = owned({"name": "All", "decision": "allow", "include": rule})
    around = (changed(APPLICATION, application()), policies)
    people = changed(kind, lists[0], lists[1], name="people")
    if not plain:
        people = Resource(people.urn, kind, people.old, people.new, frozenset({"items"}))
    found, text = compared(people, *around)
    assert found.places[0].verdict is (Verdict.BOTH if plain else Verdict.UNDECIDED)
    assert "hidden.example" not in text
    if not plain:
        assert 'what stands in list "People", after the change, is secret' in text
    found, text = compared(changed(kind, lists[0], name="people"), *around)
    assert found.places[0].verdict is Verdict.SAME
    assert "hidden.example" not in text


def test_secret_identity_providers_may_be_others_after_a_change() -> None:
    before = application(allowed_idps=secret({"okta": "hidden-okta"}))
    after = application(allowed_idps=secret({"entra": "hidden-entra"}))
    found, text = compared(changed(APPLICATION, before, after), ALL)
    assert found.places[0].verdict is Verdict.UNDECIDED
    assert "hidden-" not in text
    found, _ = compared(changed(APPLICATION, before), ALL)
    assert found.places[0].verdict is Verdict.SAME


def test_secret_rights_and_members_are_not_told() -> None:
    grant = {
        "access": "allow",
        "permission_groups": {"Hidden": {"name": "Hidden"}},
        "resource_groups": {"Hidden": {"id": "hidden"}},
    }
    group = {"name": "Operators", "policies": secret({"Hidden": grant})}
    fewer = {"name": "Operators", "policies": secret({})}
    members = {"group": "ops", "members": secret({"ceo@hidden.example": {"email": "x@hidden"}})}
    nobody = {"group": "ops", "members": secret({})}
    ops = changed(f"{OURS}UserGroup", group, fewer, name="ops")
    listed = changed(f"{OURS}UserGroupMembers", members, name="list")
    found, text = compared(ops, listed)
    (one,) = found.rights.groups
    assert (one.members_known, len(one.gained), len(one.lost)) == (False, 1, 1)
    assert "Hidden" not in text
    assert "@hidden" not in text
    # Others may be in it after the change, and nobody can say who.
    same = changed(f"{OURS}UserGroup", group, name="ops")
    found, text = compared(same, changed(f"{OURS}UserGroupMembers", members, nobody, name="list"))
    (one,) = found.rights.groups
    assert (one.members_known, one.gained, one.lost) == (False, frozenset(), frozenset())
    assert found.rights.people == ()
    assert "@hidden" not in text
