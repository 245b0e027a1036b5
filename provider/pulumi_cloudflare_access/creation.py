"""Creates: exactly one object, whatever becomes of the answer, the process or the engine.

Cloudflare has no idempotency keys, and many kinds may have two objects of one name. So whoever is
about to make something looks first at what is there; notes it in the journal; sends it once; and
where the answer is lost, looks for what was not there before. What cannot be told for certain is
an error that names the ids.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import ownership, plugin
from .api.lag import PAUSES
from .errors import (
    AdoptionError,
    ApiError,
    CloudflareError,
    ConflictError,
    LostAnswerError,
    NoAnswerError,
    NotFoundError,
)

if TYPE_CHECKING:
    from .api.client import Client
    from .api.clock import Clock
    from .api.journal import Journal
    from .api.pages import Snapshot

Object = Mapping[str, Any]

# How often a request is sent that, as far as anyone can see, never arrived.
SENDINGS = 3


KILLED = "made by an earlier run on this machine, and in no state that is known; taken over"
LOST = "made, though Cloudflare's answer was lost"
AGAIN = (
    "Nothing like it has shown up so far: run pulumi up again, on this machine; it looks again "
    "before it makes one"
)


@dataclass(frozen=True)
class Made:
    """An object that is there now; `why` it is so, unless by an ordinary answer.

    `sendings` is how often the request went out.
    """

    answer: dict[str, Any]
    why: str = ""
    sendings: int = 1

    @property
    def first_hand(self) -> bool:
        """Whether this is the answer to the creation itself."""
        return not self.why


def send_once(
    send: Callable[[], dict[str, Any]], look: Callable[[], dict[str, Any] | None]
) -> Made:
    """Send what must not be done twice; where the answer is lost, `look` for what it has made.

    It goes again only where the connection broke at once and nothing has shown up for as long as
    Cloudflare's lists may lag. Raises LostAnswerError if nobody can say what became of it.
    """
    for sending in range(1, SENDINGS + 1):
        try:
            return Made(send(), sendings=sending)
        except CloudflareError as error:
            broken = isinstance(error, LostAnswerError) and not error.under_way
            if sending == 1 and not isinstance(error, LostAnswerError):
                raise
            # What is refused now may be in the way of itself, done late.
            found = _found(look, error)
            if found is not None:
                return Made(found, LOST)
            if not broken or sending == SENDINGS:
                raise LostAnswerError(f"{error}. {AGAIN}") from None
    raise AssertionError


def _found(
    look: Callable[[], dict[str, Any] | None], error: CloudflareError
) -> dict[str, Any] | None:
    try:
        return look()
    except (ApiError, NoAnswerError) as unseen:
        raise LostAnswerError(
            f"{error}. Whether it was done cannot be seen now ({unseen}): run pulumi up again, on "
            "this machine; it looks again before it makes one"
        ) from None


def lagging(clock: Clock, since: float | None = None) -> Iterator[None]:
    """Come back as often as it takes until Cloudflare must show what it has made.

    `since`: when that was, if not now.
    """
    yield
    end = (clock.now() if since is None else since) + sum(PAUSES)
    for pause in PAUSES:
        # Never longer, whatever the clock said then.
        left = min(end - clock.now(), sum(PAUSES))
        if left <= 0.0:
            return
        clock.sleep(min(pause, left))
        yield


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
            made = self._left_behind(deliberately=deliberately)
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
            if made.sendings > 1:
                self._warn_of_twin([*(str(found["id"]) for found in namesakes), id_])
            return made

    # ------------------------------------------------------------------------------ what is there

    def _namesakes(self, *, anew: bool = False) -> list[dict[str, Any]]:
        objects = self.listed.anew() if anew else self.listed.objects()
        return [found for found in objects if self.is_namesake(found)]

    def _new(self, before: Container[str]) -> list[dict[str, Any]]:
        """Return the namesakes that were not there before and that no resource has."""
        return [
            found
            for found in self._namesakes(anew=True)
            if found["id"] not in before and not ownership.is_managed(self.kind, str(found["id"]))
        ]

    def _refuse_second(self, namesakes: list[dict[str, Any]]) -> None:
        """Raise if the very object is there, and nothing says whose it is."""
        urn = plugin.current_urn()
        equal = [found for found in namesakes if self.is_equal(found)]
        unexplained = [f for f in equal if not self._may_be_replaced(urn, str(f["id"]))]
        if unexplained:
            raise AdoptionError(
                f"{self.called} exists already ({_ids(unexplained)}), just as it is declared, and "
                "no resource is known to have it. Nothing was made. If an earlier run made it "
                "(one that was killed, on another machine), or somebody by hand, take it over: "
                f"{_adopt(unexplained)}. If a resource was renamed, give it aliases. adopt=False "
                "makes a second one"
            )

    def _may_be_replaced(self, urn: str, id_: str) -> bool:
        """Tell whether a resource has the object, if only the one at hand, to be replaced."""
        # `up --replace` asks for no diff, so that nobody has heard of the object.
        unheard = ownership.is_known(urn) and not ownership.is_owner(self.kind, urn)
        return unheard or ownership.is_managed(self.kind, id_)

    def _left_behind(self, *, deliberately: bool) -> Made | None:
        """Return what a run that was killed has made of this resource on this machine."""
        urn = plugin.current_urn()
        notes = self.journal.notes_of(urn, self.path)
        for note in notes:
            if note.id and not self._may_be_replaced(urn, note.id):
                found = self._get_late(note.id, note.time)
                if found is not None and self.is_equal(found):
                    return Made(found, KILLED)
                if found is not None and not deliberately:
                    # Pulumi may have saved it, and the state have lost it since: `state delete`,
                    # another backend. It may be somebody's.
                    raise AdoptionError(
                        f"an earlier run on this machine has made {self.called} ({note.id}), no "
                        "state known has it, and it is not as declared now. Nothing was made. If "
                        f"it is this resource's, take it over: {_adopt([found])}; if not, "
                        "adopt=False makes another"
                    )
        for note in notes:
            if not note.id:
                same = note.asked == self.journal.hash_of(self.body)
                found = self._look(note.before, is_equal=same, since=note.time)
                if found is not None:
                    return Made(found, KILLED)
                if not same:
                    plugin.warn(
                        f"a run that was killed had asked for {self.called} in another form, and "
                        "nothing has come of it under this name: should it have had another name "
                        "then, look for that at Cloudflare"
                    )
        return None

    def _get_late(self, id_: str, since: float) -> dict[str, Any] | None:
        """Get what was made a moment ago; None: it is gone."""
        for _ in lagging(self.client.clock, since):
            with contextlib.suppress(NotFoundError):
                return self.get(id_)
        return None

    def _look(
        self, before: tuple[str, ...], *, is_equal: bool = True, since: float | None = None
    ) -> dict[str, Any] | None:
        """Look for what was not there before, for as long as Cloudflare may take to show it."""
        for _ in lagging(self.client.clock, since):
            new = self._new(before)
            equal = [found for found in new if self.is_equal(found)] if is_equal else []
            if len(new) == len(equal) == 1:
                return equal[0]
            if new:
                raise AdoptionError(
                    f"a request to make {self.called} may or may not have been done, and there is "
                    f"now what may be its work or somebody else's ({_ids(new)}). Take over the "
                    f"right one: {_adopt(new)}; or delete it"
                )
        return None

    # ------------------------------------------------------------------------------------ sending

    def _send(self, namesakes: list[dict[str, Any]]) -> Made:
        before = tuple(str(found["id"]) for found in namesakes)
        urn = plugin.current_urn()
        self.journal.begin(urn, self.path, self.body, before)
        try:
            return send_once(
                lambda: self.client.post(self.path, self.body, needs=self.needs),
                lambda: self._look(before),
            )
        except AdoptionError:
            raise
        except CloudflareError as error:
            if error.may_be_done:
                # The next run goes on from here.
                raise
            # Refused, or never sent.
            self.journal.refused(urn)
            raise (self._explained(error) if isinstance(error, ConflictError) else error) from None

    def _warn_of_twin(self, known: list[str]) -> None:
        """Say what a request may have made after it had been given up."""
        with contextlib.suppress(CloudflareError):
            twins = self._new(known)
            if twins:
                plugin.warn(
                    f"the request to make {self.called} was sent again after its connection broke, "
                    f"and there is one more now ({_ids(twins)}): should nobody else have made it, "
                    "delete it"
                )

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
