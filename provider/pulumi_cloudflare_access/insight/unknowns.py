"""Unknowns: facts that are not in the input, and behaviour that Cloudflare does not document.

Each unknown is an atom. So the same unknown before and after a change has the same value, and an
answer depends on it exactly if another value would change the answer. Such answers name it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .atoms import DECISION, UNKNOWN, WINNER, Atom


@dataclass(frozen=True, slots=True)
class Undocumented:
    """Behaviour that Cloudflare's documentation does not describe."""

    code: str
    """A stable code, which findings refer to."""
    question: str
    """What is not documented."""
    reading: str
    """What this package assumes, or that answers depend on it. Reports print it."""
    source: str
    """The address of the page that should say it."""


_POLICIES = "https://developers.cloudflare.com/cloudflare-one/access-controls/policies/"
_PATHS = f"{_POLICIES}app-paths/"
_GROUPS = f"{_POLICIES}groups/"

OVERLAP: Final = Undocumented(
    "overlap",
    "which of two applications answers where their places overlap and neither is part of the other",
    "either may: the answer depends on it",
    _PATHS,
)
MISSING_GROUP: Final = Undocumented(
    "missing-group",
    "whom a rule about a deleted Access group matches",
    "anybody may be matched: the answer depends on it",
    _GROUPS,
)
CYCLE: Final = Undocumented(
    "cycle",
    "whom groups match that include each other in a circle",
    "anybody may be matched: the answer depends on it",
    _GROUPS,
)
BEFORE_LOGIN: Final = Undocumented(
    "before-login",
    "what a rule about an identity does under Bypass or Service Auth, which are decided before "
    "anyone logs in",
    "it may match anybody: the answer depends on it",
    f"{_POLICIES}#bypass",
)
OTHER_SCOPE: Final = Undocumented(
    "other-scope",
    "whom a rule about a group of another account or zone matches",
    "anybody may be matched: the answer depends on it",
    _GROUPS,
)
PRECEDENCE_TIE: Final = Undocumented(
    "precedence-tie",
    "which of two policies of one precedence is decided first",
    "either may be: the answer depends on it where they decide differently",
    _POLICIES,
)
EMAIL_CASE: Final = Undocumented(
    "email-case",
    "whether e-mail addresses are compared with their case",
    "they are compared in lower case",
    f"{_POLICIES}#selectors",
)
PATH_SEGMENTS: Final = Undocumented(
    "path-segments",
    "whether an application at /eng covers /engineering",
    "it does not: it covers /eng and what is below /eng/",
    _PATHS,
)
PATH_SPELLING: Final = Undocumented(
    "path-spelling",
    "whether upper-case and percent-encoded paths are other paths",
    "they are other paths",
    _PATHS,
)
OVERRIDE_PATH: Final = Undocumented(
    "override-path",
    "whether the path of an override begins at the hostname or at the path of its destination",
    "at the hostname",
    "https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/"
    "subresources/applications/",
)
FIRST_BYPASS: Final = Undocumented(
    "first-bypass",
    "whether a Bypass or Service Auth policy that matches ends the evaluation",
    "it does: who is let in by it is not asked to log in",
    _POLICIES,
)
OTHER_TYPES: Final = Undocumented(
    "other-types",
    "what is reachable without any application of a type that guards no hostname",
    "nothing is said: the answer depends on it",
    _POLICIES,
)
RISK_LEVELS: Final = Undocumented(
    "risk-levels",
    "whether user_risk_score is a threshold or a list of levels",
    "it is a list: someone matches whose level is in it",
    f"{_POLICIES}#selectors",
)
POLICY_SESSION: Final = Undocumented(
    "policy-session",
    "how long a session is when the policy says nothing: the application's duration, or 24 hours",
    "the application's",
    "https://developers.cloudflare.com/cloudflare-one/access-controls/access-settings/"
    "session-management/",
)
IAM_DENY: Final = Undocumented(
    "iam-deny",
    "whether a denied right wins over an allowed one",
    "both are shown, and nothing is decided",
    "https://developers.cloudflare.com/fundamentals/manage-members/",
)
UNDOCUMENTED: Final[Mapping[str, Undocumented]] = {
    one.code: one
    for one in (
        OVERLAP, MISSING_GROUP, CYCLE, BEFORE_LOGIN, OTHER_SCOPE, PRECEDENCE_TIE, EMAIL_CASE,
        PATH_SEGMENTS, PATH_SPELLING, OVERRIDE_PATH, FIRST_BYPASS, OTHER_TYPES, RISK_LEVELS,
        POLICY_SESSION, IAM_DENY,
    )
}  # fmt: skip
"""All undocumented behaviour that answers rely on, by code."""

# Codes of facts that are not in the input.
SECRET: Final = "secret"  # noqa: S105 - a word
NOT_KNOWN_YET: Final = "not-known-yet"
NOT_READ: Final = "not-read"
NOT_UNDERSTOOD: Final = "not-understood"
POLICIES_NOT_READ: Final = "policies-not-read"
PROTECTION: Final = "access-protection"
DEVICE_LOGIN: Final = "device-login"

_SENTENCES: Final[Mapping[str, str]] = {
    SECRET: "{} is secret, and its value is not in this input",
    NOT_KNOWN_YET: "{} is known only once the update has run",
    NOT_READ: "{} is not in this input: whom it matches is not known here",
    NOT_UNDERSTOOD: "{} is a rule that this version does not know",
    POLICIES_NOT_READ: "the policies of {} are not in this input",
    PROTECTION: "whether the account requires Access protection is not in this input{}",
    DEVICE_LOGIN: "whether somebody is logged in to the Cloudflare One Client is not known{}",
    OVERLAP.code: "Cloudflare does not document which application answers at {}",
    MISSING_GROUP.code: "Cloudflare does not document whom {} matches, which is deleted",
    CYCLE.code: "{} is part of, or refers to, a circle of groups",
    BEFORE_LOGIN.code: "Cloudflare does not document what {} does before anyone has logged in",
    OTHER_SCOPE.code: "{} belongs to another account or zone",
    PRECEDENCE_TIE.code: "Cloudflare does not document which policy of {} is decided first",
    OTHER_TYPES.code: "Cloudflare does not document what is reachable without {}",
}


BEFORE_CHANGE: Final = "before the change"
AFTER_CHANGE: Final = "after the change"


def unknown(code: str, what: str = "", *marks: str) -> Atom:
    """Return the atom of an unknown. `what` is its subject in a sentence.

    `marks` distinguish unknowns with the same sentence. The first may be BEFORE_CHANGE or
    AFTER_CHANGE, which the sentence then says.
    """
    return (UNKNOWN, code, what, *marks)


def before_login(atom: Atom) -> Atom:
    """Return the unknown for an identity rule that is evaluated before a login.

    An unknown gets another one, because it may have another value before a login.
    """
    return (*atom, "before login") if atom[0] == UNKNOWN else (UNKNOWN, BEFORE_LOGIN.code, *atom)


def is_fact(atom: Atom) -> bool:
    """Tell whether an atom is about Cloudflare or the account, and not about a request."""
    return atom[0] in {UNKNOWN, DECISION, WINNER}


def sentence(atom: Atom, rule_in_words: Callable[[Atom], str]) -> str:
    """Return a sentence about an unknown, without a full stop."""
    if atom[0] == DECISION:
        return f"what policy {atom[1]} decides is not in this input"
    if atom[0] == WINNER:
        return _SENTENCES[OVERLAP.code].format(atom[1])
    _, code, *what = atom
    about = rule_in_words(tuple(what)) if code == BEFORE_LOGIN.code else subject_of(atom)
    return _SENTENCES[code].format(about)


def subject_of(atom: Atom) -> str:
    """Return the subject of an unknown, for a sentence."""
    _, _, what, *marks = (*atom, "", "")
    told = marks[0] in {BEFORE_CHANGE, AFTER_CHANGE}
    return f"{what}, {marks[0]}," if told else what
