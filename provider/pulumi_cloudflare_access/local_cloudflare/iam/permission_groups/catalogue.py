"""The permission groups that every account has, about as many as in a real account.

They are generated from products and verbs, with names as in Cloudflare's list of token permissions.
The ids are our own, except those in the examples of the reference pages. As at Cloudflare, some
groups for accounts and for zones have the same name, and only `scopes` distinguishes them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ...world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "com.cloudflare.api.account"
ZONE = "com.cloudflare.api.account.zone"
USER = "com.cloudflare.api.user"
BUCKET = "com.cloudflare.edge.r2.bucket"

BOTH = (ACCOUNT, ZONE)
READ, BOTH_VERBS = ("Read",), ("Read", "Write")

# Category, scopes, verbs, products between bars.
_PRODUCTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    (
        "Account & Billing",
        (ACCOUNT,),
        BOTH_VERBS,
        """
        Account API Tokens|Account Custom Pages|Account Firewall Access Rules|
        Account OAuth Clients|Account Rulesets|Account Rule Lists|Account Settings|Account WAF|
        Account: SSL and Certificates|Allow Request Tracer|Billing|Bulk URL Redirects|Logs|
        Notifications|Resource Share|SCIM Users|SSO Connector|Trust and Safety|Turnstile|
        Domain Registration
        """,
    ),
    ("Account & Billing", (ACCOUNT,), READ, "Account Analytics|Audit Logs|Access: Audit Logs"),
    ("Account & Billing", (ACCOUNT,), ("Provisioning",), "SCIM"),
    (
        "Zero Trust",
        BOTH,
        BOTH_VERBS,
        """
        Access: Apps and Policies|Access: Organizations, Identity Providers, and Groups|
        Access: Service Tokens|Access: Mutual TLS Certificates|Access: Custom Pages|Access: Tags
        """,
    ),
    ("Zero Trust", BOTH, ("Revoke",), "Access: Apps and Policies"),
    (
        "Zero Trust",
        (ACCOUNT,),
        BOTH_VERBS,
        """
        Access: Device Posture|Access: SSH Auditing|Access: SCIM Logs|Access: Population|
        Access: Policy Tests|Access: Infrastructure Targets|Cloudflare CDS Compute Account|
        Cloudflare DEX|Cloudflare One Connector: cloudflared|Cloudflare One Connector: WARP|
        Cloudflare One Connectors|Cloudflare One Networks|Cloudflare Tunnel|
        Cloudflare Zero Trust Secure DNS Locations|DLP|Email Security|Teams Devices|Zero Trust|
        Zero Trust Resilience|Zero Trust: CASB|Zero Trust: Seats|Zero Trust: Risk Score|
        Browser Isolation
        """,
    ),
    ("Zero Trust", (ACCOUNT,), ("Read", "Report"), "Zero Trust: PII"),
    (
        "Developer Platform",
        (ACCOUNT,),
        BOTH_VERBS,
        """
        AI Gateway|AI Search|AI Audit|Browser Rendering|Cloudchamber|Cloudflare Calls|
        Cloudflare Images|Cloudflare Pages|Constellation|Containers|D1|Durable Objects|
        Hyperdrive|Pipelines|Pub and Sub|Queues|Realtime|Secrets Store|Stream|Vectorize|
        Workers AI|Workers Agents Configuration|Workers Builds Configuration|Workers CI|
        Workers KV Storage|Workers Observability|Workers R2 Data Catalog|Workers R2 SQL|
        Workers R2 Storage|Workers Scripts|Workers Subdomain|Workers Pipelines|Email Sending|
        Zaraz Account
        """,
    ),
    ("Developer Platform", (ACCOUNT,), READ, "Workers Tail|Workers R2 Storage Metrics"),
    ("Developer Platform", (ACCOUNT,), ("Run",), "AI Gateway|AI Search"),
    ("Developer Platform", (BUCKET,), BOTH_VERBS, "Workers R2 Storage Bucket Item"),
    ("Developer Platform", (ZONE,), BOTH_VERBS, "Workers Routes|Zaraz|Snippets|Web3 Hostnames"),
    (
        "Network Services",
        (ACCOUNT,),
        BOTH_VERBS,
        """
        Address Maps|BGP Prefixes|DDoS Botnet Feed|DDoS Protection|DNS Firewall|DNS View|
        IP Prefixes|IP Prefixes: BGP On Demand|Load Balancers Account|
        Load Balancing: Monitors and Pools|Magic Firewall|
        Magic Firewall Packet Captures - PCAPs API|Magic Network Monitoring|Magic Transit|
        Magic Transit Prefix|Magic WAN|Magic WAN Connector|Mass URL Redirects|
        Multi-Cloud Networking|Network Flow|Network Interconnects|Spectrum Account
        """,
    ),
    ("Network Services", (ACCOUNT,), ("Admin", "Config"), "Magic Network Monitoring|Magic WAN"),
    (
        "Application Security",
        BOTH,
        BOTH_VERBS,
        """
        API Gateway|Bot Management|Client-side Security|DDoS Managed Rulesets|Fraud Detection|
        Page Shield|Transform Rules|Rate Limiting
        """,
    ),
    (
        "Application Security",
        (ACCOUNT,),
        BOTH_VERBS,
        """
        Cloudforce One|Cloudforce One Ports|Intel|Brand Protection|Security Center|
        Security Insights|Threat Events|URL Scanner|Vulnerability Scanner|Radar|Content Scanning
        """,
    ),
    (
        "Zone & DNS",
        (ZONE,),
        BOTH_VERBS,
        """
        Apps|Access: Zone Apps|Cache Rules|Cache Settings|Cloud Connector|Config Settings|
        Custom Error Rules|Custom Pages|Custom Hostnames|DNS|DNS Settings|Dynamic URL Redirects|
        Email Routing Rules|Firewall Services|Health Checks|HTTP Applications|Keyless SSL|
        Leaked Credential Check|Load Balancers|Logs Zone|Managed Headers|Observatory|Origin|
        Page Rules|Response Compression|Sanitize|SSL and Certificates|Waiting Rooms|
        WAF Attack Score|Zone|Zone Settings|Zone Transform Rules|Zone Versioning|Zone WAF|
        Tiered Caching|Argo Smart Routing|Mirage|Polish|Speed|Rum|Spectrum|mTLS|Origin CA
        """,
    ),
    ("Zone & DNS", (ZONE,), READ, "Analytics"),
    ("Zone & DNS", (ZONE,), ("Purge",), "Cache"),
    ("Email", (ACCOUNT,), BOTH_VERBS, "Email Routing Addresses|Email Security DMARC Reports"),
    ("User", (USER,), BOTH_VERBS, "API Tokens|Memberships|User Details|User SSO"),
)

# Roles: name, label. Load Balancer and Magic Network Monitoring are in the documented examples.
_ROLES = (
    ("Load Balancer", "load_balancer_admin"),
    ("Magic Network Monitoring", "fbm_user"),
    ("Administrator", "admin"),
    ("Administrator Read Only", "admin_readonly"),
    ("Analytics", "analytics"),
    ("Audit Logs Viewer", "audit_logs_viewer"),
    ("Billing", "billing"),
    ("Cache Purge", "cache_purge"),
    ("Cloudflare Access", "access_admin"),
    ("Cloudflare Gateway", "gateway_admin"),
    ("Cloudflare Images", "images_admin"),
    ("Cloudflare Stream", "stream_admin"),
    ("Cloudflare Zero Trust", "teams_admin"),
    ("Cloudflare Zero Trust Read Only", "teams_readonly"),
    ("DNS", "dns_admin"),
    ("Firewall", "firewall_admin"),
    ("HTTP Applications", "http_applications_admin"),
    ("Log Share", "log_share_admin"),
    ("Log Share Reader", "log_share_reader"),
    ("Page Shield", "page_shield_admin"),
    ("SSL/TLS, Caching, Performance, Page Rules, and Customization", "zone_settings_admin"),
    ("Super Administrator - All Privileges", "super_admin"),
    ("Trust and Safety", "trust_and_safety_admin"),
    ("Turnstile", "turnstile_admin"),
    ("Waiting Room Admin", "waiting_room_admin"),
    ("Workers Platform Admin", "workers_platform_admin"),
    ("Zone Versioning", "zone_versioning_admin"),
)

# The ids in the documented examples.
_IDS = {
    ("Load Balancer", ACCOUNT): "6d7f2f5f5b1d4a0e9081fdc98d432fd1",
    ("Magic Network Monitoring", ACCOUNT): "82e64a83756745bbbb1c9c2701bf816b",
    ("Zone Read", ZONE): "c8fed203ed3043cba015a93ad1616f1f",
}

# Deprecated products, with the end of life: past, coming, or none. Real ones are not documented.
_DEPRECATED = {
    "Mass URL Redirects": "2025-01-15T00:00:00Z",
    "Multi-Cloud Networking": "2025-06-30T00:00:00Z",
    "Mirage": "2025-09-15T00:00:00Z",
    "Workers Pipelines": "2032-03-31T00:00:00Z",
    "Constellation": "2032-12-31T00:00:00Z",
    "Pub and Sub": None,
    "Rate Limiting": None,
}


@cache
def catalogue() -> tuple[dict[str, Any], ...]:
    """Return every permission group as a dictionary of `id`, `name` and `meta`."""
    return (*_of_roles(), *_of_products())


def _of_roles() -> Iterator[dict[str, Any]]:
    for name, label in _ROLES:
        description = f"Can do what the role {name} can do"
        yield _group(name, label, ACCOUNT, "Roles", description)


def _of_products() -> Iterator[dict[str, Any]]:
    for category, scopes, verbs, products in _PRODUCTS:
        for product in map(str.strip, products.split("|")):
            for scope in scopes:
                for verb in verbs:
                    name = f"{product} {verb}"
                    description = f"Grants {verb.lower()} access to {product}"
                    group = _group(name, _label(name), scope, category, description)
                    yield _with_its_end(group, product)


def _with_its_end(group: dict[str, Any], product: str) -> dict[str, Any]:
    if product in _DEPRECATED:
        group["meta"]["deprecated"] = "true"
        eol_at = _DEPRECATED[product]
        if eol_at:
            group["meta"]["eol_at"] = eol_at
    return group


def _group(name: str, label: str, scopes: str, category: str, description: str) -> dict[str, Any]:
    return {
        "id": _IDS.get((name, scopes)) or World.hex_of("permission group", name, scopes),
        "name": name,
        "meta": {
            "label": label,
            "scopes": scopes,
            "category": category,
            "description": description,
            "deprecated": "false",
            "editable": "false",
            "visibility": "public",
        },
    }


def _label(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return "_".join(words.split())
