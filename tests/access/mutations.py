"""Mistakes that this package could make, each as a change of its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from access.story import Story


@dataclass(frozen=True)
class Mutation:
    """A change of one file; `was` is there exactly once, or the mutation has to be mended."""

    called: str
    step: Callable[[Story], None]
    """The step of a story that notices it."""
    file: str
    was: str
    now: str


MUTATIONS = [
    # ------------------------------------------------------------------ what is sent, and what for
    Mutation(
        "the rules of a request come in any order",
        Story.edit,
        "fields/keyed.py",
        "return [self.to_wire(value[key]) for key in sorted(value)]",
        "return [self.to_wire(value[key]) for key in sorted(value, key=hash)]",
    ),
    Mutation(
        "the same rule is sent twice",
        Story.edit,
        "fields/keyed.py",
        "if canonical in seen and UNKNOWN not in canonical:\n                continue\n"
        "            seen.add(canonical)\n            keyed[free_key",
        "seen.add(canonical)\n            keyed[free_key",
    ),
    Mutation(
        "an update does not look first",
        Story.somebody_changes_what_nobody_declares,
        "engine/lifecycle.py",
        "            there = self.read_remote(scope, _id)\n        except NotFoundError as error:\n"
        "            told = error.remedy",
        "            there = self.request_body(self._declared(_olds)) | {'id': _id}\n"
        "            there = self.read_remote(scope, _id) if 'application' in _olds else there\n"
        "        except NotFoundError as error:\n            told = error.remedy",
    ),
    Mutation(
        "an update forgets what nobody declares",
        Story.somebody_changes_what_nobody_declares,
        "fields/shapes.py",
        "elif is_there and not shape.compares(field):",
        "elif False:",
    ),
    Mutation(
        "an update forgets what nobody declares of an object",
        Story.somebody_adds_a_part,
        "fields/shapes.py",
        "        return write(self, value, there, was)",
        "        return write(self, value, there if self.top else None, was)",
    ),
    Mutation(
        "an update detaches policies that nobody declares",
        Story.somebody_attaches_policies,
        "access/application.py",
        'if "policies" in declared:\n            body |=',
        'if "policies" not in declared:\n            body["policies"] = []\n'
        "        else:\n            body |=",
    ),
    Mutation(
        "what is no longer declared stays as it is",
        Story.edit,
        "fields/shapes.py",
        "elif name in was and not field.stays:",
        "elif False:",
    ),
    Mutation(
        "an update is sent though all is right",
        Story.somebody_does_what_the_program_says_next,
        "engine/lifecycle.py",
        "if self.update_compares or not self._is_up_to_date(there, old, new):",
        "if True:",
    ),
    Mutation(
        "what no preview has shown is overwritten",
        Story.somebody_changes_what_no_preview_has_shown,
        "engine/lifecycle.py",
        'if self.settings.on_drift == "refuse":',
        "if False:",
    ),
    Mutation(
        "a first declaration replaces what no preview has shown",
        Story.somebody_changes_what_nobody_declares,
        "engine/lifecycle.py",
        "unseen + self._unseen_first(olds, answer, wish, secret)",
        "unseen",
    ),
    Mutation(
        "what is added to an object that decides who gets in is not seen",
        Story.somebody_adds_to_what_decides,
        "fields/shapes.py",
        "        return self.whole and not field.filled_in",
        "        return False",
    ),
    Mutation(
        "the first page is taken for the list",
        Story.adopt,
        "api/client.py",
        "if whole or not page.items:",
        "if True:",
    ),
    # -------------------------------------------------------------------- what is the same, and not
    Mutation(
        "e-mail addresses differ by their case",
        Story.look,
        "access/rules.py",
        'Field("email", is_right=_is_email, canonical=str.lower,',
        'Field("email", is_right=_is_email,',
    ),
    Mutation(
        "the rules of an answer are told apart by their position",
        Story.somebody_changes_what_is_declared,
        "fields/keyed.py",
        "((gist, k) for gist, k in likely if self.matches(known[k], item, reading)), None",
        "((gist, k) for gist in [*left] for k in left[gist]), None",
    ),
    Mutation(
        "the order of policies is nothing",
        Story.reorder,
        "program/references.py",
        "return self.meanings(one) == self.meanings(other)",
        "return sorted(self.meanings(one)) == sorted(self.meanings(other))",
    ),
    Mutation(
        "a rule that did not change goes by another key",
        Story.rename_a_group,
        "engine/lifecycle.py",
        "            self._keep_keys(checked, _olds)\n",
        "",
    ),
    Mutation(
        "what somebody added is not seen",
        Story.somebody_changes_what_is_declared,
        "fields/keyed.py",
        "                foreign.append(read(item, reading).spelled())",
        "                pass",
    ),
    # --------------------------------------------------------------------------- gone, or not gone
    Mutation(
        "an account that is not there means that the object is gone",
        Story.the_account_is_a_wrong_one,
        "errors.py",
        "if status in {400, 404} and codes & NO_SUCH_ROUTE:",
        "if False:",
    ),
    Mutation(
        "what is gone already cannot be deleted",
        Story.somebody_deletes,
        "engine/lifecycle.py",
        "self._explaining(scope, _props), suppress(NotFoundError):",
        "self._explaining(scope, _props):",
    ),
    # ------------------------------------------------------------------------------- other objects
    Mutation(
        "an adoption changes what it takes over",
        Story.adopt,
        "engine/lifecycle.py",
        "if differences and not props.get(ADOPT_CHANGES):",
        "if False:",
    ),
    Mutation(
        "what could be adopted is made a second time",
        Story.adopt,
        "engine/lifecycle.py",
        "answer = self._adopt(scope, props) if adopts else None",
        "answer = None",
    ),
    Mutation(
        "a refresh does not see that something is gone",
        Story.somebody_deletes,
        "engine/lifecycle.py",
        '            return dynamic.ReadResult("", {})',
        "            return dynamic.ReadResult(id_, props, self._declared(props))",
    ),
    # ------------------------------------------------------------------------- lists of policies
    Mutation(
        "a policy that moves is made a second time",
        Story.reorder,
        "access/application_policies.py",
        "policies[step.key] = self.client.put(one, body, permission=self.permission)",
        "policies[step.key] = self.client.post(where, body, permission=self.permission)",
    ),
    Mutation(
        "a list of policies comes out in another order",
        Story.reorder,
        "access/application_policies.py",
        "for name, entry in self._wished.items():\n            made_of",
        "for name, entry in sorted(self._wished.items()):\n            made_of",
    ),
    Mutation(
        "policies that are no longer in the list stay",
        Story.edit,
        "access/application_policies.py",
        "                self._delete_one(one)\n",
        "",
    ),
]
