"""A place and stricter policies in one run: refused where the old policies would decide there."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import set_root_resource
from pulumi.runtime.stack import run_in_stack
from pulumi.runtime.sync_await import _sync_await

from harness.plugin import CheckFailed, Kept, Plugin
from harness.program import Mocks
from pulumi_cloudflare_access import (
    AccessApplication,
    AccessApplicationPolicies,
    AccessApplicationPolicy,
    AccessGroup,
    ProtectedApplication,
    rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.stack import Stack

APP, LIST, ONE = (
    "access_application",
    "access_application_policies",
    "access_application_policy",
)
IDP, OTHER_IDP = "ea85612a-29c8-46c2-bacb-669d65136971", "12312312-29c8-46c2-bacb-669d65136971"
OBJECT = "a0a4aab6-672b-4bdb-bc33-a59f1130a11f"
Policy = dict[str, Any]
ADA, EVE, BOB = (rules.email(f"{name}@example.com") for name in ("ada", "eve", "bob"))
STAFF: Policy = {"name": "Staff", "decision": "allow", "include": [ADA, BOB]}
NOT_EVE: Policy = {"name": "Not Eve", "decision": "deny", "include": [EVE]}
GUESTS: Policy = {"name": "Guests", "decision": "allow", "include": [rules.everyone()]}
ONE_PLACE: dict[str, Any] = {"domain": "a.example.com"}
HERE = {"name": "App", **ONE_PLACE}
TWO_PLACES = {**ONE_PLACE, "self_hosted_domains": ["a.example.com", "b.example.com"]}


class Declared(dict[str, dict[str, Any]]):
    """What check gets of each resource of a program, by name, and their classes."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, str] = {}


class Recorder(Mocks):
    """An engine that notes what every resource is declared with."""

    def __init__(self) -> None:
        super().__init__(OBJECT)
        self.inputs = Declared()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.inputs.kinds[args.name] = args.typ.rpartition(":")[2]
        self.inputs[args.name] = {k: v for k, v in args.inputs.items() if k != "__provider"}
        is_reusable = args.typ.endswith(":AccessPolicy")
        id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, args.name)) if is_reusable else OBJECT
        # As check has it: a list is a map.
        return id_, {k: {} if isinstance(v, list) else v for k, v in args.inputs.items()}


def declared(program: Callable[[], object]) -> Declared:
    """Run a program, and return what check gets of each of its resources."""
    recorder = Recorder()
    mocks.set_mocks(recorder, preview=False)
    # Each run is a deployment of its own.
    set_root_resource(None)  # type: ignore[arg-type]

    def run() -> None:
        program()

    try:
        _sync_await(run_in_stack(run))
    finally:
        set_root_resource(None)  # type: ignore[arg-type]
    return recorder.inputs


class Program:
    """The same program, run twice: what it says the second time is checked against the first."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._kept: dict[str, Kept] = {}

    def run(self, program: Callable[[], object], *, fails: tuple[str, ...] = ()) -> list[str]:
        """Check everything; keep it if nothing is wrong. `fails` are those whose update fails."""
        told: list[str] = []
        for name, inputs in declared(program).items():
            kind = ONE if name.startswith("one") else LIST
            kind = APP if name.endswith(("app", "application")) else kind
            if "application" in inputs or kind == APP:
                was = self._kept.get(name)
                try:
                    checked = self._plugin.check(kind, inputs, was.inputs if was else None)
                except CheckFailed as failed:
                    told += failed.reasons
                else:
                    if name not in fails:
                        self._kept[name] = Kept("", kind, OBJECT, checked, {})
        return told


@pytest.fixture
def program(plugin: Plugin) -> Program:
    return Program(plugin)


def app(*policies: Policy, **arguments: Any) -> Callable[[], object]:
    def run() -> None:
        it = AccessApplication("app", **{**HERE, **arguments})
        AccessApplicationPolicies("list", application=it, policies=list(policies))

    return run


def component(*policies: Policy, **arguments: Any) -> Callable[[], object]:
    def run() -> None:
        ProtectedApplication("it", policies=list(policies), **{**HERE, **arguments})

    return run


def singles(*policies: Policy, first: int = 1, **arguments: Any) -> Callable[[], object]:
    def run() -> None:
        it = AccessApplication("app", **{**HERE, **arguments})
        for place, policy in enumerate(policies, start=first):
            AccessApplicationPolicy(
                f"one {policy['name']}", application=it.id, precedence=place, **policy
            )

    return run


WAYS = [app, component, singles]
TOLD = (
    "self_hosted_domains: b.example.com is a new place, and {}. The application is written before "
    "its policies: the old ones would decide until the new ones are written, and longer if that "
    "fails. Change the policies in an up of their own first, then this"
)
STRICTER: list[tuple[list[Policy], list[Policy], str]] = [
    (
        [STAFF],
        [NOT_EVE, STAFF],
        '"Not Eve" is stricter for some people than "Staff", which decides for them now',
    ),
    (
        [STAFF],
        [{**STAFF, "include": [ADA]}],
        '"Staff" lets in people whom no policy lets in any mo',
    ),
    (
        [STAFF],
        [{**STAFF, "exclude": [EVE]}],
        '"Staff" lets in people whom no policy lets in any mo',
    ),
    ([STAFF], [{**STAFF, "approval_required": True}], '"Staff" gets stricter for some people'),
    ([STAFF], [{**STAFF, "session_duration": "30m"}], '"Staff" gets stricter for some people'),
    ([STAFF, GUESTS], [STAFF], '"Guests" lets in people whom no policy lets in any more'),
    (
        [GUESTS, NOT_EVE],
        [NOT_EVE, GUESTS],
        '"Not Eve" is stricter for some people than "Guests", which decides for them now',
    ),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("old", "new", "told"), STRICTER)
def test_a_new_place_with_stricter_policies_is_refused_and_each_alone_goes_through(
    way: Any, old: list[Policy], new: list[Policy], told: str, program: Program
) -> None:
    assert program.run(way(*old)) == []
    [first, *_] = program.run(way(*new, **TWO_PLACES))
    assert first.startswith(TOLD.partition("{}")[0] + told)
    # The way out that it names.
    assert program.run(way(*new)) == []
    assert program.run(way(*new, **TWO_PLACES)) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([STAFF], [STAFF]),
        ([NOT_EVE, STAFF], [STAFF]),
        ([STAFF], [{**STAFF, "include": [ADA, BOB, EVE]}]),
        ([STAFF], [STAFF, GUESTS]),
        ([STAFF], [{**STAFF, "name": "All staff"}]),
        ([{**STAFF, "approval_required": True}], [STAFF]),
        ([NOT_EVE, STAFF], [STAFF, {**NOT_EVE, "include": [EVE, rules.ip("203.0.113.7")]}]),
    ],
)
def test_a_new_place_with_the_same_or_wider_policies_goes_through(
    way: Any, old: list[Policy], new: list[Policy], program: Program
) -> None:
    assert program.run(way(*old)) == []
    # A place is free once the policy that leaves it is gone, which is last.
    more = {"first": 2} if way is singles and len(new) < len(old) else {}
    assert program.run(way(*new, **more, **TWO_PLACES)) == []


def test_a_first_run_and_a_state_without_the_text_say_nothing(
    program: Program, plugin: Plugin
) -> None:
    assert program.run(app(NOT_EVE, STAFF, **TWO_PLACES)) == []
    before = declared(app(STAFF))["app"]
    without = {name: value for name, value in before.items() if not name.startswith("__")}
    after = declared(app(NOT_EVE, STAFF, **TWO_PLACES))
    was = plugin.check(APP, without)
    assert "__own_policies" in plugin.check(APP, after["app"], was)
    listed = declared(app(STAFF))["list"]
    old = plugin.check(LIST, {k: v for k, v in listed.items() if not k.startswith("__")})
    assert "__reach" in plugin.check(LIST, after["list"], old)


PRIVATE = {"type": "private", "cidr": "10.0.0.0/8", "port_range": "443"}
DESTINATIONS: Mapping[str, Any] = {"destinations": [{"uri": "a.example.com"}, PRIVATE]}


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (ONE_PLACE, {"domain": "c.example.com"}, "domain: c.example.com is a new place"),
        (
            {**ONE_PLACE, **DESTINATIONS},
            {
                **ONE_PLACE,
                "destinations": [*DESTINATIONS["destinations"], {"uri": "x.example.com"}],
            },
            "destinations: x.example.com is a new place",
        ),
        (
            {**ONE_PLACE, **DESTINATIONS},
            {"destinations": [{"uri": "a.example.com"}, {**PRIVATE, "port_range": "22-443"}]},
            "destinations: 10.0.0.0/8 22-443 is a new place",
        ),
        ({"allowed_idps": [IDP]}, {"allowed_idps": [IDP, OTHER_IDP]}, "allowed_idps: more people"),
        ({"allowed_idps": [IDP]}, {}, "allowed_idps: more people can log in"),
        ({"session_duration": "1h"}, {}, "session_duration: sessions get longer"),
        ({}, {"session_duration": "720h"}, "session_duration: sessions get longer"),
        (
            {"mfa_config": {"allowed_authenticators": ["security_key"]}},
            {"mfa_config": {"allowed_authenticators": ["security_key", "totp"]}},
            "mfa_config: multi-factor authentication asks for less",
        ),
    ],
)
def test_whatever_widens_the_application_is_told(
    before: dict[str, Any], after: dict[str, Any], field: str, program: Program
) -> None:
    assert program.run(app(STAFF, **before)) == []
    told = program.run(app(NOT_EVE, STAFF, **after))
    assert told[0].startswith(field)
    assert program.run(app(STAFF, **after)) == []
    assert program.run(app(NOT_EVE, STAFF, **after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ONE_PLACE, {"domain": "A.example.com"}),
        # Below one that it has.
        (ONE_PLACE, {**ONE_PLACE, "self_hosted_domains": ["a.example.com", "a.example.com/x"]}),
        (TWO_PLACES, ONE_PLACE),
        ({"allowed_idps": [IDP, OTHER_IDP]}, {"allowed_idps": [IDP]}),
        ({}, {"allowed_idps": [IDP]}),
        ({"session_duration": "60m"}, {"session_duration": "1h"}),
        ({}, {"mfa_config": {"allowed_authenticators": ["security_key"]}, "name": "Other"}),
    ],
)
def test_what_does_not_widen_the_application_goes_with_stricter_policies(
    before: dict[str, Any], after: dict[str, Any], program: Program
) -> None:
    assert program.run(app(STAFF, **before)) == []
    assert program.run(app(NOT_EVE, STAFF, **{**after, "name": "Other"})) == []


def test_policies_that_failed_to_be_written_are_not_taken_for_written(program: Program) -> None:
    assert program.run(app(STAFF)) == []
    assert program.run(app(NOT_EVE, STAFF), fails=("list",)) == []
    [told] = program.run(app(NOT_EVE, STAFF, **TWO_PLACES))
    assert told.startswith(
        '"Not Eve" is stricter for some people than "Staff", which decides for them now, and the '
        "application is wider than when these policies were last written (b.example.com is a new "
    )
    # Once more without the place, and they are written.
    assert program.run(app(NOT_EVE, STAFF)) == []
    assert program.run(app(NOT_EVE, STAFF, **TWO_PLACES)) == []


def test_a_single_deny_that_failed_to_be_written_is_not_taken_for_written(
    program: Program,
) -> None:
    wider = {**NOT_EVE, "include": [EVE, BOB]}
    assert program.run(singles(NOT_EVE, STAFF)) == []
    assert program.run(singles(wider, STAFF), fails=("one Not Eve",)) == []
    [told] = program.run(singles(wider, STAFF, **TWO_PLACES))
    assert told.startswith('"Not Eve" is stricter for some people than "Staff", which decides')
    assert program.run(singles(wider, STAFF)) == []
    # What an Output says no text has: then a policy is compared by itself.
    late_, later = ({**NOT_EVE, "include": late([*who])} for who in ([EVE], [EVE, BOB]))
    assert program.run(singles(late_, STAFF)) == []
    [told] = program.run(singles(later, STAFF, **TWO_PLACES))
    assert told.startswith('"Not Eve" gets stricter for some people, and the application is wider')
    assert program.run(singles(late_, STAFF, **TWO_PLACES)) == []


# --------------------------------------------------------------- what is not known yet, and words


def outputs(*policies: Callable[[], Policy], **arguments: Any) -> Callable[[], object]:
    def run() -> None:
        it = AccessApplication("app", **{**HERE, **arguments})
        made = [policy() for policy in policies]
        AccessApplicationPolicies("list", application=it, policies=made)

    return run


def late(value: Any) -> Any:
    return pulumi.Output.from_input(value)


def of_group(name: str) -> Policy:
    group = AccessGroup(f"one {name}", name=late(name), include=[ADA], account_id="a")
    return {"name": "Staff", "decision": "allow", "include": [rules.group(group)]}


def test_resources_are_compared_by_their_names(program: Program) -> None:
    staff, other = (functools.partial(of_group, name) for name in ("staff", "other"))
    assert program.run(outputs(staff)) == []
    assert program.run(outputs(staff, **TWO_PLACES)) == []
    assert program.run(outputs(staff)) == []
    [told, *_] = program.run(outputs(other, **TWO_PLACES))
    assert '"Staff" lets in people whom no policy lets in any more' in told


@pytest.mark.parametrize(
    "policy",
    [
        {**STAFF, "include": late([ADA])},
        {**STAFF, "include": [late(ADA)]},
        {**STAFF, "include": [rules.email(late("ada@example.com"))]},
        {**STAFF, "name": late("Staff")},
        {**STAFF, "decision": late("allow")},
        {**STAFF, "approval_required": late(value=True)},
        late(STAFF),
    ],
)
def test_an_output_that_stays_where_it_is_is_no_change_and_a_new_one_is(
    policy: Any, program: Program
) -> None:
    assert program.run(app(policy)) == []
    assert program.run(app(policy, **TWO_PLACES)) == []
    assert program.run(app(policy)) == []
    # One more policy that lets in more, before it and behind it.
    assert program.run(app(policy, GUESTS, **TWO_PLACES)) == []


def test_a_list_that_is_one_output_is_compared_by_the_list_itself(program: Program) -> None:
    def run(*policies: Policy, **arguments: Any) -> Callable[[], object]:
        def run_() -> None:
            it = AccessApplication("app", **{**HERE, **arguments})
            AccessApplicationPolicies("list", application=it, policies=late([*policies]))

        return run_

    assert program.run(run(STAFF)) == []
    [told] = program.run(run(NOT_EVE, STAFF, **TWO_PLACES))
    assert told.startswith('"Not Eve" is stricter for some people')
    assert program.run(run(STAFF, GUESTS, **TWO_PLACES)) == []


def test_the_text_holds_no_value_of_an_output_and_no_address(program: Program) -> None:
    del program
    policy = {**STAFF, "include": [rules.email(late("s3cret@example.com")), EVE], "exclude": [BOB]}
    policy["approval_groups"] = late([{"approvals_needed": 1, "email_addresses": ["x@y.z"]}])
    text = declared(app(policy))["app"]["__own_policies"]
    assert "Staff" in text
    assert not any(word in text for word in ("s3cret", "eve@", "bob@", "x@y.z"))
    assert text == declared(app(policy))["app"]["__own_policies"]


def test_the_texts_survive_a_refresh_and_are_no_difference(plugin: Plugin) -> None:
    inputs = declared(app(STAFF))
    made = plugin.up(APP, {**inputs["app"], "domain": "r.example.com"}, name="app")
    listed = plugin.up(LIST, {**inputs["list"], "application": made.id}, name="list")
    for kept, note in [(made, "__own_policies"), (listed, "__reach")]:
        found = plugin.refresh(kept)
        assert found
        assert (found.did, found.inputs) == ("same", kept.inputs)
        assert isinstance(found.inputs[note], str)
        changed = {**kept.inputs, note: "[]"}
        assert plugin.diff(kept, changed) == ("NONE", [])


@pytest.mark.engine
def test_the_preview_of_a_real_program_refuses_it(stack: Stack) -> None:
    program = """
    staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("e.com")])
    cloudflare.ProtectedApplication("it", name="App", domain="a.example.com", **{places}, policies=[
        {deny}{{"name": "Staff", "decision": "allow", "include": [rules.group(staff)]}}])
    """
    deny = '{"name": "Not Eve", "decision": "deny", "include": [rules.email("eve@e.com")]}, '
    one, two = "{}", "{'self_hosted_domains': ['a.example.com', 'b.example.com']}"
    stack.program(program.format(places=one, deny=""))
    stack.up()
    stack.refresh()
    stack.program(program.format(places=two, deny=deny))
    for command in (stack.preview, stack.up):
        run = command(ok=False)
        assert run.status
        assert 'self_hosted_domains: b.example.com is a new place, and "Not Eve"' in run.text
    assert stack.cloudflare.requests[-1]["method"] == "GET"
    stack.program(program.format(places=one, deny=deny))
    assert set(stack.plan().changed()) == {"it-policies"}
    stack.up()
    stack.program(program.format(places=two, deny=deny))
    plan = stack.plan("--diff")
    assert set(plan.changed()) == {"it-application"}
    detailed = plan.steps()["it-application"].get("detailedDiff") or {}
    assert not any(path.startswith("__") for path in detailed)
    stack.up()
    assert stack.settled()
