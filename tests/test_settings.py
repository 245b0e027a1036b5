"""Where settings come from, and where a token may be sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_cloudflare_access.errors import SettingsError
from pulumi_cloudflare_access.settings import (
    CLOUDFLARES_HOSTS,
    DEFAULT_BASE_URL,
    LOCAL_OVERRIDE,
    NO_CREDENTIALS,
    Settings,
    check_address,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CANARY = "canary-0123456789"
TOKEN = {"Authorization": f"Bearer {CANARY}"}
KEY = {"X-Auth-Email": "ada@example.com", "X-Auth-Key": CANARY}
LOCAL = {"base_url": "http://127.0.0.1:8787/client/v4/", "account_id": "acc", "token": "local-tok"}


def read(config: Mapping[str, Any], **environment: str) -> Settings:
    return Settings.read(config.get, environment)


# ------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize(
    ("config", "environment", "headers"),
    [
        pytest.param({"cloudflare:apiToken": CANARY}, {}, TOKEN, id="token in config"),
        pytest.param({}, {"CLOUDFLARE_API_TOKEN": CANARY}, TOKEN, id="token in environment"),
        pytest.param({}, {"CLOUDFLARE_API_TOKEN": f" {CANARY}\n"}, TOKEN, id="blanks around it"),
        pytest.param(
            {"cloudflare:apiToken": CANARY},
            {"CLOUDFLARE_API_TOKEN": "other"},
            TOKEN,
            id="config over environment",
        ),
        pytest.param(
            {"cloudflare:apiToken": CANARY, "cloudflare:apiKey": "k", "cloudflare:email": "e@x.io"},
            {},
            TOKEN,
            id="token over key",
        ),
        pytest.param(
            {},
            {
                "CLOUDFLARE_API_TOKEN": CANARY,
                "CLOUDFLARE_API_KEY": "k",
                "CLOUDFLARE_EMAIL": "e@x.io",
            },
            TOKEN,
            id="token over key in environment",
        ),
        pytest.param(
            {"cloudflare:apiKey": CANARY, "cloudflare:email": "ada@example.com"},
            {"CLOUDFLARE_API_TOKEN": "other"},
            KEY,
            id="key in config over token in environment",
        ),
        pytest.param(
            {"cloudflare:apiKey": CANARY},
            {"CLOUDFLARE_EMAIL": "ada@example.com"},
            KEY,
            id="key in config, e-mail in environment",
        ),
        pytest.param(
            {},
            {"CLOUDFLARE_API_KEY": CANARY, "CLOUDFLARE_EMAIL": "ada@example.com"},
            KEY,
            id="key in environment",
        ),
        pytest.param(
            {"cloudflare-access:apiTokenEnv": "CF_EU_TOKEN"},
            {"CF_EU_TOKEN": CANARY, "CLOUDFLARE_API_TOKEN": "other"},
            TOKEN,
            id="named variable",
        ),
    ],
)
def test_credentials_are_taken_from_the_config_before_the_environment_and_a_token_before_a_key(
    config: dict[str, str], environment: dict[str, str], headers: dict[str, str]
) -> None:
    assert read(config, **environment).headers == headers


@pytest.mark.parametrize(
    ("config", "environment", "names"),
    [
        ({"cloudflare:apiKey": CANARY}, {}, ["cloudflare:apiKey", "cloudflare:email"]),
        ({}, {"CLOUDFLARE_API_KEY": CANARY}, ["CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL"]),
        ({"cloudflare-access:apiTokenEnv": "CF_EU_TOKEN"}, {}, ["CF_EU_TOKEN"]),
    ],
)
def test_half_of_a_pair_of_credentials_is_an_error_that_names_the_other_half(
    config: dict[str, str], environment: dict[str, str], names: list[str]
) -> None:
    settings = read(config, **environment)
    with pytest.raises(SettingsError) as caught:
        _ = settings.headers
    assert [name for name in names if name not in str(caught.value)] == []
    assert CANARY not in str(caught.value)


def test_a_provider_that_names_its_variable_never_uses_another_token() -> None:
    settings = read({"cloudflare-access:apiTokenEnv": "CF_EU_TOKEN"}, CLOUDFLARE_API_TOKEN=CANARY)
    with pytest.raises(SettingsError, match="CF_EU_TOKEN is not set"):
        _ = settings.headers


def test_no_credentials_are_an_error_only_when_they_are_needed_and_it_names_both_places() -> None:
    settings = read({})
    with pytest.raises(SettingsError) as caught:
        _ = settings.headers
    assert str(caught.value) == NO_CREDENTIALS
    assert "cloudflare:apiToken" in NO_CREDENTIALS
    assert "CLOUDFLARE_API_TOKEN" in NO_CREDENTIALS


@pytest.mark.parametrize("token", [f"{CANARY}\n{CANARY}", f"{CANARY} x", f"{CANARY}é", "a\tb"])
@pytest.mark.parametrize(
    "name", ["cloudflare:apiToken", "cloudflare:apiKey", "CLOUDFLARE_API_TOKEN", LOCAL_OVERRIDE]
)
def test_a_credential_that_cannot_be_one_is_refused_and_not_shown(name: str, token: str) -> None:
    config: dict[str, str] = {}
    environment: dict[str, str] = {}
    if name == LOCAL_OVERRIDE:
        environment = {name: json.dumps({**LOCAL, "token": token})}
    elif name.isupper():
        environment = {name: token}
    else:
        config = {name: token}
    with pytest.raises(SettingsError) as caught:
        read(config, **environment)
    assert name in str(caught.value)
    assert token not in str(caught.value)
    assert CANARY not in str(caught.value)


# ---------------------------------------------------------------------------------- the object


def test_settings_show_no_secret() -> None:
    for config in (
        {"cloudflare:apiToken": CANARY},
        {"cloudflare:apiKey": CANARY, "cloudflare:email": "ada@example.com"},
    ):
        assert CANARY not in repr(read(config)) + str(read(config))


def test_settings_are_equal_and_hash_alike_when_they_say_the_same_and_cannot_be_changed() -> None:
    one, same = read({"cloudflare:apiToken": CANARY}), read({}, CLOUDFLARE_API_TOKEN=CANARY)
    other = read({"cloudflare:apiToken": "other"})
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    with pytest.raises(AttributeError):
        one.account_id = "other"  # type: ignore[misc]


def test_the_account_comes_from_the_config_before_the_environment() -> None:
    config = {"cloudflare-access:accountId": "one"}
    assert read(config, CLOUDFLARE_ACCOUNT_ID="two").account_id == "one"
    assert read({}, CLOUDFLARE_ACCOUNT_ID="two").account_id == "two"
    assert read({}).account_id is None


def test_the_base_url_comes_from_the_config_before_the_environment() -> None:
    config = {"cloudflare:baseUrl": f"{DEFAULT_BASE_URL}/"}
    assert read(config, CLOUDFLARE_BASE_URL="https://evil.example").base_url == DEFAULT_BASE_URL
    with pytest.raises(SettingsError, match=r"evil\.example"):
        read({}, CLOUDFLARE_BASE_URL="https://evil.example")


@pytest.mark.parametrize(
    ("key", "value", "field", "meant"),
    [
        ("requestsPer5Minutes", "600", "requests_per_5_minutes", 600),
        ("deadline", "1.5", "deadline", 1.5),
        ("onDrift", "overwrite", "on_drift", "overwrite"),
        ("onDrift", "refuse", "on_drift", "refuse"),
        ("allowLoopback", "True", "allow_loopback", True),
        ("allowLoopback", "false", "allow_loopback", False),
    ],
)
def test_our_own_keys_are_read(key: str, value: str, field: str, meant: object) -> None:
    assert getattr(read({f"cloudflare-access:{key}": value}), field) == meant


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("requestsPer5Minutes", "0"),
        ("requestsPer5Minutes", "many"),
        ("requestsPer5Minutes", "nan"),
        ("deadline", "inf"),
        ("deadline", "-1"),
        ("onDrift", "ask"),
        ("allowLoopback", "yes"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_key(
    key: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"cloudflare-access:{key} must be"):
        read({f"cloudflare-access:{key}": value})


@pytest.mark.parametrize(
    "key",
    [
        "cloudflare:apiToken",
        "cloudflare:baseUrl",
        "cloudflare-access:accountId",
        "cloudflare-access:apiTokenEnv",
    ],
)
def test_a_value_that_is_given_and_empty_never_becomes_another(key: str) -> None:
    environment = {"CLOUDFLARE_API_TOKEN": CANARY, "CLOUDFLARE_ACCOUNT_ID": "a" * 32}
    with pytest.raises(SettingsError, match=f"{key} is empty"):
        read({key: " "}, **environment)


def test_an_empty_variable_of_the_environment_is_none() -> None:
    assert read({}, CLOUDFLARE_ACCOUNT_ID="").account_id is None


# --------------------------------------------------------------------------- the local override


def test_the_local_override_beats_everything() -> None:
    config = {
        "cloudflare:apiToken": CANARY,
        "cloudflare:baseUrl": DEFAULT_BASE_URL,
        "cloudflare-access:accountId": "config",
        "cloudflare-access:apiTokenEnv": "CF_EU_TOKEN",
    }
    environment = {
        LOCAL_OVERRIDE: json.dumps(LOCAL),
        "CF_EU_TOKEN": CANARY,
        "CLOUDFLARE_API_TOKEN": CANARY,
        "CLOUDFLARE_ACCOUNT_ID": "environment",
    }
    settings = read(config, **environment)
    assert settings.base_url == "http://127.0.0.1:8787/client/v4"
    assert settings.account_id == "acc"
    assert settings.headers == {"Authorization": "Bearer local-tok"}


@pytest.mark.parametrize(("asked", "given"), [("other", "other"), ("acc", "acc"), ("real", "acc")])
def test_of_several_local_accounts_the_config_chooses(asked: str, given: str) -> None:
    local = json.dumps({**LOCAL, "account_ids": ["acc", "other"]})
    settings = read({"cloudflare-access:accountId": asked}, **{LOCAL_OVERRIDE: local})
    assert settings.account_id == given


@pytest.mark.parametrize("base_url", [DEFAULT_BASE_URL, "https://evil.example", "http://10.0.0.1"])
def test_the_local_override_cannot_name_another_machine(base_url: str) -> None:
    with pytest.raises(SettingsError, match="the local API is on this machine"):
        read({}, **{LOCAL_OVERRIDE: json.dumps({**LOCAL, "base_url": base_url})})


@pytest.mark.parametrize("text", ["1", "[]", "{", '"x"', "{}", json.dumps({"base_url": "x"})])
def test_a_broken_local_override_is_an_error_and_never_ignored(text: str) -> None:
    with pytest.raises(SettingsError, match=LOCAL_OVERRIDE):
        read({"cloudflare:apiToken": CANARY}, **{LOCAL_OVERRIDE: text})


# ---------------------------------------------------------------------------- where a token goes


@pytest.mark.parametrize(
    "base_url",
    [
        "https://evil.example/client/v4",
        "https://api.cloudflare.com.evil.example/client/v4",
        "https://evil.example/api.cloudflare.com",
        "https://api.cloudflare.com@evil.example/client/v4",
        "https://evil.example@api.cloudflare.com/client/v4",
        "https://user:pass@api.cloudflare.com/client/v4",
        "https://evil.example\\@api.cloudflare.com/client/v4",
        "https://api.cloudflare.com\\.evil.example/client/v4",
        "https://api.cloudflare.com\t.evil.example/client/v4",
        "https://api.cloud\nflare.com/client/v4",
        "https://api.cloudflare.com:8443/client/v4",
        "https://api.cloudflare.com:99999/client/v4",
        "https://api.cloudflare.com/client/v4?x=",
        "https://api.cloudflare.com/client/v4#x",
        "https://\u0430pi.cloudflare.com/client/v4",  # Cyrillic
        "https://\uff41pi.cloudflare.com/client/v4",  # full width
        "https://api.cloudflare\u3002com/client/v4",
        "http://api.cloudflare.com/client/v4",
        "ftp://api.cloudflare.com/client/v4",
        "//api.cloudflare.com/client/v4",
        "api.cloudflare.com/client/v4",
        "https://",
        "https://[::1",
        "https://0.0.0.0/client/v4",
        "https://169.254.169.254/client/v4",
    ],
)
def test_no_token_goes_anywhere_but_to_cloudflare(base_url: str) -> None:
    for allowed in ("true", "false"):
        config = {
            "cloudflare:baseUrl": base_url,
            "cloudflare:apiToken": CANARY,
            "cloudflare-access:allowLoopback": allowed,
        }
        with pytest.raises(SettingsError, match="cloudflare:baseUrl") as caught:
            read(config)
        assert CANARY not in str(caught.value)
        assert "pass" not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    [DEFAULT_BASE_URL, "https://API.cloudflare.com:443/x", "https://api.fed.cloudflare.com"],
)
def test_cloudflares_own_hosts_are_good(base_url: str) -> None:
    assert read({"cloudflare:baseUrl": base_url}).base_url == base_url


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:8787", "http://localhost", "https://[::1]:1/v4", "http://127.8.8.8"],
)
def test_this_machine_is_good_only_where_the_stack_says_so(base_url: str) -> None:
    config = {"cloudflare:baseUrl": base_url}
    with pytest.raises(SettingsError, match="cloudflare-access:allowLoopback"):
        read(config)
    assert read({**config, "cloudflare-access:allowLoopback": "true"}).base_url == base_url


AUTHORITIES = st.text("api.cloudflare.com@:/\\#?%[]\t 1x", max_size=40)


@given(AUTHORITIES)
@example("api.cloudflare.com")
@example("api.cloudflare.com:443/x@evil.example")
def test_whatever_address_passes_httpx_sees_cloudflare_in_it_too(authority: str) -> None:
    settings = Settings(base_url=f"https://{authority}")
    try:
        check_address(settings)
    except SettingsError:
        return
    url = httpx.Client(base_url=settings.base_url, verify=False).build_request("GET", "x").url  # noqa: S501
    assert url.scheme == "https"
    assert url.host in CLOUDFLARES_HOSTS
    assert url.port in {None, 443}
