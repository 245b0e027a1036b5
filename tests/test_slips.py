"""Slips that a program shows are told in the preview, in one line, with what to say instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pulumi
import pytest
from pulumi.runtime import mocks

import pulumi_cloudflare_access
from harness.program import Registered
from pulumi_cloudflare_access import rules
from pulumi_cloudflare_access.engine.lifecycle import MISTAKES

if TYPE_CHECKING:
    from collections.abc import Callable

cloudflare: Any = pulumi_cloudflare_access
ID = "ea85612a-29c8-46c2-bacb-669d65136971"
ADA: Any = rules.email("ada@example.com")


@pytest.fixture
def registered() -> Registered:
    engine = Registered()
    mocks.set_mocks(engine, preview=False)
    return engine


def mistakes(engine: Registered, name: str, make: Callable[[], Any]) -> str:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> Any:
        return make().urn

    run()
    return "\n".join(engine.inputs[name].get(MISTAKES) or ())


def group(*include: Any) -> Callable[[], Any]:
    return lambda: cloudflare.AccessGroup("it", name="It", include=list(include))


def other() -> Any:
    return cloudflare.AccessGroup("eng", name="Engineers", include=[ADA])


def found() -> Any:
    return cloudflare.GetAccessGroupResult(id=ID, name="Engineers")


SLIPS: dict[str, tuple[Callable[[], Any], str]] = {
    "a group": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[other()]),
        'include[0]: is AccessGroup "eng", and must be a rule: say rules.group(…)',
    ),
    "its id": (
        lambda: cloudflare.AccessPolicy("it", name="It", decision="deny", include=[other().id]),
        'include[0]: is AccessGroup "eng", and must be a rule: say rules.group(…)',
    ),
    "what a look-up found": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[ADA], exclude=[found()]),
        "exclude[0]: is an Access group that a look-up has found, and must be a rule: say rules",
    ),
    "inside a policy": (
        lambda: cloudflare.AccessApplicationPolicies(
            "it",
            application=ID,
            policies=[{"name": "P", "decision": "allow", "include": [ADA], "require": [found()]}],
        ),
        "policies[0].require[0]: is an Access group",
    ),
    "swapped": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[rules.okta(found(), "staff")]),
        (
            "include[0].okta.name: is an Access group that a look-up has found, and must be a "
            "text: are the arguments of okta in the right order?"
        ),
    ),
    "a set": (
        lambda: cloudflare.AccessApplication(
            "it", name="It", domain="a.example.com", tags={"red", "green"}
        ),
        "tags: is a set, and must be a list: list(…) makes one of it",
    ),
    "a generator": (
        lambda: cloudflare.AccessGroup("it", name="It", include=(one for one in [ADA])),
        "include: is a generator, and must be a list",
    ),
    "values": (
        lambda: cloudflare.UserGroupMembers(
            "it", group=ID, members={"ada": "ada@example.com"}.values()
        ),
        "members: is the values of a dictionary, and must be a list",
    ),
    "deep inside": (
        lambda: cloudflare.AccessApplication(
            "it",
            name="It",
            domain="a.example.com",
            cors_headers={"allowed_methods": {"GET"}},
        ),
        "cors_headers.allowed_methods: is a set",
    ),
    "a function": (group(rules.everyone), "include[0]: is a function"),
}


@pytest.mark.parametrize(("make", "told"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_by_check(
    make: Callable[[], Any], told: str, registered: Registered
) -> None:
    """With everything else that is wrong, in the preview."""
    assert told in mistakes(registered, "it", make)


def test_people_may_be_dictionaries(registered: Registered) -> None:
    """As the API has them."""

    def make() -> Any:
        return cloudflare.UserGroupMembers("it", group="b" * 32, members=[{"id": "a" * 32}])

    assert mistakes(registered, "it", make) == ""
    assert registered.inputs["it"]["members"] == [{"id": "a" * 32}]


OPTIONS: dict[str, tuple[Callable[[], Any], str]] = {
    "a dictionary": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[ADA], opts={"protect": True}),
        'AccessGroup "it": opts: is a dictionary, and must be pulumi.ResourceOptions(…)',
    ),
    "provider": (
        lambda: cloudflare.AccessGroup(
            "it", name="It", include=[ADA], opts=pulumi.ResourceOptions(provider=cast("Any", "eu"))
        ),
        'AccessGroup "it": opts.provider: is "eu", and must be a provider',
    ),
    "of a component": (
        lambda: cloudflare.Team(
            "it", name="It", people=["ada@example.com"], opts={"protect": True}
        ),
        'Team "it": opts: is a dictionary',
    ),
    "of get": (
        lambda: cloudflare.AccessGroup.get("it", ID, opts={"protect": True}),
        'AccessGroup.get "it": opts: is a dictionary',
    ),
    "no argument": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[ADA], excludes=[ADA]),
        'AccessGroup "it": "excludes" is not an argument; "exclude"?',
    ),
    "an option": (
        lambda: cloudflare.AccessGroup("it", name="It", include=[ADA], depends_on=[]),
        "it is one of the options: opts=pulumi.ResourceOptions(depends_on=…)",
    ),
    "missing": (
        lambda: cloudflare.AccessGroup("it", name="It"),
        'AccessGroup "it": include: is req',
    ),
}


@pytest.mark.parametrize(("make", "told"), OPTIONS.values(), ids=OPTIONS)
def test_what_cannot_be_registered_ends_the_program_in_one_line(
    make: Callable[[], Any], told: str, registered: Registered
) -> None:
    """Pulumi shows no traceback of a RunError."""
    del registered
    with pytest.raises(pulumi.RunError) as error:
        make()
    assert told in str(error.value)


def test_a_misspelt_name_of_the_package_names_the_nearest() -> None:
    """`cloudflare.AccesGroup` is almost something."""
    with pytest.raises(AttributeError, match=r'has no attribute "AccesGroup"; "AccessGroup"[?]'):
        cloudflare.AccesGroup  # noqa: B018
    with pytest.raises(AttributeError, match=r'"Zebra"$'):
        cloudflare.Zebra  # noqa: B018
