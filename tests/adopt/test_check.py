"""What a check says of a program and a live account, and that it sends nothing but GETs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import pulumi_cloudflare_access as cloudflare
from harness.fresh import Run, served
from harness.local import config_for, strict
from harness.previewed import preview
from harness.team import Team, email
from pulumi_cloudflare_access import LocalCloudflare, grants, rules, scopes
from pulumi_cloudflare_access.adopt.import_file import ImportFile
from pulumi_cloudflare_access.adopt.live import Accounts
from pulumi_cloudflare_access.adopt.matching import Found, Matching, Outcome
from pulumi_cloudflare_access.adopt.plan import declared, name_of, read_plan, with_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ADA = {"email": {"email": "ada@example.com"}}


@pytest.fixture
def live() -> Iterator[LocalCloudflare]:
    with strict() as live:
        yield live


def found(
    program: Callable[[], None],
    live: LocalCloudflare,
    given: Mapping[str, str] | None = None,
    tokens: Mapping[str, str] | None = None,
) -> tuple[Found, ImportFile]:
    """Check a program, and hold it to its word: only GETs."""
    config = config_for(live)
    plan = read_plan(preview(program, config))
    before = len(live.requests)
    matched = Matching(plan, Accounts(config, plan.providers, tokens), given or {}, {}).found()
    assert {asked["method"] for asked in live.requests[before:]} <= {"GET"}
    return matched, ImportFile(plan, matched.of(Outcome.EXACT))


def outcomes(matched: Found) -> dict[str, Outcome]:
    return {match.planned.name: match.outcome for match in matched.matches}


def everything() -> None:
    """Be a program that declares an object of every kind, and refers in every way."""
    staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email("ada@example.com")])
    policy = cloudflare.AccessPolicy(
        "allow", name="Allow", decision="allow", include=[rules.group(staff)]
    )
    cloudflare.AccessApplication("docs", name="Docs", domain="docs.example.com", policies=[policy])
    wiki = cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")
    cloudflare.AccessApplicationPolicies(
        "wiki-policies",
        application=wiki,
        policies=[{"name": "Own", "decision": "allow", "include": [rules.group(staff)]}],
    )
    git = cloudflare.AccessApplication("git", name="Git", domain="git.example.com")
    cloudflare.AccessApplicationPolicy(
        "git-own",
        application=git,
        precedence=2,
        name="Own",
        decision="deny",
        include=[rules.everyone()],
    )
    production = cloudflare.ResourceGroup(
        "production", name="Production", scope=scopes.objects("com.cloudflare.edge.r2.bucket.a_b_c")
    )
    team = cloudflare.UserGroup(
        "team", name="Team", policies=[grants.allow("Zone Read", on=production)]
    )
    cloudflare.UserGroupMembers("members", group=team, members=[email("ada")])
    cloudflare.ServiceToken("ci", name="CI", duration="8760h")
    cloudflare.IdentityProvider("pin", name="PIN", type="onetimepin")
    connector = cloudflare.SsoConnector("sso", email_domain="example.com")
    cloudflare.SsoConnectorActivation("sso-on", connector=connector)


def made_by(program: Callable[[], None], live: LocalCloudflare) -> dict[str, str]:
    """Have the product make what a program declares; return the ids by name."""
    run = Run(live)
    plan = read_plan(preview(program, run.config))
    ids: dict[str, str] = {}
    for planned in plan.ours:
        inputs = declared(planned, with_ids(planned, ids))
        provider = run.provider(str(planned.kind))
        ids[planned.urn] = served(planned.urn, provider, "create", inputs).id
    run.close()
    return {name_of(urn): id_ for urn, id_ in ids.items()}


def test_what_has_a_secret_inside_is_adopted_by_an_up_and_not_imported(
    live: LocalCloudflare,
) -> None:
    """An import would write down what the preview shows in place of the secret."""
    client = {"client_id": "c", "client_secret": "s3cret-of-the-client"}
    there = {"name": "GitHub", "type": "github"}
    live.seed({"access/identity_providers": [{**there, "config": client}]})

    def program(client_id: str = "c") -> None:
        cloudflare.IdentityProvider(
            "github",
            name="GitHub",
            type="github",
            config={"client_id": client_id, "client_secret": client["client_secret"]},
        )

    matched, file = found(program, live)
    assert outcomes(matched) == {"github": Outcome.BY_ADOPT}
    assert "[secret]" not in json.dumps(file.document)
    # All else is compared.
    matched, _ = found(lambda: program("d"), live)
    [match] = matched.matches
    assert match.outcome is Outcome.CHANGES
    assert "config.client_id" in str(match)


def test_what_the_product_has_made_is_exact_whatever_its_kind(live: LocalCloudflare) -> None:
    Team(live).invite("ada")
    live.switches.sso_verified_after = 0
    ids = made_by(everything, live)
    matched, file = found(everything, live)
    assert {match.planned.name: match.id for match in matched.matches} == ids
    assert {*outcomes(matched).values()} == {Outcome.EXACT}, [*map(str, matched.matches)]
    # Whom somebody has invited by hand.
    assert [stray.name for stray in matched.strays] == ["ada@example.com"]
    assert matched.unread == []
    assert "04da6b54" not in json.dumps(file.document)
