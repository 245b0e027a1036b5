"""Mistakes between the resources of one program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.runtime import mocks

from harness import program as running
from harness.program import Registered
from pulumi_cloudflare_access import (
    AccessApplication,
    AccessGroup,
    Cloudflare,
    IdentityProvider,
    UserGroup,
    get_access_groups,
    rules,
)
from pulumi_cloudflare_access.fields.keyed import UNKNOWN
from pulumi_cloudflare_access.program.resource import Deployment, Resource, _plain
from pulumi_cloudflare_access.text import secret_words, spelling

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare


@pytest.mark.parametrize("adopt", [True, "6f1e0000-0000-4000-8000-000000000001"])
def test_one_object_is_adopted_once_in_an_account(
    *, adopt: bool | str, program: LocalCloudflare
) -> None:
    declared = {"name": "Engineers", "adopt": adopt}
    deployment = Deployment()
    eu = Cloudflare("eu", account_id=program.add_account().id)
    assert deployment.adoption_mistakes(AccessGroup, "one", declared, None) == []
    [mistake] = deployment.adoption_mistakes(AccessGroup, "two", declared, None)
    assert mistake == 'adopt: "one" adopts this object already: one object, one resource'
    assert deployment.adoption_mistakes(AccessGroup, "there", declared, eu) == []
    assert deployment.adoption_mistakes(AccessGroup, "there too", declared, eu) != []


def test_what_cloudflare_has_once_is_declared_once(program: LocalCloudflare) -> None:
    deployment = Deployment()
    eu = Cloudflare("eu", account_id=program.add_account().id)

    def mistakes(resource: type[Resource], called: str, **declared: Any) -> list[str]:
        provider = declared.pop("provider", None)
        return deployment.namesake_mistakes(resource, called, declared, provider)

    assert mistakes(AccessApplication, "wiki", type="self_hosted", domain="Wiki.Example.com") == []
    assert mistakes(AccessApplication, "docs", type="ssh", domain="wiki.example.com") == [
        'domain: "wiki" has wiki.example.com already, and Cloudflare refuses a second one'
    ]
    # A place below it is another, and so is another account; a bookmark only points there.
    assert mistakes(AccessApplication, "a", type="ssh", domain="wiki.example.com/admin") == []
    assert mistakes(AccessApplication, "b", domain="wiki.example.com", provider=eu) == []
    assert mistakes(AccessApplication, "c", type="bookmark", domain="wiki.example.com") == []
    assert mistakes(AccessApplication, "d", type="saas") == []
    # Access groups may have the same name; user groups may not.
    for kind, due in ((AccessGroup, []), (UserGroup, ["name"])):
        assert mistakes(kind, "one", name="Staff") == []
        told = mistakes(kind, "two", name="Staff")
        assert [mistake.partition(":")[0] for mistake in told] == due


@pytest.fixture
def registered(program: LocalCloudflare) -> Registered:
    del program
    registered = Registered()
    mocks.set_mocks(registered, preview=False)
    return registered


def test_a_program_writes_a_word_of_pulumis_own_like_any_other(registered: Registered) -> None:
    unknown, *_ = spelling.UNKNOWN_VALUES
    group = AccessGroup("it", name=unknown, include=[rules.common_name(unknown)])
    running.resolved(group.urn)
    told = f"<U+0030>{unknown[1:]}"
    assert registered.inputs["it"]["name"] == told
    assert registered.inputs["it"]["include"] == [{"common_name": {"common_name": told}}]


def test_a_key_that_could_mean_two_things_is_a_mistake(registered: Registered) -> None:
    attributes = {"a<U+001B>": ["x"], "__b": ["y"]}
    criterion: Any = {"port": 22, "protocol": "SSH", "target_attributes": attributes}
    app = AccessApplication("it", type="infrastructure", name="it", target_criteria=[criterion])
    running.resolved(app.urn)
    [mistake] = registered.inputs["it"]["__mistakes"]
    assert mistake.startswith('target_criteria: "a<U+001B>" spells a character')


def test_what_the_program_keeps_secret_goes_with_every_resource(
    registered: Registered, program: LocalCloudflare
) -> None:
    """Those before the one that has it, too; a credential never, which Pulumi's log would show."""
    get_access_groups()
    assert secret_words.known.has(program.token)
    first = AccessGroup("first", name="First", include=[rules.everyone()])
    name = pulumi.Output.secret("Skunkworks")
    second = AccessGroup("second", name=name, include=[rules.group(first)])
    running.resolved(pulumi.Output.all(first.urn, second.urn))
    for inputs in registered.inputs.values():
        assert inputs["__secret_words"]["value"] == ["Skunkworks"]
    secret_words.known.forget()
    third = AccessGroup("third", name="Third", include=[rules.group(second)])
    running.resolved(third.urn)
    assert "__secret_words" not in registered.inputs["third"]


def test_what_a_rule_says_beside_its_reference_is_kept_secret(registered: Registered) -> None:
    """The id and the URN of a resource are no secrets, and what stands beside them may be one."""
    pin = IdentityProvider("pin", name="PIN", type="onetimepin")
    secret = pulumi.Output.secret("Skunkworks")
    group = AccessGroup("it", name="It", include=[rules.okta(secret, pin)])
    other = AccessGroup("other", name="Other", include=[rules.login_method(pin)])
    running.resolved(pulumi.Output.all(group.urn, other.urn))
    for name in ("it", "other"):
        assert registered.inputs[name]["__secret_words"]["value"] == ["Skunkworks"]


PUBLIC = {"type": "public", "uri": "wiki.example.com"}
PRIVATE = {"type": "private", "cidr": "10.1.0.0/16"}
EVERY = {"type": "all_workers"}


def test_a_place_is_declared_once_whichever_way_it_is_said(program: LocalCloudflare) -> None:
    del program
    deployment = Deployment()

    def mistakes(called: str, **declared: Any) -> list[str]:
        declared = {"type": "self_hosted", **declared}
        return deployment.namesake_mistakes(AccessApplication, called, declared, None)

    # One application says its places in all ways, and its private ones are nobody's alone.
    one = {"domain": "wiki.example.com", "self_hosted_domains": ["wiki.example.com"]}
    assert mistakes("one", **one, destinations=[PUBLIC, PRIVATE, EVERY]) == []
    told = '"one" has {} already, and Cloudflare refuses a second one'
    assert mistakes("a", domain="Wiki.example.com") == ["domain: " + told.format(PUBLIC["uri"])]
    assert mistakes("root", domain="Wiki.example.com/") == ["domain: " + told.format(PUBLIC["uri"])]
    assert mistakes("path", domain="wiki.example.com/docs/") == []
    assert mistakes("b", self_hosted_domains=["docs.example.com", "WIKI.example.com/"]) == [
        "self_hosted_domains: " + told.format("wiki.example.com")
    ]
    assert mistakes("c", destinations=[PRIVATE, PUBLIC]) == [
        "destinations: " + told.format("wiki.example.com")
    ]
    assert mistakes("d", destinations=[EVERY]) == ["destinations: " + told.format("every Worker")]
    # Of the places that were refused, the others are theirs.
    assert mistakes("e", domain="docs.example.com") == [
        'domain: "b" has docs.example.com already, and Cloudflare refuses a second one'
    ]
    # What is not known while the program runs is not judged.
    later = pulumi.Output.from_input("wiki.example.com")
    unknown = _plain({"type": "self_hosted", "destinations": [{"type": "public", "uri": later}]})
    assert deployment.namesake_mistakes(AccessApplication, "f", unknown, None) == []
    assert mistakes("g", destinations=UNKNOWN) == []


def test_a_public_place_is_declared_once_over_an_account_and_its_zones(
    program: LocalCloudflare,
) -> None:
    del program
    deployment = Deployment()

    def mistakes(called: str, **declared: Any) -> list[str]:
        declared = {"type": "self_hosted", **declared}
        return deployment.namesake_mistakes(AccessApplication, called, declared, None)

    assert mistakes("one", domain="wiki.example.com") == []
    told = '"one" has wiki.example.com already, and Cloudflare refuses a second one'
    assert mistakes("two", domain="wiki.example.com", zone_id="1" * 32) == [f"domain: {told}"]
    assert mistakes("three", self_hosted_domains=["wiki.example.com"], zone_id="2" * 32) == [
        f"self_hosted_domains: {told}"
    ]
    assert mistakes("four", domain="docs.example.com", zone_id="1" * 32) == []
    assert len(mistakes("five", destinations=[{**PUBLIC, "uri": "docs.example.com"}])) == 1
    # A range is nobody's alone, and each account may have every Worker.
    assert mistakes("six", destinations=[PRIVATE, EVERY], account_id="3" * 32) == []
    assert mistakes("seven", destinations=[PRIVATE, EVERY], account_id="4" * 32) == []


@pytest.mark.parametrize("type_", ["warp", "app_launcher", "biso", "dash_sso"])
def test_an_application_that_an_account_has_once_is_declared_once(
    type_: str, program: LocalCloudflare
) -> None:
    deployment = Deployment()
    eu = Cloudflare("eu", account_id=program.add_account().id)
    declared = {"type": type_}
    assert deployment.namesake_mistakes(AccessApplication, "one", declared, None) == []
    [told] = deployment.namesake_mistakes(AccessApplication, "two", declared, None)
    assert told.startswith('type: "one" has the account\'s ')
    assert deployment.namesake_mistakes(AccessApplication, "there", declared, eu) == []


def test_applications_without_a_domain_are_adopted_once(program: LocalCloudflare) -> None:
    del program
    deployment = Deployment()

    def mistakes(called: str, **declared: Any) -> list[str]:
        declared = {**declared, "adopt": True}
        return deployment.adoption_mistakes(AccessApplication, called, declared, None)

    for declared in (
        {"type": "saas", "name": "Wiki"},
        {"type": "warp"},
        {"type": "self_hosted", "name": "Wiki", "destinations": [PUBLIC]},
    ):
        assert mistakes("one", **declared) == []
        assert mistakes("two", **declared) != []
    assert mistakes("three", type="saas", name="Docs") == []
