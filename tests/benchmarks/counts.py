"""How many requests the first `up`, a preview and a refresh send, and the least that they could.

A hundred objects by the real engine; of more, whose checkpoints would take it minutes, by the
plugin process, called as the engine calls it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.account import at_once, cloudflare, plugin
from benchmarks.figures import Figure
from harness.live import Adopted, Live
from harness.stack import Stack
from harness.team import Team, email
from pulumi_cloudflare_access.process.plugin import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.plugin import Kept, Plugin

PEOPLE = ("ada", "grace")
INCLUDE = [{"email_domain": {"domain": "example.com"}}]
# The first create of a kind looks what is there.
LISTS = {"access_group": 1000, "access_policy": 100, "access_application": 1000, "user_group": 500}
SETS = "user_group_members"
# Steps that the engine takes at a time.
ENGINES_WIDTH = 16
THOUSAND = Live(groups=500, policies=150, applications=200, lists=50, singles=50, user_groups=25)
PROGRAM = """
for n in range({access_group}):
    cloudflare.AccessGroup(f"g{{n}}", name=f"G{{n}}", include=[rules.email_domain("example.com")])
for n in range({access_policy}):
    cloudflare.AccessPolicy(
        f"p{{n}}", name=f"P{{n}}", decision="allow", include=[rules.email_domain("example.com")]
    )
for n in range({access_application}):
    cloudflare.AccessApplication(f"a{{n}}", name=f"A{{n}}", domain=f"a{{n}}.example.com")
for n in range({user_group}):
    group = cloudflare.UserGroup(f"u{{n}}", name=f"U{{n}}")
    cloudflare.UserGroupMembers(f"m{{n}}", group=group, members={people})
"""


@dataclass(frozen=True)
class Objects:
    """So many of each kind; each user group is one with its members, two objects."""

    count: dict[str, int]

    @classmethod
    def of(cls, objects: int) -> Objects:
        """Return what a large stack is made of."""
        shares = {"access_group": 0.6, "access_policy": 0.1, "access_application": 0.2}
        shares |= {"user_group": 0.05}
        return cls({kind: round(share * objects) for kind, share in shares.items()})

    @property
    def first_up(self) -> int:
        """One request each, two for the members of a group, a list of each kind and of people.

        A list is read again where its objects are being made for longer than half a minute: up to
        one request in a hundred.
        """
        each = sum(self.count.values())
        return each + 2 * self.count["user_group"] + len(LISTS) + 1 + each // 100

    @property
    def refresh(self) -> int:
        """One request for a page, and a list of its members for each user group."""
        pages = sum(-(-self.count[kind] // page) for kind, page in LISTS.items())
        return pages + self.count["user_group"]

    def declared(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return kind, resource name and declaration of all that need nothing else."""
        more: dict[str, dict[str, Any]] = {
            "access_group": {"include": INCLUDE},
            "access_policy": {"decision": "allow", "include": INCLUDE},
            "access_application": {"type": "self_hosted"},
            "user_group": {},
        }
        return [
            (kind, f"{kind}-{n}", {"name": f"{kind} {n}", **more[kind], **_domain(kind, n)})
            for kind, count in self.count.items()
            for n in range(count)
        ]


def requests() -> Iterator[Figure]:
    """Count the requests for 100, 1,000 and 5,000 objects."""
    yield from _figures(Objects.of(100), 100, *_by_the_engine(Objects.of(100)))
    for objects in (1_000, 5_000):
        yield from _figures(Objects.of(objects), objects, *_by_the_plugin(Objects.of(objects)))
    yield Figure.at_most("requests, 1,000 objects: adopted by their ids", _adopted(), "", 60)


def _figures(
    objects: Objects, how_many: int, up: int, preview: int, refresh: int
) -> Iterator[Figure]:
    what = f"requests, {how_many:,} objects"
    yield Figure.at_most(f"{what}: first up", up, "", objects.first_up)
    yield Figure.at_most(f"{what}: preview, no change", preview, "", 0)
    yield Figure.at_most(f"{what}: refresh, no drift", refresh, "", objects.refresh)


def _by_the_engine(objects: Objects) -> tuple[int, int, int]:
    with cloudflare() as account, tempfile.TemporaryDirectory() as folder:
        Team(account).invite(*PEOPLE)
        stack = Stack(Path(folder), account)
        stack.program(PROGRAM.format(**objects.count, people=[*map(email, PEOPLE)]))
        asked = [len(account.requests)]
        for command in (stack.up, stack.preview, stack.refresh):
            command()
            asked.append(len(account.requests))
        return _steps(asked)


def _by_the_plugin(objects: Objects) -> tuple[int, int, int]:
    with cloudflare() as account:
        Team(account).invite(*PEOPLE)
        asked = [len(account.requests)]
        with plugin(account) as process:
            kept = _up(process, objects)
            asked.append(len(account.requests))
        declared = {name: news for _, name, news in objects.declared()}
        with plugin(account) as process:
            again = at_once(WIDTH, lambda one: _preview(process, one, declared), kept)
            asked.append(len(account.requests))
        with plugin(account) as process:
            found = at_once(WIDTH, process.refresh, kept)
            asked.append(len(account.requests))
        # What was counted is what these calls are for.
        if {*again} != {"NONE"} or {one.did if one else "gone" for one in found} != {"same"}:
            raise AssertionError(f"not without changes: {sorted({*again})}")
        return _steps(asked)


def _adopted() -> int:
    with cloudflare() as account:
        objects = [*enumerate(THOUSAND.made_in(account))]
        if len(objects) != 1_000:
            raise AssertionError(f"{len(objects)} objects")

        def adopt(one: tuple[int, Adopted]) -> Kept:
            number, (kind, declared) = one
            return process.up(kind, declared, name=f"{kind}-{number}")

        with plugin(account) as process:
            at_once(ENGINES_WIDTH, adopt, objects)
        if any(asked["method"] != "GET" for asked in account.requests):
            raise AssertionError("not adopted as they are")
        return len(account.requests)


def _up(process: Plugin, objects: Objects) -> list[Kept]:
    kept = at_once(WIDTH, lambda one: process.up(one[0], one[2], name=one[1]), objects.declared())
    groups = [one for one in kept if one.kind == "user_group"]
    return kept + at_once(
        WIDTH,
        lambda group: process.up(SETS, _members(group.id), name=f"members-of-{group.id}"),
        groups,
    )


def _preview(process: Plugin, kept: Kept, declared: dict[str, dict[str, Any]]) -> str:
    name = kept.urn.rpartition("::")[2]
    news = _members(kept.id) if kept.kind == SETS else declared[name]
    changes, _ = process.diff(kept, process.check(kept.kind, news, kept.inputs, kept.urn))
    return changes


def _members(group: str) -> dict[str, Any]:
    return {"group": group, "members": [*map(email, PEOPLE)]}


def _domain(kind: str, number: int) -> dict[str, str]:
    return {"domain": f"a{number}.example.com"} if kind == "access_application" else {}


def _steps(asked: list[int]) -> tuple[int, int, int]:
    up, preview, refresh = (after - before for before, after in pairwise(asked))
    return up, preview, refresh
