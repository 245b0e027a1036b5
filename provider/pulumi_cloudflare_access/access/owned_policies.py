"""What an application's own policies have in common, as one list or one by one.

Reusable policies have their places among them: the first that matches decides, of both kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ..engine.collection import Scope
from ..engine.creation import LOOK_AGAIN
from ..engine.part import Part
from ..errors import DeclarationError
from ..fields.keyed import UNKNOWN, Mistake
from ..program.later import later
from ..program.references import APPLICATIONS, BEFORE, OF, Found, Reference, id_of, word_for
from ..program.resource import SCOPES, Deployment, Resource, part_of
from ..program.turns import Turns
from ..text.spelling import UNKNOWN_VALUES
from . import listings
from .application_fields import attached
from .in_force import IN_FORCE, in_force_text
from .rules import account_filled_in
from .widened import OWN_POLICIES, REACH, as_text, describe, reach_of
from .written_first import mistakes_in_turn

# The kinds of an application's own policies, as a list and one by one.
LIST, ONE = "access_application_policies", "access_application_policy"
# What each policy in a list of applications has, if it is all there.
WHOLE = frozenset({"id", "name", "decision", "include", "precedence"})
# In an answer: the policy is a reusable one.
REUSABLE = "reusable"
# What policies of the program are told of whose application is no resource, or not known as one.
ELSEWHERE = "policies elsewhere"
# A reserved input of an application: which policies of its own the program declares. ALL: a list.
OWNED = "__owned"
NO_ORDER = "of both kinds, the first that matches decides: nothing would declare their order"
MOVED = (
    'policies: the new order takes "{1}" from behind "{0}" to before it, and one of the two is a '
    "policy of the application's own, whose place this resource does not declare. Nothing was "
    'sent. Make that one reusable (AccessPolicy with adopt="<id>") and declare it here, or change '
    "the order at Cloudflare first, then run pulumi refresh"
)
AFTER = (
    "{}, and the application is wider than when these policies were last written ({}). The "
    "application is written before its policies: the old ones would decide until the new ones are "
    "written, and longer if that fails. Change the policies in an up of their own first, then the "
    "application; if it is that wide already, run an up with the old policies before"
)
# In the answer for a list of policies: what its application is.
TYPE = "type"


def taken_by(type_: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the policies of an application of this type do not have.

    Infrastructure applications have no sessions: none is no word for anything.
    """
    if type_ == "infrastructure" and body.get("session_duration") == "":
        return {name: value for name, value in body.items() if name != "session_duration"}
    return dict(body)


def policy_name(policy: Mapping[str, Any]) -> str:
    """Return what a policy is called."""
    return str(policy.get("name"))


class OfAnApplication(Part):
    """What an application's own policies have in common."""

    collection = listings.OWN_POLICIES
    part_of = "application"
    whole_name = "an Access application"
    whole_look_up = "get_access_application(…)"
    replaced_by = frozenset({"application"})
    needs_adopted_ids = True
    reserved_inputs: ClassVar[frozenset[str]] = frozenset({REACH, IN_FORCE})
    account_in_answer = staticmethod(account_filled_in)

    def complete_scope(self, declared: dict[str, Any], olds: Mapping[str, Any]) -> list[Mistake]:
        """Take the application's scope. A preview may not know yet which of the two it has."""
        fields = [field for field in ("account_id", "zone_id") if declared.get(field)]
        if len(fields) > 1 and UNKNOWN in map(declared.get, fields):
            known = [field for field in fields if declared[field] != UNKNOWN]
            kept = known[0] if known else next((f for f in fields if olds.get(f)), fields[0])
            for field in fields:
                if field != kept:
                    del declared[field]
        return super().complete_scope(declared, olds)

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what makes it stricter after the application is wider."""
        if "application" not in olds:
            return []
        if not self.facts()["application"].same(olds["application"], news["application"]):
            return []
        if REACH in olds and REACH in news:
            was, now = (reach_of(json.loads(props[REACH])) for props in (olds, news))
            wider = now.widened(was)
            if wider and (told := self._stricter(olds, news)):
                return [Mistake("", AFTER.format(told, "; ".join(wider.values())))]
        if told := self._one_by_one(olds, news):
            return [Mistake("", told)]
        texts = (olds.get(IN_FORCE), news.get(IN_FORCE))
        return [Mistake("", told) for told in mistakes_in_turn(self.display_name, *texts)]

    def _one_by_one(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:  # noqa: ARG002 - for single policies
        """Say what cannot be done policy by policy without letting somebody in meanwhile."""
        return None

    def _stricter(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str | None:
        """Say what gets stricter for somebody, or nothing."""
        raise NotImplementedError

    def _listed_policies(
        self, scope: Scope, application: str, *, anew: bool
    ) -> list[dict[str, Any]] | None:
        """Return an application's policies of both kinds as the list of all applications has them.

        `anew`: as it is now. None: the list does not have them, or not whole.
        """
        applications = self._snapshot(scope, listings.APPLICATIONS)
        if anew:
            found = next((one for one in applications.listed() if one["id"] == application), None)
        else:
            found = applications.find(application, LOOK_AGAIN)
        policies = found.get("policies") if found else None
        if not isinstance(policies, list) or not all(one.keys() >= WHOLE for one in policies):
            return None
        return sorted(policies, key=precedence_of)

    def _policies_of_all(
        self, scope: Scope
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return every application of an account or a zone, and its policies of both kinds."""
        for application in self._snapshot(scope, listings.APPLICATIONS).objects():
            id_ = application["id"]
            listed = self._listed_policies(scope, id_, anew=False)
            where = f"{listings.APPLICATIONS.path_in(scope)}/{id_}/policies"
            yield application, self._policies(where) if listed is None else listed

    def _policies(self, where: str) -> list[dict[str, Any]]:
        """Read an application's policies of both kinds, in order."""
        policies = self.client.list(where, per_page=self.per_page, permission=self.permission)
        return sorted(policies, key=precedence_of)


def is_one_list(policies: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether an application's policies can be declared as one list of its own ones.

    Their order among reusable ones cannot: each is declared by itself then.
    """
    return not any(one.get(REUSABLE) for one in policies)


def first_of_all(policies: Iterable[Mapping[str, Any]], others: Sequence[Any]) -> str:
    """Say in which order policies of both kinds decide, and what those do that are told of."""
    line = BEFORE.join(
        f"{policy_name(policy)} ({_kind(policy)}, {policy.get('decision')})"
        if policy in others
        else policy_name(policy)
        for policy in sorted(policies, key=_place)
    )
    return f"of all, the first that matches decides: {line}"


def _kind(policy: Mapping[str, Any]) -> str:
    return "reusable" if policy.get(REUSABLE) else "its own"


def undeclared_policies(
    policies: Sequence[Mapping[str, Any]], declared: Mapping[str, Any], id_: Any
) -> list[Mapping[str, Any]]:
    """Return the policies of an application that no resource of the program declares.

    `declared` is the application's declaration with its reserved input OWNED, `id_` its id. States
    of earlier versions lack that input: its own policies may be declared or not.
    """
    owned = declared.get(OWNED, [] if declared.get("policies") else ALL)
    if owned == ALL:
        # The list tells of what it does not declare.
        return []
    entries = [one for one in owned if one.get(OF, id_) in (id_, UNKNOWN)]
    own = _undeclared_own([one for one in policies if not one.get(REUSABLE)], entries)
    if "policies" in declared:
        # What is attached beside is a difference.
        return own
    return [*own, *(one for one in policies if one.get(REUSABLE))]


def _undeclared_own(
    own: Sequence[Mapping[str, Any]], declared: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return those that are no declared single policy; each of these is one of them.

    Of a declared one there is what the program writes down plainly: name, precedence, or neither.
    One that has another precedence by now is told of as itself.
    """
    left, entries = list(own), list(declared)
    for facts in (("name", "precedence"), ("name",), ()):
        for entry in list(entries):
            known = {fact: entry[fact] for fact in facts if fact in entry}
            if bool(known) == bool(facts) and (known or not entry):
                found = next((one for one in left if known.items() <= one.items()), None)
                if found is not None:
                    left.remove(found)
                    entries.remove(entry)
    return left


def attachment(wished: Sequence[str], there: Sequence[Any]) -> dict[str, Any]:
    """Return what an application's request says of its policies, to have these reusable ones.

    Nothing where they are attached as wished: without `policies`, Cloudflare changes none. A list
    is all of them, and Cloudflare collects those of the application's own that it leaves out. So
    they are in it, before and after the same others as now. Raises if there is no such order.
    """
    if list(wished) == [one if isinstance(one, str) else one["id"] for one in attached(there)]:
        return {}
    policies = sorted((one for one in there if isinstance(one, Mapping)), key=_place)
    own = {policy["id"]: policy for policy in policies if not policy.get(REUSABLE)}
    if not own:
        return {"policies": list(wished)}
    listed: list[dict[str, Any]] = []
    for id_ in _around(wished, policies):
        before = listed[-1]["precedence"] if listed else 0
        # Of those that others declare, as few as possible get another place.
        least = _place(own[id_]) if id_ in own else 0
        listed.append({"id": id_, "precedence": max(before + 1, least)})
    return {"policies": listed}


def _around(wished: Sequence[str], policies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put the application's own policies into an order, each right behind what is before it now."""
    order = list(wished)
    for number, policy in enumerate(policies):
        if not policy.get(REUSABLE):
            before = [order.index(p["id"]) for p in policies[:number] if p["id"] in order]
            order.insert(max(before, default=-1) + 1, policy["id"])
    for number, policy in enumerate(policies):
        behind = [one for one in policies[number + 1 :] if one["id"] in order]
        if policy["id"] in order:
            at = order.index(policy["id"])
            turned = [one for one in behind if order.index(one["id"]) < at]
            crossed = [one for one in turned if not (policy.get(REUSABLE) and one.get(REUSABLE))]
            if crossed:
                raise DeclarationError(MOVED.format(policy_name(policy), policy_name(crossed[0])))
    return order


def _place(policy: Mapping[str, Any]) -> int:
    return int(policy.get("precedence") or 0)


def precedence_of(policy: Mapping[str, Any]) -> int:
    """Return the place of a policy: the lowest is decided first."""
    return int(policy["precedence"])


# What a list of all policies has, instead of a place; and what the application itself declares.
ALL = "all"
ATTACHED = "attached"


def mistakes_together(resource_name: str, application: Reference, place: Any) -> list[str]:
    """Say that other resources of the program are in this one's way: plain ids, or one resource."""
    of = application.id if isinstance(application, Found) else application
    parts = Deployment.current().parts(OfAnApplication, of)
    mistakes = []
    if ATTACHED in parts:
        told = f"declares reusable policies (policies=[…]), and {NO_ORDER}"
        mistakes = [f'application: "{parts[ATTACHED]}" {told}: use one kind alone']
    elif ALL in parts:
        mistakes = [f'application: "{parts[ALL]}" declares all of its policies already']
    elif place == ALL and parts:
        first = next(iter(parts.values()))
        mistakes = [f'application: "{first}" is one of its policies, which this list would delete']
    elif place in parts:
        mistakes = [f'precedence: "{parts[place]}" is in this place of the application already']
    parts.setdefault(place, resource_name)
    return mistakes


def tell_policies(
    teller: Resource, application: Reference, place: Any, policies: Any, by: str | None = None
) -> dict[str, Any]:
    """Tell an application what a resource says of its policies; return reserved inputs.

    `by` is the name of a resource that says it of one policy.
    """
    deployment = Deployment.current()
    described = describe(policies)
    if by:
        is_named = isinstance(policies[0].get("name"), str)
        described = [one | {"by": by} | ({} if is_named else {"name": by}) for one in described]
        described = [one | {"is_named": is_named} for one in described]
    deployment.told(OWN_POLICIES, application).append((place, described))
    of = id_of(application.id if isinstance(application, Found) else application)
    if isinstance(of, str) or word_for(of) is None:
        # It may be an application of the program all the same.
        deployment.told(ELSEWHERE, "").append((of, place, described))
    reach = deployment.told(REACH, application)
    text = in_force_text(deployment, teller)
    return {IN_FORCE: text} | ({REACH: reach[-1]} if reach else {})


def tell_reach(application: Resource, reach: str) -> None:
    """Tell the policies of an application where it is, and how people log in to it."""
    Deployment.current().told(REACH, application).append(reach)


@later
async def own_policies(deployment: Deployment, application: Reference) -> str | None:
    """Write down what the program says of an application's policies. Asked for when it has run."""
    told = deployment.told(OWN_POLICIES, application)
    return as_text(told) if told else None


def turns_of(application: Reference) -> Turns:
    """Return in which order the single policies of an application have their turns."""
    deployment = Deployment.current()
    turns = deployment.told("turns", application)
    if not turns:
        turns.append(Turns(deployment.program))
    found: Turns = turns[0]
    return found


def _plainly(place: Any, policies: Sequence[Mapping[str, Any]]) -> Any:
    """Return what the program writes down plainly of a single policy. ALL: of a list."""
    if place == ALL:
        return ALL
    [policy] = policies
    is_plain = policy["is_named"] and policy["name"] not in UNKNOWN_VALUES
    told = {"name": policy["name"]} if is_plain else {}
    return told | ({"precedence": place} if isinstance(place, int) else {})


def _perhaps(of: Any, place: Any, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the program says plainly of a policy that may be the application's."""
    said = {"is_named": not policy["name"].startswith("policies["), **policy}
    told: dict[str, Any] = _plainly(None if place == ALL else place, [said])
    return told | {OF: of if isinstance(of, str) else UNKNOWN}


@later
async def owned(deployment: Deployment, application: Reference, adopt: Any) -> Any:
    """Return which policies of its own the program declares. Asked for when it has run.

    They may refer to the application by the id that it adopts.
    """
    told = [*deployment.told(OWN_POLICIES, application)]
    told += deployment.told(OWN_POLICIES, adopt) if isinstance(adopt, str) else []
    plainly = [_plainly(*one) for one in told]
    if ALL in plainly:
        return ALL
    for of, place, policies in deployment.told(ELSEWHERE, ""):
        if of == adopt or (isinstance(of, str) and deployment.is_adopted(of)):
            continue
        if not isinstance(of, str) and place == ALL and not isinstance(policies, Sequence):
            return ALL
        plainly += [_perhaps(of, place, policy) for policy in policies]
    return plainly


def attaches(resource_name: str, application: Resource) -> None:
    """Note that an application declares reusable policies."""
    Deployment.current().parts(OfAnApplication, application)[ATTACHED] = resource_name


def in_application(
    arguments: Mapping[str, Any], *, dies_with: bool
) -> tuple[dict[str, Any], list[str]]:
    """Take the scope from the application; `dies_with` is as for `part_of`."""
    return part_of(arguments, "application", APPLICATIONS, *SCOPES, dies_with=dies_with)
