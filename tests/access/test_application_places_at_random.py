"""Applications that move at random, declared in any way, while somebody else moves them too.

What the runs say is held against what is at Cloudflare before and after, and against nothing else:
a place is lost exactly if a preview has said so.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_cloudflare_access as cf
from harness.engine import Engine
from harness.fields import Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_cloudflare_access import LocalCloudflare

STORIES = 400 if os.environ.get("CLOUDFLARE_ACCESS_TESTS") == "all" else 16
STEPS = 12
HOSTS = ["a.example.com", "b.example.com", "c.example.com/path", "c.example.com/path/below"]
OTHERS: list[dict[str, Any]] = [
    {"type": "private", "cidr": "10.1.0.0/16"},
    {"type": "private", "hostname": "db.internal", "port_range": "443"},
    {"type": "worker", "worker_id": "w1"},
    {"type": "all_workers"},
]
GOES = " becomes reachable without Access"
WORDS = {"worker w1": "Worker w1", "all_workers": "every Worker"}


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Story:
    """One application, its program and somebody who edits it by hand."""

    def __init__(self, cloudflare: LocalCloudflare, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.engine = Engine(cloudflare, self.random)
        self.person = Person(cloudflare, "apps")
        self.declared: dict[str, Any] = {}

    def program(self) -> Callable[[], object]:
        declared = dict(self.declared)
        return lambda: cf.AccessApplication("wiki", **declared)

    def declare(self) -> None:
        """Say where it is in one of the ways, and what it is called."""
        hosts = self.random.sample(HOSTS, self.random.randint(1, 3))
        others = self.random.sample(OTHERS, self.random.randint(0, 2))
        way = self.random.choice(["domain", "list", "destinations", "nothing else"])
        if self.declared and way == "nothing else":
            self.declared["name"] = f"Wiki {self.random.random()}"
            return
        self.declared = {"name": "Wiki"}
        if way == "list":
            self.declared["self_hosted_domains"] = hosts
        elif way == "destinations":
            public = [{"type": "public", "uri": host} for host in hosts]
            self.declared["destinations"] = self.random.sample(
                public + others, len(public + others)
            )
        if ("destinations" not in self.declared and way != "list") or self.random.random() < 0.3:
            self.declared["domain"] = hosts[0]

    def there(self) -> dict[str, Any]:
        kept = self.engine.kept("wiki")
        found: dict[str, Any] = self.person.look(kept.id)
        return found

    def edit(self) -> None:
        """Let somebody write other places, as the dashboard does."""
        there = [_without_more(place) for place in self.there()["destinations"]]
        choice = [{"type": "public", "uri": host} for host in HOSTS] + OTHERS
        keys = {_key(place) for place in there}
        new = [place for place in choice if _key(place) not in keys]
        there += self.random.sample(new, min(len(new), self.random.randint(0, 2)))
        self.random.shuffle(there)
        there = there[: self.random.randint(1, len(there))]
        body = {"type": "self_hosted", "name": "Wiki", "destinations": there}
        self.person.write(self.engine.kept("wiki").id, body)


def _without_more(place: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in place.items() if name != "local_cloudflare"}


def _key(place: dict[str, Any]) -> str:
    return " ".join(map(str, _without_more(place).values()))


def protected(there: dict[str, Any]) -> set[str]:
    """Return what an application protects, as a sentence has it."""
    keys = (_key(place) for place in there["destinations"])
    return {WORDS.get(key, key.partition(" ")[2]) for key in keys}


def lost(before: set[str], after: set[str]) -> set[str]:
    """Return what nothing protects any more: a path is below its host, and below paths."""
    return {
        place
        for place in before - after
        if not any(place.startswith(f"{other}/") for other in after)
    }


@pytest.mark.parametrize("chapter", range(4))
def test_a_place_is_lost_exactly_if_the_run_says_so(
    chapter: int, cloudflare: LocalCloudflare
) -> None:
    for seed in range(chapter, STORIES, 4):
        cloudflare.reset()
        story = Story(cloudflare, seed)
        story.declare()
        story.engine.up(story.program())
        for _ in range(STEPS):
            _step(story)
        story.engine.destroy()


def is_refused(engine: Engine, program: Callable[[], object]) -> bool:
    """Run a program; tell whether it was refused because of what somebody has changed."""
    try:
        engine.up(program)
    except Exception as error:
        if type(error).__name__ != "DriftError":
            raise
        return True
    return False


def _step(story: Story) -> None:
    engine, is_fresh = story.engine, True
    if story.random.random() < 0.5:
        story.edit()
        is_fresh = story.random.random() < 0.6
        if is_fresh:
            engine.refresh()
    story.declare()
    before = protected(story.there())
    if is_refused(engine, story.program()):
        # What no refresh has shown is not undone, and nothing is changed.
        assert not is_fresh
        assert protected(story.there()) == before
        engine.refresh()
        engine.up(story.program())
        is_fresh = True
    after = story.there()
    told = {text.removesuffix(GOES) for _, text in engine.warnings if text.endswith(GOES)}
    gone = lost(before, protected(after))
    # A state that nobody has refreshed may hold what somebody has taken out already.
    assert told == gone if is_fresh else told >= gone, story.declared
    _is_declared(story, after)
    assert engine.kept("wiki").outputs.get("domain") == after.get("domain")
    assert engine.refresh() == {}, story.declared
    engine.up(story.program())
    assert (engine.did["wiki"], engine.warnings) == ("same", [])


def _is_declared(story: Story, after: dict[str, Any]) -> None:
    """Hold what is there against what the program says."""
    declared = story.declared
    if "domain" in declared:
        assert after["domain"] == declared["domain"]
    if "destinations" in declared:
        assert sorted(map(_key, after["destinations"])) == sorted(
            map(_key, declared["destinations"])
        )
    elif "self_hosted_domains" in declared:
        assert sorted(after["self_hosted_domains"]) == sorted(declared["self_hosted_domains"])
