"""What a check says of a program and a live account, and that it sends nothing but GETs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pulumi
import pytest

import pulumi_cloudflare_access as cloudflare
from harness.fresh import Run, served
from harness.local import config_for, strict
from harness.previewed import preview
from harness.team import Team, email
from pulumi_cloudflare_access import LocalCloudflare, grants, rules, scopes
from pulumi_cloudflare_access.adopt.import_file import ImportFile
from pulumi_cloudflare_access.adopt.live import Accounts, Live
from pulumi_cloudflare_access.adopt.matching import Found, Leftovers, Matching, Outcome
from pulumi_cloudflare_access.adopt.plan import declared, name_of, read_plan, with_ids
from pulumi_cloudflare_access.api.journal import NoJournal
from pulumi_cloudflare_access.engine.collection import Scope
from pulumi_cloudflare_access.engine.lifecycle import journal_for
from pulumi_cloudflare_access.errors import CloudflareError, ReadOnlyError
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TOKEN = "canary-of-a-provider-0123456789"  # noqa: S105 - nobody's
IDP_GROUP = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
ADA, GRACE = ({"email": {"email": email(name)}} for name in ("ada", "grace"))


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
    # The account has its organization in any case, and who is in it is not declared here.
    assert [*map(str, matched.strays)] == []
    assert matched.not_listed == [
        f"account members of account {live.account_id}: none is declared there"
    ]
    assert matched.unread == []
    assert "04da6b54" not in json.dumps(file.document)


def test_who_is_in_the_account_is_told_where_members_are_declared(live: LocalCloudflare) -> None:
    """Somebody invited by hand is drift for whom declares members, and for nobody else."""
    Team(live).invite("ada", "grace")

    def program() -> None:
        cloudflare.AccountMember(
            "ada", email=email("ada"), roles=["Administrator Read Only"], adopt=True
        )

    before = len(live.requests)
    found(lambda: None, live)
    assert [a["path"] for a in live.requests[before:] if "/members" in a["path"]] == []
    matched, _ = found(program, live)
    assert [(stray.kind, stray.name) for stray in matched.strays] == [
        ("account_member", email("grace"))
    ]
    assert matched.not_listed == []


def test_where_there_is_no_organization_there_is_nothing_to_declare(live: LocalCloudflare) -> None:
    """One that may not be read is another matter: it is told."""
    lifecycle = Live(Settings.read(config_for(live).get)).lifecycle("access_organization")
    scope = Scope("account", live.account_id)
    route = "GET /accounts/*/access/organizations"
    with live.fault(route, faults.Status(404, code=12135)):
        assert [*lifecycle.list_live(scope)] == []
    # A 404 of a wrong path says nothing of the organization.
    for other in (faults.Status(403), faults.Status(404)):
        with live.fault(route, other), pytest.raises(CloudflareError):
            [*lifecycle.list_live(scope)]
    assert len([*lifecycle.list_live(scope)]) == 1


def test_members_declared_in_another_account_say_nothing_of_this_one(
    live: LocalCloudflare,
) -> None:
    Team(live).invite("ada")
    here, there = (Scope("account", id_) for id_ in (live.account_id, "0" * 32))
    member = Live(Settings.read(config_for(live).get)).lifecycle("account_member")
    for declared_in, strays in ((there, []), (here, [email("ada")])):
        leftovers = Leftovers((), (), frozenset({("account_member", declared_in)}))
        leftovers.look(member, here)
        leftovers.look(member, here)
        assert [stray.name for stray in leftovers.strays] == strays


@pytest.mark.parametrize(
    "name", ["saml", "okta", "azure_ad", "gsuite", "oidc", "auth_context", "github_organization"]
)
def test_a_rule_about_a_provider_of_the_program_is_resolved(
    live: LocalCloudflare, name: str
) -> None:
    """The preview knows no id of the provider: the rule says of which resource it is."""
    arguments = {
        "saml": ("a", "b"),
        "oidc": ("a", "b"),
        "auth_context": (IDP_GROUP, "c1"),
        "gsuite": (email("staff"),),
    }
    make = getattr(rules, name)

    def program() -> None:
        pin = cloudflare.IdentityProvider("pin", name="PIN", type="onetimepin")
        rule = make(*arguments.get(name, (IDP_GROUP,)), pin)
        cloudflare.AccessGroup("staff", name="Staff", include=[rule])

    made_by(program, live)
    matched, file = found(program, live)
    assert {*outcomes(matched).values()} == {Outcome.EXACT}, [*map(str, matched.matches)]
    assert "04da6b54" not in json.dumps(file.document)


# ------------------------------------------------------------------------------- who is who


def test_of_two_of_a_name_the_file_or_the_command_line_says_which(live: LocalCloudflare) -> None:
    there = [{"name": "Staff", "include": [ADA]}, {"name": "Staff", "include": [GRACE]}]
    first, second = (one["id"] for one in live.seed({"access/groups": there})["access/groups"])

    def program() -> None:
        cloudflare.AccessGroup("staff", name="Staff", include=[rules.email("grace@example.com")])

    matched, file = found(program, live)
    [match] = matched.matches
    assert match.outcome is Outcome.AMBIGUOUS
    assert first in str(match)
    assert second in str(match)
    assert file.document["resources"] == []
    matched, _ = found(program, live, {"AccessGroup::staff": second})
    assert outcomes(matched) == {"staff": Outcome.EXACT}
    # The other one differs, and is told.
    matched, _ = found(program, live, {"AccessGroup::staff": first})
    [match] = matched.matches
    assert match.outcome is Outcome.CHANGES
    assert "include: - email ada@example.com; include: + email grace@example.com" in str(match)
    matched, _ = found(program, live, {"AccessGroup::staff": "0" * 32})
    assert outcomes(matched) == {"staff": Outcome.GONE}


def test_two_resources_that_are_one_object_are_told(live: LocalCloudflare) -> None:
    live.seed({"access/groups": [{"name": "Staff", "include": [ADA]}]})

    def program() -> None:
        for name in ("one", "two"):
            cloudflare.AccessGroup(name, name="Staff", include=[rules.email("ada@example.com")])

    matched, _ = found(program, live)
    assert outcomes(matched) == {"one": Outcome.EXACT, "two": Outcome.AMBIGUOUS}
    assert "AccessGroup one is the same object" in str(matched.of(Outcome.AMBIGUOUS)[0])


def test_renamed_moved_and_given_a_provider_it_is_exact_all_the_same(live: LocalCloudflare) -> None:
    Team(live).invite("ada")

    def flat() -> None:
        cloudflare.ProtectedApplication(
            "wiki",
            name="Wiki",
            domain="wiki.example.com",
            policies=[{"name": "In", "decision": "allow", "include": [rules.everyone()]}],
        )
        cloudflare.AccessGroup("staff", name="Staff", include=[rules.email("ada@example.com")])
        cloudflare.Team("crew", name="Crew", people=["ada@example.com"])

    def moved() -> None:
        eu = cloudflare.Cloudflare("eu", api_token=TOKEN)
        options = pulumi.ResourceOptions(provider=eu)
        wiki = cloudflare.AccessApplication(
            "renamed", name="Wiki", domain="wiki.example.com", opts=options
        )
        cloudflare.AccessApplicationPolicies(
            "its-policies",
            application=wiki,
            policies=[{"name": "In", "decision": "allow", "include": [rules.everyone()]}],
            opts=options,
        )
        parent = pulumi.ComponentResource("my:mod:People", "people")
        cloudflare.AccessGroup(
            "employees",
            name="Staff",
            include=[rules.email("ada@example.com")],
            opts=pulumi.ResourceOptions(parent=parent),
        )
        cloudflare.Team(
            "crew",
            name="Crew",
            people=["ada@example.com"],
            opts=pulumi.ResourceOptions(parent=parent),
        )

    made_by(flat, live)
    for program in (flat, moved):
        # The provider's own token is not shown by a preview: the command line names its variable.
        matched, file = found(program, live, tokens={"eu": live.token})
        assert {*outcomes(matched).values()} == {Outcome.EXACT}, [*map(str, matched.matches)]
    labels = [one["name"] for one in file.document["resources"]]
    assert len({*labels}) == len(labels)
    assert [urn.rpartition("::")[2] for urn in file.first] == ["eu"]
    assert TOKEN not in json.dumps(file.document)
    assert live.token not in json.dumps(file.document)


def test_what_refers_to_something_new_is_new_or_would_change(live: LocalCloudflare) -> None:
    live.seed({"access/policies": [{"name": "Old", "decision": "allow", "include": [ADA]}]})

    def program() -> None:
        staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.everyone()])
        for name in ("Old", "New"):
            cloudflare.AccessPolicy(
                name.lower(), name=name, decision="allow", include=[rules.group(staff)]
            )

    matched, _ = found(program, live)
    assert outcomes(matched) == {
        "staff": Outcome.NEW,
        "old": Outcome.CHANGES,
        "new": Outcome.NEW,
    }


def test_a_list_of_no_policies_is_exact_where_there_are_none(live: LocalCloudflare) -> None:
    live.seed({"access/apps": [{"type": "self_hosted", "name": "W", "domain": "w.example.com"}]})

    def program() -> None:
        app = cloudflare.AccessApplication("w", name="W", domain="w.example.com")
        cloudflare.AccessApplicationPolicies("none", application=app, policies=[])

    matched, _ = found(program, live)
    assert {*outcomes(matched).values()} == {Outcome.EXACT}


def test_a_client_that_only_reads_sends_nothing_else(live: LocalCloudflare) -> None:
    reading = Live(Settings.read(config_for(live).get))
    lifecycle = reading.lifecycle("access_group")
    before = len(live.requests)
    with pytest.raises(ReadOnlyError):
        lifecycle.client.post("/accounts/x/access/groups", {}, permission="x")
    assert len(live.requests) == before
    assert isinstance(journal_for(reading.settings), NoJournal)


def test_a_check_reads_lists_and_no_object_by_itself(live: LocalCloudflare) -> None:
    def program() -> None:
        for number in range(8):
            cloudflare.AccessGroup(f"g{number}", name=f"G{number}", include=[rules.everyone()])
            app = cloudflare.AccessApplication(
                f"a{number}", name=f"A{number}", domain=f"a{number}.example.com"
            )
            cloudflare.AccessApplicationPolicies(
                f"p{number}",
                application=app,
                policies=[{"name": "In", "decision": "allow", "include": [rules.everyone()]}]
                if number % 2
                else [],
            )

    made_by(program, live)
    before = len(live.requests)
    matched, _ = found(program, live)
    assert {*outcomes(matched).values()} == {Outcome.EXACT}
    paths = [asked["path"].partition("?")[0] for asked in live.requests[before:]]
    assert len(paths) == len({*paths})
    assert [path for path in paths if "/access/apps/" in path or "/access/groups/" in path] == []
