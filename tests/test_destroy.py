"""Every destroy of everything that can be declared ends in one run; what is in use is named.

Random stacks and most cases run in process (`harness/engine.py`); ten stacks by the real engine.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pulumi import ResourceOptions

import pulumi_cloudflare_access as cf
from harness.declarations import PEOPLE, Declarations, Drawing
from harness.engine import CheckFailed, Engine, RunFailed
from harness.team import Team, email
from pulumi_cloudflare_access import LocalCloudflare, grants, rules, scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.stack import Stack

WHOLE = os.environ.get("CLOUDFLARE_ACCESS_TESTS") == "all"
STACKS = 1000 if WHOLE else 200
# Seconds. Whoever waits longer than that has waited for something.
AT_ONCE = 3.0


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note creates where no other test does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def engine(cloudflare: LocalCloudflare) -> Engine:
    Team(cloudflare).invite(*PEOPLE)
    return Engine(cloudflare, chance(1))


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret


class Account:
    """What is at Cloudflare, and somebody who works there by hand."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        if not path.startswith(("accounts/", "zones/")):
            path = f"accounts/{self.cloudflare.account_id}/{path}"
        answer = self._http.request(verb, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    def ids(self) -> set[str]:
        """Return the ids of everything that this package can make."""
        account, zone = self.cloudflare.account_id, self.cloudflare.zone_id
        paths = [
            *(f"{scope}/access/{kind}" for scope in (f"accounts/{account}", f"zones/{zone}")
              for kind in ("groups", "apps")),
            *(f"accounts/{account}/{kind}" for kind in
              ("access/policies", "iam/user_groups", "iam/resource_groups")),
        ]  # fmt: skip
        return {one["id"] for path in paths for one in self.ask("GET", path)}

    def one(self, kind: str, name: str) -> Any:
        """Return the object of a name, or at a domain."""
        return next(x for x in self.ask("GET", kind) if name in (x.get("name"), x.get("domain")))

    def policies(self, domain: str) -> list[str]:
        """Return the names of an application's policies, in order."""
        app = self.one("access/apps", domain)
        return [one["name"] for one in self.ask("GET", f"access/apps/{app['id']}/policies")]

    def sent(self, *verbs: str) -> list[str]:
        """Return what has been sent since the last time, ids left out."""
        asked = [f"{r['method']} {_kind(r['path'])}" for r in self.cloudflare.requests]
        self.cloudflare.app.requests.clear()
        return [one for one in asked if not verbs or one.split()[0] in verbs]


def _kind(path: str) -> str:
    parts = path.partition("?")[0].split("/")
    return "/".join(part for part in parts[3:] if len(part) < 32)


@pytest.fixture
def account(cloudflare: LocalCloudflare) -> Account:
    return Account(cloudflare)


# ----------------------------------------------------------------------------------- random stacks


def lives(cloudflare: LocalCloudflare, declared: Declarations, taken: set[str], seed: int) -> None:
    """Run a program, then without some parts, then destroy it: nothing is left."""
    cloudflare.reset()
    Team(cloudflare).invite(*PEOPLE)
    before = Account(cloudflare).ids()
    engine = Engine(cloudflare, chance(seed), parallel=1 if seed % 2 else 4)
    engine.up(declared)
    if taken:
        # Single policies that cannot be changed one after the other are refused in the preview: a
        # program without one may stop half-way, and what it has left is destroyed all the same.
        with contextlib.suppress(CheckFailed):
            engine.up(declared.without(taken))
    engine.destroy()
    assert engine.state == {}
    assert Account(cloudflare).ids() == before


def test_a_stack_of_anything_is_destroyed_in_one_run_whatever_the_order(
    cloudflare: LocalCloudflare,
) -> None:
    @settings(
        max_examples=STACKS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def destroyed(seed: int) -> None:
        choose = chance(seed)
        declared = Drawing(choose, cloudflare.zone_id).declarations(choose.randint(4, 16))
        names = [part.name for part in declared.parts]
        taken = {*choose.sample(names, choose.randint(0, len(names) // 2))}
        lives(cloudflare, declared, taken, seed)

    destroyed()


def test_a_refused_program_leaves_no_warnings_of_python(cloudflare: LocalCloudflare) -> None:
    def program() -> None:
        with_a_list()
        cf.AccessGroup("nobody", name="Nobody", include=[])

    for seed in range(8):
        with pytest.raises(CheckFailed, match="include"):
            Engine(cloudflare, chance(seed)).up(program)
        cloudflare.reset()
    # pytest fails for what Python says here of coroutines that nobody has awaited.
    gc.collect()


@pytest.mark.engine
def test_ten_stacks_of_anything_are_destroyed_by_pulumi_itself(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    tests = str(Path(__file__).parent)
    program = (
        f"import random, sys\nsys.path.insert(0, {tests!r})\n"
        "from harness.declarations import Drawing\n"
        f"Drawing(random.Random({{seed}}), {cloudflare.zone_id!r}).declarations({{size}})()\n"
    )
    Team(cloudflare).invite(*PEOPLE)
    before = Account(cloudflare).ids()
    for seed in range(10):
        stack.program(program.format(seed=seed, size=10 + seed))
        stack.up()
        # Another program altogether takes out everything, or nearly.
        if seed % 3 == 2:
            stack.program(program.format(seed=seed, size=3))
            stack.up()
        stack.destroy()
        assert stack.state() == {}
        assert Account(cloudflare).ids() == before


# ------------------------------------------------------------------------------------- every shape


def staff() -> cf.AccessGroup:
    return cf.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])


def nested() -> cf.AccessGroup:
    include, require = [rules.everyone()], [rules.group(staff())]
    return cf.AccessGroup("eng", name="Engineers", include=include, require=require)


def allow(group: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Engineers", "decision": "allow", "include": [rules.group(group)], **more}


def wiki(**more: Any) -> cf.AccessApplication:
    return cf.AccessApplication("wiki", name="Wiki", domain="wiki.example.com", **more)


def with_a_list(**more: Any) -> None:
    cf.AccessApplicationPolicies("who", application=wiki(), policies=[allow(nested())], **more)


def with_a_single() -> None:
    cf.AccessApplicationPolicy("who", application=wiki(), precedence=1, **allow(nested()))


def with_a_component() -> None:
    cf.ProtectedApplication("wiki", domain="wiki.example.com", policies=[allow(nested())])


def with_a_reusable_policy() -> None:
    wiki(policies=[cf.AccessPolicy("shared", **allow(nested()))])


def with_rights() -> None:
    zones = cf.ResourceGroup("zones", name="Zones", scope=scopes.account())
    group = cf.UserGroup("ops", name="Ops", policies=[grants.allow("Zone Read", on=zones)])
    cf.UserGroupMembers("people", group=group, members=[email("ada")])


SHAPES = [with_a_list, with_a_single, with_a_component, with_a_reusable_policy, with_rights]


@pytest.mark.parametrize("program", SHAPES)
def test_what_refers_to_something_is_deleted_before_it_and_nothing_waits(
    program: Callable[[], None], engine: Engine, account: Account
) -> None:
    before = account.ids()
    engine.up(program)
    engine.destroy()
    assert engine.slept < AT_ONCE
    assert account.ids() == before


def test_a_list_that_refers_to_nothing_goes_with_its_application_in_one_request(
    engine: Engine, account: Account
) -> None:
    everyone: Any = {"name": "All", "decision": "allow", "include": [rules.everyone()]}
    engine.up(lambda: cf.AccessApplicationPolicies("who", application=wiki(), policies=[everyone]))
    account.sent()
    engine.destroy()
    assert account.sent("DELETE") == ["DELETE access/apps"]


def test_an_application_costs_a_look_at_its_policies_and_their_deletes(
    engine: Engine, account: Account
) -> None:
    def program() -> None:
        group = nested()
        for n in range(20):
            app = cf.AccessApplication(f"a{n}", domain=f"a{n}.example.com")
            three = [allow(group, name=f"P{m}") for m in range(3)]
            cf.AccessApplicationPolicies(f"p{n}", application=app, policies=three)

    engine.up(program)
    made = Counter(account.sent())
    engine.destroy()
    gone = Counter(account.sent())
    assert gone == {
        "GET access/apps/policies": 20,
        "DELETE access/apps/policies": 60,
        "DELETE access/apps": 20,
        "DELETE access/groups": 2,
        # Who uses a group that is to go: read once.
        "GET access/groups": 1,
        "GET access/policies": 1,
        "GET access/apps": 1,
    }
    assert gone.total() < made.total()


def test_policies_go_from_the_last_one_up(engine: Engine, account: Account) -> None:
    def program() -> None:
        group = nested()
        policies = [allow(group, name=name) for name in ("first", "second", "third")]
        cf.AccessApplicationPolicies("who", application=wiki(), policies=policies)

    engine.up(program)
    ids = engine.kept("who").outputs["ids"]
    account.sent()
    engine.destroy()
    gone = [r["path"].rpartition("/")[2] for r in account.cloudflare.requests
            if r["method"] == "DELETE" and "/policies/" in r["path"]]  # fmt: skip
    assert gone == [ids[name] for name in ("third", "second", "first")]


@pytest.mark.parametrize("program", [with_a_list, with_a_single, with_a_component])
def test_an_application_that_is_gone_already_is_not_looked_for_long(
    program: Callable[[], None], engine: Engine, account: Account
) -> None:
    before = account.ids()
    engine.up(program)
    app = account.one("access/apps", "wiki.example.com")
    account.ask("DELETE", f"access/apps/{app['id']}")
    account.sent()
    engine.destroy()
    looked = [one for one in account.sent() if one.endswith("access/apps/policies")]
    assert len(looked) <= 2
    assert account.ids() == before


@pytest.mark.parametrize("program", [with_a_list, with_a_single])
def test_an_application_of_another_type_takes_its_policies_along(
    program: Callable[[], None], engine: Engine, account: Account
) -> None:
    before = account.ids()
    engine.up(program)

    def other() -> None:
        app = cf.AccessApplication("wiki", type="ssh", domain="ssh.example.com")
        if program is with_a_list:
            cf.AccessApplicationPolicies("who", application=app, policies=[allow(nested())])
        else:
            cf.AccessApplicationPolicy("who", application=app, precedence=1, **allow(nested()))

    engine.up(other)
    assert (engine.did["wiki"], engine.did["who"]) == ("delete", "delete")
    assert account.policies("ssh.example.com") == ["Engineers"]
    assert len(account.ids() - before) == 3
    engine.destroy()
    assert account.ids() == before


def test_who_is_named_by_the_plain_id_that_another_resource_adopts_is_deleted_after_its_user(
    engine: Engine, account: Account
) -> None:
    before = account.ids()
    made = account.ask(
        "POST", "access/groups", {"name": "Engineers", "include": [{"everyone": {}}]}
    )

    def program() -> None:
        base = staff()
        cf.AccessGroup(
            "eng", name="Engineers", adopt=made["id"], adopt_changes=True,
            include=[rules.everyone()], require=[rules.group(base)],
        )  # fmt: skip
        by_id: Any = {"name": "P", "decision": "allow", "include": [rules.group(made["id"])]}
        cf.AccessApplicationPolicies("who", application=wiki(), policies=[by_id])
        cf.AccessGroup("more", name="More", include=[rules.group(made["id"])])

    engine.up(program)
    engine.destroy()
    assert engine.slept < AT_ONCE
    assert account.ids() == before


@pytest.mark.parametrize("parallel", [2, 8])
def test_a_user_that_the_engine_does_not_know_and_that_goes_at_the_same_time_is_waited_for(
    parallel: int, cloudflare: LocalCloudflare
) -> None:
    engine = Engine(cloudflare, chance(3), parallel=parallel)
    # The other delete has begun before this one has waited long enough.
    engine.faster = 10
    engine.up(staff)
    id_ = engine.kept("staff").id

    def program() -> None:
        staff()
        cf.AccessGroup("user", name="User", include=[rules.group(id_)])

    engine.up(program)
    engine.destroy()
    assert engine.state == {}


# ------------------------------------------------------------------------------ protected, retained


def test_what_is_protected_keeps_its_parts(engine: Engine, account: Account) -> None:
    def program(**options: Any) -> None:
        app = wiki(opts=ResourceOptions(**options))
        cf.AccessApplicationPolicies("who", application=app, policies=[allow(nested())])
        group = cf.UserGroup("ops", name="Ops", opts=ResourceOptions(**options))
        cf.UserGroupMembers("people", group=group, members=[email("ada")])

    engine.up(lambda: program(protect=True))
    with pytest.raises(RunFailed, match="protected"):
        engine.destroy()
    assert {"wiki", "who", "ops", "people"} <= {*engine.names()}
    assert account.policies("wiki.example.com") == ["Engineers"]
    engine.up(lambda: program(protect=False))
    engine.destroy()
    assert engine.state == {}


def test_an_application_that_stays_keeps_its_policies_unless_they_say_otherwise(
    engine: Engine, account: Account
) -> None:
    stays = ResourceOptions(retain_on_delete=True)

    def program(policies: ResourceOptions | None) -> None:
        app, group = wiki(opts=stays), staff()
        cf.AccessApplicationPolicies("who", application=app, policies=[allow(group)], opts=policies)

    engine.up(lambda: program(None))
    with pytest.raises(RunFailed, match=r'policy "Engineers" .* of Access application "Wiki"'):
        engine.destroy()
    assert account.policies("wiki.example.com") == ["Engineers"]

    app = account.one("access/apps", "wiki.example.com")
    account.ask("DELETE", f"access/apps/{app['id']}")
    engine.destroy()
    engine.up(lambda: program(ResourceOptions(retain_on_delete=False)))
    engine.destroy()
    assert account.policies("wiki.example.com") == []


# ----------------------------------------------------------------------------------- really in use


def by_another_group(account: Account, group: str) -> str:
    body = {"name": "By hand", "include": [{"group": {"id": group}}]}
    made = account.ask("POST", "access/groups", body)
    return f'Access group "By hand" ({made["id"]})'


def by_a_reusable_policy(account: Account, group: str) -> str:
    body = {"name": "By hand", "decision": "allow", "include": [{"group": {"id": group}}]}
    made = account.ask("POST", "access/policies", body)
    return f'Access policy "By hand" ({made["id"]})'


def by_a_policy_of_an_application(account: Account, group: str) -> str:
    app = account.ask("POST", "access/apps", {"type": "self_hosted", "domain": "x.example.com"})
    body = {"name": "By hand", "decision": "deny", "include": [{"group": {"id": group}}]}
    made = account.ask("POST", f"access/apps/{app['id']}/policies", body)
    named = f'Access application "x.example.com" ({app["id"]})'
    return f'policy "By hand" ({made["id"]}) of {named}'


@pytest.mark.parametrize(
    "used", [by_another_group, by_a_reusable_policy, by_a_policy_of_an_application]
)
def test_somebody_elses_use_is_named_at_once(
    used: Callable[[Account, str], str], engine: Engine, account: Account
) -> None:
    engine.up(with_a_list)
    named = used(account, account.one("access/groups", "Staff")["id"])
    for take_out in (False, True):
        with pytest.raises(RunFailed) as failed:
            engine.up(lambda: None) if take_out else engine.destroy()
        assert f"it is still in use by {named}. Remove the reference, then run again" in str(
            failed.value
        )
        assert engine.slept < AT_ONCE
    assert engine.names() == ["staff"]


def test_the_user_of_a_resource_group_is_named(engine: Engine, account: Account) -> None:
    engine.up(with_rights)
    held = account.one("iam/resource_groups", "Zones")["id"]
    read = account.ask("GET", "iam/permission_groups")[0]["id"]
    policy = {
        "access": "allow",
        "permission_groups": [{"id": read}],
        "resource_groups": [{"id": held}],
    }
    made = account.ask("POST", "iam/user_groups", {"name": "By hand", "policies": [policy]})
    with pytest.raises(RunFailed, match=rf'in use by user group "By hand" \({made["id"]}\)'):
        engine.destroy()
    account.ask("DELETE", f"iam/user_groups/{made['id']}")
    account.ask("POST", "members", {"email": "mallory@example.net", "policies": [policy]})
    with pytest.raises(RunFailed, match=r'in use by account member "mallory@example.net"'):
        engine.destroy()


def test_a_policy_that_an_application_still_has_is_named(engine: Engine, account: Account) -> None:
    def program(*, attached: bool) -> None:
        shared = cf.AccessPolicy("shared", **allow(nested()))
        wiki(**({"policies": [shared]} if attached else {}))

    engine.up(lambda: program(attached=True))
    # No longer declared, it stays attached, and the engine knows no longer who needs whom.
    engine.up(lambda: program(attached=False))
    app = account.one("access/apps", "wiki.example.com")
    with pytest.raises(RunFailed) as failed:
        engine.destroy()
    assert f'in use by Access application "Wiki" ({app["id"]})' in str(failed.value)
    assert "pulumi destroy --target <its URN> --target-dependents" in str(failed.value)
    engine.destroy(target=["wiki"])
    engine.destroy()
    assert engine.state == {}


# -------------------------------------------------------------------------------- states of 0.1.0


def as_in_0_1_0(engine: Engine) -> None:
    """Make the state what 0.1.0 made of it: policies were said to go with their application."""
    app = engine.kept("wiki").urn
    engine.enter(replace(engine.kept("who"), deleted_with=app))


@pytest.mark.parametrize("program", [with_a_list, with_a_single])
def test_a_state_of_0_1_0_is_destroyed_after_an_up(
    program: Callable[[], None], engine: Engine
) -> None:
    engine.up(program)
    as_in_0_1_0(engine)
    engine.up(program)
    assert {*engine.did.values()} == {"same"}
    engine.destroy()
    assert engine.state == {}


def test_a_state_of_0_1_0_says_how_its_destroy_ends(engine: Engine) -> None:
    engine.up(with_a_list)
    as_in_0_1_0(engine)
    with pytest.raises(RunFailed) as failed:
        engine.destroy()
    assert 'policy "Engineers" (' in str(failed.value)
    assert 'of Access application "Wiki" (' in str(failed.value)
    engine.destroy(target=["wiki"])
    engine.destroy()
    assert engine.state == {}


# ------------------------------------------------------------------- what is deleted, what stays


def texts(engine: Engine, name: str) -> list[str]:
    return [text for about, text in engine.warnings if about == name]


EVERYONE: dict[str, Any] = {"name": "Everyone", "decision": "allow", "include": [rules.everyone()]}
NOT_EVE: dict[str, Any] = {
    "name": "Not Eve",
    "decision": "deny",
    "include": [rules.email("eve@example.com")],
}


def plain_list(application: cf.AccessApplication) -> None:
    cf.AccessApplicationPolicies("who", application=application, policies=[NOT_EVE, EVERYONE])


def referring_list(application: cf.AccessApplication) -> None:
    policies = [NOT_EVE, {**EVERYONE, "include": [rules.group(staff())]}]
    cf.AccessApplicationPolicies("who", application=application, policies=policies)


@pytest.mark.parametrize("lists", [plain_list, referring_list])
@pytest.mark.parametrize("how", ["up", "destroy"])
def test_a_list_deletes_what_it_declared_and_names_what_stays(
    how: str, lists: Callable[[cf.AccessApplication], None], engine: Engine, account: Account
) -> None:
    engine.up(lambda: lists(wiki()))
    app = account.one("access/apps", "wiki.example.com")
    body = {"name": "By hand", "decision": "deny", "include": [{"geo": {"country_code": "FR"}}]}
    account.ask("POST", f"access/apps/{app['id']}/policies", body)
    if how == "up":
        engine.up(lambda: (wiki(), staff()) if lists is referring_list else wiki())
    else:
        engine.destroy(target=["who"])
    assert account.policies("wiki.example.com") == ["By hand"]
    named = 'stay in the application, because they are not this list\'s: "By hand" (deny)'
    assert texts(engine, "who") == [named]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("lists", [plain_list, referring_list])
def test_what_stays_in_force_with_an_application_under_another_name_is_said(
    lists: Callable[[cf.AccessApplication], None],
    kept: bool,  # noqa: FBT001 - a parameter
    engine: Engine,
    account: Account,
) -> None:
    engine.up(lambda: lists(wiki()))

    def renamed() -> None:
        named = cf.AccessApplication("renamed", name="Wiki", domain="wiki.example.com", adopt=True)
        if kept:
            lists(named)
        elif lists is referring_list:
            staff()

    engine.up(renamed)
    in_force = account.policies("wiki.example.com")
    told = [text for text in texts(engine, "wiki") if "stay in force" in text]
    if kept:
        assert (in_force, told) == (["Not Eve", "Everyone"], [])
    elif lists is referring_list:
        assert (in_force, told) == ([], [])
    else:
        assert in_force == ["Not Eve", "Everyone"]
        [text] = told
        assert text.endswith('has them any more: "Not Eve" (deny), "Everyone" (allow)')


def test_who_stays_in_a_user_group_under_another_name_is_said(
    engine: Engine, account: Account
) -> None:
    def program(name: str, *, members: bool, adopt: bool) -> None:
        group = cf.UserGroup(name, name="Ops", adopt=adopt or None)
        if members:
            people = [email("ada"), email("bob")]
            cf.UserGroupMembers("people", group=group, members=people)
        elif adopt:
            cf.UserGroupMember("one", group=group, member=email("ada"), adopt=True)

    engine.up(lambda: program("ops", members=True, adopt=False))
    engine.up(lambda: program("renamed", members=False, adopt=True))
    told = [text for text in texts(engine, "ops") if "stay in it" in text]
    stay = "its members stay in it, though no resource of the program has them any more"
    assert told == [f"{stay}: bob@example.com"]
    group = account.one("iam/user_groups", "Ops")["id"]
    members = account.ask("GET", f"iam/user_groups/{group}/members")
    assert {one["email"] for one in members} == {email("ada"), email("bob")}


def test_single_policies_left_out_with_an_application_under_another_name_are_deleted(
    engine: Engine, account: Account
) -> None:
    def program(name: str, *, single: bool, adopt: bool) -> None:
        app = cf.AccessApplication(
            name, name="Wiki", domain="wiki.example.com", adopt=adopt or None
        )
        if single:
            cf.AccessApplicationPolicy("who", application=app, precedence=1, **EVERYONE)

    engine.up(lambda: program("wiki", single=True, adopt=False))
    engine.up(lambda: program("renamed", single=False, adopt=True))
    assert account.policies("wiki.example.com") == []
    assert [text for text in texts(engine, "wiki") if "stay in force" in text] == []


@pytest.mark.parametrize("type_", ["app_launcher", "warp", "biso"])
def test_the_accounts_own_applications_are_told_when_they_come_and_when_they_go(
    type_: Any, engine: Engine, account: Account
) -> None:
    made = account.ask("POST", "access/apps", {"type": type_})

    def program() -> None:
        cf.AccessApplication("own", type=type_, adopt=made["id"])

    engine.preview(program)
    [told] = texts(engine, "own")
    assert "of which there is one for everybody in the account: a destroy deletes it" in told
    engine.up(program)
    engine.up(program)
    assert texts(engine, "own") == []
    engine.destroy()
    assert any("everybody in the account had it" in text for text in texts(engine, "own"))
