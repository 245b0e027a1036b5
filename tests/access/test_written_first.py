"""Groups and reusable policies that change in one run with what refers to them."""

from __future__ import annotations

import itertools
import os
import random
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import Alias, ResourceOptions

from access.test_widened import declared
from harness.plugin import CheckFailed, Plugin
from pulumi_cloudflare_access import (
    AccessApplication,
    AccessApplicationPolicies,
    AccessApplicationPolicy,
    AccessGroup,
    AccessPolicy,
    PolicySet,
    ProtectedApplication,
    Team,
    rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.stack import Stack

KINDS = {
    "AccessGroup": "access_group",
    "AccessPolicy": "access_policy",
    "AccessApplication": "access_application",
    "AccessApplicationPolicies": "access_application_policies",
    "AccessApplicationPolicy": "access_application_policy",
}
ADA, EVE, BOB = (f"{name}@example.com" for name in ("ada", "eve", "bob"))


def emails(*people: str) -> list[Any]:
    return [rules.email(person) for person in people]


class Program:
    """What a program declares, checked against what the runs before have written."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._was: dict[str, dict[str, Any]] = {}

    def run(
        self,
        program: Callable[[], object],
        *fails: str,
        first: str = "",
        renamed: Mapping[str, str] | None = None,
    ) -> dict[str, list[str]]:
        """Return what is refused, by resource; if nothing is, the state has it.

        `fails` are those whose update fails; `first` is asked for before what it does not wait for,
        and `renamed` are the names that resources had before, by those that they have now.
        """
        told: dict[str, list[str]] = {}
        now: dict[str, dict[str, Any]] = {}
        found = declared(program)
        for name in sorted(found, key=lambda name: name != first):
            if (kind := KINDS.get(found.kinds[name])) is None:
                continue
            was = self._was.get((renamed or {}).get(name, name))
            try:
                now[name] = self._plugin.check(kind, found[name], was)
            except CheckFailed as failed:
                told[name] = failed.reasons
                # The engine asks for nothing that comes after it.
                break
        if not told:
            for old in (renamed or {}).values():
                self._was.pop(old, None)
            self._was |= {name: inputs for name, inputs in now.items() if name not in fails}
        return told


@pytest.fixture
def program(plugin: Plugin) -> Program:
    return Program(plugin)


def one_set(*policies: dict[str, Any]) -> Callable[[], object]:
    def run() -> None:
        PolicySet(
            "set", policies=list(policies), applications={"wiki": {"domain": "w.example.com"}}
        )

    return run


NOT_EVE = {"name": "Not Eve", "decision": "deny", "include": emails(EVE)}
STAFF = {"name": "Staff", "decision": "allow", "include": emails(ADA)}
ALL = {**STAFF, "include": [rules.everyone()]}
TOLD = (
    "Access policy is written before what refers to it. Until all of that is written, and longer "
    "if that fails, application set-wiki would let in somebody whom neither the old policies nor "
    "the new ones let in, or ask less of somebody than both do. Make what gets stricter in an up "
    "of its own first, then this"
)


def test_a_policy_of_a_set_is_not_widened_before_the_deny_in_front_of_it(program: Program) -> None:
    assert program.run(one_set(STAFF)) == {}
    assert program.run(one_set(NOT_EVE, ALL)) == {"set-Staff": [TOLD]}
    # Each in an up of its own.
    assert program.run(one_set(NOT_EVE, STAFF)) == {}
    assert program.run(one_set(NOT_EVE, ALL)) == {}
    # The way back is narrowing before widening, as the engine does it.
    assert program.run(one_set(STAFF)) == {}


def test_what_a_policy_asks_of_people_is_not_lowered_before_it_asks_it_elsewhere(
    program: Program,
) -> None:
    asked = {**STAFF, "approval_required": True}
    asking = {**STAFF, "name": "Ask", "approval_required": True}
    assert program.run(one_set(asked)) == {}
    assert list(program.run(one_set(asking, STAFF))) == ["set-Staff"]


def reusable(include: Any, called: str = "wiki", was: str = "", **more: Any) -> None:
    policy = AccessPolicy("p", name="P", decision="allow", include=include, **more)
    opts = ResourceOptions(aliases=[Alias(name=was)]) if was else None
    AccessApplication(called, domain="w.example.com", policies=[policy], opts=opts)


def by_precedence(include: Any, **more: Any) -> None:
    policy = AccessPolicy("p", name="P", decision="allow", include=include, **more)
    policies: Any = [{"id": policy, "precedence": 1}]
    AccessApplication("wiki", domain="w.example.com", policies=policies)


def own(
    include: Any,
    called: str = "wiki",
    was: str = "",
    places: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    policy = {"name": "P", "decision": "allow", "include": include, **more}
    opts = ResourceOptions(aliases=[Alias(name=was)]) if was else None
    there: Any = places or {}
    ProtectedApplication(called, domain="w.example.com", policies=[policy], **there, opts=opts)


def in_a_zone(include: Any, **more: Any) -> None:
    app = AccessApplication("wiki", domain="w.example.com", zone_id="0" * 32)
    policy = {"name": "P", "decision": "allow", "include": include, **more}
    AccessApplicationPolicies("list", application=app.id, policies=[policy])


def not_traced(include: Any, **more: Any) -> None:
    app = AccessApplication("wiki", domain="w.example.com")
    policy = {"name": "P", "decision": "allow", "include": include, **more}
    of = pulumi.Output.all(app.id).apply(lambda ids: str(ids[0]))
    AccessApplicationPolicies("list", application=of, policies=[policy])


def single(
    include: Any,
    called: str = "wiki",
    was: str = "",
    places: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    opts, one = (
        ResourceOptions(aliases=[Alias(name=name)]) if was else None for name in (was, "one")
    )
    there: Any = places or {}
    app = AccessApplication(called, domain="w.example.com", **there, opts=opts)
    who: Any = {"name": "P", "decision": "allow", "include": include, **more}
    name = "one2" if was else "one"
    AccessApplicationPolicy(name, application=app, precedence=1, **who, opts=one)


def nested(include: Any, **more: Any) -> None:
    outer = AccessGroup("outer", name="Outer", include=include)
    reusable([rules.group(outer)], **more)


WAYS = [reusable, by_precedence, own, in_a_zone, not_traced, single, nested]
every_way = pytest.mark.parametrize("way", WAYS)


def group_and(way: Callable[..., object], *people: str, **more: Any) -> Callable[[], object]:
    def run() -> None:
        eng = AccessGroup("eng", name="Eng", include=emails(*people))
        way([rules.group(eng)], **more)

    return run


@every_way
@pytest.mark.parametrize(
    "stricter",
    [{"exclude": emails(EVE)}, {"require": emails(ADA)}, {"session_duration": "30m"}],
    ids=["exclude", "require", "session"],
)
def test_a_group_does_not_get_wider_before_its_policies_get_stricter(
    way: Callable[..., object], stricter: dict[str, Any], program: Program
) -> None:
    assert program.run(group_and(way, ADA)) == {}
    assert list(program.run(group_and(way, ADA, EVE, **stricter))) == ["eng"]
    assert program.run(group_and(way, ADA, **stricter)) == {}
    assert program.run(group_and(way, ADA, EVE, **stricter)) == {}


@every_way
def test_who_leaves_a_group_goes_with_any_change_of_its_policies(
    way: Callable[..., object], program: Program
) -> None:
    assert program.run(group_and(way, ADA, EVE)) == {}
    assert program.run(group_and(way, ADA, exclude=emails(EVE))) == {}
    assert program.run(group_and(way, ADA)) == {}
    assert program.run(group_and(way, ADA, BOB)) == {}


@every_way
def test_who_comes_comes_with_what_is_about_somebody_else(
    way: Callable[..., object], program: Program
) -> None:
    assert program.run(group_and(way, ADA)) == {}
    assert program.run(group_and(way, ADA, BOB, exclude=emails(EVE))) == {}


def test_a_policy_gets_wider_with_a_deny_of_somebody_else(program: Program) -> None:
    assert program.run(one_set(STAFF)) == {}
    assert program.run(one_set(NOT_EVE, {**STAFF, "include": emails(ADA, BOB)})) == {}


def test_who_is_no_longer_kept_out_by_a_group_is_kept_out_meanwhile(program: Program) -> None:
    def run(banned: Sequence[str], excluded: Sequence[str]) -> Callable[[], object]:
        def declare() -> None:
            group = AccessGroup("banned", name="Banned", include=emails(*banned))
            own([rules.everyone()], exclude=[rules.group(group), *emails(*excluded)])

        return declare

    assert program.run(run([BOB, EVE], [])) == {}
    assert list(program.run(run([BOB], [EVE]))) == ["banned"]
    assert program.run(run([BOB, EVE], [EVE])) == {}
    assert program.run(run([BOB], [EVE])) == {}


def test_a_group_that_its_policies_no_longer_mention_stays_narrow_until_then(
    program: Program,
) -> None:
    def run(people: Sequence[str], *, mentioned: bool, app: bool = True) -> Callable[[], object]:
        def declare() -> None:
            group = AccessGroup("eng", name="Eng", include=emails(*people))
            if app:
                own([rules.group(group)] if mentioned else emails(ADA))

        return declare

    assert program.run(run([ADA], mentioned=True)) == {}
    assert list(program.run(run([ADA, EVE], mentioned=False))) == ["eng"]
    # It may get narrower, and with the application goes all that protects the place.
    assert program.run(run([ADA, EVE], mentioned=True)) == {}
    assert program.run(run([ADA], mentioned=False)) == {}
    assert program.run(run([ADA], mentioned=True)) == {}
    assert program.run(run([ADA, EVE], mentioned=True, app=False)) == {}


def test_a_group_is_known_by_the_id_that_it_adopts(program: Program) -> None:
    id_ = "a0a4aab6-672b-4bdb-bc33-a59f1130a11f"

    def run(*people: str, **more: Any) -> Callable[[], object]:
        def declare() -> None:
            AccessGroup("eng", name="Eng", include=emails(*people), adopt=id_)
            own([rules.group(id_)], **more)

        return declare

    assert program.run(run(ADA)) == {}
    assert list(program.run(run(ADA, EVE, exclude=emails(EVE)))) == ["eng"]


def test_a_team_gets_nobody_whom_its_applications_are_about_to_keep_out(program: Program) -> None:
    def run(*people: str, **more: Any) -> Callable[[], object]:
        def declare() -> None:
            team = Team("team", name="Team", people=list(people))
            own([rules.group(team.access_group)], **more)

        return declare

    assert program.run(run(ADA)) == {}
    assert list(program.run(run(ADA, EVE, exclude=emails(EVE)))) == ["team-access"]


def test_a_large_group_is_whole_in_its_own_text_and_short_in_those_of_others(
    program: Program,
) -> None:
    many = [f"p{number}@example.com" for number in range(200)]

    def run(people: Sequence[str], banned: Sequence[str], **more: Any) -> Callable[[], object]:
        def declare() -> None:
            inner = AccessGroup("inner", name="Inner", include=emails(BOB))
            all_of_them = AccessGroup(
                "many", name="Many", include=[*emails(*people), rules.group(inner)]
            )
            out = AccessGroup("out", name="Out", include=emails(*banned))
            excluded = [rules.group(out), *more.pop("exclude", [])]
            own([rules.group(all_of_them)], exclude=excluded, **more)

        return declare

    texts = {n: i.get("__in_force", "") for n, i in declared(run(many, [EVE])).items()}
    assert len(texts["many"]) > 200 * 16
    assert len(texts["out"]) < 1_000
    assert len(texts["inner"]) < 1_000
    assert program.run(run(many, [EVE])) == {}
    # Who leaves goes with anything; who comes does not come before what keeps people out.
    assert program.run(run(many[1:], [EVE], session_duration="30m")) == {}
    assert list(program.run(run(many, [EVE], exclude=emails(ADA)))) == ["many"]


LAST: dict[Callable[..., object], str] = {
    reusable: "p",
    nested: "p",
    own: "wiki-policies",
    in_a_zone: "list",
    single: "one",
    not_traced: "list",
}


@pytest.mark.parametrize("way", LAST)
def test_what_failed_to_get_stricter_is_not_taken_for_stricter(
    way: Callable[..., object], program: Program
) -> None:
    fails = LAST[way]
    assert program.run(group_and(way, ADA)) == {}
    assert program.run(group_and(way, ADA, exclude=emails(EVE)), fails) == {}
    told = program.run(group_and(way, ADA, EVE, exclude=emails(EVE)))
    assert list(told) == [fails]
    assert "let in somebody whom neither" in told[fails][0]
    # Once more as it was, and it is written.
    assert program.run(group_and(way, ADA, exclude=emails(EVE))) == {}
    assert program.run(group_and(way, ADA, EVE, exclude=emails(EVE))) == {}


def attached(*denies: str, allowed: Sequence[str] = (ADA,)) -> Callable[[], object]:
    def run() -> None:
        deny = AccessPolicy("deny", name="Deny", decision="deny", include=emails(BOB, EVE))
        allow = AccessPolicy("allow", name="Allow", decision="allow", include=emails(*allowed))
        by_name = {"deny": deny, "allow": allow}
        policies = [by_name[name] for name in (*denies, "allow")]
        AccessApplication("wiki", domain="w.example.com", policies=policies)

    return run


def test_an_application_that_failed_to_be_given_a_deny_is_not_taken_for_having_it(
    program: Program,
) -> None:
    assert program.run(attached()) == {}
    assert program.run(attached("deny"), "wiki") == {}
    assert list(program.run(attached("deny", allowed=[ADA, EVE]))) == ["wiki"]
    assert program.run(attached("deny")) == {}
    assert program.run(attached("deny", allowed=[ADA, EVE])) == {}


def test_a_single_deny_that_failed_is_not_taken_for_written_by_those_behind_it(
    program: Program,
) -> None:
    def run(denied: Sequence[str], *people: str) -> Callable[[], object]:
        def declare() -> None:
            eng = AccessGroup("eng", name="Eng", include=emails(*people))
            app = AccessApplication("wiki", domain="w.example.com")
            for place, (name, decision, who) in enumerate(
                [("deny", "deny", emails(*denied)), ("allow", "allow", [rules.group(eng)])], start=1
            ):
                AccessApplicationPolicy(
                    name,
                    application=app.id.apply(str),
                    precedence=place,
                    name=name,
                    decision=decision,  # type: ignore[arg-type]
                    include=who,
                )

        return declare

    assert program.run(run([BOB], ADA)) == {}
    assert program.run(run([BOB, EVE], ADA), "deny", "allow") == {}
    assert list(program.run(run([BOB, EVE], ADA, EVE))) == ["deny"]
    assert program.run(run([BOB, EVE], ADA)) == {}
    assert program.run(run([BOB, EVE], ADA, EVE)) == {}


# ------------------------------------------------------------------- an application's own reach

IDPS = [f"{number}5612a29-29c8-46c2-bacb-669d65136971" for number in range(2)]
STRICTER_LOGINS: dict[str, dict[str, Any]] = {
    "idps": {"allowed_idps": IDPS[:1]},
    "session": {"session_duration": "1h"},
    "mfa": {"mfa_config": {"allowed_authenticators": ["security_key"]}},
}
WIDE = {"allowed_idps": IDPS}


def logging_in(
    people: Sequence[str], *, as_group: bool, own_list: bool, **login: Any
) -> Callable[[], object]:
    def run() -> None:
        include = emails(*people)
        if as_group:
            include = [rules.group(AccessGroup("eng", name="Eng", include=include))]
        policy: dict[str, Any] = {"name": "P", "decision": "allow", "include": include}
        if own_list:
            ProtectedApplication("wiki", domain="w.example.com", policies=[policy], **login)
        else:
            made = AccessPolicy("p", **policy)
            AccessApplication("wiki", domain="w.example.com", policies=[made], **login)

    return run


@pytest.mark.parametrize("which", STRICTER_LOGINS)
@pytest.mark.parametrize(
    ("as_group", "own_list"), [(True, True), (True, False), (False, False)], ids=str
)
def test_nobody_comes_before_the_login_gets_stricter(
    which: str, *, as_group: bool, own_list: bool, program: Program
) -> None:
    login = STRICTER_LOGINS[which]
    wide: dict[str, Any] = WIDE if which == "idps" else {}
    way: dict[str, Any] = {"as_group": as_group, "own_list": own_list}
    assert program.run(logging_in([ADA], **way, **wide)) == {}
    told = program.run(logging_in([ADA, EVE], **way, **login))
    assert list(told) == ["eng" if as_group else "p"]
    # Each in an up of its own; who leaves may leave with it.
    assert program.run(logging_in([ADA], **way, **login)) == {}
    assert program.run(logging_in([ADA, EVE], **way, **login)) == {}
    # Reusable policies are written before their application, the groups of its own ones are not.
    back = program.run(logging_in([ADA], **way, **wide))
    assert [*back] == (["wiki-application"] if own_list else [])


@pytest.mark.parametrize("own_list", [True, False], ids=str)
def test_a_login_that_failed_to_get_stricter_is_not_taken_for_stricter(
    *, own_list: bool, program: Program
) -> None:
    way = {"as_group": True, "own_list": own_list}
    app = "wiki-application" if own_list else "wiki"
    assert program.run(logging_in([ADA], **way)) == {}
    stricter = STRICTER_LOGINS["session"]
    parts = (app, "wiki-policies")
    assert program.run(logging_in([ADA], **way, **stricter), *parts) == {}
    assert app in program.run(logging_in([ADA, EVE], **way, **stricter))
    assert program.run(logging_in([ADA], **way, **stricter)) == {}
    assert program.run(logging_in([ADA, EVE], **way, **stricter)) == {}


def test_a_policy_with_a_session_of_its_own_does_not_wait_for_the_applications(
    program: Program,
) -> None:
    def run(*people: str, **login: Any) -> Callable[[], object]:
        def declare() -> None:
            reusable_ = AccessPolicy(
                "p", name="P", decision="allow", include=emails(*people), session_duration="30m"
            )
            AccessApplication("wiki", domain="w.example.com", policies=[reusable_], **login)

        return declare

    assert program.run(run(ADA)) == {}
    assert program.run(run(ADA, EVE, session_duration="1h")) == {}


PLACES = {"self_hosted_domains": ["w.example.com", "x.example.com"]}


@pytest.mark.parametrize("way", [own, single])
@pytest.mark.parametrize("first", ["wiki-application", "wiki", "eng"])
def test_a_new_place_does_not_come_before_its_groups_are_narrow(
    way: Callable[..., object], first: str, program: Program
) -> None:
    def run(*people: str, **places: Any) -> Callable[[], object]:
        def declare() -> None:
            eng = AccessGroup("eng", name="Eng", include=emails(*people))
            way([rules.group(eng)], places=places)

        return declare

    assert program.run(run(ADA, EVE)) == {}
    told = program.run(run(ADA, **PLACES), first=first)
    assert list(told) == ["wiki" if way is single else "wiki-application"]
    assert "x.example.com is a new place" in next(iter(told.values()))[0]
    assert program.run(run(ADA), first=first) == {}
    assert program.run(run(ADA, **PLACES), first=first) == {}
    # Who comes may come before the place.
    places = {"self_hosted_domains": [*PLACES["self_hosted_domains"], "y.example.com"]}
    assert program.run(run(ADA, BOB, **places), first=first) == {}


def test_a_new_place_waits_for_the_reusable_policies_by_itself(program: Program) -> None:
    def run(*people: str, **places: Any) -> Callable[[], object]:
        def declare() -> None:
            policy = AccessPolicy("p", name="P", decision="allow", include=emails(*people))
            AccessApplication("wiki", domain="w.example.com", policies=[policy], **places)

        return declare

    assert program.run(run(ADA, EVE)) == {}
    assert program.run(run(ADA, **PLACES)) == {}


# ------------------------------------------------------------------------ other names, and many


@pytest.mark.parametrize("way", [own, reusable, single])
@pytest.mark.parametrize("failed", [False, True], ids=["written", "failed"])
def test_an_application_by_another_name_is_the_same(
    way: Callable[..., object], *, failed: bool, program: Program
) -> None:
    names: dict[Any, str] = {own: "wiki-application", reusable: "wiki", single: "wiki"}
    parts: dict[Any, dict[str, str]] = {
        own: {"docs-policies": "wiki-policies"},
        reusable: {},
        single: {"one2": "one"},
    }
    renamed = {"docs" + names[way].removeprefix("wiki"): names[way], **parts[way]}

    def run(*people: str, later: bool = False, **more: Any) -> Callable[[], object]:
        def declare() -> None:
            name = {"called": "docs", "was": "wiki"} if later else {}
            eng = AccessGroup("eng", name="Eng", include=emails(*people))
            way([rules.group(eng)], **name, **more)

        return declare

    assert program.run(run(ADA)) == {}
    if failed:
        [*fails] = {"wiki-policies", "one", "p"}
        assert program.run(run(ADA, exclude=emails(EVE)), *fails) == {}
    wider = run(ADA, EVE, later=True, exclude=emails(EVE))
    assert program.run(wider, renamed=renamed) != {}
    assert program.run(run(ADA, later=True, exclude=emails(EVE)), renamed=renamed) == {}
    assert program.run(wider) == {}


def test_a_component_by_another_name_takes_its_group_along(program: Program) -> None:
    def run(name: str, *people: str, **more: Any) -> Callable[[], object]:
        def declare() -> None:
            opts = ResourceOptions(aliases=[Alias(name="a")]) if name != "a" else None
            parent = pulumi.ComponentResource("my:index:Part", name, opts=opts)
            child = ResourceOptions(parent=parent)
            eng = AccessGroup(f"{name}-eng", name="Eng", include=emails(*people), opts=child)
            app = AccessApplication(f"{name}-wiki", domain="w.example.com", opts=child)
            who = {"name": "P", "decision": "allow", "include": [rules.group(eng)], **more}
            AccessApplicationPolicies(f"{name}-list", application=app, policies=[who], opts=child)

        return declare

    renamed = {f"b-{part}": f"a-{part}" for part in ("eng", "wiki", "list")}
    assert program.run(run("a", ADA)) == {}
    told = program.run(run("b", ADA, EVE, exclude=emails(EVE)), renamed=renamed)
    assert list(told) == ["b-eng"]
    assert program.run(run("b", ADA, exclude=emails(EVE)), renamed=renamed) == {}


@pytest.mark.parametrize("number", [2, 130])
def test_an_application_that_leaves_the_program_is_known_to_leave_among_many(
    number: int, program: Program
) -> None:
    def run(*people: str, mentioned: bool, app: bool = True) -> Callable[[], object]:
        def declare() -> None:
            eng = AccessGroup("eng", name="Eng", include=emails(*people))
            policy = AccessPolicy("other", name="Other", decision="deny", include=emails(EVE))
            for n in range(number):
                AccessApplication(f"a{n}", domain=f"a{n}.example.com", policies=[policy])
            if app:
                own([rules.group(eng)] if mentioned else emails(ADA))

        return declare

    assert program.run(run(ADA, mentioned=True)) == {}
    assert list(program.run(run(ADA, BOB, mentioned=False))) == ["eng"]
    assert program.run(run(ADA, BOB, mentioned=True, app=False)) == {}


def test_a_large_group_that_gets_smaller_goes_with_stricter_lists(program: Program) -> None:
    many = [f"p{number}@example.com" for number in range(200)]
    for way in (reusable, own, single):
        program._was = {}  # noqa: SLF001 - another stack
        assert program.run(group_and(way, *many)) == {}
        assert program.run(group_and(way, *many[1:], session_duration="30m")) == {}
        assert program.run(group_and(way, *many, session_duration="20m")) != {}


def test_another_name_for_a_group_is_no_change_of_it(program: Program) -> None:
    def run(name: str, **more: Any) -> Callable[[], object]:
        def declare() -> None:
            eng = AccessGroup("eng", name=name, include=emails(ADA))
            own([rules.group(eng)], **more)

        return declare

    assert program.run(run("Eng")) == {}
    assert program.run(run("Engineers", exclude=emails(EVE))) == {}


# ------------------------------------------------------------------------------------- at random

PEOPLE = range(5)
# CLOUDFLARE_ACCESS_TESTS=all takes more.
CHANGES = 400 if os.environ.get("CLOUDFLARE_ACCESS_TESTS") == "all" else 40


class World:
    """Groups, reusable policies and lists, and whom each application lets in."""

    def __init__(self, draw: random.Random) -> None:
        self.groups = {f"g{n}": self._section(draw, n) for n in range(3)}
        self.policies = {f"p{n}": self._policy(draw) for n in range(3)}
        self.lists = {
            f"a{n}": draw.sample(sorted(self.policies), draw.randint(1, 3)) for n in range(2)
        }

    @staticmethod
    def _section(draw: random.Random, groups: int = 3) -> dict[str, list[Any]]:
        def some(least: int) -> list[Any]:
            pool = [*PEOPLE, *(f"g{n}" for n in range(groups))]
            return draw.sample(pool, draw.randint(least, 2))

        return {"include": some(1), "exclude": some(0) if draw.random() < 0.5 else []}

    def _policy(self, draw: random.Random) -> dict[str, Any]:
        return {"decision": draw.choice(("allow", "allow", "deny")), **self._section(draw)}

    def changed(self, draw: random.Random) -> World:
        other = World.__new__(World)
        other.groups, other.policies, other.lists = (
            {**self.groups},
            {**self.policies},
            {**self.lists},
        )
        for _ in range(draw.randint(1, 3)):
            match draw.choice(("group", "policy", "list")):
                case "group":
                    number = draw.randrange(3)
                    other.groups[f"g{number}"] = self._section(draw, number)
                case "policy":
                    other.policies[f"p{draw.randrange(3)}"] = self._policy(draw)
                case "list":
                    few = draw.sample(sorted(self.policies), draw.randint(1, 3))
                    other.lists[f"a{draw.randrange(2)}"] = few
        return other

    def declare(self) -> None:
        made: dict[str, Any] = {}

        def section(held: Iterable[Any]) -> list[Any]:
            return [
                rules.group(made[one]) if isinstance(one, str) else rules.email(f"{one}@x.org")
                for one in held
            ]

        for name, held in self.groups.items():
            made[name] = AccessGroup(
                name,
                name=name,
                include=section(held["include"]),
                exclude=section(held["exclude"]),
            )
        for name, policy in self.policies.items():
            made[name] = AccessPolicy(
                name,
                name=name,
                decision=policy["decision"],
                include=section(policy["include"]),
                exclude=section(policy["exclude"]),
            )
        for name, some in self.lists.items():
            AccessApplication(
                name, domain=f"{name}.example.com", policies=[made[one] for one in some]
            )

    def _holds(self, held: dict[str, Any], person: int) -> bool:
        def matches(one: Any) -> bool:
            return self._holds(self.groups[one], person) if isinstance(one, str) else one == person

        return any(map(matches, held["include"])) and not any(map(matches, held["exclude"]))

    def let_in(self, app: str) -> set[int]:
        return {person for person in PEOPLE if self._decides(app, person)}

    def _decides(self, app: str, person: int) -> bool:
        for name in self.lists[app]:
            policy = self.policies[name]
            if self._holds(policy, person):
                return bool(policy["decision"] == "allow")
        return False

    def needed(self, name: str) -> set[str]:
        """Return what the engine writes before an object."""
        held = {**self.groups, **self.policies}[name] if name not in self.lists else None
        if held is None:
            direct = {*self.lists[name]}
        else:
            direct = {
                one for f in ("include", "exclude") for one in held[f] if isinstance(one, str)
            }
        return direct | {other for one in direct for other in self.needed(one)}


def opened(was: World, now: World) -> bool:
    """Tell whether somebody gets in meanwhile, in some order that the engine may choose."""
    bags = ("groups", "policies", "lists")
    changed = [
        (bag, name)
        for bag in bags
        for name, held in getattr(now, bag).items()
        if held != getattr(was, bag)[name]
    ]
    for size in range(1, len(changed) + 1):
        for some in itertools.combinations(changed, size):
            names = {name for _, name in some}
            needed = {other for name in names for other in now.needed(name)}
            if not needed & {name for _, name in changed} <= names:
                continue
            moment = World.__new__(World)
            for bag in bags:
                new = {name: getattr(now, bag)[name] for of, name in some if of == bag}
                setattr(moment, bag, {**getattr(was, bag), **new})
            for app in now.lists:
                if moment.let_in(app) - was.let_in(app) - now.let_in(app):
                    return True
    return False


def test_nobody_gets_in_meanwhile_whatever_changes(program: Program) -> None:
    # With this seed, six of the first 40 would let somebody in.
    draw = random.Random(59)  # noqa: S311 - no secret
    refused = needlessly = through = 0
    for _ in range(CHANGES):
        was = World(draw)
        program._was = {}  # noqa: SLF001 - another stack
        assert program.run(was.declare) == {}
        now = was.changed(draw)
        told = program.run(now.declare)
        is_opened = opened(was, now)
        assert told or not is_opened
        refused += bool(told)
        needlessly += bool(told) and not is_opened
        through += not told
    print(f"{refused} refused, of these {needlessly} needlessly; {through} went through")
    assert refused - needlessly >= 6
    assert through > refused


# ------------------------------------------------------------------------------------- the engine


@pytest.mark.engine
def test_the_preview_refuses_what_would_let_somebody_in_and_up_sends_nothing(stack: Stack) -> None:
    text = """
    eng = cloudflare.AccessGroup("eng", name="Eng", include=[{}])
    cloudflare.ProtectedApplication(
        "wiki", domain="w.example.com",
        policies=[{{"name": "P", "decision": "allow", "include": [rules.group(eng)]{}}}],
    )
    """
    ada, domain = 'rules.email("ada@example.com")', 'rules.email_domain("example.org")'
    stack.program(text.format(ada, ""))
    stack.up()
    assert stack.settled()
    stack.program(text.format(f"{ada}, {domain}", f', "exclude": [{domain}]'))
    sent = len(stack.cloudflare.requests)
    assert "written before what refers to it" in stack.preview(ok=False).text
    assert "written before what refers to it" in stack.up(ok=False).text
    writes = [one for one in stack.cloudflare.requests[sent:] if one["method"] != "GET"]
    assert writes == []


# ------------------------------------------------------------------------- what each rule shows


def moved(*, later: bool) -> None:
    """Move somebody from one group to another, and call a policy something else."""
    one = AccessGroup("one", name="One", include=emails(ADA, *([] if later else [BOB])))
    two = AccessGroup("two", name="Two", include=emails(EVE, *([BOB] if later else [])))
    who = [rules.group(one), rules.group(two)]
    name = "Everybody" if later else "All"
    policy = AccessPolicy("policy", name=name, decision="allow", include=who)
    AccessApplication("app", name="App", domain="a.example.com", policies=[policy])


def unrelated(*, later: bool) -> None:
    """Let somebody in by a group, and take somebody else out of the policy."""
    staff = AccessGroup("staff", name="Staff", include=emails(ADA, *([BOB] if later else [])))
    who = [rules.group(staff), *emails(*([] if later else [EVE]))]
    policy = AccessPolicy("policy", name="All", decision="allow", include=who)
    AccessApplication("app", name="App", domain="a.example.com", policies=[policy])


def a_new_group_instead(*, later: bool) -> None:
    name, who = ("new", BOB) if later else ("old", ADA)
    staff = AccessGroup(name, name=name, include=emails(who))
    policy = AccessPolicy(
        "policy",
        name="All",
        decision="allow",
        include=[rules.group(staff)],
        isolation_required=later,
    )
    AccessApplication("app", name="App", domain="a.example.com", policies=[policy])


@pytest.mark.parametrize("program", [moved, unrelated, a_new_group_instead])
def test_what_a_look_at_each_rule_shows_to_be_safe_goes_through(
    program: Callable[..., None], plugin: Plugin
) -> None:
    run = Program(plugin)
    assert run.run(lambda: program(later=False)) == {}
    assert run.run(lambda: program(later=True)) == {}
