"""Teams through the real engine: one list of people, and a leaver is one line per place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.team import Team as People
from harness.team import email, member_id

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
from pulumi_cloudflare_access import grants, scopes

production = cloudflare.ResourceGroup(
    "production", name="Production", scope=scopes.objects("com.cloudflare.edge.r2.bucket.a"))
shops = scopes.zones({{"shop": "{zone}", "blog": Output.from_input("{other}")}})
team = cloudflare.Team(
    "engineers",
    name="Engineers",
    people=[{people}],
    guests=["bob@x.org"],
    service_tokens=["11111111-1111-4111-8111-111111111111"],
    require=[rules.geo("DE")],
    grants=[
        grants.allow("Zone Read", on=shops),
        grants.deny("DNS Write", on=[production, shops]),
    ],
    max_removals=1,
)
cloudflare.AccessPolicy(
    "staff", name="Staff", decision="allow", include=[rules.group(team.access_group)])
"""
PARTS = ("access", "rights", "members", "shop", "blog")


def there(cloudflare: LocalCloudflare, where: str) -> list[dict[str, Any]]:
    with httpx.Client(
        transport=httpx.WSGITransport(app=cloudflare.app),
        base_url=cloudflare.base_url,
        headers={"Authorization": f"Bearer {cloudflare.token}"},
    ) as http:
        found: list[dict[str, Any]] = http.get(
            f"accounts/{cloudflare.account_id}/{where}?per_page=50"
        ).json()["result"]
        return [one for one in found if one.get("meta") != {"editable": "false"}]


def test_a_team_is_everywhere_and_a_leaver_leaves_everywhere(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    people = People(cloudflare)
    people.invite("ada", "grace", "linus")
    other = cloudflare.add_zone()

    def program(*names: str) -> str:
        addresses = ", ".join(f'"{email(name)}"' for name in names)
        return PROGRAM.format(people=addresses, zone=cloudflare.zone_id, other=other.id)

    stack.program(program("ada", "grace", "linus"))
    stack.up()
    assert colleague.members("Engineers") == {
        *map(email, ("ada", "grace", "linus")),
        "bob@x.org",
        "11111111-1111-4111-8111-111111111111",
    }
    assert colleague.members("Engineers", "require") == {"DE"}
    [group] = there(cloudflare, "iam/user_groups")
    assert people.members(group["id"]) == ["ada", "grace", "linus"]
    assert set(stack.state()["engineers-rights"]["inputs"]["policies"]) == {
        "allow Zone Read on blog (Engineers), shop (Engineers)",
        "deny DNS Write on Production, blog (Engineers), shop (Engineers)",
    }
    held = {group["name"]: group["scope"] for group in there(cloudflare, "iam/resource_groups")}
    assert set(held) == {"Production", "blog (Engineers)", "shop (Engineers)"}
    assert stack.settled()

    # In any order, and in any spelling, they are the same people.
    stack.program(program("linus", "grace", "ada"))
    assert stack.plan().changed() == {}

    stack.program(program("ada", "linus"))
    plan = stack.plan()
    assert plan.changed() == {"engineers-access": "update", "engineers-members": "update"}
    assert plan.paths("engineers-access") == {'include["email grace@example.com"]': "delete"}
    assert plan.paths("engineers-members") == {'members["grace@example.com"]': "delete"}
    stack.up()
    assert email("grace") not in colleague.members("Engineers")
    assert people.members(group["id"]) == ["ada", "linus"]
    assert member_id("grace") in {one["id"] for one in there(cloudflare, "members")}

    stack.program(program("grace"))
    assert "max_removals" in stack.preview(ok=False).text

    stack.destroy()
    assert stack.state() == {}
    assert colleague.groups() == {}
    assert there(cloudflare, "iam/user_groups") == there(cloudflare, "iam/resource_groups") == []
    assert there(cloudflare, "access/policies") == []


INVITING = """
teams = {{"Engineers": [{engineers}], "Operators": [{operators}]}}
for name, people in teams.items():
    cloudflare.Team(
        name, name=name, people=people, invite=True, user_group=True, allow_empty=True)
"""


def test_a_person_of_two_teams_is_invited_once_and_removed_with_the_last(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    def program(engineers: list[str], operators: list[str]) -> str:
        named = {"engineers": engineers, "operators": operators}
        return INVITING.format(
            **{team: ", ".join(f'"{email(n)}"' for n in names) for team, names in named.items()}
        )

    def members() -> dict[str, list[str]]:
        found = there(cloudflare, "members")
        return {one["email"]: [role["name"] for role in one["roles"]] for one in found}

    stack.program(program(["ada"], ["ada", "grace"]))
    stack.up()
    least = ["Minimal Account Access"]
    assert members() == {email("ada"): least, email("grace"): least}
    people, groups = People(cloudflare), there(cloudflare, "iam/user_groups")
    held = {group["name"]: len(people.members(group["id"])) for group in groups}
    assert held == {"Engineers": 1, "Operators": 2}
    assert stack.settled()

    # Whichever team it comes from, it is the same resource.
    stack.program(program(["ada"], ["ada"]).replace("Operators", "Zoo"))
    assert "member ada@example.com" not in stack.plan().changed()
    stack.program(program(["ada"], ["ada"]))
    plan = stack.plan()
    assert plan.changed()["member grace@example.com"] == "delete"
    assert "member ada@example.com" not in plan.changed()
    stack.up()
    assert members() == {email("ada"): least}
    stack.program(program(["ada"], ["ada"]).replace("allow_empty=True", "roles=[name]"))
    said = stack.preview(ok=False).text
    assert "people[0]: another team invites ada@example.com with other roles" in said
    stack.destroy()
    assert there(cloudflare, "members") == []


FILE = """
from pulumi_cloudflare_access import grants, scopes

teams = cloudflare.teams_from_file(
    "people.csv",
    grants={{"Operators": [grants.allow("Zone Read", on=scopes.zones({{"shop": "{zone}"}}))]}},
)
pulumi.export("teams", sorted(teams))
"""


def test_teams_come_from_a_file_and_its_mistakes_are_shown_in_the_preview(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    People(cloudflare).invite("ada", "grace")
    file = stack.project / "people.csv"
    rows = "email,team\nada@example.com,Operators\ngrace@example.com,Operators\n"
    file.write_text(rows + "ada@example.com,Site Reliability\nbob@x.org,Site Reliability\n")
    stack.program(FILE.format(zone=cloudflare.zone_id))
    stack.up()
    assert colleague.members("Site Reliability") == {"ada@example.com", "bob@x.org"}
    assert colleague.members("Operators") == {"ada@example.com", "grace@example.com"}
    assert [group["name"] for group in there(cloudflare, "iam/user_groups")] == ["Operators"]

    file.write_text(file.read_text().replace("ada@example.com,Op", "ada@example,Op"))
    said = stack.preview(ok=False)
    assert said.status != 0
    assert 'line 2: email: "ada@example" is no e-mail address' in said.text
    assert "Traceback" not in said.text

    # A leaver is gone from the file, and from each team that had the person.
    file.write_text("email,team\ngrace@example.com,Operators\nbob@x.org,Site Reliability\n")
    changed = {"Operators-access", "Operators-members", "Site Reliability-access"}
    assert stack.plan().changed() == dict.fromkeys(changed, "update")
