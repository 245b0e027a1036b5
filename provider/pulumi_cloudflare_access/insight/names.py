"""The names of objects, and rules in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .atoms import DECISION, GROUP, UNKNOWN, WINNER, Atom
from .characters import shown
from .unknowns import BEFORE_LOGIN, sentence
from .world import World

HIDDEN: Final = "(secret)"


class Names:
    """The names in several worlds, and which atoms are secret. The last world's names win."""

    def __init__(self, *worlds: World) -> None:
        self._worlds: Final = tuple(reversed(worlds))

    def of(self, key: str) -> str:
        """Return the name of a key or an id, fit for a terminal."""
        for world in self._worlds:
            found = world.names.get(key)
            if found:
                return shown(found)
        return shown(key.rpartition("::")[2] or key)

    def is_secret(self, atom: Atom) -> bool:
        """Tell whether an atom occurs only in secret rules. Unknowns are not secret.

        For the unknown "what a rule does before a login", the rule decides.
        """
        if atom[:2] == (UNKNOWN, BEFORE_LOGIN.code):
            atom = atom[2:]
        if atom[0] in {UNKNOWN, DECISION, WINNER}:
            return False
        worlds = self._worlds
        return any(atom in world.secrets for world in worlds) and not any(
            atom in world.plain for world in worlds
        )

    def rule(self, atom: Atom) -> str:
        """Return a rule in words, as for a list of rules."""
        kind, *rest = atom
        if kind in {UNKNOWN, DECISION, WINNER}:
            return self.unknown(atom)
        if self.is_secret(atom):
            return f"a secret rule ({kind})"
        write = _RULES.get(kind)
        return write(self, rest) if write else " ".join(map(shown, atom))

    def unknown(self, atom: Atom) -> str:
        """Return a sentence about an unknown, without a full stop."""
        if atom[0] == DECISION:
            return f'what policy "{self.of(atom[1])}" decides is not in this input'
        return shown(sentence(atom, self.rule))


def _via(names: Names, provider: str) -> str:
    return f" via {names.of(provider)}" if provider else ""


_RULES: Final[Mapping[str, Callable[[Names, list[str]], str]]] = {
    "email": lambda _, rest: f"e-mail {shown(rest[0])}",
    "email_domain": lambda _, rest: f"e-mail domain {shown(rest[0])}",
    "email_list": lambda names, rest: f'list "{names.of(rest[0])}"',
    "everyone": lambda _names, _rest: "everyone",
    "ip": lambda _, rest: f"IP {rest[0]}",
    "ip_list": lambda names, rest: f'IP list "{names.of(rest[0])}"',
    "certificate": lambda _names, _rest: "any valid client certificate",
    "common_name": lambda _, rest: f"client certificate {shown(rest[0])}",
    GROUP: lambda names, rest: f'group "{names.of(rest[0])}"',
    "azureAD": lambda names, rest: f"Entra group {names.of(rest[1])}{_via(names, rest[0])}",
    "github-organization": lambda names, rest: (
        f"GitHub {shown('/'.join(filter(None, rest[1:])))}{_via(names, rest[0])}"
    ),
    "gsuite": lambda names, rest: f"Google group {shown(rest[1])}{_via(names, rest[0])}",
    "okta": lambda names, rest: f"Okta group {shown(rest[1])}{_via(names, rest[0])}",
    "saml": lambda names, rest: f"SAML {shown('='.join(rest[1:]))}{_via(names, rest[0])}",
    "oidc": lambda names, rest: f"claim {shown('='.join(rest[1:]))}{_via(names, rest[0])}",
    "auth_context": lambda names, rest: (
        f"authentication context {shown('/'.join(rest[1:]))}{_via(names, rest[0])}"
    ),
    "login_method": lambda names, rest: f"login via {names.of(rest[0])}",
    "auth_method": lambda _, rest: f"authentication method {shown(rest[0])}",
    "external_evaluation": lambda _, rest: f"external evaluation {shown(rest[0])}",
    "geo": lambda _, rest: f"country {shown(rest[0])}",
    "device_posture": lambda names, rest: f'device posture "{names.of(rest[0])}"',
    "user_risk_score": lambda _, rest: f"risk score {', '.join(map(shown, rest))}",
    "cloudflare_account_member": lambda names, rest: (
        f"member of account {names.of(rest[0])}" if rest[0] else "member of the account"
    ),
    "service_token": lambda names, rest: f'service token "{names.of(rest[0])}"',
    "any_valid_service_token": lambda _names, _rest: "any valid service token",
    "linked_app_token": lambda names, rest: f'OAuth token of "{names.of(rest[0])}"',
}
