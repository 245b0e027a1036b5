"""Policies that decide at an application and that no resource of the program declares.

Whatever a program declares of an application's policies, a refresh, an update and an adoption name
those that others have made; and none of a sound stack's own. Real programs, run in process.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import pulumi_cloudflare_access as cf
from harness.engine import CheckFailed, Engine
from harness.fields import Person
from pulumi_cloudflare_access import rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

APP: dict[str, Any] = {"name": "Wiki", "domain": "wiki.example.com"}
EVERYONE = [rules.everyone()]
HOLE = {"name": "Hole", "decision": "bypass", "include": EVERYONE, "precedence": 90}
STAFF: dict[str, Any] = {"decision": "allow", "include": [rules.email_domain("example.com")]}
TOLD = (
    "drift: has policies that the program does not declare; of all, the first that matches "
    "decides: "
)


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def engine(cloudflare: LocalCloudflare) -> Engine:
    return Engine(cloudflare, random.Random(1))  # noqa: S311 - no secret


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


def policy(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **STAFF, **more}


def alone(**more: Any) -> Callable[[], object]:
    return lambda: cf.AccessApplication("wiki", **APP, **more)


def with_reusable(*, name: str = "Wiki") -> None:
    staff = cf.AccessPolicy("staff", **policy("Staff"))
    cf.AccessApplication("wiki", **{**APP, "name": name}, policies=[staff])


def with_list() -> None:
    app = cf.AccessApplication("wiki", **APP)
    cf.AccessApplicationPolicies("list", application=app, policies=[policy("Staff"), policy("X")])


def with_singles() -> None:
    """Say names and precedences plainly, or not."""
    app = cf.AccessApplication("wiki", **APP)
    unknown = pulumi.Output.from_input
    for resource_name, application, precedence, name in (
        ("staff", app, 2, "Staff"),
        ("guests", app.id, 1, unknown("Guests")),
        ("x", app, unknown(7), "X"),
        ("y", app, unknown(8), unknown("Y")),
    ):
        cf.AccessApplicationPolicy(
            resource_name, application=application, precedence=precedence, name=name, **STAFF
        )


def protected() -> None:
    cf.ProtectedApplication("wiki", **APP, policies=[policy("Staff")])


def application_of(ways: dict[str, Callable[[cf.AccessApplication], Any]]) -> Callable[[], object]:
    """Have single policies refer to their application in these ways."""

    def program() -> None:
        app = cf.AccessApplication("wiki", **APP)
        for place, (name, way) in enumerate(ways.items(), start=1):
            cf.AccessApplicationPolicy(name, application=way(app), precedence=place, **policy(name))

    return program


def list_by_an_output() -> None:
    app = cf.AccessApplication("wiki", **APP)
    of = pulumi.Output.all(app.id, app.aud).apply(lambda known: str(known[0]))
    cf.AccessApplicationPolicies("list", application=of, policies=[policy("Staff"), policy("X")])


MADE_OF_ITS_ID = {
    "by apply": lambda app: app.id.apply(str),
    "twice": lambda app: app.id.apply(str).apply(lambda id_: f"{id_}"),
}
NOT_TRACED = {
    "by all": lambda app: pulumi.Output.all(app.id, app.aud).apply(lambda both: both[0]),
    "by format": lambda app: pulumi.Output.format("{0}", app.id),
}

PROGRAMS: dict[str, tuple[Callable[[], object], str]] = {
    "nothing of policies": (alone(), ""),
    "no policies": (alone(policies=[], allow_no_policies=True), ""),
    "reusable ones": (with_reusable, "Staff > "),
    "single ones": (with_singles, "Guests > Staff > X > Y > "),
    "made of its id": (application_of(MADE_OF_ITS_ID), "by apply > twice > "),
    "not traced": (application_of(NOT_TRACED), "by all > by format > "),
    "a list that is not traced": (list_by_an_output, "Staff > X > "),
}
QUIET = {**PROGRAMS, "a list": (with_list, ""), "a component": (protected, "")}


@pytest.mark.parametrize("which", QUIET)
def test_a_sound_stack_is_quiet(which: str, engine: Engine) -> None:
    program, _ = QUIET[which]
    engine.up(program)
    assert engine.warnings == []
    assert engine.refresh() == {}
    engine.up(program)
    assert ({*engine.did.values()}, engine.warnings) == ({"same"}, [])
    assert engine.refresh() == {}


@pytest.mark.parametrize("which", PROGRAMS)
def test_a_policy_of_its_own_that_somebody_makes_is_told(
    which: str, engine: Engine, person: Person
) -> None:
    program, others = PROGRAMS[which]
    if which == "a list that is not traced":
        pytest.skip("the list tells it, too, as drift")
    engine.up(program)
    app = engine.kept("wiki").id
    person.make(HOLE, f"/{app}/policies")
    due = {"wiki": [f"{TOLD}{others}Hole (its own, bypass)"]}
    assert engine.refresh() == due
    # As long as it is there.
    assert engine.refresh() == due
    there = person.look(app)["policies"]
    [hole] = [one["id"] for one in there if one["name"] == "Hole"]
    person.delete(f"{app}/policies/{hole}")
    assert engine.refresh() == {}


@pytest.mark.parametrize("which", ["nothing of policies", "no policies"])
def test_a_reusable_policy_that_somebody_attaches_is_told(
    which: str, engine: Engine, person: Person, cloudflare: LocalCloudflare
) -> None:
    program, _ = PROGRAMS[which]
    engine.up(program)
    app = engine.kept("wiki").id
    hole = {name: value for name, value in HOLE.items() if name != "precedence"}
    made = Person(cloudflare, "policies").make(hole)["id"]
    person.write(app, {"type": "self_hosted", **APP, "policies": [made]})
    told = engine.refresh()["wiki"]
    if which == "no policies":
        assert told == ["changed at Cloudflare: policies: + Hole"]
    else:
        assert told == [f"{TOLD}Hole (reusable, bypass)"]


def test_an_update_tells_it_too_and_leaves_it(engine: Engine, person: Person) -> None:
    engine.up(with_reusable)
    app = engine.kept("wiki").id
    person.make(HOLE, f"/{app}/policies")
    engine.up(lambda: with_reusable(name="Docs"))
    assert engine.warnings == [("wiki", f"{TOLD}Staff > Hole (its own, bypass)")]
    assert [one["name"] for one in person.look(app)["policies"]] == ["Staff", "Hole"]


def test_an_adoption_tells_it_and_its_list_does_not(engine: Engine, person: Person) -> None:
    there = person.make({"type": "self_hosted", **APP})["id"]
    person.make({**policy("Staff"), "precedence": 1}, f"/{there}/policies")
    engine.up(alone(adopt=there))
    assert engine.warnings == [("wiki", f"{TOLD}Staff (its own, allow)")]

    def by_id() -> None:
        cf.AccessApplication("docs", **APP, adopt=there)
        cf.AccessApplicationPolicies("list", application=there, policies=[policy("Staff")])

    other = Engine(engine.cloudflare, random.Random(1))  # noqa: S311 - no secret
    other.up(by_id)
    assert other.warnings == []
    assert other.refresh() == {}


def test_a_policy_of_an_application_by_a_plain_id_is_declared(
    engine: Engine, person: Person
) -> None:
    def program(*ids: str) -> None:
        cf.AccessApplication("wiki", **APP)
        for id_ in ids:
            cf.AccessApplicationPolicy("one", application=id_, precedence=1, **policy("Staff"))

    engine.up(program)
    app = engine.kept("wiki").id
    engine.up(lambda: program(app))
    assert engine.refresh() == {}
    person.make(HOLE, f"/{app}/policies")
    assert engine.refresh() == {"wiki": [f"{TOLD}Staff > Hole (its own, bypass)"]}


@pytest.mark.parametrize("way", MADE_OF_ITS_ID)
def test_what_is_made_of_an_applications_id_is_checked_as_it(way: str, engine: Engine) -> None:
    def program(make: Callable[[cf.AccessApplication], Any]) -> None:
        app = cf.AccessApplication("wiki", **APP)
        for name, of in (("one", app), ("two", make(app))):
            cf.AccessApplicationPolicy(name, application=of, precedence=1, **policy(name))

    with pytest.raises(CheckFailed, match='precedence: "one" is in this place of the application'):
        engine.preview(lambda: program(MADE_OF_ITS_ID[way]))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        # A second one of the same name.
        ({"name": "Staff", "precedence": 50}, "Guests > Staff > X > Y > Staff (its own, bypass)"),
        # One that only looks like it by its place.
        ({"name": "Other", "precedence": 50}, "Guests > Staff > X > Y > Other (its own, bypass)"),
    ],
)
def test_a_policy_is_no_declared_one_because_it_is_called_like_it(
    changed: dict[str, Any], told: str, engine: Engine, person: Person
) -> None:
    engine.up(with_singles)
    person.make({**HOLE, **changed}, f"/{engine.kept('wiki').id}/policies")
    assert engine.refresh() == {"wiki": [f"{TOLD}{told}"]}


def test_a_single_policy_that_comes_and_goes_is_told_of_in_time(
    engine: Engine, person: Person
) -> None:
    def less() -> None:
        app = cf.AccessApplication("wiki", **APP)
        cf.AccessApplicationPolicy("staff", application=app, precedence=2, **policy("Staff"))

    engine.up(less)
    # The application itself does not change: its state learns of the others all the same.
    engine.up(with_singles)
    assert engine.did["wiki"] == "same"
    assert engine.refresh() == {}
    guests = next(
        one["id"]
        for one in person.look(engine.kept("wiki").id)["policies"]
        if one["name"] == "Guests"
    )
    engine.up(less)
    assert engine.refresh() == {}
    person.make({**policy("Guests"), "precedence": 1}, f"/{engine.kept('wiki').id}/policies")
    assert guests not in str(engine.refresh())
    assert "Guests (its own, allow)" in str(engine.refresh())


def test_a_state_from_before_is_refreshed_without_a_word(engine: Engine) -> None:
    engine.up(with_list)
    kept = engine.kept("wiki")
    for name in ("__owned", "__own_policies"):
        kept.inputs.pop(name, None)
    assert engine.refresh() == {}
    engine.up(with_list)
    assert (engine.did["wiki"], engine.refresh()) == ("same", {})


# ---------------------------------------------------------------------- lists beside reusable ones


def test_a_list_is_adopted_as_it_is_beside_reusable_policies(
    engine: Engine, person: Person, cloudflare: LocalCloudflare
) -> None:
    there = person.make({"type": "self_hosted", **APP})["id"]
    own = person.make({**policy("Staff"), "precedence": 1}, f"/{there}/policies")["id"]
    reusable = Person(cloudflare, "policies").make(policy("Shared"))["id"]
    person.write(there, {"type": "self_hosted", **APP, "policies": [own, reusable]})

    def program(name: str = "Wiki", *names: str) -> None:
        app = cf.AccessApplication("wiki", **{**APP, "name": name}, adopt=there)
        wish = [policy(one) for one in ("Staff", *names)]
        cf.AccessApplicationPolicies("list", application=app, policies=wish)

    engine.up(program)
    mixed = (
        "drift: reusable policies are attached to the application too, and of all, the first that "
        "matches decides: Staff > Shared (reusable, allow)"
    )
    assert engine.refresh() == {"list": [mixed]}
    engine.up(lambda: program("Docs"))
    assert [one["id"] for one in person.look(there)["policies"]] == [own, reusable]

    other = Engine(engine.cloudflare, random.Random(1))  # noqa: S311 - no secret
    with pytest.raises(Exception, match=r"policies are attached .*\(Shared\), and of both kinds"):
        other.up(lambda: program("Docs", "X"))
    assert [one["id"] for one in person.look(there)["policies"]] == [own, reusable]


# ------------------------------------------------------------------------------- through the engine

PROGRAM = """
wiki = cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")
cloudflare.AccessApplicationPolicy(
    "staff", application=wiki, precedence=1, name="Staff", decision="allow",
    include=[rules.email_domain("example.com")])
cloudflare.AccessApplication(
    "docs", name="Docs", domain="docs.example.com", policies=[], allow_no_policies=True)
blog = cloudflare.AccessApplication("blog", name="Blog", domain="blog.example.com")
cloudflare.AccessApplicationPolicies("list", application=blog, policies=[
    {"name": "All", "decision": "allow", "include": [rules.everyone()]}])
"""


@pytest.mark.engine
def test_a_refresh_knows_what_the_program_declares(stack: Stack) -> None:
    stack.program(PROGRAM)
    stack.up()
    assert stack.settled()
    assert "warning" not in stack.refresh().text
    assert stack.settled()
    apps = Person(stack.cloudflare, "apps")
    apps.make(HOLE, f"/{stack.state()['docs']['id']}/policies")
    apps.make(HOLE, f"/{stack.state()['wiki']['id']}/policies")
    told = stack.refresh().text
    assert "decides: Hole (its own, bypass)" in told
    assert "decides: Staff > Hole (its own, bypass)" in told
