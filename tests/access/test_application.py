"""Applications: their policies, their secrets, where they are, and what becomes reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.fields import Person, told, written
from harness.local import reset
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.engine.lifecycle import DELETES_FIRST
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from harness.stack import Stack

KIND = "access_application"
APP: dict[str, Any] = {"type": "self_hosted", "domain": "app.example.com", "name": "App"}
IDP = "ea85612a-29c8-46c2-bacb-669d65136971"
MASK = "********"


def policy(name: str, decision: str = "allow") -> dict[str, Any]:
    include = [{"email_domain": {"domain": "example.com"}}]
    return {"name": name, "decision": decision, "include": include}


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


@pytest.fixture
def abc(cloudflare: LocalCloudflare) -> list[str]:
    """Make three reusable policies."""
    policies = Person(cloudflare, "policies")
    return [policies.make(policy(name))["id"] for name in "ABC"]


def attached(person: Person, app_id: str) -> list[str]:
    return [found["name"] for found in person.look(app_id)["policies"]]


# ----------------------------------------------------------------------------------------- policies


def test_policies_are_attached_in_order_and_another_order_is_one_path(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    a, b, c = abc
    app = plugin.up(KIND, {**APP, "policies": [b, a]})
    assert attached(person, app.id) == ["B", "A"]
    assert app.inputs["policies"] == {b: {"id": b}, a: {"id": a}, "order": f"{b} > {a}"}
    assert plugin.up(KIND, {**APP, "policies": [b, a]}, was=app).did == "same"

    turned = plugin.up(KIND, {**APP, "policies": [a, b]}, was=app)
    assert (turned.did, attached(person, app.id)) == ("update", ["A", "B"])
    before, after = app.inputs["policies"], turned.inputs["policies"]
    assert {key for key in after if after[key] != before[key]} == {"order"}

    more = plugin.up(KIND, {**APP, "policies": [a, c, b]}, was=turned)
    assert attached(person, app.id) == ["A", "C", "B"]
    refreshed = plugin.refresh(more)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])


def test_policies_with_precedences_are_attached_in_their_order(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    """As Cloudflare's SDK, Terraform and Pulumi's bridged provider write them."""
    a, b, c = abc

    def placed(*places: int) -> list[dict[str, Any]]:
        return [{"id": id_, "precedence": n} for id_, n in zip(abc, places, strict=True)]

    app = plugin.up(KIND, {**APP, "policies": placed(30, 10, 20)})
    assert attached(person, app.id) == ["B", "C", "A"]
    assert app.inputs["policies"]["order"] == f"{b} > {c} > {a}"
    assert plugin.up(KIND, {**APP, "policies": [b, c, a]}, was=app).did == "same"
    turned = plugin.up(KIND, {**APP, "policies": placed(1, 2, 3)}, was=app)
    assert (turned.did, attached(person, app.id)) == ("update", ["A", "B", "C"])
    twice = [*placed(1, 2, 3), {"id": a, "precedence": 4}]
    for again, at in ((twice, 3), ([a, b, a], 2), ([b, a, {"id": a}], 2)):
        with pytest.raises(
            CheckFailed, match=rf"policies\[{at}\]: is \[\d\] again: a policy decides"
        ):
            plugin.check(KIND, {**APP, "policies": again})
    with pytest.raises(CheckFailed, match="policies: some have a precedence and some have none"):
        plugin.check(KIND, {**APP, "policies": [*placed(1, 2, 3)[:2], c]}, turned.inputs)


def test_policies_that_somebody_turned_round_are_told_and_turned_back(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    a, b, _ = abc
    app = plugin.up(KIND, {**APP, "policies": [a, b]})
    person.write(app.id, {**APP, "policies": [b, a]})
    drifted = plugin.refresh(app)
    assert drifted
    assert drifted.did == "drift"
    assert told(plugin) == [f"changed at Cloudflare: policies: order: {a} > {b} -> {b} > {a}"]
    plugin.up(KIND, {**APP, "policies": [a, b]}, was=drifted)
    assert attached(person, app.id) == ["A", "B"]


def test_a_name_where_an_id_is_due_is_told_in_the_preview(plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {**APP, "policies": ["Allow staff"], "allowed_idps": ["Okta"]})
    told = "is no id of Cloudflare's; pass the resource, its id, or what a look-up finds"
    assert sorted(caught.value.reasons) == [
        f'allowed_idps[0]: "Okta" {told}',
        f'policies[0]: "Allow staff" {told}',
    ]


def mix(person: Person, app_id: str, abc: list[str]) -> None:
    """Give an application, by hand, policies of both kinds."""
    a, b, _ = abc
    own = [
        person.make({**policy(f"Own {n}", decision), "precedence": n}, f"/{app_id}/policies")["id"]
        for n, decision in ((1, "allow"), (7, "deny"))
    ]
    listed = [own[0], {"id": b, "precedence": 2}, {"id": own[1], "precedence": 7}]
    person.write(app_id, {**APP, "policies": [*listed, {"id": a, "precedence": 9}]})
    assert attached(person, app_id) == MIXED


MIXED = ["Own 1", "B", "Own 7", "A"]


@pytest.fixture
def mixed(plugin: Plugin, person: Person, abc: list[str]) -> Kept:
    """Make an application that declares no policies, and has some of both kinds."""
    app = plugin.up(KIND, APP)
    mix(person, app.id, abc)
    return app


def test_no_request_speaks_of_policies_that_nobody_declares(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, mixed: Kept
) -> None:
    renamed = plugin.up(KIND, {**APP, "name": "Other"}, was=mixed)
    assert (renamed.did, attached(person, mixed.id)) == ("update", MIXED)
    assert "policies" not in written(cloudflare)[-1]["body"]
    assert "policies" not in renamed.outputs
    # Nor does one that only takes something back, or moves the application.
    moved = plugin.up(KIND, {"type": "self_hosted", "domain": "b.example.com"}, was=renamed)
    assert (moved.did, attached(person, mixed.id)) == ("update", MIXED)
    assert "policies" not in written(cloudflare)[-1]["body"]


def test_policies_of_both_kinds_are_declared_adopted_refreshed_and_left_alone(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, abc: list[str]
) -> None:
    a, b, _ = abc
    there = person.make(APP)["id"]
    mix(person, there, abc)
    said = {**APP, "policies": [b, a]}
    adopted = plugin.up(KIND, {**said, "adopt": there})
    assert (adopted.id, attached(person, there)) == (there, MIXED)
    before = len(written(cloudflare))
    refreshed = plugin.refresh(adopted)
    assert refreshed
    assert (refreshed.did, len(written(cloudflare))) == ("same", before)
    assert plugin.up(KIND, said, was=refreshed).did == "same"
    # Another field: of policies, nothing is said, so that none is lost.
    renamed = plugin.up(KIND, {**said, "name": "Other"}, was=refreshed)
    assert (renamed.did, attached(person, there)) == ("update", MIXED)
    assert "policies" not in written(cloudflare)[-1]["body"]

    # The declaration goes; what it attached stays, through this update and the next.
    silent = plugin.up(KIND, {**APP, "name": "Other"}, was=renamed)
    assert (silent.did, attached(person, there)) == ("update", MIXED)
    plugin.up(KIND, {**APP, "name": "Third"}, was=silent)
    assert attached(person, there) == MIXED


# What a program then declares of A, B and C, and in which order all of them are.
CHANGES: list[tuple[str, str]] = [
    ("BCA", "Own 1 B Own 7 C A"),
    ("CBA", "Own 1 C B Own 7 A"),
    ("BA", "Own 1 B Own 7 A"),
    ("BAC", "Own 1 B Own 7 A C"),
    ("B", "Own 1 B Own 7"),
    ("A", "Own 1 Own 7 A"),
    ("C", "Own 1 Own 7 C"),
    ("", "Own 1 Own 7"),
]


@pytest.mark.parametrize(("declared", "order"), CHANGES)
@pytest.mark.parametrize("collect", [True, False])
def test_a_list_that_changes_takes_the_applications_own_policies_along(
    collect: Any,
    declared: str,
    order: str,
    *,
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
    mixed: Kept,
    abc: list[str],
) -> None:
    cloudflare.switches.collect_dropped_policies = collect
    by_name = dict(zip("ABC", abc, strict=True))
    was = plugin.up(KIND, {**APP, "policies": [by_name["B"], by_name["A"]]}, was=mixed)
    wish = {**APP, "policies": [by_name[name] for name in declared]}
    plugin.up(KIND, wish | ({} if declared else {"allow_no_policies": True}), was=was)
    due = order.replace("Own ", "Own_").split()
    assert attached(person, mixed.id) == [name.replace("_", " ") for name in due]
    # Their own precedences are somebody else's business.
    own = [p["precedence"] for p in person.look(mixed.id)["policies"] if not p["reusable"]]
    assert own == [1, 7]


def test_an_order_that_would_take_a_policy_past_one_of_the_applications_own_is_refused(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, mixed: Kept, abc: list[str]
) -> None:
    a, b, _ = abc
    was = plugin.up(KIND, {**APP, "policies": [b, a]}, was=mixed)
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match='takes "A" from behind "Own 7" to before it'):
        plugin.up(KIND, {**APP, "policies": [a, b]}, was=was)
    assert (attached(person, mixed.id), len(written(cloudflare))) == (MIXED, before)


def test_where_cloudflare_refuses_a_mix_its_words_are_told_and_nothing_is_lost(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person, mixed: Kept, abc: list[str]
) -> None:
    a, b, c = abc
    was = plugin.up(KIND, {**APP, "policies": [b, a]}, was=mixed)
    cloudflare.switches.mixed_policies = "refuse"
    with pytest.raises(CallFailed, match="reusable and inline policies are mutually exclusive"):
        plugin.up(KIND, {**APP, "policies": [b, a, c]}, was=was)
    assert attached(person, mixed.id) == MIXED
    plugin.up(KIND, {**APP, "policies": [b, a], "name": "Other"}, was=was)
    assert attached(person, mixed.id) == MIXED


def test_no_policies_at_all_have_to_be_meant(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.up(KIND, {**APP, "policies": []})
    reason = (
        "policies: none lets nobody in: leave it out to keep what is attached, or say so with "
        "allow_no_policies=True"
    )
    assert caught.value.reasons == [reason]
    nobody = {**APP, "policies": [], "allow_no_policies": True}
    app = plugin.up(KIND, {**APP, "policies": abc})
    assert plugin.up(KIND, nobody, was=app).did == "update"
    assert attached(person, app.id) == []


def test_policies_that_are_no_longer_declared_stay_and_the_preview_says_so(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    app = plugin.up(KIND, {**APP, "policies": abc})
    names = " > ".join(abc)
    assert told(plugin) == []
    left_out = plugin.up(KIND, APP, was=app)
    assert attached(person, app.id) == ["A", "B", "C"]
    stay = (
        "policies: no longer declared, and these stay attached: {}; policies=[] with "
        "allow_no_policies=True detaches them"
    )
    assert told(plugin) == [stay.format(names)]
    # Once, and not where another application takes the place of this one.
    plugin.up(KIND, {**APP, "name": "Other"}, was=left_out)
    told(plugin)
    bookmark = {"type": "bookmark", "name": "App", "domain": "other.example.com"}
    plugin.check(KIND, bookmark, app.inputs)
    assert told(plugin) == []


def test_policies_of_its_own_beside_those_that_are_declared_are_told(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    app = plugin.up(KIND, {**APP, "policies": abc[:1]})
    person.make({**policy("Hole", "bypass"), "precedence": 99}, f"/{app.id}/policies")
    # As a new run finds it, when it refreshes and when it does not.
    plugin.restart()
    refreshed = plugin.refresh(app)
    assert refreshed
    both = (
        "drift: has policies that the program does not declare; of all, the first that matches "
        "decides: A > Hole (its own, bypass)"
    )
    assert (refreshed.did, told(plugin)) == ("same", [both])
    plugin.up(KIND, {**APP, "name": "Other", "policies": abc[:1]}, was=app)
    assert told(plugin) == [both]


def test_of_an_earlier_state_nobody_knows_who_declares_its_own_policies(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    # Without the reserved input that programs write: test_undeclared_policies.py has it.
    app = plugin.up(KIND, APP)
    person.make(policy("Own"), f"/{app.id}/policies")
    refreshed = plugin.refresh(app)
    assert refreshed
    # As where a program goes from its own policies to reusable ones: its own go last.
    plugin.up(KIND, {**APP, "policies": abc}, was=refreshed)
    assert told(plugin) == []


def test_none_declared_where_nothing_was_detaches_what_is_there(
    plugin: Plugin, person: Person, abc: list[str]
) -> None:
    app = plugin.up(KIND, APP)
    person.write(app.id, {**APP, "policies": abc})
    none = {**APP, "policies": [], "allow_no_policies": True}
    with pytest.raises(CallFailed, match=r"declared for the first time.*: - A, - B, - C\. Nothing"):
        plugin.up(KIND, none, was=app)
    seen = plugin.refresh(app)
    assert seen
    emptied = plugin.up(KIND, none, was=seen)
    assert (emptied.did, attached(person, app.id)) == ("update", [])
    assert told(plugin) == [
        "policies: declared for the first time, and replaces what is there: - A, - B, - C"
    ]


# ------------------------------------------------------------------------------------------ secrets

OIDC = {"type": "saas", "name": "Wiki", "saas_app": {"auth_type": "oidc", "scopes": ["openid"]}}


@pytest.mark.parametrize("switch", ["absent", "masked"])
def test_the_client_secret_is_kept_from_the_creation(
    switch: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.client_secret = switch
    app = plugin.up(KIND, OIDC)
    secret = app.outputs["client_secret"]
    assert len(secret) == 64
    changed = plugin.up(KIND, {**OIDC, "name": "Docs"}, was=app)
    assert changed.outputs["client_secret"] == secret
    refreshed = plugin.refresh(changed)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["client_secret"]) == ("same", secret)
    assert "client_secret" not in refreshed.inputs["saas_app"]
    assert refreshed.outputs["client_id"] == app.outputs["client_id"]
    assert told(plugin) == []
    found = plugin.get(KIND, app.id, {"account_id": cloudflare.account_id})
    assert "client_secret" not in found.outputs


UNKNOWN_OUTPUT = (
    "client_secret is not known, and the output is empty: Cloudflare tells it once, in the answer "
    "to the request that makes the object, and this run has not got that answer. If you do not "
    "have it from elsewhere, have a new object made, with a new one: pulumi up --replace 'urn:"
)
SAML = {"auth_type": "saml", "consumer_service_url": "https://x.example.com", "sp_entity_id": "x"}
LOST = faults.Status(502, body="html", effect=True)


@pytest.mark.parametrize("switch", ["absent", "masked"])
def test_a_client_secret_whose_answer_is_lost_is_told_to_be_lost(
    switch: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.client_secret = switch
    with cloudflare.fault("POST /accounts/*/access/apps", LOST, times=1):
        app = plugin.up(KIND, OIDC)
    assert "client_secret" not in app.outputs
    made, unknown = told(plugin)
    assert "made, though Cloudflare's answer was lost" in made
    assert UNKNOWN_OUTPUT in unknown
    assert app.urn in unknown
    # What the message says: a check without what was, a create, and the end of the old one.
    inputs = plugin.check(KIND, OIDC, None, app.urn)
    new = plugin.create(KIND, inputs, app.urn)
    plugin.destroy(app)
    assert len(new.outputs["client_secret"]) == 64
    # One that has none is not told to have lost it.
    with cloudflare.fault("POST /accounts/*/access/apps", LOST, times=1):
        plugin.up(KIND, {**OIDC, "name": "Other", "saas_app": SAML}, name="other")
    assert not any("client_secret" in warning for warning in told(plugin))


def test_a_client_secret_of_an_adopted_application_is_told_to_be_unknown(
    plugin: Plugin, person: Person
) -> None:
    there = person.make(OIDC)["id"]
    plugin.up(KIND, {**OIDC, "adopt": there})
    [unknown] = told(plugin)
    assert UNKNOWN_OUTPUT in unknown


def test_a_client_secret_that_an_update_has_made_is_told_to_be_unknown(plugin: Plugin) -> None:
    app = plugin.up(KIND, {**OIDC, "saas_app": SAML})
    changed = plugin.up(KIND, OIDC, was=app)
    assert changed.did == "update"
    [unknown] = [warning for warning in told(plugin) if "client_secret" in warning]
    assert UNKNOWN_OUTPUT in unknown
    plugin.up(KIND, {**OIDC, "name": "Docs"}, was=changed)
    assert told(plugin) == []


def scim(password: str) -> dict[str, Any]:
    login = {"scheme": "httpbasic", "user": "cloudflare", "password": password}
    config = {"remote_uri": "https://scim.example.com", "idp_uid": IDP, "authentication": login}
    return {**APP, "scim_config": config}


def scim_by(*logins: dict[str, str]) -> dict[str, Any]:
    return {**APP, "scim_config": {**scim("")["scim_config"], "authentication": [*logins]}}


def basic(password: str, user: str = "cloudflare") -> dict[str, str]:
    return {"scheme": "httpbasic", "user": user, "password": password}


def bearer(token: str) -> dict[str, str]:
    return {"scheme": "oauthbearertoken", "token": token}


@pytest.mark.parametrize("switch", ["absent", "masked"])
def test_scim_credentials_change_with_the_program_and_are_never_compared_with_a_mask(
    switch: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.scim_secrets = switch
    app = plugin.up(KIND, scim("first"))
    refreshed = plugin.refresh(app)
    assert refreshed
    assert (refreshed.did, refreshed.outputs) == ("same", app.outputs)
    assert plugin.up(KIND, scim("first"), was=refreshed).did == "same"
    changed = plugin.up(KIND, scim("second"), was=refreshed)
    assert changed.did == "update"
    sent = written(cloudflare)[-1]["body"]["scim_config"]["authentication"]
    assert sent == scim("second")["scim_config"]["authentication"]
    assert changed.outputs["scim_config"]["authentication"] == sent
    # Another field: the credentials go along, as the update replaces everything.
    plugin.up(KIND, {**scim("second"), "name": "Other"}, was=changed)
    assert written(cloudflare)[-1]["body"]["scim_config"]["authentication"] == sent
    assert told(plugin) == []


def authentication(cloudflare: LocalCloudflare) -> Any:
    """Return what was last sent of it."""
    return written(cloudflare)[-1]["body"]["scim_config"]["authentication"]


@pytest.mark.parametrize("switch", ["absent", "masked"])
def test_every_scim_credential_of_a_list_changes_with_the_program_and_with_nothing_else(
    switch: Any, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.scim_secrets = switch
    first, second = [basic("first"), bearer("one")], [basic("first"), bearer("two")]
    app = plugin.up(KIND, scim_by(*first))
    assert app.outputs["scim_config"]["authentication"] == first
    assert authentication(cloudflare) == first
    refreshed = plugin.refresh(app)
    assert refreshed
    assert (refreshed.did, refreshed.outputs) == ("same", app.outputs)
    assert plugin.up(KIND, scim_by(*first), was=refreshed).did == "same"
    changed = plugin.up(KIND, scim_by(*second), was=refreshed)
    assert changed.outputs["scim_config"]["authentication"] == second
    assert authentication(cloudflare) == second
    plugin.up(KIND, {**scim_by(*second), "name": "Other"}, was=changed)
    assert authentication(cloudflare) == second
    assert told(plugin) == []


# What the program says, and then says: each is sent, in the order in which it is written.
TURNS = {
    "another order": ([basic("a", "x"), basic("b", "y")], [basic("b", "y"), basic("a", "x")]),
    "passwords change places": ([basic("a"), basic("b")], [basic("b"), basic("a")]),
    "one more": ([basic("a")], [basic("a"), bearer("b")]),
    "one less": ([basic("a"), bearer("b")], [bearer("b")]),
    "another scheme": ([basic("a"), bearer("b")], [bearer("a"), bearer("b")]),
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_list_of_scim_credentials_is_what_is_written(
    turn: str, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    before, after = TURNS[turn]
    app = plugin.up(KIND, scim_by(*before))
    changed = plugin.up(KIND, scim_by(*after), was=app)
    assert (changed.did, authentication(cloudflare)) == ("update", after)
    assert plugin.up(KIND, scim_by(*after), was=changed).did == "same"
    # By hand it is drift, which no update undoes unseen.
    person.write(app.id, scim_by(*before))
    if turn != "passwords change places":  # of which nobody can tell
        with pytest.raises(CallFailed, match="was changed at Cloudflare"):
            plugin.up(KIND, {**scim_by(*after), "name": "Other"}, was=changed)
        drifted = plugin.refresh(changed)
        assert drifted
        assert drifted.did == "drift"
        assert told(plugin)[-1].startswith("changed at Cloudflare: scim_config.authentication")
        plugin.up(KIND, scim_by(*after), was=drifted)
        assert authentication(cloudflare) == after


def test_one_scim_credential_is_as_good_as_a_list_of_one(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = plugin.up(KIND, scim("first"))
    assert app.outputs["scim_config"]["authentication"] == basic("first")
    assert plugin.up(KIND, scim_by(basic("first")), was=app).did == "same"
    person.write(app.id, scim_by(basic("first")))
    refreshed = plugin.refresh(app)
    assert refreshed
    assert refreshed.did == "same"
    assert refreshed.outputs["scim_config"] == app.outputs["scim_config"]
    assert plugin.up(KIND, scim_by(basic("second")), was=refreshed).did == "update"
    assert authentication(cloudflare) == [basic("second")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("hush", ": must be an object or a list of objects"),
        (["hush"], "[0]: must be an object"),
        (
            [basic("hush"), {"scheme": "httpbasic", "usr": "x", "password": "hush"}],
            '[1].usr: is not a field; "user"?',
        ),
        ([basic("hush"), {"token": "hush"}], "[1].scheme: is required"),
        ([{"scheme": "oauth2", "token_url": "x"}], "[0]: needs a client_secret with scheme oauth2"),
        ({"scheme": "httpbasic", "user": "hush"}, ": needs a password with scheme httpbasic"),
    ],
)
def test_a_mistake_in_scim_credentials_is_named_without_them(
    plugin: Plugin, given: Any, reason: str
) -> None:
    config = {**scim("")["scim_config"], "authentication": given}
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {**APP, "scim_config": config})
    assert caught.value.reasons == [f"scim_config.authentication{reason}"]


@pytest.mark.parametrize("by_hand", [scim("by hand"), scim_by(basic("by hand"), bearer("hush"))])
def test_an_update_does_not_lose_scim_credentials_that_nobody_can_know(
    by_hand: dict[str, Any],
    plugin: Plugin,
    cloudflare: LocalCloudflare,
    person: Person,
) -> None:
    app = plugin.up(KIND, APP)
    person.write(app.id, by_hand)
    before = len(written(cloudflare))
    with pytest.raises(CallFailed, match="declare scim_config with its authentication"):
        plugin.up(KIND, {**APP, "name": "Other"}, was=app)
    assert len(written(cloudflare)) == before


# ------------------------------------------------------------------------------------ where it is


def public(*uris: str) -> list[dict[str, str]]:
    return [{"type": "public", "uri": uri} for uri in uris]


def places(person: Person, app_id: str) -> set[str]:
    return set(person.look(app_id)["self_hosted_domains"])


ONE, TWO, THREE = "app.example.com", "two.example.com", "three.example.com"


@pytest.mark.parametrize("declare", ["destinations", "self_hosted_domains"])
def test_places_come_and_go_as_declared_and_none_comes_back(
    declare: str, plugin: Plugin, person: Person
) -> None:
    def said(*uris: str) -> dict[str, Any]:
        return {**APP, declare: public(*uris) if declare == "destinations" else list(uris)}

    app = plugin.up(KIND, said(ONE, TWO, THREE))
    assert places(person, app.id) == {ONE, TWO, THREE}
    app = plugin.up(KIND, said(ONE, THREE), was=app)
    assert places(person, app.id) == {ONE, THREE}
    assert told(plugin) == [f"{TWO} becomes reachable without Access"]
    app = plugin.up(KIND, APP, was=app)
    assert places(person, app.id) == {ONE}
    assert told(plugin) == [f"{THREE} becomes reachable without Access"]
    refreshed = plugin.refresh(app)
    assert refreshed
    assert (refreshed.did, told(plugin)) == ("same", [])


def test_one_way_to_say_the_places_turns_into_the_other(plugin: Plugin, person: Person) -> None:
    app = plugin.up(KIND, {**APP, "self_hosted_domains": [ONE, TWO]})
    app = plugin.up(KIND, {**APP, "destinations": public(ONE, THREE)}, was=app)
    assert places(person, app.id) == {ONE, THREE}
    app = plugin.up(KIND, {**APP, "self_hosted_domains": [ONE]}, was=app)
    assert places(person, app.id) == {ONE}


@pytest.mark.parametrize("plain", [True, False])
def test_a_new_domain_leaves_the_old_one_and_what_nobody_declared_stays(
    plain: Any, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    app = plugin.up(KIND, APP)
    app = plugin.up(KIND, {**APP, "domain": TWO}, was=app)
    cloudflare.switches.plain = False
    assert places(person, app.id) == {TWO}
    assert told(plugin) == [f"{ONE} becomes reachable without Access"]
    person.write(app.id, {**APP, "domain": TWO, "self_hosted_domains": [TWO, THREE]})
    cloudflare.switches.plain = plain
    app = plugin.up(KIND, {**APP, "domain": ONE}, was=app)
    cloudflare.switches.plain = False
    assert places(person, app.id) == {ONE, THREE}


def test_a_domain_in_other_letters_is_no_change(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = plugin.up(KIND, {**APP, "domain": "App.Example.com/Path"})
    refreshed = plugin.refresh(app)
    assert refreshed
    assert (refreshed.did, refreshed.outputs) == ("same", app.outputs)
    again = plugin.up(KIND, {**APP, "domain": "app.example.com/Path"}, was=refreshed)
    assert (again.did, told(plugin), len(written(cloudflare))) == ("same", [], 1)
    other = plugin.up(KIND, {**APP, "domain": "app.example.com/path"}, was=again)
    assert other.did == "update"


@pytest.mark.parametrize("type_", ["bookmark", "proxy_endpoint", "mcp_portal"])
def test_types_with_a_domain_alone_move_too(type_: str, plugin: Plugin, person: Person) -> None:
    said = {"type": type_, "name": "X", "domain": ONE}
    app = plugin.up(KIND, said)
    moved = plugin.up(KIND, {**said, "domain": TWO}, was=app)
    assert (moved.did, person.look(app.id)["domain"]) == ("update", TWO)
    warned = [] if type_ == "bookmark" else [f"{ONE} becomes reachable without Access"]
    assert told(plugin) == warned


def test_deleting_an_application_says_what_is_reachable_now(plugin: Plugin) -> None:
    app = plugin.up(KIND, {**APP, "destinations": public(ONE, TWO)})
    plugin.destroy(app)
    assert told(plugin) == [f"{place} is now reachable without Access" for place in (ONE, TWO)]


def test_where_a_secret_application_was_is_not_told(plugin: Plugin) -> None:
    secret = {**APP, "domain": "Skunkworks.example.com/x", "__secret": ["domain"]}
    made = plugin.up(KIND, secret)
    open_ = plugin.check(KIND, {**APP, "domain": "open.example.com"}, made.inputs)
    plugin.diff(made, open_)
    plugin.destroy(made)
    assert told(plugin) == [
        "[secret] becomes reachable without Access",
        "[secret] is now reachable without Access",
    ]


def test_a_domain_is_needed_unless_the_places_are_said(plugin: Plugin) -> None:
    with pytest.raises(CheckFailed, match="domain: is required for type self_hosted"):
        plugin.check(KIND, {"type": "self_hosted", "name": "X"})
    plugin.check(KIND, {"type": "self_hosted", "destinations": public(ONE)})


def test_a_field_that_makes_another_type_is_refused(plugin: Plugin) -> None:
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {**APP, "saas_app": {"auth_type": "saml"}, "target_criteria": []})
    assert caught.value.reasons == [
        "saas_app: is for type saas, and this is self_hosted",
        "target_criteria: is for type infrastructure or rdp, and this is self_hosted",
    ]
    with pytest.raises(CheckFailed, match="target_criteria: is required for type rdp"):
        plugin.check(KIND, {**APP, "type": "rdp"})


def test_a_field_that_a_type_is_not_documented_to_take_is_told(plugin: Plugin) -> None:
    taken = {"session_duration": "1h", "allow_authenticate_via_warp": True}
    saas = {"type": "saas", "name": "X", "domain": ONE, "skip_interstitial": True}
    plugin.check(KIND, {**saas, **taken, "saas_app": {"auth_type": "saml"}})
    assert told(plugin) == [
        f"{name}: Cloudflare documents none for type saas, and may ignore it"
        for name in ("domain", "skip_interstitial")
    ]
    plugin.check(KIND, {"type": "dash_sso", "name": "X", "domain": ONE, "session_duration": "1h"})
    assert told(plugin) == []


# ------------------------------------------------------------------------ replacement and adoption


def test_a_replacement_on_the_same_domain_is_warned_of(plugin: Plugin) -> None:
    app = plugin.up(KIND, APP)
    plugin.check(KIND, {**APP, "type": "ssh"}, app.inputs)
    warned = (
        f"a change of type needs a new application, and Cloudflare refuses a second one on {ONE} "
        "(409). opts=pulumi.ResourceOptions(delete_before_replace=True) deletes the old one first: "
        f"{ONE} is reachable without Access until the new one is made. Or move this one to another "
        "domain in an up of its own"
    )
    assert told(plugin) == [warned]
    plugin.check(KIND, {**APP, "type": "ssh", DELETES_FIRST: True}, app.inputs)
    assert told(plugin) == []
    with pytest.raises(CallFailed, match="409"):
        plugin.up(KIND, {**APP, "type": "ssh"}, was=app)
    told(plugin)
    replaced = plugin.up(KIND, {**APP, "type": "ssh", "domain": TWO}, was=app)
    assert replaced.did == "replace"
    assert not any("409" in warning for warning in told(plugin))


def test_an_application_without_a_domain_is_adopted_by_its_name_or_its_id(
    plugin: Plugin, person: Person
) -> None:
    ids = [person.make(OIDC)["id"], person.make({**OIDC, "name": "Other"})["id"]]
    adopted = plugin.up(KIND, {**OIDC, "name": "Other", "adopt": True}, name="by name")
    assert adopted.id == ids[1]
    assert plugin.up(KIND, {**OIDC, "adopt": ids[0]}, name="by id").id == ids[0]


def test_an_application_is_adopted_by_its_domain_in_any_letters(
    plugin: Plugin, person: Person
) -> None:
    there = person.make(APP)["id"]
    adopted = plugin.up(KIND, {**APP, "domain": "App.Example.com", "adopt": True})
    assert adopted.id == there
    assert told(plugin) == []


def test_an_application_of_another_type_on_the_domain_is_not_adopted(
    plugin: Plugin, person: Person
) -> None:
    bookmark = person.make({**APP, "type": "bookmark"})["id"]
    made = plugin.up(KIND, {**APP, "adopt": True, "adopt_changes": True})
    assert made.id != bookmark
    there = {app["id"]: app["type"] for app in person.look()}
    assert there == {bookmark: "bookmark", made.id: "self_hosted"}


@pytest.mark.parametrize("idps", [[], [IDP, "12312312-29c8-46c2-bacb-669d65136971"]])
def test_a_redirect_wants_exactly_one_identity_provider(idps: list[str], plugin: Plugin) -> None:
    plugin.check(KIND, {**APP, "auto_redirect_to_identity": True, "allowed_idps": idps})
    [warning] = plugin.warnings
    assert warning.startswith("auto_redirect_to_identity: allowed_idps names ")


# ------------------------------------------------------------------------------- through the engine

PASSWORD = "Tr0ub4dor-and-3"  # noqa: S105 - made up here
PROGRAM = f"""
group = cloudflare.AccessGroup("group", name="Staff", include=[rules.everyone()])
allow = cloudflare.AccessPolicy(
    "allow", name="Allow", decision="allow", include=[rules.group(group)])
app = cloudflare.AccessApplication(
    "app",
    domain="app.example.com",
    policies=[allow],
    scim_config={{
        "remote_uri": "https://scim.example.com",
        "idp_uid": "{IDP}",
        "authentication": {{
            "scheme": "httpbasic", "user": "u", "password": "{PASSWORD}"}},
    }},
)
wiki = cloudflare.AccessApplication(
    "wiki", type="saas", name="Wiki", saas_app={{"auth_type": "oidc"}})
"""


@pytest.mark.engine
def test_secrets_are_in_no_state_no_preview_and_no_message(stack: Stack) -> None:
    person = Person(stack.cloudflare, "apps")
    stack.program(PROGRAM)
    plan = stack.plan()
    assert plan.warnings("app") == []
    said = [plan, stack.up("--diff")]
    assert stack.plan().changed() == {}
    exported = stack.pulumi("stack", "export", "--stack", "dev")
    outputs = stack.state()["wiki"]["outputs"]
    assert "ciphertext" in outputs["client_secret"]
    assert "ciphertext" in stack.state()["app"]["outputs"]["scim_config"]
    said += [exported, stack.refresh("--diff")]
    assert stack.state()["wiki"]["outputs"]["client_secret"].keys() == {*outputs["client_secret"]}

    changed = f"{PASSWORD}-2"
    stack.program(PROGRAM.replace(PASSWORD, changed))
    said += [stack.plan(), stack.preview("--diff"), stack.up("--diff")]
    [sent] = [
        asked["body"]["scim_config"]["authentication"]["password"]
        for asked in written(stack.cloudflare)
        if asked["method"] == "PUT"
    ]
    assert sent == changed

    app_id = stack.state()["app"]["id"]
    body = {**APP, "name": "By hand"}
    person.write(app_id, body)
    stack.program(PROGRAM.replace(PASSWORD, f"{PASSWORD}-3"))
    refused = stack.up("--diff", ok=False)
    assert "scim_config: changed (it is secret)" in refused.text
    said += [refused, stack.pulumi("stack", "export", "--stack", "dev"), stack.destroy()]
    assert not [run.text for run in said if PASSWORD in run.text]


@pytest.mark.engine
def test_a_group_where_a_policy_is_due_is_an_error_in_the_preview(stack: Stack) -> None:
    stack.program(PROGRAM.replace("policies=[allow]", "policies=[group]"))
    refused = stack.preview(ok=False)
    assert refused.status != 0
    told_ = (
        "policies[0]: AccessGroup is not a reusable Access policy; pass a reusable Access policy"
    )
    assert f"{told_} or its id" in refused.text


@pytest.mark.engine
def test_a_reusable_policy_is_detached_and_deleted_in_one_up(stack: Stack) -> None:
    policy = (
        '{0} = cloudflare.AccessPolicy("{0}", name="{0}", decision="allow", '
        "include=[rules.everyone()])\n"
    )
    app = 'cloudflare.AccessApplication("app", domain="app.example.com", policies=[{0}])\n'
    stack.program(policy.format("staff") + policy.format("guests") + app.format("staff, guests"))
    stack.up()
    stack.program(policy.format("staff") + app.format("staff"))
    stack.up()
    assert stack.settled()
    # Neither is left, though the program says of neither that it goes.
    stack.program("")
    stack.up()
    verbs = [r["method"] for r in stack.cloudflare.requests if r["method"] != "GET"]
    assert verbs == ["POST", "POST", "POST", "PUT", "DELETE", "DELETE", "DELETE"]
