"""Rights that get wider while people leave, or while other rights get narrower: nobody has them."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import pulumi_cloudflare_access as cf
from harness.engine import CheckFailed, Engine
from harness.team import Team as People
from harness.team import email
from pulumi_cloudflare_access import LocalCloudflare, grants, scopes
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.local_cloudflare.iam.members.models import MemberBackend
from pulumi_cloudflare_access.local_cloudflare.iam.resource_groups.models import (
    ResourceGroupBackend,
)
from pulumi_cloudflare_access.local_cloudflare.iam.user_groups.models import UserGroupBackend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.stack import Stack

EVERYBODY = ("ada", "bob", "eve", "grace")
ADA, BOB, EVE, GRACE = map(email, EVERYBODY)
A, B, C = (f"{n}" * 32 for n in (1, 2, 3))
READ, WRITE = "DNS Read", "DNS Write"
REFUSED = faults.Status(403)
Right = tuple[str, str, str]


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note creates where no other test does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Watch(list[Any]):
    """The log of requests, with who has which right after each."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        super().__init__()
        self._account = cloudflare.account
        self.moments: list[set[Right]] = []

    def append(self, request: Any) -> None:
        super().append(request)
        if request["method"] != "GET":
            self.moments.append(self.now())

    def writes(self) -> list[str]:
        """Return the writes since the last time, as verb and what of."""
        found = [
            f"{r['method']} {r['path'].split('/iam/')[-1].split('/')[0]}"
            + ("/members" if "/members" in r["path"] else "")
            for r in self
            if r["method"] != "GET"
        ]
        self.clear()
        return found

    def now(self) -> set[Right]:
        """Say who may do what on what; a denial wins."""
        held = self._account.of(ResourceGroupBackend).resource_groups
        people = self._account.of(MemberBackend).members
        found: set[Right] = set()
        for group in self._account.of(UserGroupBackend).user_groups.values():
            rights: dict[str, set[tuple[str, str]]] = {"allow": set(), "deny": set()}
            for policy in group.policies:
                objects = [one for id_ in policy.resource_groups for one in held[id_].objects]
                rights[policy.access] |= set(itertools.product(policy.permission_groups, objects))
            who = [people[id_].user.email for id_ in group.members]
            pairs = rights["allow"] - rights["deny"]
            found |= {(person, what, on) for person in who for what, on in pairs}
        return found


class Account:
    """An account with some people, a stack in it, and a look at every moment."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.people = People(cloudflare)
        self.people.invite(*EVERYBODY)
        for zone in (A, B, C):
            cloudflare.add_zone(zone)
        self.cloudflare = cloudflare
        self.engine = Engine(cloudflare, random.Random(1))  # noqa: S311 - no secret
        self.watch = cloudflare.app.requests = Watch(cloudflare)

    def up(self, program: Callable[[], object]) -> list[str]:
        """Preview and run; nobody has a right that he neither had before nor has afterwards."""
        before = self.watch.now()
        self.engine.preview(program)
        told = [text for _, text in self.engine.warnings]
        self.watch.clear()
        self.watch.moments.clear()
        self.engine.up(program)
        after = self.watch.now()
        for moment in self.watch.moments:
            assert moment <= before | after
        return told

    def refused(self, program: Callable[[], object]) -> str:
        """Return what a preview refuses a program for; nothing has been sent."""
        self.watch.clear()
        with pytest.raises(CheckFailed) as caught:
            self.engine.preview(program)
        assert self.watch.writes() == []
        return str(caught.value)

    def who(self, name: str = "ops") -> list[str]:
        return self.people.members(self.engine.kept(name).id)


@pytest.fixture
def account(cloudflare: LocalCloudflare) -> Account:
    return Account(cloudflare)


def ops(
    *policies: Any, people: Any = (ADA, EVE), zones: Any = (A,), **more: Any
) -> Callable[[], object]:
    """Write a program: one user group, its members, and a resource group."""

    def run() -> None:
        production = cf.ResourceGroup("production", name="Production", scope=scopes.zones(*zones))
        granted = [policy(production) for policy in policies]
        group = cf.UserGroup("ops", name="Ops", policies=granted)
        if people is not None:
            members = people if isinstance(people, pulumi.Output) else list(people)
            cf.UserGroupMembers("ops-members", group=group, members=members, **more)

    return run


def allow(*what: str) -> Any:
    return lambda on: grants.allow(*what, on=on)


def deny(*what: str) -> Any:
    return lambda on: grants.deny(*what, on=on)


OUT = f"{EVE}: taken out of the group before its rights get wider"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(READ)], [allow(READ, WRITE)]),
        ([], [allow(READ)]),
        ([allow(READ, WRITE), deny(WRITE)], [allow(READ, WRITE)]),
        ([allow(READ)], [allow(WRITE)]),
    ],
)
def test_who_leaves_is_taken_out_before_the_rights_get_wider(
    before: list[Any], after: list[Any], account: Account
) -> None:
    account.up(ops(*before))
    assert OUT in account.up(ops(*after, people=[ADA]))
    assert account.watch.writes() == ["DELETE user_groups/members", "PUT user_groups"]
    assert account.who() == ["ada"]
    assert account.up(ops(*after, people=[ADA])) == []
    assert account.watch.writes() == []
    assert account.engine.refresh() == {}
    assert account.up(ops(*after, people=[ADA])) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(READ, WRITE)], [allow(READ)]),
        ([allow(READ)], [allow(READ), deny(WRITE)]),
        ([allow(READ)], [allow(READ)]),
    ],
)
def test_nobody_is_taken_out_before_where_the_rights_do_not_get_wider(
    before: list[Any], after: list[Any], account: Account
) -> None:
    account.up(ops(*before))
    assert account.up(ops(*after, people=[ADA])) == []
    assert account.watch.writes()[-1] == "PUT user_groups/members"
    assert account.who() == ["ada"]


def test_who_comes_gets_the_new_rights_and_who_stays_stays(account: Account) -> None:
    account.up(ops(allow(READ)))
    assert account.up(ops(allow(READ, WRITE), people=[ADA, BOB])) == [OUT]
    assert account.who() == ["ada", "bob"]
    assert account.up(ops(allow(READ), people=[ADA, GRACE])) == []
    assert account.up(ops(allow(READ, WRITE), people=[ADA, GRACE, BOB])) == []
    assert account.who() == ["ada", "bob", "grace"]


def test_a_team_takes_out_who_leaves_first_and_adds_who_comes_last(account: Account) -> None:
    def team(*people: str, write: bool) -> Callable[[], object]:
        def run() -> None:
            what = [READ, WRITE] if write else [READ]
            on = scopes.zones({"shop.example.com": A})
            cf.Team("ops", name="Ops", people=people, grants=[grants.allow(*what, on=on)])

        return run

    account.up(team(ADA, EVE, write=False))
    assert OUT in account.up(team(ADA, BOB, write=True))
    assert account.who("ops-rights") == ["ada", "bob"]


def test_the_rights_do_not_get_wider_if_who_leaves_cannot_be_taken_out(account: Account) -> None:
    account.up(ops(allow(READ)))
    before = account.watch.now()
    wider = ops(allow(READ, WRITE), people=[ADA])
    account.cloudflare.fault("DELETE /accounts/*/iam/user_groups/*/members/*", REFUSED)
    with pytest.raises(Exception, match="403"):
        account.engine.up(wider)
    assert account.watch.now() == before
    account.cloudflare.lift_faults()
    assert OUT in account.up(wider)


def test_rights_that_fail_to_get_wider_leave_nobody_in_who_leaves(account: Account) -> None:
    account.up(ops(allow(READ)))
    account.cloudflare.fault("PUT /accounts/*/iam/user_groups/*", REFUSED, times=1)
    wider = ops(allow(READ, WRITE), people=[ADA])
    with pytest.raises(Exception, match="403"):
        account.engine.up(wider)
    assert account.who() == ["ada"]
    account.up(wider)
    assert account.who() == ["ada"]


def test_a_person_who_was_to_leave_and_has_not_is_no_stranger_to_be_forgotten(
    account: Account,
) -> None:
    """The members failed in the run before: only their own resource knows that."""
    account.up(ops(allow(READ)))
    account.cloudflare.fault("PUT /accounts/*/iam/user_groups/*/members", REFUSED, times=1)
    with pytest.raises(Exception, match="403"):
        account.engine.up(ops(allow(READ), people=[ADA]))
    wider = ops(allow(READ, WRITE), people=[ADA])
    with pytest.raises(Exception, match=f"no preview has shown them: {EVE}. Nothing was sent"):
        account.engine.up(wider)
    # The way out that it names.
    account.up(ops(allow(READ), people=[ADA]))
    account.up(wider)
    assert account.who() == ["ada"]


def test_strangers_get_no_wider_rights_unless_drift_is_overwritten(account: Account) -> None:
    account.up(ops(allow(READ), people=[ADA]))
    account.people.add(account.engine.kept("ops").id, "grace")
    with pytest.raises(Exception, match=f"no preview has shown them: {GRACE}"):
        account.engine.up(ops(allow(READ, WRITE), people=[ADA]))
    account.engine.up(ops(allow(READ), people=[ADA, GRACE]))
    account.up(ops(allow(READ, WRITE), people=[ADA, GRACE]))


def test_an_id_and_an_address_are_one_person(account: Account) -> None:
    account.up(ops(allow(READ)))
    ids = {m["email"]: m["id"] for m in account.people._ask("GET", "members?per_page=50")}  # noqa: SLF001
    account.up(ops(allow(READ, WRITE), people=[ADA, ids[EVE]]))
    assert account.watch.writes() == ["PUT user_groups"]
    assert account.who() == ["ada", "eve"]


def test_a_limit_on_who_leaves_holds_before_the_rights_get_wider(account: Account) -> None:
    account.up(ops(allow(READ), people=[ADA, EVE, BOB], max_removals=1))
    told = account.refused(ops(allow(READ, WRITE), people=[ADA], max_removals=1))
    assert f"2 would leave the group ({BOB}, {EVE}), and max_removals is 1" in told
    account.up(ops(allow(READ, WRITE), people=[ADA, BOB], max_removals=1))


def test_a_set_that_is_emptied_and_one_that_leaves_the_program(account: Account) -> None:
    account.up(ops(allow(READ), people=[ADA, EVE]))
    told = account.refused(ops(allow(READ, WRITE), people=None))
    assert f"{ADA}, {EVE} would have them until the end of the run" in told
    account.up(ops(allow(READ), people=[], allow_empty=True))
    account.up(ops(allow(READ), people=[ADA, EVE]))
    [named] = account.up(ops(allow(READ, WRITE), people=[], allow_empty=True))
    assert named.startswith(f"{ADA}, {EVE}: taken out")
    assert account.who() == []


def test_a_single_member_who_leaves_is_taken_out_in_a_run_before(account: Account) -> None:
    def program(*people: str, policy: Any) -> Callable[[], object]:
        def run() -> None:
            production = cf.ResourceGroup("production", name="P", scope=scopes.zones(A))
            group = cf.UserGroup("ops", name="Ops", policies=[policy(production)])
            for person in people:
                cf.UserGroupMember(f"one {person}", group=group.id, member=person)

        return run

    account.up(program(ADA, EVE, policy=allow(READ)))
    told = account.refused(program(ADA, policy=allow(READ, WRITE)))
    assert f"{EVE} would have them until the end of the run" in told
    account.up(program(ADA, policy=allow(READ)))
    account.up(program(ADA, BOB, policy=allow(READ, WRITE)))
    assert account.who() == ["ada", "bob"]


def test_people_who_are_not_known_yet_are_told_of(account: Account) -> None:
    def late(*people: str) -> Any:
        return pulumi.Output.from_input([*people])

    account.up(ops(allow(READ), people=late(ADA, EVE)))
    [told] = account.up(ops(allow(READ, WRITE), people=late(ADA, EVE)))
    assert "it is not known yet who leaves the group: whoever does has them until the mem" in told
    assert account.watch.writes() == ["PUT user_groups"]
    assert account.up(ops(allow(READ), people=late(ADA))) == []
    # Somebody who is named leaves, beside one who is not.
    account.up(ops(allow(READ), people=[ADA, EVE, pulumi.Output.from_input(BOB)]))
    [told] = account.up(ops(allow(WRITE), people=[ADA, pulumi.Output.from_input(BOB)]))
    assert told.startswith(OUT)
    assert "it is not known yet" in told
    assert account.who() == ["ada", "bob"]


def test_a_state_without_the_texts_says_nothing(account: Account) -> None:
    account.up(ops(allow(READ)))
    for kept in list(account.engine.state.values()):
        inputs = {name: value for name, value in kept.inputs.items() if not name.startswith("__")}
        kept.inputs.clear()
        kept.inputs.update(inputs)
    account.engine.preview(ops(allow(READ, WRITE), people=[ADA], zones=[A, B]))
    assert [text for _, text in account.engine.warnings] == []
    account.engine.up(ops(allow(READ, WRITE), people=[ADA], zones=[A, B]))
    assert account.who() == ["ada"]


# ------------------------------------------------------------------------------- resource groups


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Narrowed on what the scope gets.
        (ops(allow(READ, WRITE)), ops(allow(READ), zones=[A, B])),
        (ops(allow(READ)), ops(zones=[A, B])),
        (ops(allow(READ, WRITE)), ops(allow(READ, WRITE), deny(WRITE), zones=[A, B])),
        # Somebody leaves.
        (ops(allow(READ)), ops(allow(READ), people=[ADA], zones=[A, B])),
        (ops(allow(READ)), ops(allow(READ), people=None, zones=[A, B])),
        (ops(allow(READ)), ops(allow(READ, WRITE), people=[ADA], zones=[A, B])),
    ],
)
def test_a_scope_that_gets_wider_too_early_is_refused(
    before: Any, after: Any, account: Account
) -> None:
    account.up(before)
    told = account.refused(after)
    assert told.startswith("production: scope: zone ")
    assert '"ops" or somebody who leaves it would have rights there, for a moment or for' in told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ops(allow(READ)), ops(allow(READ), zones=[A, B])),
        (ops(allow(READ)), ops(allow(READ, WRITE), zones=[A, B])),
        (ops(allow(READ)), ops(allow(READ), people=[ADA, EVE, BOB], zones=[A, B])),
        (ops(allow(READ, WRITE), zones=[A, B]), ops(allow(READ), zones=[A])),
        (ops(allow(READ), zones=[A, B]), ops(allow(READ), people=[ADA], zones=[A])),
        (ops(allow(READ), zones=[A, B]), ops(allow(READ), people=[ADA], zones=[B])),
    ],
)
def test_a_scope_that_gives_nobody_too_much_goes_through(
    before: Any, after: Any, account: Account
) -> None:
    account.up(before)
    account.up(after)
    assert account.up(after) == []


def two_groups(*zones: tuple[str, ...], policy: Any) -> Callable[[], object]:
    def run() -> None:
        first, second = (
            cf.ResourceGroup(f"rg {n}", name=f"RG {n}", scope=scopes.zones(*held))
            for n, held in enumerate(zones)
        )
        group = cf.UserGroup("ops", name="Ops", policies=policy(first, second))
        cf.UserGroupMembers("ops-members", group=group, members=[ADA])

    return run


def test_two_resource_groups_that_change_are_looked_at_together(account: Account) -> None:
    def both(first: Any, second: Any) -> Any:
        return [grants.allow(WRITE, on=first), grants.deny(WRITE, on=second)]

    account.up(two_groups((A, B), (B,), policy=both))
    # The denial moves to another zone before the allowance does.
    told = account.refused(two_groups((A, C), (C,), policy=both))
    assert "would have rights there" in told
    assert f"zone {B}" in told
    account.up(two_groups((A,), (B,), policy=both))
    account.up(two_groups((A,), (B, C), policy=both))
    account.up(two_groups((A, C), (B, C), policy=both))


@pytest.mark.engine
def test_a_real_run_takes_out_who_leaves_first(stack: Stack) -> None:
    People(stack.cloudflare).invite(*EVERYBODY)
    stack.cloudflare.add_zone(A)
    program = """
    from pulumi_cloudflare_access import grants, scopes
    cloudflare.Team("ops", name="Ops", access_group=False, people=[{people}], grants=[
        grants.allow({what}, on=scopes.zones({{"shop.example.com": "{zone}"}}))])
    """
    ada, eve = f'"{ADA}"', f'"{EVE}"'
    stack.program(program.format(people=f"{ada}, {eve}", what='"DNS Read"', zone=A))
    stack.up()
    stack.refresh()
    stack.program(program.format(people=ada, what='"DNS Read", "DNS Write"', zone=A))
    plan = stack.plan("--diff")
    assert plan.warnings("ops-rights") == [OUT]
    assert plan.paths("ops-members") == {f'members["{EVE}"]': "delete"}
    shown = stack.preview().text
    assert "ops-rights update [diff: ~policies]" in shown
    stack.cloudflare.app.requests.clear()
    stack.up()
    written = [r for r in stack.cloudflare.requests if r["method"] != "GET"]
    assert [r["method"] for r in written] == ["DELETE", "PUT"]
    assert stack.settled()
