"""Who gets in: computed from a program's state or preview, and from the objects of an account.

    worlds = insight.read(Path("preview.json").read_text())
    for change in insight.compare(worlds.old, worlds.new).changes:
        print(change.name, change.verdict.value, change.gains.who.text)

Pure functions over plain data: nothing here reads a file, sends a request or imports Pulumi's SDK.
Every value that is not known, and every behaviour that Cloudflare does not document, is an unknown
of its own. An answer that depends on one names it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asserting import assert_can, assert_cannot, assert_only, assert_same_access
    from .comparison import (
        Certainty,
        Comparison,
        Difference,
        HowChange,
        KnownPeople,
        PlaceChange,
        Verdict,
        compare,
    )
    from .errors import InputError, InsightError, TooLargeError, UnknownPlaceError
    from .explanation import Explanation, explain
    from .finding import Finding, findings
    from .incremental import Run
    from .population import People
    from .prove import Proof, audience, equivalent, never_decide, only
    from .questions import Answer, Outcome, Who, can, everybody, what_can, who_can
    from .reading.worlds import Note, Worlds, from_pack, read, read_snapshot
    from .rights import RightsComparison, compare_rights
    from .subjects import Person, Service, Subject
    from .unknowns import UNDOCUMENTED, Undocumented
    from .words import Clause, Condition, Description
    from .world import World

__all__ = [
    "UNDOCUMENTED",
    "Answer",
    "Certainty",
    "Clause",
    "Comparison",
    "Condition",
    "Description",
    "Difference",
    "Explanation",
    "Finding",
    "HowChange",
    "InputError",
    "InsightError",
    "KnownPeople",
    "Note",
    "Outcome",
    "People",
    "Person",
    "PlaceChange",
    "Proof",
    "RightsComparison",
    "Run",
    "Service",
    "Subject",
    "TooLargeError",
    "Undocumented",
    "UnknownPlaceError",
    "Verdict",
    "Who",
    "World",
    "Worlds",
    "assert_can",
    "assert_cannot",
    "assert_only",
    "assert_same_access",
    "audience",
    "can",
    "compare",
    "compare_rights",
    "equivalent",
    "everybody",
    "explain",
    "findings",
    "from_pack",
    "never_decide",
    "only",
    "read",
    "read_snapshot",
    "what_can",
    "who_can",
]

# Imported on first use: a plugin process that sees no change needs none of them.
_MODULES = {
    "assert_can": "asserting",
    "assert_cannot": "asserting",
    "assert_only": "asserting",
    "assert_same_access": "asserting",
    "Certainty": "comparison",
    "Comparison": "comparison",
    "Difference": "comparison",
    "HowChange": "comparison",
    "KnownPeople": "comparison",
    "PlaceChange": "comparison",
    "Verdict": "comparison",
    "compare": "comparison",
    "InputError": "errors",
    "InsightError": "errors",
    "TooLargeError": "errors",
    "UnknownPlaceError": "errors",
    "Explanation": "explanation",
    "explain": "explanation",
    "Finding": "finding",
    "findings": "finding",
    "Run": "incremental",
    "People": "population",
    "Proof": "prove",
    "audience": "prove",
    "equivalent": "prove",
    "never_decide": "prove",
    "only": "prove",
    "Answer": "questions",
    "Outcome": "questions",
    "Who": "questions",
    "can": "questions",
    "everybody": "questions",
    "what_can": "questions",
    "who_can": "questions",
    "Note": "reading.worlds",
    "Worlds": "reading.worlds",
    "from_pack": "reading.worlds",
    "read": "reading.worlds",
    "read_snapshot": "reading.worlds",
    "RightsComparison": "rights",
    "compare_rights": "rights",
    "Person": "subjects",
    "Service": "subjects",
    "Subject": "subjects",
    "UNDOCUMENTED": "unknowns",
    "Undocumented": "unknowns",
    "Clause": "words",
    "Condition": "words",
    "Description": "words",
    "World": "world",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
