"""Worlds from every source: the same change, the same answers; what says less is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from insight.accounts import allow, domain
from insight.told import recording, told
from pulumi_cloudflare_access.insight import (
    InputError,
    Outcome,
    Person,
    Verdict,
    World,
    Worlds,
    can,
    compare,
    findings,
    from_pack,
    read,
    read_snapshot,
)
from pulumi_cloudflare_access.insight.places import places
from pulumi_cloudflare_access.insight.reading.values import UNKNOWN_VALUES

SOURCES = recording("sources")


def copied(name: str) -> Any:
    return copy.deepcopy(SOURCES[name])


def summary(worlds: Worlds) -> dict[str, tuple[Verdict, str, str]]:
    return {
        one.name: (one.verdict, one.gains.who.text, one.losses.who.text)
        for one in compare(worlds.old, worlds.new).changes
    }


WANTED = summary(read(copied("preview")))


def test_the_change_is_what_it_is() -> None:
    assert {name: verdict for name, (verdict, *_) in WANTED.items()} == {
        "console.example.com": Verdict.WIDER,
        "narrow.wide.example.com": Verdict.WIDER,
        "new.example.com": Verdict.GUARDED,
        "old.example.com": Verdict.OPENED,
        "salaries.example.com": Verdict.BOTH,
        "wiki.example.com": Verdict.WIDER,
    }


@pytest.mark.parametrize("name", ["preview", "events", "after a refresh"])
def test_every_source_of_both_worlds_says_the_same(name: str) -> None:
    assert summary(read(copied(name))) == WANTED


def test_a_text_is_read_like_what_it_is_parsed_to() -> None:
    assert summary(read(json.dumps(SOURCES["preview"]))) == WANTED
    lines = "\n".join(json.dumps(event) for event in SOURCES["events"])
    assert summary(read(lines)) == WANTED
    assert summary(read("\ufeff" + json.dumps(SOURCES["preview"]))) == WANTED


def test_a_preview_without_unchanged_resources_is_completed_by_the_state() -> None:
    document, state = copied("without unchanged resources"), copied("state")
    assert summary(read(document, state=state)) == WANTED
    plain = read(document, state=copied("state with secrets"))
    assert can(plain.new, "ceo@example.com", "payroll.example.com")
    text = told(compare(plain.old, plain.new), plain) + repr(plain.new) + repr(plain.new.groups)
    assert "ceo@" not in text


def test_what_a_policy_pack_is_called_with_says_the_same() -> None:
    pack = recording("pack")
    plain = from_pack(pack["resources"], pack["state with secrets"])
    assert {n: v[0] for n, v in summary(plain).items()} == {n: v[0] for n, v in WANTED.items()}
    assert can(plain.new, "ceo@example.com", "payroll.example.com")
    text = told(compare(plain.old, plain.new), plain) + repr(plain.new.groups)
    assert "ceo@" not in text


def test_a_secret_that_a_pack_knows_and_the_state_hides_may_have_changed() -> None:
    """Read with --show-secrets, the state says that it has not."""
    pack = recording("pack")
    payroll = summary(from_pack(pack["resources"], pack["state"]))["payroll.example.com"]
    assert payroll[1].startswith("(secret), if include of group")


def test_what_a_policy_pack_is_not_given_is_taken_from_the_state() -> None:
    """`.get` reads an object that the pack is not told of."""
    pack = recording("pack")
    worlds = from_pack(pack["resources"], pack["state"])
    assert can(worlds.new, "x@found.example", "lab.example.com")


def test_an_export_is_one_world() -> None:
    worlds = read(copied("state with secrets"))
    assert worlds.kind == "state"
    assert worlds.old is worlds.new
    assert can(worlds.new, "ceo@example.com", "payroll.example.com")


# -------------------------------------------------------------------------- what says only a part


def test_a_preview_without_unchanged_resources_is_refused_with_the_command() -> None:
    with pytest.raises(InputError, match=r"leaves out 2\d unchanged resources") as refused:
        read(copied("without unchanged resources"))
    assert refused.value.command == "pulumi preview --json --show-sames > preview.json"


def test_a_failed_preview_is_refused() -> None:
    failed = recording("changes")["failed"]
    with pytest.raises(InputError, match="The preview failed"):
        read(failed)
    with pytest.raises(InputError, match="The preview failed"):
        read(failed, state=copied("state"))
    events = [*copied("events"), {"diagnosticEvent": {"severity": "error", "message": "no"}}]
    with pytest.raises(InputError, match="The preview failed"):
        read(events)


def test_an_event_stream_that_ends_early_is_refused() -> None:
    events = [event for event in copied("events") if "summaryEvent" not in event]
    with pytest.raises(InputError, match="ends before its summary"):
        read(events)


def test_a_component_is_not_left_out_though_it_has_no_id() -> None:
    preview = copied("preview")
    urn = "urn:pulumi:dev::test::cloudflare:components:ProtectedApplication::wiki"
    state = {"urn": urn, "type": "cloudflare:components:ProtectedApplication", "custom": False}
    preview["steps"].append({"op": "same", "urn": urn, "oldState": state, "newState": state})
    assert urn not in read(preview).left_out
    preview["steps"][-1] |= {
        "oldState": {**state, "custom": True},
        "newState": {**state, "custom": True},
    }
    assert urn in read(preview).left_out


def test_a_preview_of_a_target_says_what_it_leaves_out() -> None:
    worlds = read(copied("of a target"))
    left_out = {urn.rpartition("::")[2] for urn in worlds.left_out}
    assert left_out == {"late", "night", "new"}
    assert {note.code for note in worlds.notes if note.where in worlds.left_out} == {"left-out"}
    # Only the target changes; what is left out is not there, not empty.
    assert set(summary(worlds)) == {"narrow.wide.example.com", "wiki.example.com"}


def test_a_state_of_another_stack_is_refused() -> None:
    state = copied("state")
    state["deployment"]["resources"] = state["deployment"]["resources"][:3]
    with pytest.raises(InputError, match="not the one that the preview began with"):
        read(copied("without unchanged resources"), state=state)


def test_a_refresh_is_a_report_of_drift() -> None:
    """What Cloudflare has is the world after: who got in behind Pulumi's back."""
    worlds = read(recording("drift")["refresh"])
    assert worlds.kind == "refresh"
    changes = compare(worlds.old, worlds.new).changes
    assert {one.name: one.verdict for one in changes} == {
        "narrow.wide.example.com": Verdict.WIDER,
        "wiki.example.com": Verdict.WIDER,
    }
    assert (
        changes[0]
        .gains.who.conditions[0]
        .text.startswith("friend@elsewhere.example, in Okta group partners via ")
    )
    friend = Person(
        "friend@elsewhere.example",
        groups={"11111111-1111-4111-8111-111111111111": frozenset({"partners"})},
    )
    assert can(worlds.old, friend, "wiki.example.com").outcome is Outcome.NO
    assert can(worlds.new, friend, "wiki.example.com").outcome is Outcome.DEPENDS


def test_a_refresh_that_finds_nothing_is_no_preview_without_resources() -> None:
    worlds = read(copied("refresh"))
    assert worlds.kind == "refresh"
    assert summary(worlds) == {}
    assert len(places(worlds.new)) == 9


def test_a_destroy_opens_every_place() -> None:
    worlds = read(copied("destroy"))
    assert worlds.kind == "destroy"
    assert {verdict for verdict, *_ in summary(worlds).values()} == {Verdict.OPENED}


def test_a_preview_in_which_nothing_changes_is_the_same_everywhere() -> None:
    assert summary(read(copied("nothing changes"))) == {}


def test_a_first_preview_guards_every_place() -> None:
    worlds = read(recording("changes")["first"])
    assert {verdict for verdict, *_ in summary(worlds).values()} == {Verdict.GUARDED}
    assert "first-read" in {note.code for note in worlds.notes}
    answer = can(worlds.new, "x@found.example", "lab.example.com")
    assert any("Found" in on or "found" in on for on in answer.on)


@pytest.mark.parametrize(
    ("document", "told_"),
    [
        ("", "The input is empty"),
        ("   \n", "The input is empty"),
        ("no JSON", r"not JSON \(line 1, column 1\)"),
        ('{"steps": [', "not JSON"),
        ("[]", "neither a preview"),
        ("7", "neither a preview"),
        ("{}", "neither a preview"),
        ('{"terraform_version": "1.9", "planned_values": {}}', "of Terraform, not of Pulumi"),
        ('{"AWSTemplateFormatVersion": "2010-09-09"}', "of CloudFormation"),
        ('{"apiVersion": "v1", "kind": "List"}', "of Kubernetes"),
        ('{"changeSummary": {}}', "holds no steps"),
        ('{"version": 3, "deployment": null}', "neither a preview"),
        ('{"version": 99, "deployment": {}}', "of a newer Pulumi"),
        ('{"steps": [{"op": "teleport", "urn": "u"}]}', 'a step "teleport"'),
    ],
)
def test_whatever_is_no_preview_is_refused_in_plain_words(document: str, told_: str) -> None:
    with pytest.raises(InputError, match=told_):
        read(document)


def test_a_message_says_the_command_that_writes_what_can_be_read() -> None:
    with pytest.raises(
        InputError, match=r"Run: pulumi preview --json --show-sames > preview\.json"
    ):
        read("{}")


# ------------------------------------------------------------------------------- what may come yet


def test_reserved_keys_and_escaped_names_play_no_part() -> None:
    """Entries are read, not keys: those may be escaped, and new reserved ones may come."""

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: other(inner) for key, inner in value.items()}
        return [other(one) for one in value] if isinstance(value, list) else value

    document = copied("preview")
    for step in document["steps"]:
        for side in ("oldState", "newState"):
            inputs = (step.get(side) or {}).get("inputs") or {}
            for name, section in inputs.items():
                if name in {"include", "require", "exclude"} and isinstance(section, dict):
                    inputs[name] = {f"\\u001b{n}": one for n, one in enumerate(section.values())}
            if inputs:
                inputs["__new"] = {"anything": ["at", "all"]}
    assert {n: v[0] for n, v in summary(read(document)).items()} == {
        n: v[0] for n, v in WANTED.items()
    }
    assert other(document) == document


def test_a_resource_of_ours_that_this_version_does_not_know_is_noted() -> None:
    document = copied("preview")
    urn = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:AccessNewThing::x"
    state = {"urn": urn, "type": urn.split("::")[2], "inputs": {}, "id": "1"}
    document["steps"].append({"op": "create", "urn": urn, "newState": state})
    notes = read(document).notes
    assert [note.text for note in notes if note.where == urn] == [
        "is a AccessNewThing, which this version does not know"
    ]


def test_lists_are_read_as_well_as_the_maps_that_check_makes_of_them() -> None:
    document = copied("preview")
    for step in document["steps"]:
        for side in ("oldState", "newState"):
            inputs = (step.get(side) or {}).get("inputs") or {}
            for name in ("include", "require", "exclude"):
                if isinstance(inputs.get(name), dict):
                    inputs[name] = list(inputs[name].values())
    assert {n: v[0] for n, v in summary(read(document)).items()} == {
        n: v[0] for n, v in WANTED.items()
    }


# ----------------------------------------------------------------------------- the bridged provider


def test_objects_of_the_bridged_provider_are_read_too() -> None:
    bridged = recording("bridged")
    worlds = read(bridged["preview"])
    assert {name: (verdict, gains) for name, (verdict, gains, _) in summary(worlds).items()} == {
        "shop.example.com": (
            Verdict.WIDER,
            "lin@elsewhere.example, in Okta group contractors via Okta, not from KP",
        )
    }
    okta = next(id_ for id_, type_ in worlds.new.provider_types.items() if type_ == "okta")
    ada = Person(
        "ada@example.com", identity_providers=frozenset({okta}), countries=frozenset({"DE"})
    )
    assert can(worlds.new, ada, "shop.example.com")  # by the list, whose contents are known
    assert can(worlds.new, "anyone@x.y", "open.example.com/public")
    assert {"open-to-everyone", "every-email"} <= {one.code for one in findings(worlds.new)}


def test_new_objects_of_the_bridged_provider_are_found_by_their_dependencies() -> None:
    worlds = read(recording("bridged")["first"])
    shop = next(one for one in compare(worlds.old, worlds.new).places if "shop" in one.name)
    assert shop.audience
    assert "@contractor.example" in shop.audience.text
    assert "not known" not in shop.audience.text


# ------------------------------------------------------------------------------- an account beneath


def test_an_account_says_what_the_stack_does_not() -> None:
    """Group Nowhere belongs to somebody else; the account has it: everybody."""
    document = copied("preview")
    worlds = read(document, snapshot=copied("account before"))
    assert can(worlds.new, "anyone@x.y", "lab.example.com")
    assert summary(worlds) == WANTED


def test_an_application_of_somebody_else_s_keeps_a_place_guarded() -> None:
    account = copied("account before")
    (held,) = account["accounts"].values()
    held["access/apps"].append(
        {
            "id": "of somebody else",
            "name": "All",
            "type": "self_hosted",
            "domain": "*.example.com",
            "policies": [{"id": "p", "precedence": 1, **allow(domain("b.example"))}],
        }
    )
    worlds = read(copied("preview"), snapshot=account)
    old = next(
        one for one in compare(worlds.old, worlds.new).changes if one.name == "old.example.com"
    )
    assert old.verdict is Verdict.BOTH
    assert old.after == ("All",)


def test_policies_that_others_attach_are_the_account_s() -> None:
    """An application that declares none has those that the account says."""
    document = copied("preview")
    (held,) = copied("account before")["accounts"].values()
    payroll = next(app for app in held["access/apps"] if app["name"] == "Payroll")
    urns = [
        s["urn"]
        for s in document["steps"]
        if s["urn"].endswith("AccessApplicationPolicies::payroll")
    ]
    document["steps"] = [step for step in document["steps"] if step["urn"] not in urns]
    document["changeSummary"] = {}
    alone = read(document)
    assert can(alone.new, "hr@example.com", "payroll.example.com").outcome is Outcome.DEPENDS
    assert any("policies" in on for on in can(alone.new, "x@y.z", "payroll.example.com").on)
    together = read(document, snapshot=copied("account before"))
    assert can(together.new, "hr@example.com", "payroll.example.com")
    assert payroll["policies"]


def test_a_snapshot_alone_is_a_world() -> None:
    world = read_snapshot(json.dumps(SOURCES["account before"]))
    assert can(world, "hr@example.com", "payroll.example.com")
    with pytest.raises(InputError, match="The snapshot is none"):
        read_snapshot({"accounts": []})


def test_policies_of_an_application_that_is_not_known_yet_are_not_lost() -> None:
    """An event stream does not say what depends on what; two new applications could be theirs."""
    document = recording("changes")["first"]
    events: list[dict[str, Any]] = [{"summaryEvent": {"result": "succeeded"}}]
    for step in copy.deepcopy(document["steps"]):
        new = {**step["newState"], "propertyDependencies": None}
        metadata = {"op": step["op"], "urn": step["urn"], "old": None, "new": new}
        events.insert(0, {"resourcePreEvent": {"metadata": metadata}})
    worlds = read(events)
    assert "application-not-known" in {note.code for note in worlds.notes}
    answer = can(worlds.new, "hr@example.com", "payroll.example.com")
    assert answer.outcome is Outcome.DEPENDS
    assert can(worlds.new, "pat@example.com", "console.example.com").outcome is Outcome.NO


@pytest.mark.parametrize("sign", sorted(UNKNOWN_VALUES))
def test_whatever_type_it_has_what_is_not_known_yet_is_not_known(sign: str) -> None:
    urn = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:AccessGroup::g"
    group = {"name": "G", "include": sign, "require": {"e": {"email": {"email": sign}}}}
    step = {
        "op": "create",
        "urn": urn,
        "newState": {"type": urn.split("::")[2], "urn": urn, "inputs": group},
    }
    rules = read({"steps": [step]}).new.groups[urn].rules
    assert [rule.atom[:2] for rule in rules.all] == [("unknown", "not-known-yet")] * 2


def test_of_two_new_identity_providers_a_rule_says_which_one_it_means() -> None:
    prefix = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:"
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    one, two, urn = (
        f"{prefix}{name}"
        for name in ("IdentityProvider::1", "IdentityProvider::2", "AccessGroup::g")
    )
    rule = {"okta": {"name": "devs", "identity_provider_id": unknown}, "of": two}
    inputs: dict[str, Any] = {
        one: {"name": "One", "type": "okta"},
        two: {"name": "Two", "type": "okta"},
        urn: {"name": "G", "include": {"okta devs via Two": rule}},
    }
    steps = [
        {
            "op": "create",
            "urn": of,
            "newState": {
                "type": of.split("::")[2],
                "urn": of,
                "inputs": told_,
                "propertyDependencies": {"include": [one, two]},
            },
        }
        for of, told_ in inputs.items()
    ]
    [found] = read({"steps": steps}).new.groups[urn].rules.include
    assert found.atom == ("okta", two, "devs")
    del rule["of"]
    [found] = read({"steps": steps}).new.groups[urn].rules.include
    assert found.atom[:2] == ("unknown", "not-known-yet")


# ------------------------------------------------------------- places that nobody declares


def of_places(name: str, **more: Any) -> Worlds:
    return read(copy.deepcopy(recording("places")[name]), **more)


def told_of(worlds: Worlds) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in compare(worlds.old, worlds.new).changes}


def answering_in(world: World) -> set[tuple[str, int, tuple[bool, ...]]]:
    """Return every place, how many applications answer, and whether it is open to everyone."""
    return {
        (one.name, len(one.answering[0].keys), one.answering[0].public) for one in places(world)
    }


PIXEL = "shop.example.com/pixel.gif (this path alone)"
DATABASE = "db.internal port 5432 tcp"


def test_what_the_state_notes_of_places_that_nobody_declares_counts() -> None:
    world = of_places("state").new
    assert can(world, "eve@else.where", PIXEL)
    assert can(world, "ada@example.com", DATABASE)
    assert can(world, "eve@else.where", "portal.example.com/health")
    assert can(world, "eve@else.where", "portal.example.com").outcome is Outcome.NO
    assert answering_in(world) == answering_in(read_snapshot(recording("places")["account"]))
    assert told_of(of_places("nothing")) == {}


def test_a_refresh_tells_of_places_that_somebody_has_added() -> None:
    """Nobody declares them: the engine has them in a message alone."""
    worlds = of_places("refresh")
    (note,) = worlds.notes
    assert (note.code, note.where.rpartition("::")[2]) == ("drift", "shop")
    assert "+ private db.internal tcp 5432" in note.text
    assert "pixel.gif" in note.text


@pytest.mark.parametrize("name", ["moved", "declared"])
@pytest.mark.parametrize("with_account", [False, True])
def test_which_places_stay_and_which_go_is_as_in_the_account_afterwards(
    name: str, *, with_account: bool
) -> None:
    snapshot = recording("places")["account"] if with_account else None
    worlds = of_places(name, snapshot=snapshot)
    after = read_snapshot(recording("places")[f"account after it is {name}"])
    assert answering_in(worlds.new) == answering_in(after)


def test_a_path_that_an_override_opens_is_told() -> None:
    health = "portal.example.com/health (this path alone)"
    opened = {"portal.example.com/api/*": Verdict.WIDER, health: Verdict.NARROWER}
    assert told_of(of_places("opened")) == opened
