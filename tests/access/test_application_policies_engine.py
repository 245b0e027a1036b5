"""An application's own policies through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

APP = """
wiki = cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")
staff = {"name": "Staff", "decision": "allow", "include": [rules.email_domain("example.com")]}
not_eve = {"name": "Not Eve", "decision": "deny", "include": [rules.email("eve@example.com")]}
guests = {"name": "Guests", "decision": "allow", "include": [rules.email("bob@example.org")]}
"""
LIST = """
cloudflare.AccessApplicationPolicies("who", application=wiki, policies=[{policies}])
"""
THREE = APP + LIST.format(policies="not_eve, staff, guests")


def http_for(cloudflare: LocalCloudflare) -> httpx.Client:
    return httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    )


def policies_of(cloudflare: LocalCloudflare, domain: str = "wiki.example.com") -> Any:
    with http_for(cloudflare) as http:
        apps = f"accounts/{cloudflare.account_id}/access/apps"
        app = next(a for a in http.get(apps).json()["result"] if a["domain"] == domain)
        return http.get(f"{apps}/{app['id']}/policies").json()["result"]


def empty(cloudflare: LocalCloudflare) -> None:
    with http_for(cloudflare) as http:
        apps = f"accounts/{cloudflare.account_id}/access/apps"
        for app in http.get(apps).json()["result"]:
            for policy in http.get(f"{apps}/{app['id']}/policies").json()["result"]:
                http.delete(f"{apps}/{app['id']}/policies/{policy['id']}").raise_for_status()


def names(cloudflare: LocalCloudflare) -> list[str]:
    return [policy["name"] for policy in policies_of(cloudflare)]


def deleted(cloudflare: LocalCloudflare) -> list[str]:
    paths = [r["path"] for r in cloudflare.requests if r["method"] == "DELETE"]
    return ["policy" if "/policies/" in path else "application" for path in paths]


def test_a_list_is_made_changed_reordered_and_goes_with_its_application(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(THREE)
    assert stack.plan().changed() == {"test-dev": "create", "wiki": "create", "who": "create"}
    stack.up()
    assert names(cloudflare) == ["Not Eve", "Staff", "Guests"]
    assert stack.settled()

    more = '{**guests, "name": "More"}'
    stack.program(APP + LIST.format(policies=f"not_eve, {more}, staff, guests"))
    plan = stack.plan()
    assert plan.changed() == {"who": "update"}
    assert plan.paths("who") == {"policies.More": "add", "policies.order": "update"}

    stack.program(APP + LIST.format(policies="guests, staff, not_eve"))
    assert stack.plan().paths("who") == {"policies.order": "update"}
    stack.up()
    assert names(cloudflare) == ["Guests", "Staff", "Not Eve"]
    assert stack.settled()

    stack.program(
        THREE.replace("not_eve, staff", "guests, staff, not_eve")
        .replace("not_eve, guests", "not_eve")
        .replace('[rules.email("eve', '[rules.ip("203.0.113.7"), rules.email("eve')
    )
    assert stack.plan().paths("who") == {'policies["Not Eve"].include["ip 203.0.113.7/32"]': "add"}

    cloudflare.app.requests.clear()
    stack.destroy()
    assert deleted(cloudflare) == ["application"]
    assert stack.state() == {}


def test_an_ignored_policy_stays_where_somebody_put_it(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    ignoring = "], opts=ResourceOptions(ignore_changes=['policies[\"Not Eve\"]']))"

    def program(policies: str) -> None:
        stack.program(APP + LIST.format(policies=policies).replace("])", ignoring))

    program("not_eve, staff")
    stack.up()
    program("staff, guests")
    stack.up()
    assert names(cloudflare) == ["Not Eve", "Staff", "Guests"]
    assert stack.plan().changed() == {}
    program('staff, {**guests, "name": "More"}')
    stack.up()
    assert names(cloudflare) == ["Not Eve", "Staff", "More"]
    program("guests, staff")
    refused = stack.preview(ok=False)
    assert 'policies: ignore_changes leaves "Not Eve" without a place' in refused.text


@pytest.mark.parametrize("how", ["--replace", "replace_on_changes"])
def test_a_list_that_was_emptied_and_is_replaced_is_there_afterwards(
    how: str, stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(THREE)
    stack.up()
    empty(cloudflare)
    if how == "--replace":
        stack.up("--replace", stack.state()["who"]["urn"])
    else:
        replaced = '], opts=ResourceOptions(replace_on_changes=["policies"]))'
        stack.program(APP + LIST.format(policies="not_eve, staff").replace("])", replaced))
        stack.up()
    assert names(cloudflare) in (["Not Eve", "Staff", "Guests"], ["Not Eve", "Staff"])
    assert stack.plan().changed() == {}


def test_single_policies_live_beside_each_other_and_mistakes_together_are_found(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    one = 'cloudflare.AccessApplicationPolicy("{0}", application=wiki, precedence={1}, **{0})\n'
    stack.program(APP + one.format("staff", 5) + one.format("guests", 1))
    stack.up()
    assert names(cloudflare) == ["Guests", "Staff"]
    assert stack.settled()

    stack.program(APP + one.format("staff", 5) + one.format("guests", 5))
    run = stack.preview(ok=False)
    assert 'precedence: "staff" is in this place of the application already' in run.text

    stack.program(APP + one.format("staff", 5) + LIST.format(policies="guests"))
    run = stack.preview(ok=False)
    assert 'application: "staff" is one of its policies, which this list would delete' in run.text

    twice = LIST.format(policies="guests") + LIST.format(policies="staff").replace("who", "whom")
    stack.program(APP + twice)
    run = stack.preview(ok=False)
    assert 'application: "who" declares all of its policies already' in run.text

    shared = 'shared = cloudflare.AccessPolicy("shared", **staff)\n'
    attaching = 'wiki = cloudflare.AccessApplication("mixed", policies=[shared], '
    mixed = APP + shared + attaching + 'domain="mixed.example.com")\n'
    told = 'application: "mixed" declares reusable policies (policies=[…]), and of both kinds'
    stack.program(mixed + LIST.format(policies="guests") + one.format("guests", 1))
    run = stack.preview(ok=False)
    assert told in run.text
    stack.program(
        mixed.replace("policies=[shared]", "policies=[], allow_no_policies=True")
        + LIST.format(policies="guests")
    )
    stack.preview()

    stack.program(
        'g = cloudflare.AccessGroup("g", name="G", include=[rules.everyone()])\n'
        + THREE.replace("application=wiki", "application=g")
    )
    run = stack.preview(ok=False)
    assert "application: AccessGroup is not an Access application" in run.text


def test_single_policies_change_places_in_one_up(stack: Stack, cloudflare: LocalCloudflare) -> None:
    one = 'cloudflare.AccessApplicationPolicy("{0}", application=wiki, precedence={1}, **{0})\n'
    stack.program(APP + one.format("not_eve", 1) + one.format("staff", 2))
    stack.up()
    stack.program(APP + one.format("not_eve", 2) + one.format("staff", 1))
    stack.up()
    assert [(p["name"], p["precedence"]) for p in policies_of(cloudflare)] == [
        ("Staff", 1),
        ("Not Eve", 2),
    ]
    assert stack.settled()


def test_a_policy_of_the_list_becomes_reusable_in_one_up_and_its_application_keeps_it(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(THREE)
    stack.up()
    id_ = next(p["id"] for p in policies_of(cloudflare) if p["name"] == "Staff")
    adopting = f"""
cloudflare.AccessPolicy("staff", adopt="{id_}", **staff,
    opts=pulumi.ResourceOptions(depends_on=[wiki]))
"""
    # The list that does not change has it yet, and there is no way back.
    stack.program(THREE + adopting)
    assert "it cannot stay in this list" in stack.preview(ok=False).text
    # The list is first, and would delete what the adoption has not yet made reusable.
    stack.program(APP + LIST.format(policies="not_eve, guests") + adopting)
    stack.up()
    found = {policy["name"]: policy for policy in policies_of(cloudflare)}
    assert list(found) == ["Not Eve", "Staff", "Guests"]
    assert (found["Staff"]["id"], found["Staff"]["reusable"]) == (id_, True)
    # Half-way: there is nothing to do, and both kinds decide.
    half_way = stack.preview("--refresh", "--expect-no-changes")
    assert "first that matches decides: Not Eve > Staff (reusable, allow) > Guests" in half_way.text

    # The rest goes; what is reusable is attached by the application from now on.
    stack.program(
        'staff = cloudflare.AccessPolicy("staff", name="Staff", decision="allow",\n'
        '    include=[rules.email_domain("example.com")])\n'
        'cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com",\n'
        "    policies=[staff])\n"
    )
    stack.up()
    assert names(cloudflare) == ["Staff"]
    stack.program(
        'cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com",\n'
        "    policies=[], allow_no_policies=True)\n"
    )
    stack.up()
    assert names(cloudflare) == []
    assert stack.settled()
    stack.destroy()
