"""Creates: exactly one object, whatever becomes of the answer, the process or the engine.

Cloudflare has no idempotency keys, and many kinds may have two objects of one name. So whoever is
about to make something looks first at what is there; notes it in the journal; sends it once; and
where the answer is lost, looks for what was not there before. What cannot be told for certain is
an error that names the ids.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import ownership, plugin
from .api.lag import PAUSES
from .errors import AdoptionError, CloudflareError, ConflictError, LostAnswerError, NotFoundError

if TYPE_CHECKING:
    from .api.client import Client
    from .api.journal import Journal
    from .api.pages import Snapshot

Object = Mapping[str, Any]

# How often a request is sent that, as far as anyone can see, never arrived.
SENDINGS = 3


KILLED = "made by an earlier run, which ended before Pulumi had saved it; taken over"
LOST = "made, though Cloudflare's answer was lost"


@dataclass(frozen=True)
class Made:
    """An object that is there now; `why` it is so, unless by an ordinary answer."""

    answer: dict[str, Any]
    why: str = ""

    @property
    def first_hand(self) -> bool:
        """Whether this is the answer to the creation itself."""
        return not self.why


@dataclass(frozen=True)
class Creation:
    """One object that is to be made.

    `listed` are the objects of its collection; `is_namesake` and `is_equal` tell whether one of
    them has its name, and whether it is as declared. Raises AdoptionError if such an object is
    there that nothing explains, LostAnswerError if nobody can say what became of the request.
    """

    kind: str
    called: str
    path: str
    body: Object
    needs: str
    client: Client
    journal: Journal
    listed: Snapshot
    get: Callable[[str], dict[str, Any]]
    is_namesake: Callable[[Object], bool]
    is_equal: Callable[[Object], bool]

    def make(self, *, deliberately: bool) -> Made:
        """Make it, or take over what a run has made that nobody heard of.

        `deliberately`: even where there is one that is equal.
        """
        with _one_at_a_time((self.path, self.called)):
            made = self._left_behind()
            if made is None:
                namesakes = self._namesakes()
                if not deliberately:
                    self._refuse_second(namesakes)
                made = self._send(namesakes)
            id_ = str(made.answer["id"])
            # Before anybody else of the same name looks.
            ownership.seen(self.kind, id_)
            self.listed.wrote(id_, made.answer)
            self.journal.made(plugin.current_urn(), self.path, self.kind, id_)
            return made

    # ------------------------------------------------------------------------------ what is there

    def _namesakes(self, *, anew: bool = False) -> list[dict[str, Any]]:
        objects = self.listed.anew() if anew else self.listed.objects()
        return [found for found in objects if self.is_namesake(found)]

    def _refuse_second(self, namesakes: list[dict[str, Any]]) -> None:
        """Raise if the very object is there, and nothing says whose it is."""
        if ownership.is_known(plugin.current_urn()):
            # A replacement: it is the one that is being replaced.
            return
        equal = [found for found in namesakes if self.is_equal(found)]
        unexplained = [f for f in equal if not ownership.is_managed(self.kind, str(f["id"]))]
        if unexplained:
            raise AdoptionError(
                f"{self.called} exists already ({_ids(unexplained)}), as it is declared, and this "
                "stack's state does not know it. Nothing was made. If an earlier run made it, or "
                f"somebody else did, take it over: {_adopt(unexplained)}. If a resource was "
                "renamed, give it aliases. adopt=False makes a second one"
            )

    def _left_behind(self) -> Made | None:
        """Return what a run that was killed has made of this resource on this machine."""
        note = self.journal.note_of(plugin.current_urn(), self.path)
        if note is None:
            return None
        if note.id:
            with contextlib.suppress(NotFoundError):
                return Made(self.get(note.id), KILLED)
            return None
        same = note.asked == self.journal.hash_of(self.body)
        found = self._look(note.before, is_equal=same)
        return Made(found, KILLED) if found else None

    def _look(self, before: tuple[str, ...], *, is_equal: bool = True) -> dict[str, Any] | None:
        """Look for what was not there before, for as long as Cloudflare may take to show it."""
        for pause in PAUSES:
            new = [
                found
                for found in self._namesakes(anew=True)
                if found["id"] not in before
                and not ownership.is_managed(self.kind, str(found["id"]))
            ]
            equal = [found for found in new if self.is_equal(found)] if is_equal else []
            if len(equal) == 1:
                return equal[0]
            if new:
                raise AdoptionError(
                    f"a request to make {self.called} may or may not have been done, and there is "
                    f"now what may be its work or somebody else's ({_ids(new)}). Take over the "
                    f"right one: {_adopt(new)}; or delete it"
                )
            self.client.clock.sleep(pause)
        return None

    # ------------------------------------------------------------------------------------ sending

    def _send(self, namesakes: list[dict[str, Any]]) -> Made:
        before = tuple(str(found["id"]) for found in namesakes)
        urn = plugin.current_urn()
        self.journal.begin(urn, self.path, self.body, iter(before))
        for sending in range(1, SENDINGS + 1):
            try:
                made: dict[str, Any] = self.client.post(self.path, self.body, needs=self.needs)
            except LostAnswerError as error:
                found = self._look(before)
                if found:
                    return Made(found, LOST)
                # An answer, if only a gateway's, means that the request is somewhere yet.
                if error.answered or sending == SENDINGS:
                    raise LostAnswerError(
                        f"{error}. Nothing like it has shown up so far: run pulumi up again, on "
                        "this machine; it looks again before it makes one"
                    ) from None
            except ConflictError as error:
                if sending > 1:
                    found = self._look(before)
                    if found:
                        return Made(found, LOST)
                self.journal.refused(urn)
                raise self._explained(error) from None
            except Exception:
                # Refused, or never sent.
                self.journal.refused(urn)
                raise
            else:
                return Made(made)
        raise AssertionError

    def _explained(self, error: ConflictError) -> Exception:
        """Say who has the name, from one look."""
        try:
            holders = self._namesakes(anew=True)
        except CloudflareError:
            # Naming them is a courtesy.
            holders = []
        if not holders:
            return error
        return error.with_remedy(f"{self.called} is there: take it over with {_adopt(holders)}")


def _ids(objects: list[dict[str, Any]]) -> str:
    return ", ".join(sorted(str(found["id"]) for found in objects))


def _adopt(objects: list[dict[str, Any]]) -> str:
    return " or ".join(f'adopt="{found["id"]}"' for found in objects)


_locks: dict[tuple[str, str], threading.Lock] = {}
_locking = threading.Lock()


@contextlib.contextmanager
def _one_at_a_time(name: tuple[str, str]) -> Iterator[None]:
    """Let nobody else of this process make one of this name: who made which could not be told."""
    with _locking:
        lock = _locks.setdefault(name, threading.Lock())
    with lock:
        yield
