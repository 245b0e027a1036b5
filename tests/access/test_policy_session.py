"""How long the session of a policy is: a duration, or as long as its application says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.fields import Person, told, written
from harness.local import reset
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules

SAME = "same_as_application"
POLICY: dict[str, Any] = {
    "name": "Staff",
    "decision": "allow",
    "include": [rules.email_domain("example.com")],
}
OTHER: dict[str, Any] = {"name": "Nobody", "decision": "deny", "include": [rules.everyone()]}


@pytest.fixture(params=["24h", "application"])
def cloudflare(
    request: pytest.FixtureRequest, shared: tuple[LocalCloudflare, Plugin]
) -> LocalCloudflare:
    """Have a policy that says nothing of its session be of either sort."""
    cloudflare, _ = shared
    reset(cloudflare)
    cloudflare.switches.policy_session = request.param
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    plugin.progress.clear()
    return plugin


def application(cloudflare: LocalCloudflare, **fields: Any) -> str:
    app = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com", **fields}
    return str(Person(cloudflare, "apps").make(app)["id"])


class Reusable:
    """A policy of the account."""

    kind = "access_policy"

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.person = Person(cloudflare, "policies")
        self.place: dict[str, Any] = {}

    def declare(self, policy: Mapping[str, Any]) -> dict[str, Any]:
        return dict(policy)

    def make(self, policy: Mapping[str, Any]) -> str:
        return str(self.person.make({**policy, **self.place})["id"])

    def adopt(self, plugin: Plugin, policy: Mapping[str, Any], id_: str) -> Kept:
        return plugin.up(self.kind, {**self.declare(policy), "adopt": id_})

    def session(self) -> Any:
        return self._found().get("session_duration")

    def said(self, kept: Kept) -> Any:
        return kept.outputs.get("session_duration")

    def edit(self, **fields: Any) -> None:
        found = {name: self._found()[name] for name in (*POLICY, "id")}
        self.person.write(found.pop("id"), {**found, **self.place, **fields})

    def _found(self) -> dict[str, Any]:
        [found] = [one for one in self.person.look() if one["decision"] == "allow"]
        return dict(found)


class Single(Reusable):
    """One policy of an application's own."""

    kind = "access_application_policy"

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.app = application(cloudflare, session_duration="30m")
        self.person = Person(cloudflare, f"apps/{self.app}/policies")
        self.place = {"precedence": 5}

    def declare(self, policy: Mapping[str, Any]) -> dict[str, Any]:
        return {"application": self.app, **self.place, **policy}


class Listed(Single):
    """A policy of a list of an application's own."""

    kind = "access_application_policies"

    def declare(self, policy: Mapping[str, Any]) -> dict[str, Any]:
        return {"application": self.app, "policies": [policy, OTHER]}

    def make(self, policy: Mapping[str, Any]) -> str:
        self.person.make({**OTHER, "precedence": 9})
        return super().make(policy)

    def adopt(self, plugin: Plugin, policy: Mapping[str, Any], id_: str) -> Kept:
        del id_
        return plugin.up(self.kind, {**self.declare(policy), "adopt": True})

    def said(self, kept: Kept) -> Any:
        return kept.outputs["policies"]["Staff"].get("session_duration")


KINDS: list[Callable[[LocalCloudflare], Reusable]] = [Reusable, Single, Listed]


@pytest.fixture(params=KINDS)
def policies(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> Reusable:
    made: Reusable = request.param(cloudflare)
    return made


def quiet(plugin: Plugin, policies: Reusable, kept: Kept, policy: Mapping[str, Any]) -> Kept:
    said = [*plugin.progress]
    refreshed = plugin.refresh(kept)
    assert refreshed
    assert (refreshed.did, told(plugin), plugin.progress) == ("same", [], said)
    again = plugin.up(policies.kind, policies.declare(policy), was=refreshed)
    assert again.did == "same"
    return again


@pytest.mark.parametrize("word", [SAME, ""])
def test_the_word_is_sent_as_the_api_says_it_and_kept_as_people_do(
    word: str, policies: Reusable, plugin: Plugin
) -> None:
    declared = {**POLICY, "session_duration": word}
    made = plugin.up(policies.kind, policies.declare(declared))
    assert (policies.session(), policies.said(made), told(plugin)) == (None, SAME, [])
    assert SAME in str(made.inputs)
    made = quiet(plugin, policies, made, declared)
    renamed = {**declared, "include": [rules.everyone()]}
    changed = plugin.up(policies.kind, policies.declare(renamed), was=made)
    assert (policies.session(), policies.said(changed)) == (None, SAME)
    quiet(plugin, policies, changed, renamed)


def test_a_session_that_nobody_declares_survives_an_adoption_and_an_update(
    policies: Reusable, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    id_ = policies.make({**POLICY, "session_duration": ""})
    before = len(written(cloudflare))
    adopted = policies.adopt(plugin, POLICY, id_)
    assert (len(written(cloudflare)), told(plugin)) == (before, [])
    adopted = quiet(plugin, policies, adopted, POLICY)
    renamed = {**POLICY, "include": [rules.everyone()]}
    plugin.up(policies.kind, policies.declare(renamed), was=adopted)
    assert len(written(cloudflare)) > before
    assert policies.session() is None


def test_an_adoption_tells_the_word_from_a_duration(policies: Reusable, plugin: Plugin) -> None:
    id_ = policies.make({**POLICY, "session_duration": ""})
    with pytest.raises(CallFailed, match=rf"session_duration: '{SAME}' -> '24h'"):
        policies.adopt(plugin, {**POLICY, "session_duration": "24h"}, id_)
    policies.adopt(plugin, {**POLICY, "session_duration": SAME}, id_)


def test_somebody_else_s_duration_is_drift_where_the_word_is_declared(
    policies: Reusable, plugin: Plugin
) -> None:
    declared = policies.declare({**POLICY, "session_duration": SAME})
    made = plugin.up(policies.kind, declared)
    policies.edit(session_duration="30m")
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    [warning] = told(plugin)
    assert warning.endswith(f"session_duration: '{SAME}' -> '30m'")
    plugin.up(policies.kind, declared, was=drifted)
    assert policies.session() is None


def test_the_word_in_place_of_a_declared_duration_is_drift(
    policies: Reusable, plugin: Plugin
) -> None:
    declared = policies.declare({**POLICY, "session_duration": "30m"})
    made = plugin.up(policies.kind, declared)
    policies.edit(session_duration="")
    drifted = plugin.refresh(made)
    assert drifted
    [warning] = told(plugin)
    assert warning.endswith(f"session_duration: '30m' -> '{SAME}'")
    plugin.up(policies.kind, declared, was=drifted)
    assert policies.session() == "30m"


def test_a_session_of_the_api_s_own_is_nothing_that_a_declaration_replaces(
    policies: Reusable, plugin: Plugin
) -> None:
    made = plugin.up(policies.kind, policies.declare(POLICY))
    assert policies.said(made) is None
    declared = {**POLICY, "session_duration": "8h"}
    changed = plugin.up(policies.kind, policies.declare(declared), was=made)
    assert (policies.session(), told(plugin)) == ("8h", [])
    quiet(plugin, policies, changed, declared)


def test_a_session_that_somebody_has_set_is_told_before_a_declaration_replaces_it(
    policies: Reusable, plugin: Plugin
) -> None:
    made = plugin.up(policies.kind, policies.declare(POLICY))
    policies.edit(session_duration="1h")
    declared = policies.declare({**POLICY, "session_duration": "8h"})
    with pytest.raises(CallFailed, match=r"declared for the first time.*: '1h' -> '8h'\. Nothing"):
        plugin.up(policies.kind, declared, was=made)
    seen = plugin.refresh(made)
    assert seen
    assert (seen.did, told(plugin)) == ("same", [])
    plugin.up(policies.kind, declared, was=seen)
    [warning] = told(plugin)
    assert "declared for the first time" in warning
    assert policies.session() == "8h"


@pytest.mark.parametrize("wrong", ["same", "as_application", "24", "1d", "24H"])
def test_what_is_no_duration_is_told_with_the_word(
    wrong: str, policies: Reusable, plugin: Plugin
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(policies.kind, policies.declare({**POLICY, "session_duration": wrong}))
    [reason] = caught.value.reasons
    assert reason.endswith(
        f'session_duration: "{wrong}" must be a duration such as 30m or 2h45m, in ns, us, µs, ms, '
        's, m, h, or "same_as_application"'
    )


@pytest.mark.parametrize("field", ["session_duration", "mfa_config"])
def test_an_application_has_no_application_whose_session_it_could_have(
    field: str, plugin: Plugin
) -> None:
    app: dict[str, Any] = {"type": "self_hosted", "domain": "wiki.example.com"}
    app[field] = SAME if field == "session_duration" else {"session_duration": SAME}
    with pytest.raises(
        CheckFailed, match=rf'session_duration: "{SAME}" must be a duration such as 30m'
    ):
        plugin.check("access_application", app)


def test_policies_of_infrastructure_have_no_session_and_are_sent_none(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    target = {"port": 22, "protocol": "SSH", "target_attributes": {"hostname": ["a"]}}
    app = Person(cloudflare, "apps").make({"type": "infrastructure", "target_criteria": [target]})
    single = {"application": app["id"], "precedence": 5, **POLICY}
    made = plugin.up("access_application_policy", single)
    everyone = {"include": [rules.everyone()]}
    assert plugin.up("access_application_policy", {**single, **everyone}, was=made).did == "update"
    plugin.destroy(made)
    listed = {"application": app["id"], "policies": [POLICY]}
    made = plugin.up("access_application_policies", listed)
    changed = {**listed, "policies": [{**POLICY, **everyone}]}
    assert plugin.up("access_application_policies", changed, was=made).did == "update"
    assert "session_duration" not in str([one["body"] for one in written(cloudflare)])
