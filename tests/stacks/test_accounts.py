from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from pulumi_cloudflare_access.errors import SettingsError
from pulumi_cloudflare_access.stacks import Account, read_accounts
from pulumi_cloudflare_access.stacks.accounts import check_accounts

ID, OTHER = "0" * 31 + "1", "f" * 32
GOOD = {"name": "acme", "account_id": ID}


def mistakes(*settings: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        check_accounts(settings)
    return str(refused.value).splitlines()[1:]


def file(folder: Path, text: str) -> Path:
    path = folder / "accounts.yaml"
    path.write_text(text)
    return path


def test_accounts_come_from_mappings_and_from_accounts() -> None:
    given = {"name": "b", "account_id": OTHER, "api_token_env": "B", "config": {"x:y": 1}}
    settings: list[Any] = [GOOD, Account(**given)]  # type: ignore[arg-type]
    (one, other) = check_accounts(iter(settings))
    assert one.stack_config() == {"cloudflare-access:accountId": ID}
    assert other.stack_config() == {
        "x:y": 1,
        "cloudflare-access:accountId": OTHER,
        "cloudflare-access:apiTokenEnv": "B",
    }
    assert pickle.loads(pickle.dumps(other)) == other  # noqa: S301


def test_what_is_left_empty_is_left_out() -> None:
    (account,) = check_accounts([{**GOOD, "api_token_env": None, "config": None}])
    assert account == Account(name="acme", account_id=ID)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "acme",
            "accounts[0]: must be a map with the keys name, account_id, api_token_env, config",
        ),
        ({"account_id": ID}, "accounts[0]: name: is missing"),
        ({"name": "acme"}, "accounts[0]: account_id: is missing"),
        (
            {**GOOD, "name": "a/b"},
            "accounts[0]: name: must be letters, digits, _ . and -, at most 100",
        ),
        ({**GOOD, "account_id": "acme"}, "accounts[0]: account_id: must be 32 hexadecimal digits"),
        (
            {**GOOD, "account_id": 1},
            'accounts[0]: account_id: must be a text; write it in quotes: "…"',
        ),
        (
            {**GOOD, "acount_id": ID},
            'accounts[0]: acount_id: is not a setting of an account; "account_id"?',
        ),
        (
            {**GOOD, "api_token_env": "v1.0-secret"},
            "accounts[0]: api_token_env: must be the name of an environment variable, not a token",
        ),
        ({**GOOD, "config": ["a"]}, "accounts[0]: config: must be a map of keys and values"),
        (
            {**GOOD, "config": {"domain": 1}},
            "accounts[0]: config: every key must have a namespace, as in infra:domain",
        ),
        (
            {**GOOD, "config": {"cloudflare:apiToken": "secret"}},
            (
                "accounts[0]: config.cloudflare:apiToken: must not hold a credential; "
                "name its environment variable in api_token_env"
            ),
        ),
        (
            {**GOOD, "config": {"cloudflare-access:accountId": ID}},
            "accounts[0]: config.cloudflare-access:accountId: must be set with account_id",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_never_with_a_value(settings: Any, told: str) -> None:
    assert mistakes(settings) == [told]
    assert "secret" not in told


def test_all_mistakes_are_named_at_once() -> None:
    assert mistakes({}, GOOD, {"name": 3}, GOOD) == [
        "accounts[0]: name: is missing",
        "accounts[0]: account_id: is missing",
        'accounts[2]: name: must be a text; write it in quotes: "…"',
        "accounts[2]: account_id: is missing",
        'accounts[3]: name: "acme" is the name of accounts[1] already',
    ]


def test_no_accounts_at_all_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="there are no accounts"):
        check_accounts([])


@pytest.mark.parametrize("head", ["", "accounts:\n"])
def test_accounts_are_read_from_a_file(tmp_path: Path, head: str) -> None:
    text = f'- name: acme\n  account_id: "{ID}"\n- {{name: b, account_id: {OTHER}, config: {{}}}}\n'
    assert [account.name for account in read_accounts(file(tmp_path, head + text))] == ["acme", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f'# ours\n- name: a\n  account_id: "{ID}"\n- name: b\n',
            "accounts.yaml:4: account_id: is",
        ),
        ("accounts:\n  - just a name\n", "accounts.yaml:2: must be a map with the keys"),
        # YAML takes it for a number: what it was cannot be told any more.
        (f"- name: a\n  account_id: {'1' * 32}\n", "accounts.yaml:1: account_id: must be a text"),
        ("- name: [\n", r"accounts.yaml:\d+: "),
        ("name: a\n", "must be a list of accounts"),
        ("", "must be a list of accounts"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_accounts(file(tmp_path, text))


def test_values_in_a_file_are_what_they_look_like(tmp_path: Path) -> None:
    """NO is a country and 12:30 a time, as for Pulumi, and as in YAML 1.2."""
    values = "NO: [NO, on, 12:30, 2024-02-30, =, '5', 5, 1.5, 1e3, 0x1F, true, ~, 1_000]"
    text = f"- name: NO\n  account_id: {OTHER}\n  config: {{'infra:{values[:2]}'{values[2:]}}}\n"
    (account,) = read_accounts(file(tmp_path, text))
    assert account.name == "NO"
    told = ["NO", "on", "12:30", "2024-02-30", "=", "5", 5, 1.5, 1000.0, 31, True, None, 1000]
    assert account.config == {"infra:NO": told}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml"):
        read_accounts(tmp_path / "none.yaml")
