"""Who gains and who loses access, said by the plugin process under each application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.plugin import Kept, Plugin
from pulumi_cloudflare_access import rules
from pulumi_cloudflare_access.engine.lifecycle import PREVIEW

STAFF = {"name": "Staff", "include": [rules.email("ada@example.com")]}
WIKI = {"name": "Wiki", "type": "self_hosted", "domain": "wiki.example.com"}


OPENED = (
    "Wiki (wiki.example.com): opened: it guards this place no longer, nor does any other that is "
    "known here: open to anyone, unless the account requires Access protection"
)


class Previews:
    """A stack of a group, a policy that refers to it, and an application that has the policy."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self.group = plugin.up("access_group", STAFF, name="staff")
        self.policy = plugin.up("access_policy", self.of_policy(), name="allow")
        self.app = plugin.up("access_application", self.of_app(), name="wiki")
        plugin.restart()
        plugin.progress.clear()

    def of_policy(self, **changed: Any) -> dict[str, Any]:
        include = [{**rules.group(self.group.id), "of": self.group.urn}]
        return {"name": "Allow", "decision": "allow", "include": include, **changed}

    def of_app(self, **changed: Any) -> dict[str, Any]:
        policies = [{"id": self.policy.id, "of": self.policy.urn, "label": "Allow"}]
        return {**WIKI, "policies": policies, **changed}

    def preview(
        self,
        was: Kept,
        declared: Mapping[str, Any],
        *,
        is_preview: bool = True,
        ignored: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Check and compare, as the engine does."""
        news = {**declared, **({PREVIEW: True} if is_preview else {})}
        inputs = self.plugin.check(was.kind, news, was.inputs, was.urn)
        assert PREVIEW not in inputs
        self.plugin.diff(was, inputs, ignored)

    def all(self, group: Mapping[str, Any] = STAFF, **more: Any) -> list[str]:
        """Preview all three, and return what is said."""
        self.preview(self.group, group, **more)
        self.preview(self.policy, self.of_policy(), **more)
        self.preview(self.app, self.of_app(), **more)
        return self.plugin.progress


@pytest.fixture
def previews(plugin: Plugin) -> Previews:
    return Previews(plugin)


def with_more(*more: Any) -> dict[str, Any]:
    return {**STAFF, "include": [*STAFF["include"], *more]}


def test_a_group_that_changes_is_said_under_the_application(previews: Previews) -> None:
    told = previews.all(with_more(rules.email("linus@example.com")))
    assert told == ["Wiki (wiki.example.com): + linus@example.com, through Staff"]


def test_nothing_is_said_where_nothing_changes_and_in_the_update(previews: Previews) -> None:
    assert previews.all() == []
    previews.plugin.restart()
    assert previews.all(with_more(rules.email("linus@example.com")), is_preview=False) == []


def test_another_decision_and_another_place_are_said(previews: Previews) -> None:
    previews.preview(previews.group, STAFF)
    previews.preview(previews.policy, previews.of_policy(require=[rules.geo("DE")]))
    previews.preview(previews.app, previews.of_app(domain="docs.example.com"))
    assert previews.plugin.progress == [
        "Wiki (docs.example.com): answers here from now on; who gets in: ada@example.com, from DE",
        OPENED,
    ]


def test_what_the_program_ignores_is_not_said(previews: Previews) -> None:
    changed = with_more(rules.email("linus@example.com"))
    previews.preview(previews.group, changed, ignored=(("include", "email linus@example.com"),))
    previews.preview(previews.policy, previews.of_policy())
    previews.preview(previews.app, previews.of_app())
    assert previews.plugin.progress == []


def test_a_new_application_says_who_gets_in_once_its_policies_are_known(
    previews: Previews,
) -> None:
    plugin = previews.plugin
    previews.preview(previews.group, STAFF)
    previews.preview(previews.policy, previews.of_policy())
    new = {**previews.of_app(), "name": "New", "domain": "new.example.com", PREVIEW: True}
    plugin.check("access_application", new, None, previews.app.urn.replace("wiki", "new"))
    assert plugin.progress == [
        "New (new.example.com): answers here from now on; who gets in: ada@example.com"
    ]
    plugin.progress.clear()
    del new["policies"]
    new["domain"] = "bare.example.com"
    plugin.check("access_application", new, None, previews.app.urn.replace("wiki", "bare"))
    assert plugin.progress == []


def test_a_secret_is_compared_and_not_said(previews: Previews) -> None:
    secret = {**with_more(rules.email("cfo@example.com")), "__secret": ["include"]}
    (line,) = previews.all(secret)
    assert line == "Wiki (wiki.example.com): + (secret), through Staff"


def test_at_most_three_lines_stand_under_an_application(previews: Previews) -> None:
    places = ["wiki.example.com", *(f"{name}.example.com/{name}" for name in "abcdef")]
    previews.preview(previews.group, STAFF)
    previews.preview(previews.policy, previews.of_policy())
    destinations = [{"type": "public", "uri": one} for one in places]
    for _ in range(2):
        previews.preview(previews.app, previews.of_app(destinations=destinations))
    assert len(previews.plugin.progress) <= 3
