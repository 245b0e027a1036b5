"""Names of every sort in every kind: made, looked at, changed and deleted without a loss.

By default eight examples of each kind, the same each time; `pytest --hypothesis-profile thorough`
draws 200, and shrinks what it finds.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from harness.account import Account
from harness.plugin import Kept, Plugin
from pulumi_cloudflare_access import grants, kinds
from pulumi_cloudflare_access.process.plugin import plain
from pulumi_cloudflare_access.text import spelling
from test_names import check_carried, is_clean

THOROUGH = settings.get_current_profile_name() == "thorough"
HOW = (
    settings(max_examples=200, print_blob=True)
    if THOROUGH
    else settings(
        max_examples=8,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
)
UNKNOWN, SIGNATURE = spelling.UNKNOWN_VALUES[0], spelling.SIGNATURE
IDP, ZONE = "bb0a4aab-672b-4bdb-bc33-a59f1130a11f", "0123456789abcdef0123456789abcdef"
ZONES = "com.cloudflare.api.account.zone."

# What a name may be, or be made of.
WHOLE = [
    *(
        "order",
        "everyone",
        "(not known yet)",
        "email ada@example.com",
        "group Staff",
        "__Block",
        "__",
    ),
    *(
        "Staff",
        "Staff (2)",
        "a > b",
        "a ≻ b",
        ">",
        "true",
        "null",
        "0",
        "*",
        "[secret]",
        "name",
        "id",
    ),
    *(
        "__provider",
        "__secret",
        "__version",
        "x" * 300,
        " lead",
        "trail ",
        "${HOME}",
        "{{x}}",
        "%s",
    ),
    *(
        "<U+001B>",
        "<U+005F>_Block",
        "<U+003C>U+001B>",
        'say "hi"',
        "it's",
        "a\\b",
        "a,b; c",
        "[0]",
        "a.b",
    ),
    *(
        "<b>&amp;</b>",
        "../..",
        "a/b?c#d",
        "Ärzte",
        "開発部",
        "فريق",
        "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}",
    ),
    *(
        "\N{CLOUD}\ufe0f",
        "Cafe\u0301",
        "Café",
        "İ",
        "ß",
        UNKNOWN,
        SIGNATURE,
        *spelling.UNKNOWN_VALUES[1:3],
    ),
]
PIECES = [
    *(
        "\x1b[31m",
        "\n",
        "\r",
        "\t",
        "\0",
        "\x7f",
        "\x9b2J",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
    ),
    *(
        "\u2028",
        "\u2029",
        "\U000e0041",
        "\ud800",
        "__",
        " > ",
        " (2)",
        " ",
        "a",
        "Z",
        "é",
        '"',
        "\\",
        "<U+",
        ">",
    ),
]
NAME = (
    st.sampled_from(WHOLE) | st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
).filter(lambda name: spelling.value_of(name).strip() != "")
Names = Sequence[str]


@dataclass(frozen=True)
class Case:
    """One kind: two declarations made of names, and what is then at Cloudflare."""

    kind: str
    first: Callable[[Names, Account], dict[str, Any]]
    second: Callable[[Names, Account], dict[str, Any]]
    look: Callable[[Account, Kept], Any]
    """Reads the object, in the form of `there`."""
    there: Callable[[dict[str, Any]], Any]
    """Writes what a declaration makes."""


def sorted_all(value: Any) -> Any:
    """Sort every list: an order means nothing, unless a case says so itself."""
    if isinstance(value, dict):
        return {key: sorted_all(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(sorted_all, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def without_labels(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_labels(inner) for key, inner in value.items() if key != "label"}
    return [without_labels(inner) for inner in value] if isinstance(value, list) else value


def declared_of(answer: dict[str, Any], declared: dict[str, Any]) -> Any:
    """Return of an answer what is declared."""
    return {name: answer.get(name) for name in without_labels(declared) if name != "policies"}


def plainly(where: str, *fields: str) -> dict[str, Any]:
    """Describe a kind whose answers have what is declared as it is."""

    def look(account: Account, kept: Kept) -> Any:
        found = account.look(f"{where}/{kept.id}")
        return sorted_all({name: found.get(name) for name in fields})

    def there(declared: dict[str, Any]) -> Any:
        return sorted_all({name: without_labels(declared).get(name) for name in fields})

    return {"look": look, "there": there}


def rules_of(n: Names, account: Account) -> list[dict[str, Any]]:
    del account
    return [
        {"common_name": {"common_name": n[0]}},
        {"saml": {"attribute_name": n[1], "attribute_value": n[2], "identity_provider_id": IDP}},
        {"okta": {"name": n[3], "identity_provider_id": IDP}},
        {"login_method": {"id": IDP}, "label": n[1]},
        {"azureAD": {"id": n[2], "identity_provider_id": IDP}, "label": n[3]},
    ]


def group(n: Names, account: Account) -> dict[str, Any]:
    return {"name": n[0], "include": rules_of(n, account), "exclude": [], "require": []}


def more_of_a_group(n: Names, account: Account) -> dict[str, Any]:
    added = {"auth_method": {"auth_method": n[4]}}
    return {**group(n, account), "name": n[4], "include": [added, *rules_of(n, account)]}


def policy(n: Names, account: Account) -> dict[str, Any]:
    return {
        "name": n[0],
        "decision": "allow",
        "include": rules_of(n, account),
        "purpose_justification_required": True,
        "purpose_justification_prompt": n[1],
        "approval_required": True,
        "approval_groups": [{"approvals_needed": 1, "email_addresses": [address(n[2])]}],
    }


def changed_policy(n: Names, account: Account) -> dict[str, Any]:
    people = sorted({address(n[2]), address(n[4])})
    groups = [{"approvals_needed": 1, "email_addresses": people}]
    return {**policy(n, account), "name": n[4], "approval_groups": groups}


def application(n: Names, account: Account) -> dict[str, Any]:
    return {
        "type": "self_hosted",
        "domain": "a.example.com",
        "name": n[0],
        "tags": sorted({n[1], n[2]}),
        "custom_deny_message": n[3],
        "cors_headers": {"allowed_headers": sorted({n[3], n[0]})},
        "policies": [
            {"id": id_, "label": name} for id_, name in zip(attached(account), n, strict=False)
        ],
    }


def changed_application(n: Names, account: Account) -> dict[str, Any]:
    return {**application(n, account), "tags": sorted({n[1], n[4]}), "name": n[4]}


def attached(account: Account) -> list[str]:
    return [str(one["id"]) for one in account.look("/access/policies")][:2]


def targets(n: Names, account: Account) -> dict[str, Any]:
    del account
    attributes = {n[1]: sorted({n[2], n[3]}), n[3]: [n[0]]}
    criterion = {"port": 22, "protocol": "SSH", "target_attributes": attributes}
    return {"type": "infrastructure", "name": n[0], "target_criteria": [criterion]}


def changed_targets(n: Names, account: Account) -> dict[str, Any]:
    criterion = {"port": 22, "protocol": "SSH", "target_attributes": {n[1]: [n[4]], n[4]: [n[1]]}}
    return {**targets(n, account), "target_criteria": [criterion]}


def oidc(n: Names, account: Account) -> dict[str, Any]:
    del account
    claims = [
        {"name": name, "source": {"name": n[2], "name_by_idp": {n[3]: n[2], n[0]: n[1]}}}
        for name in sorted({n[0], n[1]})
    ]
    saas = {"auth_type": "oidc", "redirect_uris": ["https://x.example"], "custom_claims": claims}
    return {"type": "saas", "name": n[0], "saas_app": saas}


def changed_oidc(n: Names, account: Account) -> dict[str, Any]:
    claim = {"name": n[4], "source": {"name": n[2], "name_by_idp": {n[4]: n[2]}}}
    before = oidc(n, account)
    return {**before, "saas_app": {**before["saas_app"], "custom_claims": [claim]}}


def look_at_oidc(account: Account, kept: Kept) -> Any:
    found = account.look(f"/access/apps/{kept.id}")
    return sorted_all([found["name"], found["saas_app"]["custom_claims"]])


def own(n: Names, account: Account) -> dict[str, Any]:
    app = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "b.example.com"})
    return {"application": app["id"], "policies": policies_called(n[:4])}


def policies_called(names: Names) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "decision": "deny" if number % 2 == 0 else "allow",
            "include": [{"common_name": {"common_name": name}}],
        }
        for number, name in enumerate(names)
    ]


def changed_own(n: Names, account: Account) -> dict[str, Any]:
    [app] = account.look("/access/apps")
    return {"application": app["id"], "policies": policies_called([n[4], n[2], n[1], n[0]])}


def look_at_own(account: Account, kept: Kept) -> Any:
    found = account.look(f"/access/apps/{kept.id}/policies")
    return [{name: one[name] for name in ("name", "decision", "include")} for one in found]


def single(n: Names, account: Account) -> dict[str, Any]:
    app = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "b.example.com"})
    [one] = policies_called(n[:1])
    return {"application": app["id"], **one, "precedence": 1}


def changed_single(n: Names, account: Account) -> dict[str, Any]:
    [app] = account.look("/access/apps")
    [one] = policies_called(n[4:5])
    return {"application": app["id"], **one, "precedence": 1}


def look_at_single(account: Account, kept: Kept) -> Any:
    [found] = account.look(f"/access/apps/{kept.outputs['application']}/policies")
    return {name: found[name] for name in ("name", "decision", "include")}


def resource_group(n: Names, account: Account) -> dict[str, Any]:
    zone = account.cloudflare.zone_id
    return {"name": n[0], "scope": {"objects": [{"key": f"{ZONES}{zone}", "label": n[1]}]}}


def changed_resource_group(n: Names, account: Account) -> dict[str, Any]:
    held = [{"key": f"{ZONES}{ZONE}", "label": n[1]}, {"key": "*"}]
    return {**resource_group(n, account), "name": n[4], "scope": {"objects": held}}


def look_at_resource_group(account: Account, kept: Kept) -> Any:
    found = account.look(f"/iam/resource_groups/{kept.id}")
    [scope] = found["scope"] if isinstance(found["scope"], list) else [found["scope"]]
    return [found["name"], sorted(held["key"] for held in scope["objects"])]


def user_group(n: Names, account: Account) -> dict[str, Any]:
    ids = [str(one["id"]) for one in account.look("/iam/resource_groups")][:2]
    on: Any = [{"id": id_, "label": name} for id_, name in zip(ids, n[1:3], strict=False)]
    return {"name": n[0], "policies": [grants.allow("Zone Read", on=on)]}


def changed_user_group(n: Names, account: Account) -> dict[str, Any]:
    return {**user_group(n, account), "name": n[4]}


def identity_provider(n: Names, account: Account) -> dict[str, Any]:
    del account
    config = {"client_id": "c", "client_secret": "s3cret-of-the-client", "claims": sorted(n[1:3])}
    return {"name": n[0], "type": "google", "config": config}


def changed_identity_provider(n: Names, account: Account) -> dict[str, Any]:
    return {**identity_provider(n, account), "name": n[4]}


def look_at_identity_provider(account: Account, kept: Kept) -> Any:
    found = account.look(f"/access/identity_providers/{kept.id}")
    return [found["name"], sorted(found["config"]["claims"])]


def custom_page(n: Names, account: Account) -> dict[str, Any]:
    del account
    return {"name": n[0], "type": "login", "custom_html": f"<p>{n[1]}</p>"}


def changed_custom_page(n: Names, account: Account) -> dict[str, Any]:
    return {**custom_page(n, account), "name": n[4]}


def service_token(n: Names, account: Account) -> dict[str, Any]:
    del account
    return {"name": n[0]}


def changed_service_token(n: Names, account: Account) -> dict[str, Any]:
    del account
    return {"name": n[4]}


def zero_trust_list(n: Names, account: Account) -> dict[str, Any]:
    del account
    return {"name": n[0], "type": "SERIAL", "description": n[1]}


def changed_zero_trust_list(n: Names, account: Account) -> dict[str, Any]:
    return {**zero_trust_list(n, account), "name": n[4], "description": n[2]}


def members(n: Names, account: Account) -> dict[str, Any]:
    [held] = account.cloudflare.seed({"iam/user_groups": [{"name": "G"}]})["iam/user_groups"]
    return {"group": held["id"], "members": sorted(map(address, n[:3]))}


def changed_members(n: Names, account: Account) -> dict[str, Any]:
    held = next(one for one in account.look("/iam/user_groups") if one["name"] == "G")
    return {"group": held["id"], "members": sorted(map(address, [*n[1:3], n[4]]))}


# The plugin process outlives an example: nobody of one is in another.
_examples = itertools.count()
_example = 0


def address(name: str) -> str:
    """Return an address that is made of a name, as far as an address can be."""
    local = "".join(name.lower().split()).replace("@", "")[:40]
    return f"__{local}@{_example}.example.com"


def look_at_members(account: Account, kept: Kept) -> Any:
    found = account.look(f"/iam/user_groups/{kept.id}/members")
    return sorted({one["email"] for one in found})


CASES = [
    Case("access_group", group, more_of_a_group, **plainly("/access/groups", "name", "include")),
    Case(
        "access_policy",
        policy,
        changed_policy,
        **plainly(
            "/access/policies",
            *("name", "include", "purpose_justification_prompt", "approval_groups"),
        ),
    ),
    Case(
        "access_application",
        application,
        changed_application,
        **plainly("/access/apps", "name", "tags", "custom_deny_message", "cors_headers"),
    ),
    Case(
        "access_application",
        targets,
        changed_targets,
        **plainly("/access/apps", "name", "target_criteria"),
    ),
    Case(
        "access_application",
        oidc,
        changed_oidc,
        look_at_oidc,
        lambda declared: sorted_all([declared["name"], declared["saas_app"]["custom_claims"]]),
    ),
    Case(
        "access_application_policies",
        own,
        changed_own,
        look_at_own,
        lambda declared: declared["policies"],
    ),
    Case(
        "access_application_policy",
        single,
        changed_single,
        look_at_single,
        lambda declared: {name: declared[name] for name in ("name", "decision", "include")},
    ),
    Case(
        "resource_group",
        resource_group,
        changed_resource_group,
        look_at_resource_group,
        lambda declared: [
            declared["name"],
            sorted({held["key"] for held in declared["scope"]["objects"]}),
        ],
    ),
    Case(
        "user_group",
        user_group,
        changed_user_group,
        **plainly("/iam/user_groups", "name"),
    ),
    Case(
        "identity_provider",
        identity_provider,
        changed_identity_provider,
        look_at_identity_provider,
        lambda declared: [declared["name"], sorted({*declared["config"]["claims"]})],
    ),
    Case(
        "custom_page",
        custom_page,
        changed_custom_page,
        **plainly("/access/custom_pages", "name", "custom_html"),
    ),
    Case(
        "service_token",
        service_token,
        changed_service_token,
        **plainly("/access/service_tokens", "name"),
    ),
    Case(
        "zero_trust_list",
        zero_trust_list,
        changed_zero_trust_list,
        **plainly("/gateway/lists", "name", "description"),
    ),
    Case(
        "user_group_members",
        members,
        changed_members,
        look_at_members,
        lambda declared: sorted({*declared["members"]}),
    ),
]
# A member by itself is one of the set's; connectors have domains and no names, people addresses.
# A tag is its name, which no update changes: test_tag_and_custom_page.py.
WITHOUT_NAMES = {"account_member", "user_group_member", "sso_connector", "sso_connector_activation"}
WITHOUT_NAMES |= {"access_tag", "access_organization"}


def test_every_kind_that_has_names_is_here() -> None:
    assert {case.kind for case in CASES} | WITHOUT_NAMES == {*kinds.KINDS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.first.__name__)
def test_names_of_every_sort_are_kept_and_quiet(
    case: Case, shared_plugin: Plugin, account: Account
) -> None:
    account.cloudflare.add_zone(ZONE)

    @settings(HOW, suppress_health_check=list(HealthCheck))
    @given(st.lists(NAME, min_size=5, max_size=5, unique=True))
    def live(names: list[str]) -> None:
        global _example  # noqa: PLW0603 - see above
        _example = next(_examples)
        account.cloudflare.reset()
        shared_plugin.warnings.clear()
        emails = {address(name) for name in names}
        account.cloudflare.seed(
            {
                "access/tags": [{"name": name} for name in names],
                "access/policies": [
                    {"name": name, "decision": "allow", "include": [{"everyone": {}}]}
                    for name in names[:2]
                ],
                "members": [{"email": email} for email in sorted(emails)],
            }
        )
        kept: Kept | None = None
        for declare in (case.first, case.second):
            written = declare(names, account)
            # A key that could mean two things is told; what it is told to be written as, is that.
            if any(spelling.text_of(key) != key for key in keys_in(written)):
                reject()
            declared = spelling.carried(written, is_known=True)
            kept = fit(shared_plugin.up(case.kind, declared, was=kept))
            assert case.look(account, kept) == case.there(written)
            check_clean(shared_plugin.warnings)
            kept = quiet(shared_plugin, kept, declared)
            # Handed back by the engine, as it is in the state: the same.
            assert shared_plugin.up(case.kind, {**declared, **maps(kept)}, was=kept).did == "same"
        assert kept
        shared_plugin.destroy(kept)
        check_clean(shared_plugin.warnings)

    live()


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value}.union(*map(keys_in, value.values()))
    return set[str]().union(*map(keys_in, value)) if isinstance(value, list) else set()


def maps(kept: Kept) -> dict[str, Any]:
    return {name: value for name, value in kept.inputs.items() if isinstance(value, dict)}


def quiet(plugin: Plugin, kept: Kept, declared: dict[str, Any]) -> Kept:
    plugin.warnings.clear()
    refreshed = fit(plugin.refresh(kept))
    assert (refreshed.did, refreshed.outputs) == ("same", kept.outputs)
    again = fit(plugin.up(kept.kind, declared, was=refreshed))
    assert (again.did, again.inputs) == ("same", kept.inputs)
    assert [one for one in plugin.warnings if "changed at Cloudflare" in one] == []
    return again


def fit(kept: Kept | None) -> Kept:
    assert kept
    for bag in (kept.inputs, kept.outputs):
        for value in bag.values():
            # What is secret, the engine unwraps.
            check_carried(plain(value))
    return kept


def check_clean(warnings: list[str]) -> None:
    assert [warning for warning in warnings if not is_clean(warning)] == []
    warnings.clear()
