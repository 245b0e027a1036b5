"""What it costs to know who gets in: people by applications, changes, proofs, previews.

Seconds are those that the processor spent. Worlds are random, the same in every run: nested groups,
addresses and domains, groups at identity providers, ranges, countries, posture checks.
"""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure
from insight.told import recording
from pulumi_cloudflare_access.insight import (
    People,
    Person,
    Run,
    Verdict,
    compare,
    everybody,
    read,
)
from pulumi_cloudflare_access.insight.circuit import decide
from pulumi_cloudflare_access.insight.comparison import Comparer
from pulumi_cloudflare_access.insight.reading.values import UNKNOWN_VALUE
from pulumi_cloudflare_access.insight.semantics import Answering
from pulumi_cloudflare_access.insight.world import (
    Application,
    Destination,
    Group,
    Policy,
    Rule,
    Rules,
    World,
)
from pulumi_cloudflare_access.report import as_json, html, markdown
from pulumi_cloudflare_access.report.model import make
from pulumi_cloudflare_access.report.pack import said

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTRIES = ("DE", "FR", "US", "PT", "IN")
CHECKS = tuple(f"check-{n}" for n in range(5))
OKTA, ENTRA = "okta", "entra"
PEOPLE, APPLICATIONS, POLICIES, GROUPS = 100_000, 500, 2_000, 300


@dataclass
class Draw:
    """Draws people, rules and worlds."""

    random: random.Random
    addresses: list[str]
    domains: int = 30
    teams: int = 2_000

    def rule(self, groups: list[str]) -> Rule:  # noqa: PLR0911 - a table
        """Draw a rule; a quarter of them are about groups, where there are any."""
        chance, draw = self.random.random(), self.random
        if groups and chance < 0.25:
            return Rule(("group", draw.choice(groups)))
        if chance < 0.45:
            return Rule(("email", draw.choice(self.addresses)))
        if chance < 0.6:
            return Rule(("email_domain", f"d{draw.randrange(self.domains)}.example"))
        if chance < 0.8:
            return Rule(("okta", OKTA, f"team-{draw.randrange(self.teams)}"))
        if chance < 0.86:
            return Rule(("geo", draw.choice(COUNTRIES)))
        if chance < 0.92:
            return self.network()
        if chance < 0.97:
            return Rule(("device_posture", draw.choice(CHECKS)))
        return Rule(("auth_method", "mfa"))

    def network(self) -> Rule:
        """Draw a range."""
        bits = self.random.choice((8, 12, 16, 20, 24))
        number = self.random.randrange(2**bits) << (32 - bits)
        octets = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
        return Rule(("ip", f"{octets}/{bits}"))

    def rules(self, groups: list[str], addresses: int = 0) -> Rules:
        """Draw what a group or a policy asks."""
        draw = self.random
        include = [self.rule(groups) for _ in range(draw.randrange(1, 6))]
        many = draw.randrange(addresses * 2) if addresses else 0
        include += [Rule(("email", draw.choice(self.addresses))) for _ in range(many)]
        return Rules(
            tuple(dict.fromkeys(include)),
            tuple(self.rule(groups) for _ in range(draw.choice((0, 0, 0, 1)))),
            tuple(self.rule(groups) for _ in range(draw.choice((0, 0, 0, 1)))),
        )

    def service_rules(self) -> Rules:
        """Draw what a Service Auth policy asks."""
        token = Rule(("service_token", f"token-{self.random.randrange(50)}"))
        return Rules((token,), (self.network(),) if self.random.random() < 0.5 else ())

    def world(self, applications: int, policies: int, groups: int, addresses: int) -> World:
        """Draw a world, with as many policies on each application."""
        held: dict[str, Group] = {}
        for n in range(groups):
            asked = self.rules(list(held)[-40:], addresses)
            held[f"g{n}"] = Group(f"g{n}", f"Group {n}", asked)
        made: dict[str, Policy] = {}
        for n in range(policies):
            decision = self.random.choice(["allow"] * 7 + ["deny"] * 2 + ["non_identity"])
            early = decision == "non_identity"
            asked = self.service_rules() if early else self.rules(list(held))
            made[f"p{n}"] = Policy(f"p{n}", f"Policy {n}", decision, asked)
        each = policies // applications
        keys = list(made)
        return World(
            groups=held,
            policies=made,
            applications={
                f"a{n}": Application(
                    f"a{n}",
                    f"Application {n}",
                    destinations=(Destination("public", f"a{n}.example.com"),),
                    policies=tuple(keys[n * each : (n + 1) * each]),
                )
                for n in range(applications)
            },
        )

    def person(self, address: str, unknown: float) -> Person:
        """Draw a person of whom some things are not known."""
        draw = self.random
        teams = frozenset(
            f"team-{draw.randrange(self.teams)}" for _ in range(draw.randrange(1, 12))
        )
        octets = ".".join(str(draw.randrange(256)) for _ in range(4))
        provider = draw.choice((OKTA, OKTA, ENTRA))
        return Person(
            address,
            identity_providers=frozenset((provider,)),
            groups={provider: teams},
            countries=None if draw.random() < unknown else frozenset((draw.choice(COUNTRIES),)),
            addresses=None if draw.random() < unknown else (octets,),
            posture={check: draw.random() < 0.7 for check in CHECKS if draw.random() >= unknown},
            authentication_methods=None if draw.random() < unknown else frozenset({"mfa"}),
        )


def drawn(people: int = PEOPLE, seed: int = 7) -> Draw:
    """Return what draws worlds of so many people."""
    addresses = [f"user{n}@d{n % 30}.example" for n in range(people)]
    return Draw(random.Random(seed), addresses)  # noqa: S311 - the same in every run


def with_rule(world: World, *keys: str) -> World:
    """Add a rule to some groups."""
    more = Rule(("okta", OKTA, "team-1"))
    groups = dict(world.groups)
    for key in keys:
        rules = groups[key].rules
        groups[key] = replace(groups[key], rules=replace(rules, include=(*rules.include, more)))
    return replace(world, groups=groups)


def reaching(world: World, *keys: str) -> int:
    """Count the applications that some groups decide about."""
    found = 0
    for application in world.applications.values():
        waiting = [g for key in application.policies for g in world.policies[str(key)].rules.groups]
        seen = set(waiting)
        while waiting:
            for inner in world.groups[waiting.pop()].rules.groups:
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)
        found += not seen.isdisjoint(keys)
    return found


def all_of_them() -> Iterator[Figure]:
    """Measure everything about who gets in."""
    yield from proofs()
    yield from previews()
    yield from population()


def population() -> Iterator[Figure]:
    """Ask of everybody at every place, in a process of its own, for its memory."""
    run = subprocess.run(
        [sys.executable, "-c", "from benchmarks.insights import measured; measured()"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    size = f"{PEOPLE:,} people by {APPLICATIONS} applications by {POLICIES:,} policies"
    yield Figure.at_most(f"who gets in: {size}, every cell", found["cells"], "s", 3)
    yield Figure.at_most(f"who gets in: {size}, over the input", found["memory"], "MB", 250)
    name = "who gets in: one group changed, compared for everybody"
    yield Figure("who gets in: applications that the group decides about", found["one"], "")
    yield Figure.at_most(name, found["everybody"], "s", 1)
    name = f"who gets in: {found['some']} applications changed, exactly for {PEOPLE:,} people"
    yield Figure.at_most(name, found["exactly"], "s", 8)


def measured() -> None:
    """Measure a population, and print the figures."""
    draw = drawn()
    world = draw.world(APPLICATIONS, POLICIES, GROUPS, 50)
    people = [draw.person(address, 0.3) for address in draw.addresses]
    before = _memory()
    began = time.process_time()
    index = People(people)
    cells = everybody(world, index)
    spent = time.process_time() - began
    assert len(cells) == APPLICATIONS
    memory = _memory() - before
    del cells
    one = min(world.groups, key=lambda key: abs(reaching(world, key) - 10))
    began = time.process_time()
    compared = compare(world, with_rule(world, one), only=world.applications)
    everyone = time.process_time() - began
    assert compared.changes
    keys = sorted(world.groups, key=lambda key: abs(reaching(world, key) - 40))[:1]
    changed = with_rule(world, *keys)
    began = time.process_time()
    found = compare(world, changed, index, only=world.applications)
    exactly = time.process_time() - began
    assert found.changes
    print(
        json.dumps(
            {
                "cells": spent,
                "memory": memory,
                "one": reaching(world, one),
                "everybody": everyone,
                "exactly": exactly,
                "some": reaching(world, *keys),
            }
        )
    )


def _memory() -> float:
    import resource  # noqa: PLC0415 - not everywhere

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def proofs() -> Iterator[Figure]:
    """Prove single applications the same, or not, for everybody who could exist."""
    for rules, bar in ((10, 5), (100, 20), (1_000, 100)):
        mean = sum(_proved(rules, seed) for seed in range(5)) / 5
        yield Figure.at_most(
            f"who gets in: {rules:,} rules in at most 20 policies, proved", mean * 1e3, "ms", bar
        )
    draw = drawn(2_000, seed=3)
    draw.domains, draw.teams = 20, 200
    world = draw.world(1, 166, 50, 6)
    changed = with_rule(world, "g45")
    rules_ = sum(len(policy.rules.all) for policy in world.policies.values())
    rules_ += sum(len(group.rules.all) for group in world.groups.values())
    answering = Answering("a0.example.com", ("a0",))
    began = time.process_time()
    decided = decide(
        (world, lambda semantics: semantics.at(answering)),
        (changed, lambda semantics: semantics.at(answering)),
    )
    spent = time.process_time() - began
    assert decided
    name = f"who gets in: {rules_} rules in 166 policies, by a solver"
    yield Figure.at_most(name, spent * 1e3, "ms", 500)


def _proved(rules: int, seed: int) -> float:
    """Compare an application with itself, written otherwise, and with one that lets in more."""
    draw = drawn(max(50, rules * 2), seed)
    draw.domains, draw.teams = max(3, rules // 50), max(5, rules // 5)
    policies, groups = max(2, min(20, rules // 50)), max(2, rules // 100)
    world = draw.world(1, policies, groups, max(1, min(45, rules // (2 * groups))))
    # A group of all groups, so that each of them decides.
    every = Group("all", "All", Rules(tuple(Rule(("group", key)) for key in world.groups)))
    first = Policy("first", "First", "deny", Rules((Rule(("group", "all")),)))
    application = world.applications["a0"]
    world = replace(
        world,
        groups={**world.groups, "all": every},
        policies={**world.policies, "first": first},
        applications={
            "a0": replace(
                application,
                policies=(*application.policies[:1], "first", *application.policies[1:]),
            )
        },
    )
    held = world.groups["g0"].rules
    half = len(held.include) // 2
    split = dict(world.groups)
    split["half"] = Group("half", "Half", Rules(held.include[:half] or held.include))
    rest = (*held.include[half:], Rule(("group", "half")))
    split["g0"] = replace(world.groups["g0"], rules=replace(held, include=rest))
    refactored, wider = replace(world, groups=split), with_rule(world, "g0")
    began = time.process_time()
    proved = Comparer(world, refactored).compare().places
    other = Comparer(world, wider).compare().places
    spent = time.process_time() - began
    assert proved[0].verdict is Verdict.SAME
    assert len(other) == 1
    return spent / 2


def previews() -> Iterator[Figure]:
    """Read previews of thousands of objects, and say all there is to say."""
    document = _large()
    text = json.dumps(document)
    size = len(document["steps"])
    began = time.process_time()
    worlds = read(text)
    compared = compare(worlds.old, worlds.new)
    spent = time.process_time() - began
    assert compared.changes
    yield Figure("who gets in: size of the large preview", len(text) / 1e6, "MB")
    name = f"who gets in: a preview of {size:,} objects, {len(compared.changes)} places changed"
    yield Figure.at_most(f"{name}, read and compared", spent, "s", 3)
    began = time.process_time()
    report = make(read(text))
    for written in (markdown.written, html.written, as_json.written):
        assert written([report])
    spent = time.process_time() - began
    yield Figure.at_most(f"who gets in: a report of {size:,} objects, in every form", spent, "s", 3)
    yield from _in_a_pack()
    yield from _incremental(document)


def _large() -> dict[str, Any]:
    """Multiply recorded previews: of ten stacks, nine do not change."""
    steps: list[Any] = []
    for n in range(70):
        name = "preview" if n % 10 == 0 else "nothing changes"
        text = json.dumps(recording("sources")[name]["steps"])
        for before, after in (
            ("dev::test", f"dev::test{n}"),
            ("example.com", f"e{n}.example"),
            ("-0000-4000-8000-", f"-{n:04d}-4000-8000-"),
        ):
            text = text.replace(before, after)
        steps += json.loads(text)
    return {"steps": steps, "changeSummary": {}}


def _in_a_pack() -> Iterator[Figure]:
    """Say what a policy pack says of a preview of 1,000 resources, once the program has run."""
    recorded = recording("pack")
    resources: list[Any] = []
    states: list[Any] = []
    for n in range(35):
        copied = json.dumps([recorded["resources"], recorded["state with secrets"]])
        copied = copied.replace("dev::test", f"dev::test{n}").replace(
            "example.com", f"e{n}.example"
        )
        given, state = json.loads(copied.replace("-0000-4000-8000-", f"-{n:04d}-4000-8000-"))
        resources += given
        states += state["deployment"]["resources"]
    export = {"version": 3, "deployment": {"resources": states}}
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        assert said(resources, export, Path(folder))
    spent = time.process_time() - began
    # A tenth of what such a preview takes: 8 s for 300 groups.
    yield Figure.at_most(
        f"who gets in: a pack's share of {len(resources):,} resources", spent, "s", 2
    )


def _incremental(document: dict[str, Any]) -> Iterator[Figure]:
    """See resources checked one by one, as a plugin process does."""
    unchanged = copy.deepcopy(recording("sources")["nothing changes"])
    for name, steps, bar in (
        ("nothing changes", unchanged["steps"] * 40, 50),
        ("7 stacks of 70 change", document["steps"], 1_000),
    ):
        run = Run()
        began = time.process_time()
        seen = 0
        for step in steps:
            new, old = step.get("newState") or {}, step.get("oldState") or {}
            if "inputs" in new and not new.get("external"):
                run.seen(
                    step["urn"],
                    new["type"],
                    old.get("inputs"),
                    new["inputs"],
                    id_=old.get("id", ""),
                    dependencies=new.get("propertyDependencies"),
                )
                run.changes(step["urn"])
                seen += 1
        spent = (time.process_time() - began) / seen * 1e6
        yield Figure.at_most(f"who gets in: in the plugin, {name}", spent, "µs a resource", bar)
    yield _new_applications(500)


def _new_applications(count: int) -> Figure:
    """See a first preview, in which nobody knows yet which list belongs to which application."""
    run, token = Run(), "pulumi-python:dynamic/cloudflare:AccessApplication"
    rule = {"email ada@example.com": {"email": {"email": "ada@example.com"}}}
    policy = {"name": "Allow", "decision": "allow", "include": rule}
    began = time.process_time()
    for n in range(count):
        app = {"name": f"A{n}", "type": "self_hosted", "domain": f"a{n}.example.com"}
        listed = {"application": UNKNOWN_VALUE, "policies": {"Allow": policy, "order": "Allow"}}
        for type_, inputs in ((token, app), (f"{token}Policies", listed)):
            run.seen(f"urn:pulumi:dev::test::{type_}::a{n}", type_, None, inputs)
            run.changes(f"urn:pulumi:dev::test::{type_}::a{n}")
    spent = (time.process_time() - began) / (2 * count) * 1e6
    name = f"who gets in: in the plugin, {count} new applications with their lists"
    return Figure.at_most(name, spent, "µs a resource", 1_000)
