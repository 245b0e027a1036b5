"""Previews of random programs, by the real engine, and what comes of them at Cloudflare."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from harness.stack import CommandFailedError
from insight.record import ACCOUNT, Recorder, without_noise
from insight.stand_ins import put_into
from insight.test_semantics import THOROUGH
from insight.told import recording
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.insight import (
    Outcome,
    Person,
    Service,
    Subject,
    World,
    can,
    from_pack,
    read,
    read_snapshot,
)
from pulumi_cloudflare_access.insight.places import places

EMAILS = ("ada@a.example", "bob@a.example", "eve@b.example", "out@z.example")
DOMAINS, COUNTRIES = ("a.example", "b.example"), ("DE", "FR", "PT")
RANGES, CHECK = ("192.0.2.0/24", "198.51.100.7"), "22222222-2222-4222-8222-222222222222"
PEOPLE: list[Subject] = [
    Person(address, countries=frozenset((code,)), addresses=(ip,), posture={CHECK: passing})
    for address, code, ip, passing in itertools.product(
        EMAILS, COUNTRIES, ("192.0.2.1", "203.0.113.1"), (True, False)
    )
]
PEOPLE += [
    Service("s", countries=frozenset(("DE",)), addresses=(ip,)) for ip in ("192.0.2.1", "9.9.9.9")
]


def drawn(rnd: random.Random, groups: list[str]) -> str:
    rules = [
        f'rules.email("{rnd.choice(EMAILS)}")',
        f'rules.email_domain("{rnd.choice(DOMAINS)}")',
        f'rules.geo("{rnd.choice(COUNTRIES)}")',
        f'rules.ip("{rnd.choice(RANGES)}")',
        f'rules.device_posture("{CHECK}")',
        "rules.everyone()",
    ]
    if groups and rnd.random() < 0.4:
        return f"rules.group({rnd.choice(groups)})"
    return rnd.choice(rules)


def sections(rnd: random.Random, groups: list[str]) -> str:
    def some(*counts: int) -> str:
        return f"[{', '.join(drawn(rnd, groups) for _ in range(rnd.choice(counts)))}]"

    return f"include={some(1, 2, 3)}, require={some(0, 0, 1)}, exclude={some(0, 0, 1)}"


def program(rnd: random.Random) -> str:
    """Write a program: nested groups, reusable policies, lists of policies, overlapping places."""
    lines: list[str] = []
    groups: list[str] = []
    for n in rnd.sample(range(5), rnd.randrange(2, 5)):
        lines.append(f'g{n} = cloudflare.AccessGroup("g{n}", name="G{n}", {sections(rnd, groups)})')
        groups.append(f"g{n}")
    policies = []
    for n in rnd.sample(range(5), rnd.randrange(2, 5)):
        decision = rnd.choice(("allow", "allow", "deny", "bypass"))
        lines.append(
            f'p{n} = cloudflare.AccessPolicy("p{n}", name="P{n}", decision="{decision}", '
            f"{sections(rnd, groups)})"
        )
        policies.append(f"p{n}")
    for n, domain in enumerate(rnd.sample(PLACES, rnd.randrange(2, 5))):
        if n == 0:
            lines.append(f'a = cloudflare.AccessApplication("a", name="A", domain="{domain}")')
            listed = [
                f'dict(name="L{m}", decision="{rnd.choice(("allow", "deny"))}", '
                f"{sections(rnd, groups)})"
                for m in rnd.sample(range(4), rnd.randrange(1, 4))
            ]
            lines.append(
                'cloudflare.AccessApplicationPolicies("a", application=a, '
                f"policies=[{', '.join(listed)}])"
            )
        else:
            attached = ", ".join(rnd.sample(policies, rnd.randrange(1, len(policies) + 1)))
            lines.append(
                f'cloudflare.AccessApplication("{domain}", name="{domain}", domain="{domain}", '
                f"policies=[{attached}])"
            )
    return "\n".join(lines)


PLACES = (
    "x.example.com",
    "*.example.com",
    "x.example.com/in",
    "y.example.com",
    "x.example.com/in/er",
)


def compared(promised: World, live: World) -> tuple[int, int]:
    """Compare every cell; return how many there are, and how many were left open."""
    urls = {place.url for world in (promised, live) for place in places(world) if place.url}
    cells = depends = 0
    for url, who in itertools.product(sorted(urls), PEOPLE):
        wanted, told = can(live, who, url).outcome, can(promised, who, url).outcome
        cells += 1
        if told is Outcome.DEPENDS:
            depends += 1
        else:
            assert told is wanted, (url, who)
    return cells, depends


# What a random program may want and cannot have in one run: somebody would get in on the way, or
# two applications would change places.
REFUSED = ("in an up of its own", "application_already_exists")


@pytest.mark.engine
def test_a_preview_promises_what_the_account_then_has(tmp_path: Path) -> None:
    rnd = random.Random(11)  # noqa: S311 - programs, not keys
    with LocalCloudflare(account_id=ACCOUNT, seed=7) as cloudflare:
        one = Recorder(tmp_path / "stack", cloudflare)
        cells = depends = runs = 0
        while runs < (30 if THOROUGH else 3):
            one.stack.program(program(rnd))
            before = read_snapshot(one.live())
            try:
                worlds = read(one.preview("--show-sames"))
                one.stack.up()
            except CommandFailedError as refused:
                if not any(reason in str(refused) for reason in REFUSED):
                    raise
                continue
            after, runs = read_snapshot(one.live()), runs + 1
            for promised, live in ((worlds.old, before), (worlds.new, after)):
                more, open_ = compared(promised, live)
                cells, depends = cells + more, depends + open_
        print(f"{cells} cells, {depends} depend")
        assert cells > 500
        assert depends < cells / 4


@pytest.mark.engine
def test_the_recordings_have_the_shape_that_the_engine_writes(tmp_path: Path) -> None:
    """A pack, an event stream and a preview of today's engine are read like the recorded ones."""
    with LocalCloudflare(account_id=ACCOUNT, seed=7) as cloudflare:
        one = Recorder(tmp_path / "stack", cloudflare)
        one.stack.program(program(random.Random(3)))  # noqa: S311 - likewise
        called = tmp_path / "called.json"
        one.stack.environment["WHO_ASKS"] = str(called)
        one.stack.preview("--policy-pack", str(put_into(tmp_path / "bin", "who-asks")))
        given = without_noise(json.loads(called.read_text()))
        export = one.export("--show-secrets")
        events = one.events()
        preview = one.preview("--show-sames")
    assert _keys(given[-1]) <= _keys(*recording("pack")["resources"])
    step = next(step for step in preview["steps"] if step["op"] == "create")
    assert _keys(step, step["newState"]) <= _keys(
        *(
            one_
            for known in recording("changes")["first"]["steps"]
            for one_ in (known, known["newState"])
        )
    )
    promised = read(preview).new
    for world in (from_pack(given, export).new, read(events).new):
        compared(world, promised)


def _keys(*objects: dict[str, Any]) -> set[str]:
    return {key for one in objects for key in one}
