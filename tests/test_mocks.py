"""Programs are unit-tested under Pulumi's mocks: everything of this package works there."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import httpx
import pulumi
import pytest
from pulumi.runtime import mocks

import pulumi_cloudflare_access as cloudflare
from harness.program import resolved
from pulumi_cloudflare_access import grants, rules, scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_cloudflare_access import LocalCloudflare

ACCOUNT = "f89ab311e9197ddc069cceedfef1700a"
ID = "ea85612a-29c8-46c2-bacb-669d65136971"
ADA: Any = rules.email("ada@example.com")


class Mocks(pulumi.runtime.Mocks):
    """Answer with what was declared, as Pulumi's documentation shows it."""

    def __init__(self, **more: Any) -> None:
        self.more = more

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}_id", {**args.inputs, **self.more}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return args.args, None


POLICY: dict[str, Any] = {"name": "Staff", "decision": "allow", "include": [ADA]}


def _group() -> cloudflare.AccessGroup:
    return cloudflare.AccessGroup("group", name="Staff", include=[ADA])


def _policy() -> cloudflare.AccessPolicy:
    return cloudflare.AccessPolicy(
        "policy", name="P", decision="allow", include=[rules.group(_group())]
    )


def _application() -> cloudflare.AccessApplication:
    return cloudflare.AccessApplication(
        "app", name="A", domain="a.example.com", policies=[_policy()]
    )


def _bare() -> cloudflare.AccessApplication:
    return cloudflare.AccessApplication("bare", name="B", domain="b.example.com")


def _zones() -> cloudflare.ResourceGroup:
    return cloudflare.ResourceGroup("zones", name="Z", scope=scopes.zones("a" * 32))


def _people() -> cloudflare.UserGroup:
    allowed = grants.allow("Zone Read", on=_zones())
    return cloudflare.UserGroup("people", name="U", policies=[allowed])


def _sso() -> cloudflare.SsoConnector:
    return cloudflare.SsoConnector("sso", email_domain="example.com")


def _login() -> cloudflare.IdentityProvider:
    return cloudflare.IdentityProvider("otp", name="PIN", type="onetimepin", config={})


def _tag() -> cloudflare.AccessTag:
    return cloudflare.AccessTag("tag", name="docs")


def _page() -> cloudflare.CustomPage:
    return cloudflare.CustomPage(
        "page", name="No", type="identity_denied", custom_html="<h1>No</h1>"
    )


def _list() -> cloudflare.ZeroTrustList:
    return cloudflare.ZeroTrustList("list", name="L", type="EMAIL", items=["ada@example.com"])


MADE: dict[str, Callable[[], Any]] = {
    "AccountMember": lambda: cloudflare.AccountMember(
        "ada", email="ada@example.com", roles=["Administrator Read Only"]
    ),
    "AccessOrganization": lambda: cloudflare.AccessOrganization("all", session_duration="12h"),
    "AccessTag": _tag,
    "CustomPage": _page,
    "IdentityProvider": _login,
    "ServiceToken": lambda: cloudflare.ServiceToken("ci", name="CI"),
    "ZeroTrustList": _list,
    "AccessGroup": _group,
    "AccessPolicy": _policy,
    "AccessApplication": _application,
    "AccessApplicationPolicies": lambda: cloudflare.AccessApplicationPolicies(
        "list", application=_bare(), policies=[POLICY]
    ),
    "AccessApplicationPolicy": lambda: cloudflare.AccessApplicationPolicy(
        "one", application=_bare(), precedence=1, **POLICY
    ),
    "ResourceGroup": _zones,
    "UserGroup": _people,
    "UserGroupMember": lambda: cloudflare.UserGroupMember(
        "member", group=_people(), member="ada@example.com"
    ),
    "UserGroupMembers": lambda: cloudflare.UserGroupMembers(
        "members", group=_people(), members=["ada@example.com"]
    ),
    "SsoConnector": _sso,
    "SsoConnectorActivation": lambda: cloudflare.SsoConnectorActivation("on", connector=_sso()),
    "ProtectedApplication": lambda: (
        cloudflare.ProtectedApplication(
            "wiki", name="Wiki", domain="wiki.example.com", policies=[POLICY]
        ).application
    ),
    "PolicySet": lambda: cloudflare.PolicySet(
        "set", policies=[POLICY], applications={"wiki": {"domain": "wiki.example.com"}}
    ).by_name["Staff"],
    "Team": lambda: (
        cloudflare.Team("team", name="T", people=["ada@example.com"], user_group=True).user_group
    ),
    "Cloudflare": lambda: cloudflare.Cloudflare("eu", account_id=ACCOUNT),
}


@pytest.fixture(params=[False, True], ids=["up", "preview"])
def _mocked(request: pytest.FixtureRequest) -> None:
    mocks.set_mocks(Mocks(), preview=request.param)


@pytest.mark.usefixtures("_mocked")
@pytest.mark.parametrize("name", MADE)
def test_every_resource_and_component_can_be_made(name: str) -> None:
    """Each with what it refers to; its id is the mocks'."""
    known: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def make() -> Any:
        return MADE[name]().id.apply(known.append)

    make()
    assert len(known) == 1


@pytest.mark.usefixtures("_mocked")
def test_everything_public_is_tried() -> None:
    """A resource that is added later is tried, too."""
    public = {name for name in cloudflare.__all__ if _is_resource(getattr(cloudflare, name))}
    assert public == MADE.keys()


def _is_resource(one: Any) -> bool:
    return inspect.isclass(one) and issubclass(one, pulumi.Resource)


GETS = [
    name
    for name in cloudflare.__all__
    if _is_resource(getattr(cloudflare, name)) and hasattr(getattr(cloudflare, name), "get")
]


@pytest.mark.usefixtures("_mocked")
@pytest.mark.parametrize("name", GETS)
def test_every_resource_can_be_read(name: str) -> None:
    """`.get` hands the id on."""
    known: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def read() -> Any:
        kind = getattr(cloudflare, name)
        more = (
            {"application": ID} if "application" in inspect.signature(kind.get).parameters else {}
        )
        return kind.get("it", ID, account_id=ACCOUNT, **more).id.apply(known.append)

    read()
    assert known


PLURALS = [
    name
    for name in cloudflare.__all__
    if name.startswith("get_") and name.endswith("s") and f"{name}_output" in cloudflare.__all__
]


@pytest.mark.parametrize("name", PLURALS)
def test_every_look_up_works(name: str, program: LocalCloudflare) -> None:
    """Against a local Cloudflare, at once and as an Output."""
    more = {} if name != "get_user_group_members" else {"group": _a_group(program)}
    now = getattr(cloudflare, name)(**more)
    assert resolved(getattr(cloudflare, f"{name}_output")(**more)) == now


def _a_group(program: LocalCloudflare) -> str:
    made = httpx.Client(
        transport=httpx.WSGITransport(app=program.app),
        headers={"Authorization": f"Bearer {program.token}"},
    ).post(
        f"{program.base_url}/accounts/{program.account_id}/iam/user_groups", json={"name": "Staff"}
    )
    return str(made.json()["result"]["id"])
