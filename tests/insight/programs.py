"""The programs of the recordings: one that is up, and changes of it, each a program."""

from __future__ import annotations

OKTA = "11111111-1111-4111-8111-111111111111"
POSTURE = "22222222-2222-4222-8222-222222222222"
FOUND = "33333333-3333-4333-8333-333333333333"
NOWHERE = "44444444-4444-4444-8444-444444444444"
TEAM_LIST = "55555555-5555-4555-8555-555555555555"

LOOP, OTHER = "66666666-6666-4666-8666-666666666666", "77777777-7777-4777-8777-777777777777"

# What others have made in the account.
SEEDED = {
    "access/groups": [
        {"id": FOUND, "name": "Found", "include": [{"email_domain": {"domain": "found.example"}}]},
        {"id": NOWHERE, "name": "Nowhere", "include": [{"everyone": {}}]},
        {"id": LOOP, "name": "Loop", "include": [{"email": {"email": "loop@example.com"}}]},
        {"id": OTHER, "name": "Other", "include": [{"group": {"id": LOOP}}]},
    ],
}

_GROUPS = f"""
staff = cloudflare.AccessGroup(
    "staff",
    name="Staff",
    include=[rules.email_domain("example.com")],
    exclude=[rules.email("mallory@example.com")],
)
partners = cloudflare.AccessGroup(
    "partners",
    name="Partners",
    include=[rules.email_domain("partner.example")],
    require=[rules.okta("partners", "{OKTA}")],
)
engineers = cloudflare.AccessGroup(
    "engineers", name="Engineers", include=[rules.group(staff), rules.group(partners)]
)
board = cloudflare.AccessGroup(
    "board", name="Board", include=[rules.email(Output.secret("ceo@example.com"))]
)
found = cloudflare.AccessGroup.get("found", "{FOUND}")
loop = cloudflare.AccessGroup(
    "loop", name="Loop", include=[rules.email("loop@example.com")], adopt="{LOOP}"
)
other = cloudflare.AccessGroup(
    "other", name="Other", include=[rules.group(loop)], adopt="{OTHER}"
)
"""
_POLICIES = f"""
deny = cloudflare.AccessPolicy(
    "deny",
    name="Deny countries",
    decision="deny",
    include=[rules.geo("KP"), rules.geo("RU")],
    exclude=[rules.ip("192.0.2.0/24")],
)
allow = cloudflare.AccessPolicy(
    "allow",
    name="Allow engineers",
    decision="allow",
    include=[rules.group(engineers)],
    require=[rules.device_posture("{POSTURE}", label="disk encryption")],
)
contractors = cloudflare.AccessPolicy(
    "contractors", name="No contractors", decision="deny", include=[rules.email("pat@example.com")]
)
everyone = cloudflare.AccessPolicy(
    "everyone", name="Allow staff", decision="allow", include=[rules.group(staff)]
)
others = cloudflare.AccessPolicy(
    "others",
    name="Others",
    decision="allow",
    include=[rules.group(found), rules.group("{NOWHERE}", label="Nowhere")],
)
"""
_APPLICATIONS = """
wiki = cloudflare.AccessApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[deny, allow]
)
console = cloudflare.AccessApplication(
    "console", name="Console", domain="console.example.com", policies=[contractors, everyone]
)
payroll = cloudflare.AccessApplication("payroll", name="Payroll", domain="payroll.example.com")
cloudflare.AccessApplicationPolicies(
    "payroll",
    application=payroll,
    policies=[
        {"name": "Board", "decision": "allow", "include": [rules.group(board)],
         "session_duration": "1h"},
        {"name": "HR", "decision": "allow", "include": [rules.email("hr@example.com")]},
    ],
)
salaries = cloudflare.AccessApplication("salaries", name="Salaries", domain="salaries.example.com")
cloudflare.AccessApplicationPolicies(
    "salaries",
    application=salaries,
    policies=[
        {"name": "HR", "decision": "allow", "include": [rules.email("hr@example.com")],
         "require": [rules.geo("DE")]},
        {"name": "Circle", "decision": "allow", "include": [rules.group(other)],
         "require": [rules.email_domain("circle.example")]},
    ],
)
status = cloudflare.AccessApplication("status", name="Status", domain="status.example.com")
cloudflare.AccessApplicationPolicy(
    "office",
    application=status,
    name="Office",
    decision="allow",
    precedence=1,
    include=[rules.group(staff)],
)
old = cloudflare.AccessApplication(
    "old", name="Old", domain="old.example.com", policies=[everyone]
)
wide = cloudflare.AccessApplication(
    "wide", name="Wide", domain="*.wide.example.com", policies=[everyone]
)
narrow = cloudflare.AccessApplication(
    "narrow", name="Narrow", domain="narrow.wide.example.com", policies=[deny, allow]
)
lab = cloudflare.AccessApplication(
    "lab", name="Lab", domain="lab.example.com", policies=[others]
)
"""
_RIGHTS = """
zone = cloudflare.ResourceGroup("zone", name="Everything", scope=cloudflare.scopes.account())
operators = cloudflare.UserGroup(
    "operators", name="Operators", policies=[cloudflare.grants.allow("Zone Read", on=zone)]
)
"""
BASE = _GROUPS + _POLICIES + _APPLICATIONS + _RIGHTS


def _changed(*replacements: tuple[str, str], more: str = "") -> str:
    program = BASE
    for before, after in replacements:
        assert program.count(before) == 1, (program.count(before), before)
        program = program.replace(before, after)
    return program + more


_CONTRACTOR = (
    'include=[rules.email_domain("partner.example")],',
    'include=[rules.email_domain("partner.example"), rules.email_domain("contractor.example")],',
)
_ENGINEERS = """engineers = cloudflare.AccessGroup(
    "engineers", name="Engineers", include=[rules.group(staff), rules.group(partners)]
)"""
_ENGINEERS_THROUGH_ANOTHER = """inner = cloudflare.AccessGroup(
    "inner", name="Inner", include=[rules.group(partners), rules.email("ada@example.com")]
)
engineers = cloudflare.AccessGroup(
    "engineers", name="Engineers", include=[rules.group(inner), rules.group(staff)]
)"""
_ALLOW = "include=[rules.group(engineers)],"
_OFFICE = """decision="allow",
    precedence=1,
    include=[rules.group(staff)],"""
_BYPASS = """decision="bypass",
    precedence=1,
    include=[rules.everyone()],
    exclude=[rules.email("mallory@example.com")],"""
_BYPASS_OFFICE = """decision="bypass",
    precedence=1,
    include=[rules.ip("198.51.100.0/24")],"""
_APPROVED = """
    approval_required=True,
    approval_groups=[{"approvals_needed": 1, "email_addresses": ["Boss@example.com"]}],
    session_duration="30m","""
_OLD = """old = cloudflare.AccessApplication(
    "old", name="Old", domain="old.example.com", policies=[everyone]
)
"""
_NARROW = """narrow = cloudflare.AccessApplication(
    "narrow", name="Narrow", domain="narrow.wide.example.com", policies=[deny, allow]
)
"""
_LATE = """late = cloudflare.AccessGroup(
    "late", name="Late", include=[rules.email("late@late.example")]
)
"""
_SWAP = ("policies=[contractors, everyone]", "policies=[everyone, contractors]")
_COUNTRY = ('"require": [rules.geo("DE")]', '"require": [rules.geo("FR")]')
_LOOP = 'include=[rules.email("loop@example.com")]'

PROGRAMS = {
    "base": BASE,
    "refactor": _changed((_ENGINEERS, _ENGINEERS_THROUGH_ANOTHER)),
    "contractor": _changed(_CONTRACTOR),
    "swap": _changed(_SWAP),
    "country": _changed(_COUNTRY),
    "admin": _changed(
        more="""
cloudflare.AccessApplication(
    "admin", name="Admin", domain="wiki.example.com/admin", policies=[everyone]
)
"""
    ),
    "deleted": _changed((_OLD, "")),
    "deleted above another": _changed((_NARROW, "")),
    "failed": _changed((_ALLOW, "include=[rules.group(engineers), rules.emial('x')],")),
    "secret": _changed(
        ('rules.email(Output.secret("ceo@example.com"))', 'rules.email(Output.secret("cfo@x.y"))')
    ),
    "bypass": _changed((_OFFICE, _BYPASS)),
    "office": _changed((_OFFICE, _BYPASS_OFFICE)),
    "overlap": _changed(
        more="""
cloudflare.AccessApplication(
    "admin", name="Admin", domain="*.example.com/admin", policies=[everyone]
)
"""
    ),
    "how": _changed((_OFFICE, _OFFICE + _APPROVED)),
    "unknown group": _changed(
        (f'rules.group("{NOWHERE}", label="Nowhere")', 'rules.email("ada@example.com")')
    ),
    "new ids": _changed(
        (_ALLOW, "include=[rules.group(engineers), rules.group(late.id)],"),
        ("board = cloudflare.AccessGroup(", f"{_LATE}board = cloudflare.AccessGroup("),
    ),
    "cycle": _changed((_LOOP, f'{_LOOP[:-1]}, rules.group("{OTHER}")]')),
    "replaced": _changed(('"lab", name="Lab",', '"lab", type="ssh", name="Lab",')),
    "rights": _changed(('allow("Zone Read", on=zone)', 'allow("Zone Read", "DNS Write", on=zone)')),
    # One change of everything that the sources are recorded with.
    "everything": _changed(
        _CONTRACTOR,
        _SWAP,
        _COUNTRY,
        (_OLD, ""),
        more=f"""
{_LATE}
night = cloudflare.AccessPolicy(
    "night", name="Night", decision="allow", include=[rules.group(late), rules.group(board)]
)
cloudflare.AccessApplication(
    "new", name="New", domain="new.example.com", policies=[deny, night]
)
""",
    ),
}

# Some of it belongs to the bridged provider: as its own SDK would register it.
BRIDGED = """
def bridged(kind, called, /, **properties):
    token = f"cloudflare:index/{kind[0].lower()}{kind[1:]}:{kind}"
    return pulumi.CustomResource(token, called, {"accountId": ACCOUNT, **properties})


ACCOUNT = "a0" * 16
pin = bridged("ZeroTrustAccessIdentityProvider", "pin", name="One-time PIN", type="onetimepin")
okta = bridged("ZeroTrustAccessIdentityProvider", "okta", name="Okta", type="okta")
people = bridged(
    "ZeroTrustList", "people", name="People", type="EMAIL",
    items=[{"value": "Ada@example.com"}, {"value": "bob@example.com"}],
)
contractors = bridged(
    "ZeroTrustAccessGroup", "contractors", name="Contractors",
    includes=[{"emailDomain": {"domain": "contractor.example"}}],
    requires=[{"okta": {"name": "contractors", "identityProviderId": okta.id}}],
)
inner = bridged(
    "ZeroTrustAccessPolicy", "inner", name="Inner", decision="allow",
    includes=[{"group": {"id": contractors.id}}, {"emailList": {"id": people.id}}],
    excludes=[{"geo": {"countryCode": "kp"}}],
    approvalRequired=True, approvalGroups=[{"approvalsNeeded": 1, "emailAddresses": ["b@x.y"]}],
)
shop = bridged(
    "ZeroTrustAccessApplication", "shop", name="Shop", type="self_hosted",
    domain="shop.example.com", policies=[{"id": inner.id, "precedence": 1}],
    allowedIdps=[okta.id], sessionDuration="8h",
)
open_ = bridged(
    "ZeroTrustAccessApplication", "open", name="Open", type="self_hosted",
    destinations=[{"type": "public", "uri": "open.example.com/public"}],
    policies=[
        {"name": "All", "decision": "bypass", "precedence": 1, "includes": [{"everyone": {}}]}
    ],
)
ours = cloudflare.AccessGroup(
    "ours", name="Ours", include=[rules.group(contractors), rules.email("ada@example.com")]
)
policy = cloudflare.AccessPolicy(
    "ours", name="Ours", decision="allow", include=[rules.group(ours), rules.login_method(pin)]
)
"""
BRIDGED_CHANGED = BRIDGED.replace(
    'includes=[{"emailDomain": {"domain": "contractor.example"}}]',
    'includes=[{"emailDomain": {"domain": "contractor.example"}}, '
    '{"email": {"email": "Lin@elsewhere.example"}}]',
)

# Applications that are in more places than their programs say, and paths that are open to everyone.
PLACES = """
staff = cloudflare.AccessPolicy(
    "staff", name="Staff", decision="allow", include=[rules.email_domain("example.com")]
)
shop = cloudflare.AccessApplication(
    "shop", name="Shop", domain="shop.example.com", policies=[staff]
)
portal = cloudflare.AccessApplication(
    "portal",
    name="Portal",
    destinations=[
        {"type": "public", "uri": "portal.example.com",
         "overrides": [{"behavior": "public", "path_pattern": "/health"}]},
        {"type": "private", "cidr": "10.1.0.0/16", "l4_protocol": "tcp", "port_range": "443"},
    ],
    policies=[staff],
)
"""
# What somebody adds to the first of them behind Pulumi's back.
MORE_PLACES = [
    {
        "type": "public",
        "uri": "shop.example.com",
        "overrides": [{"behavior": "public", "path_pattern": "/pixel.gif"}],
    },
    {"type": "private", "hostname": "db.internal", "l4_protocol": "tcp", "port_range": "5432"},
]
PLACES_CHANGED = {
    "nothing": PLACES,
    "moved": PLACES.replace('domain="shop.example.com"', 'domain="store.example.com"'),
    "declared": PLACES.replace(
        'domain="shop.example.com"',
        'destinations=[{"type": "public", "uri": "shop.example.com"}]',
    ),
    "opened": PLACES.replace('"path_pattern": "/health"', '"path_pattern": "/api/*"'),
}
