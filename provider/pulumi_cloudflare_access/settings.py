"""Where requests go and in whose name: read from the stack's config, then the environment.

| config                      | environment             | meaning                              |
|-----------------------------|-------------------------|--------------------------------------|
| `cloudflare:apiToken`       | `CLOUDFLARE_API_TOKEN`  | an API token (recommended)           |
| `cloudflare:apiKey`         | `CLOUDFLARE_API_KEY`    | the global API key, with the e-mail  |
| `cloudflare:email`          | `CLOUDFLARE_EMAIL`      | the e-mail that belongs to the key   |
| `cloudflare:baseUrl`        | `CLOUDFLARE_BASE_URL`   | another address of the API           |
| `cloudflare-access:` …      |                         |                                      |
| … `accountId`               | `CLOUDFLARE_ACCOUNT_ID` | the account where a resource has none |
| … `requestsPer5Minutes`     |                         | this machine's share of the rate     |
| … `deadline`                |                         | seconds that one operation may take  |
| … `allowLoopback`           |                         | `true`: this machine may be baseUrl  |
| … `onDrift`                 |                         | `refuse` (default) or `overwrite`    |

Config wins over the environment, a token over a key; a key in the config wins over a token in the
environment. `CLOUDFLARE_ACCESS_LOCAL`, set by `cloudflare-access local`, beats everything: a run
meant for the local API can never reach the real one.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from .errors import SettingsError
from .text.secret_words import known

DEFAULT_BASE_URL = "https://api.cloudflare.com/client/v4"
# The second is Cloudflare for Government.
CLOUDFLARES_HOSTS = frozenset({"api.cloudflare.com", "api.fed.cloudflare.com"})
LOCAL_OVERRIDE = "CLOUDFLARE_ACCESS_LOCAL"
# What Cloudflare's documentation allows one user or account token; one address gets 200 a second.
REQUESTS_PER_5_MINUTES = 1200
MOST_REQUESTS_PER_5_MINUTES = 60_000
DEADLINE_SECONDS = 600.0

ReadConfig = Callable[[str], Any]


@dataclass(frozen=True)
class Settings:
    """Where requests go and in whose name. Equal settings share one client.

    `deadline` is in seconds, `requests_per_5_minutes` a count; None: whatever the address allows.
    `missing` says what to do about credentials that are not there: it is raised by whoever needs
    them, and by nobody else.
    """

    base_url: str = DEFAULT_BASE_URL
    account_id: str | None = None
    api_token: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    email: str | None = None
    allow_loopback: bool = False
    requests_per_5_minutes: int | None = None
    deadline: float = DEADLINE_SECONDS
    on_drift: Literal["refuse", "overwrite"] = "refuse"
    local: bool = False
    reads_only: bool = False
    """Nothing but GET is sent, and nothing is noted of objects on this machine."""
    missing: str | None = field(default=None, compare=False, repr=False)
    source: str = field(default="", compare=False, repr=False)
    """Where the credentials come from: a key of the stack's config, or a variable."""

    @classmethod
    def read(cls, config: ReadConfig, environment: Mapping[str, str] | None = None) -> Settings:
        """Read them from a stack's config and the environment.

        Raises SettingsError, naming the key, for a value that cannot be used. Credentials that are
        not there are no error here.
        """
        environment = os.environ if environment is None else environment
        own = _Own(config)
        override = environment.get(LOCAL_OVERRIDE)
        where = _override(override, own) if override else _declared(config, environment, own)
        settings = cls(
            requests_per_5_minutes=own.count("requestsPer5Minutes"),
            deadline=own.number("deadline", DEADLINE_SECONDS, at_least=1),
            on_drift="overwrite" if own.choice("onDrift", "refuse", "overwrite") else "refuse",
            **where,
        )
        known.remember(settings.api_token, settings.api_key)
        check_address(settings)
        return settings

    @property
    def quota(self) -> int | None:
        """How many requests all runs on this machine may send in five minutes; None: any number."""
        if self.requests_per_5_minutes is not None:
            return min(self.requests_per_5_minutes, MOST_REQUESTS_PER_5_MINUTES)
        return None if self.is_on_this_machine else REQUESTS_PER_5_MINUTES

    @property
    def is_on_this_machine(self) -> bool:
        """Whether requests stay on this machine: a local API has no rate limit, unless told so."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say who asks. Raises SettingsError where nothing does."""
        if self.api_token:
            return {"Authorization": f"Bearer {self.api_token}"}
        if self.api_key and self.email:
            return {"X-Auth-Email": self.email, "X-Auth-Key": self.api_key}
        raise SettingsError(self.missing or NO_CREDENTIALS)

    def explain_rejection(self, permission: str, *, may_lack_it: bool) -> str:
        """Say what it means that Cloudflare rejects the credentials themselves, and what helps.

        `may_lack_it`: what it says may also mean that the permission is missing.
        """
        what = "key" if self.api_key and not self.api_token else "token"
        lacks = f", or it lacks the permission {permission}" if may_lack_it else ""
        told = (
            f"the {what} itself is rejected: it is wrong, expired or revoked, or may not be used "
            f"for this account or from this address{lacks}"
        )
        if not self.source:
            return told
        told += f". It comes from {self.source}"
        if self.source.startswith(_OF_CONFIG):
            told += (
                ". pulumi refresh and pulumi destroy use the one of the last up: after a rotation "
                "run pulumi up first, or add --run-program"
            )
        return told

    def require_token(self, what: str) -> None:
        """Raise SettingsError if requests would carry a key. No credentials at all are no error."""
        if self.api_key and not self.api_token:
            raise SettingsError(f"{what} {NO_KEYS}")


_OF_CONFIG = "the stack config"

NO_KEYS = (
    "are reached with an API token alone, and the settings hold a key: set the stack config "
    "cloudflare:apiToken, which wins over a key"
)
NO_CREDENTIALS = (
    "no Cloudflare credentials: set the stack config cloudflare:apiToken "
    "(pulumi config set --secret cloudflare:apiToken …) or the environment's CLOUDFLARE_API_TOKEN; "
    "or, together, cloudflare:apiKey and cloudflare:email, in the environment CLOUDFLARE_API_KEY "
    "and CLOUDFLARE_EMAIL"
)
NO_ACCOUNT = (
    "no account: pass account_id=, or set the stack config cloudflare-access:accountId "
    "or the environment's CLOUDFLARE_ACCOUNT_ID"
)


class _Own:
    """Our own keys of the config, each read with its own idea of what is right."""

    def __init__(self, config: ReadConfig) -> None:
        self._config = config

    def text(self, key: str) -> str | None:
        return _text(self._config, f"cloudflare-access:{key}")

    def number(self, key: str, default: float, *, at_least: float) -> float:
        text = self.text(key)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not at_least <= value < float("inf"):
            raise SettingsError(
                f"cloudflare-access:{key} must be a number of at least {at_least:g}"
            )
        return value

    def count(self, key: str) -> int | None:
        return int(self.number(key, 0, at_least=1)) or None

    def choice(self, key: str, no: str, yes: str) -> bool:
        text = self.text(key) or no
        if text.lower() not in {no, yes}:
            raise SettingsError(f"cloudflare-access:{key} must be {no} or {yes}")
        return text.lower() == yes


def _text(config: ReadConfig, key: str) -> str | None:
    value = config(key)
    if value is None:
        return None
    text = str(value).strip()
    if not text:
        # What was meant to be given must not become another account's or token.
        raise SettingsError(f"{key} is empty: give it a value, or leave it out")
    return text


def _secret(value: str | None, source: str) -> str | None:
    # httpx repeats a header it cannot send in its error: what cannot be a credential stops here.
    if value is not None and not (value.isascii() and value.isprintable() and " " not in value):
        raise SettingsError(f"{source} holds characters that no credential of Cloudflare's has")
    return value


def _override(text: str, own: _Own) -> dict[str, Any]:
    try:
        local = json.loads(text)
        # Of several local accounts the config chooses, so that every stack keeps one of its own.
        chosen = own.text("accountId")
        here = chosen in local.get("account_ids", ())
        return {
            "base_url": str(local["base_url"]).rstrip("/"),
            "account_id": chosen if here else local.get("account_id"),
            "api_token": _secret(str(local["token"]), f"the token in {LOCAL_OVERRIDE}"),
            "allow_loopback": True,
            "local": True,
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(
            f"the environment's {LOCAL_OVERRIDE} is not what `cloudflare-access local` sets: "
            "one line of JSON with base_url, account_id and token"
        ) from None


def _declared(config: ReadConfig, environment: Mapping[str, str], own: _Own) -> dict[str, Any]:
    def env(name: str) -> str | None:
        return environment.get(name, "").strip() or None

    return {
        "base_url": (
            _text(config, "cloudflare:baseUrl") or env("CLOUDFLARE_BASE_URL") or DEFAULT_BASE_URL
        ).rstrip("/"),
        "account_id": own.text("accountId") or env("CLOUDFLARE_ACCOUNT_ID"),
        "allow_loopback": own.choice("allowLoopback", "false", "true"),
        **_credentials(config, env, own),
    }


def _credentials(config: ReadConfig, env: Callable[[str], str | None], own: _Own) -> dict[str, Any]:
    token = _text(config, "cloudflare:apiToken")
    if token:
        return {
            "api_token": _secret(token, "cloudflare:apiToken"),
            "source": f"{_OF_CONFIG} cloudflare:apiToken",
        }
    variable = own.text("apiTokenEnv")
    if variable:
        # A provider that names its variable never falls back to another account's token.
        missing = f"the environment's {variable} is not set: this provider takes its token from it"
        token, source = _secret(env(variable), variable), f"the environment's {variable}"
        return {"api_token": token, "missing": missing, "source": source}
    key = _text(config, "cloudflare:apiKey")
    if key:
        email = _text(config, "cloudflare:email") or env("CLOUDFLARE_EMAIL")
        return _key(key, email, "cloudflare:apiKey", "cloudflare:email")
    token = env("CLOUDFLARE_API_TOKEN")
    if token:
        return {
            "api_token": _secret(token, "CLOUDFLARE_API_TOKEN"),
            "source": "the environment's CLOUDFLARE_API_TOKEN",
        }
    key = env("CLOUDFLARE_API_KEY")
    if key:
        email = env("CLOUDFLARE_EMAIL") or _text(config, "cloudflare:email")
        return _key(key, email, "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL")
    return {}


def _key(key: str, email: str | None, key_name: str, email_name: str) -> dict[str, Any]:
    return {
        "api_key": _secret(key, key_name),
        "email": _secret(email, email_name),
        "source": (_OF_CONFIG if ":" in key_name else "the environment's") + f" {key_name}",
        "missing": f"{key_name} is set and {email_name} is not: a key needs its e-mail",
    }


def check_address(settings: Settings) -> None:
    """Raise SettingsError unless requests, and the token in them, go to Cloudflare."""
    try:
        parts = urlsplit(settings.base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SettingsError("cloudflare:baseUrl is no URL") from None
    # Two readers of such a URL could see two hosts in it.
    if not re.fullmatch(r"[!-~]+", settings.base_url) or "\\" in settings.base_url:
        raise SettingsError("cloudflare:baseUrl holds characters that no address has")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError("cloudflare:baseUrl must be an address and a path, nothing else")
    if is_loopback(host):
        if settings.allow_loopback and parts.scheme in {"http", "https"}:
            return
        raise SettingsError(
            f"cloudflare:baseUrl is on this machine ({host}): nothing is sent there unless the "
            "stack config cloudflare-access:allowLoopback is true"
        )
    if settings.local:
        raise SettingsError(f"{LOCAL_OVERRIDE} names {host}: the local API is on this machine")
    if parts.scheme != "https" or host not in CLOUDFLARES_HOSTS or port not in {None, 443}:
        raise SettingsError(
            f"cloudflare:baseUrl is {parts.scheme}://{host}{f':{port}' if port else ''}: "
            "the token is sent to https://api.cloudflare.com alone"
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, without asking any name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
