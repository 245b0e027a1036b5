"""Names that are anybody's data, from Cloudflare to the state and back, by the plugin's gRPC."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harness.account import Account
from harness.plugin import Kept, Plugin
from pulumi_cloudflare_access import rules
from pulumi_cloudflare_access.text import spelling

GROUP, APP, POLICY = "access_group", "access_application", "access_policy"
LIST, ONE = "access_application_policies", "access_application_policy"
UNKNOWN, SIGNATURE = spelling.UNKNOWN_VALUES[0], spelling.SIGNATURE
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's word for one
ESC, BIDI = "\x1b[31mEve\nnew", "\u202egnp.\u2066x\u200b"
OTHER_ID = "bb0a4aab-672b-4bdb-bc33-a59f1130a11f"
STAFF = {"name": "Staff", "include": [rules.email_domain("example.com")]}


@pytest.fixture
def plugin(shared_plugin: Plugin) -> Plugin:
    return shared_plugin


def fit(kept: Kept | None) -> Kept:
    """Return what the engine keeps, if it can carry it, and show every key of it."""
    assert kept
    for bag in (kept.inputs, kept.outputs):
        for value in bag.values():
            check_carried(value)
    return kept


def check_carried(value: Any) -> None:
    if isinstance(value, str):
        assert value not in spelling.UNKNOWN_VALUES
    elif isinstance(value, list):
        for inner in value:
            check_carried(inner)
    elif isinstance(value, dict) and value.get(SIGNATURE) == SECRET:
        # A secret of Pulumi's own.
        check_carried(value["value"])
    elif isinstance(value, dict):
        for key, inner in value.items():
            assert not key.startswith("__")
            assert key != SIGNATURE
            assert is_clean(key), key
            if key == "order" and {str, dict} == {type(one) for one in value.values()}:
                # The line of a list that is kept as a map.
                assert is_clean(inner)
            check_carried(inner)


def is_clean(text: str) -> bool:
    return spelling.shown(text) == text


def told(plugin: Plugin) -> list[str]:
    """Return the warnings since the last time, all of them fit for a terminal."""
    warnings = [*plugin.warnings]
    plugin.warnings.clear()
    assert [warning for warning in warnings if not is_clean(warning)] == []
    return warnings


def quiet(plugin: Plugin, kept: Kept, declared: dict[str, Any]) -> Kept:
    """Look and run again: nothing is to do, nothing is said, and the keys stay."""
    refreshed = fit(plugin.refresh(kept))
    assert (refreshed.did, refreshed.outputs) == ("same", kept.outputs)
    again = fit(plugin.up(kept.kind, declared, was=refreshed))
    assert (again.did, again.inputs) == ("same", kept.inputs)
    assert told(plugin) == []
    return again


# --------------------------------------------------------------------------- control characters


def test_what_somebody_names_a_group_reaches_keys_and_warnings_spelled(
    plugin: Plugin, account: Account
) -> None:
    made = plugin.up(GROUP, STAFF)
    body = {
        "name": ESC,
        "include": [{"common_name": {"common_name": ESC}}],
        "exclude": [{"auth_method": {"auth_method": BIDI}}],
        "require": [{"login_method": {"id": OTHER_ID}}],
    }
    account.ask("PUT", f"/access/groups/{made.id}", body)
    drifted = fit(plugin.refresh(made))
    assert drifted.did == "drift"
    assert [*drifted.outputs["include"]] == ["common_name <U+001B>[31mEve<U+000A>new"]
    assert [*drifted.outputs["exclude"]] == ["auth_method <U+202E>gnp.<U+2066>x<U+200B>"]
    # What it is called is data, and stays as it is.
    assert drifted.outputs["name"] == ESC
    [warning] = told(plugin)
    assert "include: + common_name <U+001B>[31mEve<U+000A>new" in warning
    assert "name: 'Staff' -> '<U+001B>[31mEve<U+000A>new'" in warning


@pytest.mark.parametrize("name", [ESC, BIDI, "\x9b2J", "a\tb\r\0", "\u2028x\U000e0041", "\ud800"])
def test_a_reference_is_called_by_a_name_that_is_spelled(
    plugin: Plugin, account: Account, name: str
) -> None:
    """Of a group, of a policy in its place, and of what a list of policies is made of."""
    group, key = account.group(name), spelling.key_of(spelling.value_of(name))
    taken = {"name": spelling.value_of(name), "include": [rules.everyone()], "adopt": group}
    fit(plugin.up(GROUP, taken, name="other"))
    made = plugin.up(GROUP, STAFF)
    account.ask(
        "PUT", f"/access/groups/{made.id}", {"name": "Staff", "include": [{"group": {"id": group}}]}
    )
    assert [*fit(plugin.refresh(made)).outputs["include"]] == [f"group {key}"]
    told(plugin)

    policy = account.ask(
        "POST",
        "/access/policies",
        {"name": name, "decision": "deny", "include": [{"everyone": {}}]},
    )
    app = plugin.up(
        APP,
        {"type": "self_hosted", "domain": "a.example.com", "policies": [policy["id"]]},
        name="app",
    )
    second = account.ask(
        "POST",
        "/access/policies",
        {"name": name, "decision": "allow", "include": [{"everyone": {}}]},
    )
    account.ask(
        "PUT",
        f"/access/apps/{app.id}",
        {
            "type": "self_hosted",
            "domain": "a.example.com",
            "policies": [policy["id"], second["id"]],
        },
    )
    found = fit(plugin.refresh(app)).outputs["policies"]
    assert found["order"] == f"{policy['id']} > {key}"
    told(plugin)

    own = {"name": name, "decision": "allow", "include": [{"everyone": {}}], "precedence": 1}
    other = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "b.example.com"})[
        "id"
    ]
    account.ask("POST", f"/access/apps/{other}/policies", own)
    declared = {"application": other, "policies": [{**own, "name": spelling.value_of(name)}]}
    del declared["policies"][0]["precedence"]
    listed = fit(plugin.up(LIST, declared, name="list"))
    assert listed.inputs["policies"]["order"] == key
    assert [*listed.outputs["ids"]] == [key]
    quiet(plugin, listed, declared)


def test_an_error_is_one_clean_line_whoever_named_what_it_is_about(
    plugin: Plugin, account: Account
) -> None:
    made = plugin.up(GROUP, STAFF)
    account.ask(
        "PUT", f"/access/groups/{made.id}", {"name": f"{ESC}{BIDI}", "include": [{"everyone": {}}]}
    )
    with pytest.raises(Exception, match="was changed at Cloudflare") as refused:
        plugin.up(GROUP, {**STAFF, "include": [rules.everyone(), rules.geo("DE")]}, was=made)
    assert is_clean(str(refused.value).strip())
    user = account.group(f"{ESC} user", include=[{"group": {"id": made.id}}])
    account.cloudflare.switches.delete_in_use = "allow"
    plugin.destroy(made)
    [warning] = told(plugin)
    assert "<U+001B>[31mEve<U+000A>new user" in warning
    del user


# --------------------------------------------------------------------------------- imitations


def test_a_group_that_is_called_like_a_person_does_not_have_the_persons_key(
    plugin: Plugin, account: Account
) -> None:
    imitator = {"group": {"id": account.group("x")}, "label": "email ada@example.com"}
    declared = {"name": "A", "include": [rules.email("ada@example.com"), imitator]}
    made = fit(plugin.up(GROUP, declared))
    assert set(made.inputs["include"]) == {"email ada@example.com", "group email ada@example.com"}
    quiet(plugin, made, declared)


def test_a_number_at_the_end_of_a_name_is_never_that_of_a_key(
    plugin: Plugin, account: Account
) -> None:
    ids = sorted(account.group(name) for name in "abcd")
    names = ["Staff", "Staff", "Staff (2)", "Staff (2) (2)"]
    declared = {
        "name": "A",
        "include": [
            {"group": {"id": id_}, "label": name} for id_, name in zip(ids, names, strict=True)
        ],
    }
    made = fit(plugin.up(GROUP, declared))
    assert {key: entry["group"]["id"] for key, entry in made.inputs["include"].items()} == {
        "group Staff": ids[0],
        "group Staff (3)": ids[1],
        "group Staff (2)": ids[2],
        "group Staff (2) (2)": ids[3],
    }
    quiet(plugin, made, declared)


def policies(*names: str) -> list[dict[str, Any]]:
    """Return a list of policies; the first decides who is kept out."""
    decisions = ["deny", *["allow"] * (len(names) - 1)]
    return [
        {"name": name, "decision": decision, "include": [rules.email(f"p{n}@example.com")]}
        for n, (name, decision) in enumerate(zip(names, decisions, strict=True))
    ]


LISTS = [
    ("order",),
    ("order", "order (2)", "order (3)"),
    ("a > b", "a", "b", "a ≻ b"),
    ("__Block", "<U+005F>_Block", "_Block"),
    (ESC, spelling.key_of(ESC), BIDI),
    (UNKNOWN, f"x {UNKNOWN}", UNKNOWN.upper()),
    (SIGNATURE, "__", "___", "____"),
    (" > ", ">", "> >", " order"),
    ("x" * 300, "x" * 299, "  "),
    ("${x}", '"', "\\", "{", "[0]", "a.b", 'a["b"]'),
]


@pytest.mark.parametrize("names", LISTS, ids=range(len(LISTS)))
def test_a_list_of_policies_keeps_every_one_whatever_they_are_called(
    plugin: Plugin, account: Account, names: tuple[str, ...]
) -> None:
    app = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "a.example.com"})[
        "id"
    ]
    declared = {"application": app, "policies": policies(*map(spelling.as_value, names))}
    made = fit(plugin.up(LIST, declared))
    assert [policy["name"] for policy in account.look(f"/access/apps/{app}/policies")] == [*names]
    keys = made.inputs["policies"].keys() - {"order"}
    assert len(keys) == len(names)
    kept = quiet(plugin, made, declared)

    # One more, before all the others: they stay where and as they are.
    more = {**declared, "policies": [*policies("New"), *declared["policies"]]}
    changed = fit(plugin.up(LIST, more, was=kept))
    assert [p["name"] for p in account.look(f"/access/apps/{app}/policies")] == ["New", *names]
    assert keys < changed.inputs["policies"].keys()
    quiet(plugin, changed, more)
    plugin.destroy(changed)
    assert account.look(f"/access/apps/{app}/policies") == []


# ------------------------------------------------------------------- "__", and words of Pulumi's

RESERVED = ["__Block", "__", "__provider", "__secret", "__version", "__defaults", "___"]


@pytest.mark.parametrize(
    "name", [*RESERVED, SIGNATURE, *spelling.UNKNOWN_VALUES, "\ud800", f"x{UNKNOWN}"]
)
def test_a_name_of_pulumis_own_is_carried_by_every_list_and_map(
    plugin: Plugin, account: Account, name: str
) -> None:
    account.cloudflare.seed({"access/tags": [{"name": name}]})
    criterion = {"port": 22, "protocol": "SSH", "target_attributes": {name: [name]}}
    # As a constructor hands it over: no SDK sends such a word.
    declared = spelling.carried(
        {"type": "infrastructure", "name": name, "target_criteria": [criterion]}, is_known=True
    )
    made = fit(plugin.up(APP, declared))
    found = account.look(f"/access/apps/{made.id}")
    assert found["name"] == name
    assert found["target_criteria"][0]["target_attributes"] == {name: [name]}
    kept = quiet(plugin, made, declared)
    plugin.destroy(kept)
    told(plugin)

    tagged = spelling.carried(
        {"type": "self_hosted", "domain": "a.example.com", "tags": [name], "name": name},
        is_known=True,
    )
    made = fit(plugin.up(APP, tagged, name="tagged"))
    assert account.look(f"/access/apps/{made.id}")["tags"] == [name]
    assert len(made.outputs["tags"]) == 1
    quiet(plugin, made, tagged)


@pytest.mark.parametrize("name", [*RESERVED[:2], SIGNATURE, *spelling.UNKNOWN_VALUES, "\ud800"])
def test_what_somebody_sets_at_cloudflare_never_breaks_a_refresh(
    plugin: Plugin, account: Account, name: str
) -> None:
    account.cloudflare.switches.accept_unknown_selectors = True
    account.cloudflare.switches.plain = True
    made = plugin.up(GROUP, STAFF)
    strange = [
        {"common_name": {"common_name": name}},
        {"okta": {"name": name, "identity_provider_id": OTHER_ID, name: {name: [name]}}},
        {name: {name: {name: [name]}}},
    ]
    account.ask("PUT", f"/access/groups/{made.id}", {"name": name, "include": strange})
    drifted = fit(plugin.refresh(made))
    assert drifted.did == "drift"
    told(plugin)
    back = fit(plugin.up(GROUP, STAFF, was=drifted))
    assert account.look(f"/access/groups/{back.id}")["name"] == "Staff"
    told(plugin)
    # Taken over as it is, and sent back unchanged with something else.
    account.ask("PUT", f"/access/groups/{made.id}", {"name": name, "include": strange})
    taken = fit(plugin.refresh(back))
    told(plugin)
    declared = {"name": taken.inputs["name"], "include": taken.inputs["include"]}
    kept = fit(plugin.up(GROUP, declared, was=taken))
    assert kept.did == "same"
    changed = fit(plugin.up(GROUP, {**declared, "exclude": [rules.geo("DE")]}, was=kept))
    found = account.look(f"/access/groups/{made.id}")
    assert found["name"] == name
    assert sorted(map(json.dumps, found["include"])) == sorted(map(json.dumps, strange))
    assert changed.did == "update"


def test_a_raw_rule_is_sent_as_it_is_whatever_its_fields_are_called(
    plugin: Plugin, account: Account
) -> None:
    account.cloudflare.switches.accept_unknown_selectors = True
    account.cloudflare.switches.plain = True
    rule = {"__new": {"__x": {"__y": ["__z"]}, SIGNATURE: 1}}
    declared = spelling.carried({"name": "A", "include": [rules.raw(rule)]}, is_known=True)
    made = fit(plugin.up(GROUP, declared))
    assert account.look(f"/access/groups/{made.id}")["include"] == [rule]
    quiet(plugin, made, declared)


def test_an_address_that_begins_with_two_underscores_is_a_member_like_any_other(
    plugin: Plugin, account: Account
) -> None:
    svc = "__svc@example.com"
    seeded = account.cloudflare.seed(
        {"members": [{"email": svc}], "iam/user_groups": [{"name": "G", "members": [svc]}]}
    )
    group = seeded["iam/user_groups"][0]["id"]
    declared = {"group": group, "members": [svc]}
    made = fit(plugin.up("user_group_members", declared))
    assert [*made.inputs["members"]] == ["<U+005F>_svc@example.com"]
    quiet(plugin, made, declared)


# -------------------------------------------------------------------------------- earlier states


def raw(value: Any) -> Any:
    """Write a state as versions did that spelled no key."""
    if isinstance(value, dict):
        return {spelling.text_of(key): raw(inner) for key, inner in value.items()}
    return value


@pytest.mark.parametrize("name", [ESC, "__Block", BIDI])
def test_a_state_whose_keys_hold_names_as_they_are_stays_quiet_and_gets_the_keys_of_today(
    plugin: Plugin, account: Account, name: str
) -> None:
    app = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "a.example.com"})[
        "id"
    ]
    declared = {"application": app, "policies": policies(name, "Staff")}
    made = fit(plugin.up(LIST, declared))
    order = f"{name} > Staff"

    def old(bag: dict[str, Any]) -> dict[str, Any]:
        changed = dict(raw(bag))
        changed["policies"]["order"] = order
        changed.pop("__declared", None)  # younger than such keys
        return changed

    before = replace(made, inputs=old(made.inputs), outputs=old(made.outputs))
    assert name in before.outputs["policies"]
    again = plugin.up(LIST, declared, was=before)
    assert (again.did, again.inputs) == ("same", made.inputs)
    refreshed = fit(plugin.refresh(before))
    assert (refreshed.did, refreshed.outputs) == ("same", made.outputs)
    assert told(plugin) == []
    # A change of one policy is told as that, and nothing else.
    account_policies = account.look(f"/access/apps/{app}/policies")
    changed = {
        **declared,
        "policies": [declared["policies"][0], {**declared["policies"][1], "decision": "deny"}],
    }
    updated = fit(plugin.up(LIST, changed, was=before))
    assert [p["id"] for p in account.look(f"/access/apps/{app}/policies")] == [
        p["id"] for p in account_policies
    ]
    plugin.destroy(updated)
    plugin.destroy(before)
    told(plugin)


def test_a_map_of_an_earlier_state_is_the_same_with_the_keys_of_today(
    plugin: Plugin, account: Account
) -> None:
    declared = {
        "type": "infrastructure",
        "name": "x",
        "target_criteria": [
            {"port": 22, "protocol": "SSH", "target_attributes": {"__x": ["a"], ESC: ["b"]}}
        ],
    }
    made = fit(plugin.up(APP, declared))
    before = replace(made, inputs=raw(made.inputs), outputs=raw(made.outputs))
    assert plugin.up(APP, declared, was=before).did == "same"
    assert fit(plugin.refresh(before)).did == "same"
    assert told(plugin) == []
    found = account.look(f"/access/apps/{made.id}")
    assert found["target_criteria"][0]["target_attributes"] == {"__x": ["a"], ESC: ["b"]}


def test_a_key_that_is_there_twice_once_spelled_is_told(plugin: Plugin) -> None:
    declared = {
        "type": "infrastructure",
        "name": "x",
        "target_criteria": [
            {
                "port": 22,
                "protocol": "SSH",
                "target_attributes": {"__x": ["a"], "<U+005F>_x": ["b"]},
            }
        ],
    }
    with pytest.raises(Exception, match='target_criteria: "<U\\+005F>_x" is there twice'):
        plugin.check(APP, declared)
