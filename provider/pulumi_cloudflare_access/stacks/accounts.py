"""The accounts that a program runs for: from a YAML file, or from any iterable of settings.

- name: acme                            # the stack's name
  account_id: 0123456789abcdef0123456789abcdef
  api_token_env: CF_TOKEN_ACME          # the variable that holds the token
  config:                               # more config of this stack
    infra:domain: acme.example.com
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from ..fields.keyed import Mistake
from ..text.nearest import nearest

NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
ACCOUNT_ID = re.compile(r"[0-9a-f]{32}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEY = re.compile(r"[^:\s]+:[^:\s]+")
CREDENTIALS = frozenset({"cloudflare:apiToken", "cloudflare:apiKey"})
# Config keys that are fields of an account instead.
FIELDS = {
    "cloudflare-access:accountId": "account_id",
    "cloudflare-access:apiTokenEnv": "api_token_env",
}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account and its stack.

    `name` is the stack's name: letters, digits, `_`, `.` and `-`, at most 100. `account_id` has 32
    hexadecimal digits. `api_token_env` names the environment variable that holds the account's
    token; without it, the stack's own config or `CLOUDFLARE_API_TOKEN` applies, as for any stack.
    `config` is further stack config, by full key ("infra:domain"); values may be lists and maps. It
    must not hold secrets, because it is stored in plain text.
    """

    name: str
    account_id: str
    api_token_env: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)

    def stack_config(self) -> dict[str, Any]:
        """Return the stack config for this account: `config`, the account id and the variable."""
        own = {key: getattr(self, name) for key, name in FIELDS.items()}
        return {**self.config, **{key: value for key, value in own.items() if value}}


def read_accounts(path: str | Path) -> tuple[Account, ...]:
    """Read accounts from a YAML file: a list, or a map with the list under `accounts`.

    Raises SettingsError, which lists every mistake with its line.
    """
    import yaml  # noqa: PLC0415 - programs that build the list themselves do not need it

    from .pulumi_yaml import Loader  # noqa: PLC0415 - loads yaml

    path = Path(path)
    loader = None
    twice: list[Mistake] = []
    try:
        loader = Loader(path.read_text(encoding="utf-8"))
        top = loader.get_single_node()
        if isinstance(top, yaml.MappingNode):
            twice += _twice(path.name, top)
            inner = {str(key.value): value for key, value in top.value}
            top = inner.get("accounts", top)
        if not isinstance(top, yaml.SequenceNode):
            raise SettingsError(f"{path}: must be a list of accounts")
        for node in top.value:
            twice += _twice(path.name, node, "; a new account begins with a dash")
        found = [
            (f"{path.name}:{node.start_mark.line + 1}", loader.construct_document(node))
            for node in top.value
        ]
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8; save it as such") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise SettingsError(f"{path}{line}: {getattr(error, 'problem', error)}") from None
    finally:
        if loader is not None:
            loader.dispose()
    return _checked(found, twice)


def check_accounts(settings: Iterable[Account | Mapping[str, Any]]) -> tuple[Account, ...]:
    """Return accounts from settings. Raises SettingsError, which lists every mistake."""
    return _checked((f"accounts[{number}]", given) for number, given in enumerate(settings))


def _twice(file: str, node: Any, hint: str = "") -> Iterator[Mistake]:
    """Return a mistake for every duplicate key of a YAML node.

    YAML keeps the last value of a duplicate key. So where a dash is missing between two accounts,
    one of them would be lost. With a `hint`, the maps inside the node are checked, too.
    """
    first: dict[str, Any] = {}
    for key, value in node.value if node.id == "mapping" else ():
        earlier = first.setdefault(str(key.value), key)
        if earlier is not key:
            line, before = (one.start_mark.line + 1 for one in (key, earlier))
            yield Mistake(f"{file}:{line}: {key.value}", f"is in line {before} already{hint}")
        if hint:
            yield from _twice(file, value)


def _checked(
    settings: Iterable[tuple[str, Any]], mistakes: Iterable[Mistake] = ()
) -> tuple[Account, ...]:
    accounts: dict[str, Account] = {}
    places: dict[str, str] = {}
    mistakes = [*mistakes]
    for place, given in settings:
        raw = _raw(given)
        wrong = [Mistake(f"{place}: {path}" if path else place, why) for path, why in _wrong(raw)]
        if not wrong and raw["name"] in accounts:
            why = f'"{raw["name"]}" is the name of {places[raw["name"]]} already'
            wrong = [Mistake(f"{place}: name", why)]
        mistakes += wrong
        if not wrong:
            accounts[raw["name"]] = Account(**raw)
            places[raw["name"]] = place
    if mistakes:
        raise SettingsError("accounts that cannot be used:", *map(str, mistakes))
    if not accounts:
        raise SettingsError("there are no accounts")
    return tuple(accounts.values())


def _raw(given: Any) -> Any:
    if isinstance(given, Account):
        given = {entry.name: getattr(given, entry.name) for entry in fields(given)}
    if not isinstance(given, Mapping):
        return given
    return {key: value for key, value in given.items() if value is not None}


def _wrong(raw: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(raw, Mapping):
        yield "", "must be a map with the keys name, account_id, api_token_env, config"
        return
    known = [entry.name for entry in fields(Account)]
    for key in raw:
        if key not in known:
            yield str(key), f"is not a setting of an account{nearest(str(key), known)}"
    for key, pattern, due in (
        ("name", NAME, "must be letters, digits, _ . and -, at most 100"),
        ("account_id", ACCOUNT_ID, "must be 32 hexadecimal digits"),
    ):
        if key not in raw:
            yield key, "is missing"
        elif not isinstance(raw[key], str):
            # YAML reads digits as a number and drops leading zeros.
            yield key, 'must be a text; write it in quotes: "…"'
        elif not pattern.fullmatch(raw[key]):
            yield key, due
    variable = raw.get("api_token_env")
    if variable is not None and not (isinstance(variable, str) and VARIABLE.fullmatch(variable)):
        yield "api_token_env", "must be the name of an environment variable, not a token"
    yield from _wrong_config(raw.get("config", {}))


def _wrong_config(config: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(config, Mapping):
        yield "config", "must be a map of keys and values"
        return
    for key in config:
        if not isinstance(key, str) or not KEY.fullmatch(key):
            yield "config", "every key must have a namespace, as in infra:domain"
        elif key in CREDENTIALS:
            told = "must not hold a credential; name its environment variable in api_token_env"
            yield f"config.{key}", told
        elif key in FIELDS:
            yield f"config.{key}", f"must be set with {FIELDS[key]}"
