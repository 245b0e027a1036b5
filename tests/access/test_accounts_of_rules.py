"""A rule about an account that names none means the account of its object, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from harness.fields import Person, told, written
from harness.local import reset
from harness.plugin import CallFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules

ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
OTHERS = "f" * 32
ADA: Any = rules.email("ada@example.com")
MEMBERS: Any = rules.cloudflare_account_member()
POSTURE: Any = rules.device_posture(ID)
RULES = {"cloudflare_account_member": MEMBERS, "device_posture": POSTURE}


@pytest.fixture(params=["as_sent", "filled_in"])
def cloudflare(
    request: pytest.FixtureRequest, shared: tuple[LocalCloudflare, Plugin]
) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    cloudflare.switches.account_of_rules = request.param
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    return plugin


class Place:
    """Where a rule is: a kind of object, in an account or in a zone."""

    def __init__(self, cloudflare: LocalCloudflare, kind: str, scope: str) -> None:
        self.kind = kind
        zone = cloudflare.zone_id if scope == "zone" else ""
        self.path = f"zones/{zone}" if zone else ""
        self.scope = {"zone_id": zone} if zone else {}
        collection = {"access_group": "groups", "access_policy": "policies"}.get(kind)
        if collection is None:
            app = {"type": "self_hosted", "domain": "wiki.example.com"}
            self.app = Person(cloudflare, "apps", self.path).make(app)["id"]
            self.scope |= {"application": self.app}
            collection = f"apps/{self.app}/policies"
        self.person = Person(cloudflare, collection, self.path)

    def body(self, *include: Any) -> dict[str, Any]:
        more: dict[str, Any] = {} if self.kind == "access_group" else {"decision": "allow"}
        if self.kind == "access_application_policy":
            more["precedence"] = 5
        return {"name": "Staff", "include": list(include), **more}

    def declare(self, *include: Any) -> dict[str, Any]:
        body = self.body(*include)
        listed = self.kind == "access_application_policies"
        return {**self.scope, **({"policies": [body]} if listed else body)}

    def edit(self, *include: Any) -> None:
        [there] = [one for one in self.person.look() if one["name"] == "Staff"]
        body = self.body(*include)
        if "precedence" in there:
            body["precedence"] = there["precedence"]
        self.person.write(there["id"], body)

    def make(self, *include: Any) -> str:
        return str(self.person.make(self.body(*include))["id"])


PLACES = [
    ("access_group", "account"),
    ("access_group", "zone"),
    ("access_policy", "account"),
    ("access_application_policy", "account"),
    ("access_application_policy", "zone"),
    ("access_application_policies", "account"),
    ("access_application_policies", "zone"),
]


@pytest.fixture(params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest, cloudflare: LocalCloudflare) -> Place:
    return Place(cloudflare, *request.param)


def about(rule: Any, account: str) -> Any:
    [(wire, value)] = rule.items()
    return {wire: {**value, "account_id": account}}


def quiet(plugin: Plugin, kept: Kept) -> Kept:
    refreshed = plugin.refresh(kept)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])
    return refreshed


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_another_account_than_the_own_is_drift(
    rule: Any, place: Place, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(place.kind, place.declare(rule))
    assert told(plugin) == []
    made = quiet(plugin, made)
    # The own one, spelled out: there is no difference.
    if place.scope.get("zone_id") is None or cloudflare.switches.account_of_rules == "filled_in":
        place.edit(about(rule, cloudflare.account_id))
        made = quiet(plugin, made)
    place.edit(about(rule, OTHERS))
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match=OTHERS):
        plugin.up(place.kind, place.declare(rule, ADA), was=made)
    assert len(written(cloudflare)) == before
    drifted = plugin.refresh(made)
    assert drifted
    [warning] = told(plugin)
    assert drifted.did == "drift"
    assert OTHERS in warning
    repaired = plugin.up(place.kind, place.declare(rule), was=drifted)
    assert OTHERS not in str(place.person.look())
    quiet(plugin, repaired)


def test_what_is_known_of_a_zone_s_account_is_in_the_state(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    place = Place(cloudflare, "access_group", "zone")
    made = plugin.up(place.kind, place.declare(MEMBERS))
    plugin.restart()
    made = quiet(plugin, made)
    place.edit(about(MEMBERS, OTHERS))
    plugin.restart()
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    told(plugin)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("kind", ["access_group", "access_policy"])
def test_an_adoption_takes_over_rules_of_the_own_account_alone(
    kind: str, rule: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    place = Place(cloudflare, kind, "account")
    theirs, own = place.make(about(rule, OTHERS)), place.make(about(rule, cloudflare.account_id))
    with pytest.raises(CallFailed, match=OTHERS):
        plugin.up(kind, {**place.declare(rule), "adopt": theirs}, name="theirs")
    for declared in (rule, about(rule, cloudflare.account_id)):
        adopted = plugin.up(kind, {**place.declare(declared), "adopt": own}, name="own")
        assert adopted.id == own
        quiet(plugin, adopted)
        plugin.restart()


def test_the_account_that_a_program_spells_out_is_compared(
    place: Place, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    del cloudflare
    made = plugin.up(place.kind, place.declare(about(MEMBERS, OTHERS)))
    assert told(plugin) == []
    made = quiet(plugin, made)
    place.edit(MEMBERS)
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
