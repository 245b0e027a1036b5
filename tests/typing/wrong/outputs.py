"""What a checker has to report of outputs and look-ups."""

from __future__ import annotations

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.everyone()])
app = cloudflare.AccessApplication("app", domain="app.example.com")
person = cloudflare.UserGroupMember("ada", group="…", member="ada@example.com")

name: pulumi.Output[str] = app.name  # wrong: it may have none
domain: pulumi.Output[str] = app.domain  # wrong: likewise
secret: pulumi.Output[str] = app.client_secret  # wrong: only applications with OIDC have one
aud: pulumi.Output[int] = app.aud  # wrong: a text
app.session_duration.apply(lambda said: said.upper())  # wrong: it may not be declared
app.destinations.apply(lambda found: found.values())  # wrong: likewise
app.cors_headers.apply(
    lambda found: found["allow_all_origin"] if found else None  # wrong: misspelt
)
staff.include.apply(lambda held: held[0])  # wrong: a map
staff.exclude.apply(lambda held: held.keys())  # wrong: there may be none
staff.require.apply(lambda held: [r["mail"] for r in (held or {}).values()])  # wrong: no selector
person.preexisting.apply(lambda is_there: is_there.upper())  # wrong: no text
person.member.apply(lambda one: one["mail"])  # wrong: no such key

found = cloudflare.get_access_application(domain="app.example.com")
found.aud.upper()  # wrong: not every type has one
[place["url"] for place in found.destinations]  # wrong: no such key
found.saas_app["auth_type"]  # wrong: not every application has one
cloudflare.get_access_group(names="Staff")  # wrong: misspelt
cloudflare.get_access_group(name=staff.name)  # wrong: not known yet
cloudflare.get_access_group_output(name=staff.name).apply(lambda one: one.includes)  # wrong
cloudflare.get_user_group(name="U").policies[0]["acces"]  # wrong: misspelt
