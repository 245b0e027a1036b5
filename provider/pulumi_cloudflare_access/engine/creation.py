"""Creates: exactly one object, whatever becomes of the answer, the process or the engine.

Cloudflare has no idempotency keys, and many kinds may have two objects of one name. So whoever is
about to make something looks first at what is there; notes it in the journal; sends it once; and
where the answer is lost, looks for what was not there before. Others make objects meanwhile: what
is taken over was made in the time in which the request can have been done, and is nobody else's as
far as this machine knows. What cannot be told for certain is an error that names the ids.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..api.lag import PAUSES, RECENT, created_at
from ..api.pace import LONGEST_ANSWER
from ..errors import (
    AdoptionError,
    ApiError,
    CloudflareError,
    ConflictError,
    LostAnswerError,
    NoAnswerError,
    NotFoundError,
)
from ..process import plugin
from . import ownership
from .run import current

if TYPE_CHECKING:
    from ..api.client import Client
    from ..api.clock import Clock
    from ..api.journal import Journal, Note
    from ..api.pages import Snapshot

Object = Mapping[str, Any]

# How often a request is sent that, as far as anyone can see, never arrived.
SENDINGS = 3
# Seconds between looks for what Cloudflare may be at work on yet.
LATER_PAUSES = (5.0, 5.0, 10.0)
# Seconds, for each of its pages, that a list may be old when something is made beside what it
# holds.
LOOK_AGAIN = 30.0
# Seconds by which Cloudflare's clock may be misjudged: answers tell the second, and so do stamps.
INACCURATE = 3.0
# Seconds that a request may have been under way, at Cloudflare's end: longer than anyone waits.
AT_WORK = LONGEST_ANSWER + RECENT
# Seconds in which an object without a date is believed to be what an earlier run has asked for.
UNDATED = 600.0

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


@dataclass(frozen=True)
class Sent:
    """A request to make an object: what was there before it, and when it went out.

    `first` and `last` are by Cloudflare's clock, as far as `accurate` seconds.
    """

    before: Container[str]
    first: float
    last: float
    accurate: float

    @classmethod
    def of(cls, note: Note) -> Sent:
        """Return the request that an earlier run has noted."""
        known = note.skew is not None
        at = note.time + (note.skew or 0.0)
        return cls(note.before, at, at, INACCURATE if known else RECENT)

    def may_have_made(self, found: Object, now: float) -> bool:
        """Tell whether an object was made when the request may have been done.

        `now` is by Cloudflare's clock, too.
        """
        made = created_at(found)
        if made is None:
            return now - self.last < UNDATED
        return self.first - self.accurate <= made <= self.last + AT_WORK


def send_once(
    send: Callable[[], dict[str, Any]], look: Callable[[], dict[str, Any] | None]
) -> Made:
    """Send what must not be done twice; where the answer is lost, `look` for what it has made.

    It goes again only where the connection broke at once and nothing has shown up for as long as
    `look` looks. Raises LostAnswerError if nobody can say what became of it.
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


def lagging(clock: Clock, since: float | None = None, at_work: float = 0.0) -> Iterator[float]:
    """Come back as often as it takes until Cloudflare must show what it has made.

    `since`: when that was, if not now; `at_work`: seconds that it may have taken over it. Yields
    how many seconds are left.
    """
    now = clock.now()
    # Never longer, whatever the clock said then.
    end = min(now if since is None else since, now) + at_work + sum(PAUSES)
    for pause in itertools.chain(PAUSES, LATER_PAUSES, itertools.repeat(LATER_PAUSES[-1])):
        left = max(end - clock.now(), 0.0)
        yield left
        if not left:
            return
        clock.sleep(min(pause, left))


@dataclass(frozen=True)
class Creation:
    """One object that is to be made.

    `listed` are the objects of its collection; `is_namesake` and `is_equal` tell whether one of
    them has its name, and whether it is as declared; `is_dated`: Cloudflare tells when it was made.
    Raises AdoptionError if such an object is there that nothing explains, LostAnswerError if nobody
    can say what became of the request.
    """

    kind: str
    called: str
    path: str
    body: Object
    permission: str
    id_field: str
    client: Client
    journal: Journal
    listed: Snapshot
    get: Callable[[str], dict[str, Any]]
    is_namesake: Callable[[Object], bool]
    is_equal: Callable[[Object], bool]
    is_dated: bool

    def make(self, *, deliberately: bool) -> Made:
        """Make it, or take over what a run has made that nobody heard of.

        `deliberately`: even where there is one that is equal.
        """
        with _one_at_a_time((self.path, self.called)):
            made = self._left_behind(deliberately=deliberately)
            if made is None:
                # Where Cloudflare does not tell when an object was made, only a list of just before
                # can show that it was not there.
                objects = self.listed.recent(LOOK_AGAIN) if self.is_dated else self.listed.anew()
                namesakes = self._namesakes_in(objects)
                if not deliberately and self._unexplained(namesakes):
                    # As it is now: somebody may have deleted it since.
                    namesakes = self._namesakes_in(self.listed.anew())
                    self._refuse_second(namesakes)
                made = self._send(namesakes, deliberately=deliberately)
            id_ = str(made.answer["id"])
            # Before anybody else of the same name looks.
            ownership.seen(self.kind, id_)
            self.listed.wrote(id_, made.answer)
            self.journal.made(plugin.current_urn(), self.path, self.kind, id_)
            if made.sendings > 1:
                self._warn_of_twin([*(str(found["id"]) for found in namesakes), id_])
            return made

    # ------------------------------------------------------------------------------ what is there

    def _namesakes_in(self, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [found for found in objects if self.is_namesake(found)]

    def _new(self, before: Container[str]) -> list[dict[str, Any]]:
        """Return the namesakes that were not there before and that no resource has."""
        return [
            found
            for found in self._namesakes_in(self.listed.anew())
            if found["id"] not in before and not ownership.is_managed(self.kind, str(found["id"]))
        ]

    def _may_be_work_of(self, sent: Sent, found: Object) -> bool:
        """Tell whether an object may be what a request has made, and is nobody else's."""
        if self.journal.is_anothers(plugin.current_urn(), self.kind, str(found["id"])):
            return False
        return sent.may_have_made(found, self._now())

    def _now(self) -> float:
        """Return the time by Cloudflare's clock, or by this machine's if nobody has told it."""
        told = self.client.cloudflares_time()
        return self.client.clock.now() if told is None else told

    def _unexplained(self, namesakes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        urn = plugin.current_urn()
        equal = [found for found in namesakes if self.is_equal(found)]
        return [found for found in equal if not self._may_be_replaced(urn, str(found["id"]))]

    def _refuse_second(self, namesakes: list[dict[str, Any]]) -> None:
        """Raise if the very object is there, and nothing says whose it is."""
        if unexplained := self._unexplained(namesakes):
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
                if found is None:
                    continue
                others = self.journal.is_anothers(urn, self.kind, note.id)
                if self.is_equal(found) and not (note.ended or others):
                    return Made(found, KILLED)
                if not deliberately:
                    # Pulumi may have saved it, and the state have lost it since: `state delete`,
                    # another backend. It may be somebody's.
                    ended = "it has ended" if note.ended else "it is not as declared now"
                    raise AdoptionError(
                        f"an earlier run on this machine has made {self.called} ({note.id}), no "
                        f"state known has it, and {ended}. Nothing was made. If the object is this "
                        f"resource's, take it over: {_adopt([found])}; if not, adopt=False makes "
                        "another"
                    )
        for note in notes:
            if not note.id and (found := self._work_of(note)) is not None:
                return Made(found, KILLED)
        return None

    def _work_of(self, note: Note) -> dict[str, Any] | None:
        """Return what a request has made whose answer nobody has noted."""
        same = note.asked == self.journal.hash_of(self.body)
        found, _ = self._look(
            Sent.of(note), f"an earlier run had asked for {self.called}", note.time, is_equal=same
        )
        if found is None and not same:
            plugin.warn(
                f"a run that was killed had asked for {self.called} in another form, and "
                "nothing has come of it under this name: should it have had another name "
                "then, look for that at Cloudflare"
            )
        return found

    def _get_late(self, id_: str, since: float) -> dict[str, Any] | None:
        """Get what was made a moment ago; None: it is gone."""
        for _ in lagging(self.client.clock, since):
            with contextlib.suppress(NotFoundError):
                return self.get(id_)
        return None

    def _look(
        self, sent: Sent, why: str, since: float | None = None, *, is_equal: bool = True
    ) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """Look for what a request has made, for as long as Cloudflare may take to show it.

        Returns it, if there is one that is just as declared, and the equal ones that are others'.
        """
        equal: list[dict[str, Any]] = []
        for number, left in enumerate(lagging(self.client.clock, since, LONGEST_ANSWER)):
            new = self._new(sent.before)
            equal = [found for found in new if self.is_equal(found)]
            possible = [found for found in new if self._may_be_work_of(sent, found)]
            if is_equal and len(possible) == 1 and possible[0] in equal:
                return possible[0], [found for found in equal if found is not possible[0]]
            if possible:
                raise AdoptionError(
                    f"a request to make {self.called} may or may not have been done, and there is "
                    f"now what may be its work or somebody else's ({_ids(possible)}). Take over "
                    f"the right one: {_adopt(possible)}; or delete it"
                )
            if number == 1 and left > sum(PAUSES):
                until = datetime.fromtimestamp(self.client.clock.now() + left).astimezone()
                plugin.say(
                    f"{why}, and Cloudflare may be at work on it: looks until {until:%H:%M:%S} "
                    "for what has come of it"
                )
        return None, equal

    # ------------------------------------------------------------------------------------ sending

    def _send(self, namesakes: list[dict[str, Any]], *, deliberately: bool) -> Made:
        before = tuple(str(found["id"]) for found in namesakes)
        urn = plugin.current_urn()
        told = self.client.cloudflares_time()
        self.journal.begin(urn, self.path, self.body, before, told)
        # By this machine's clock, and by Cloudflare's.
        here, there = [0.0], [self._now()]

        def send() -> dict[str, Any]:
            here.append(self.client.clock.now())
            there.append(self._now())
            made: dict[str, Any] = self.client.post(
                self.path, self.body, permission=self.permission, id_field=self.id_field
            )
            return made

        def look() -> dict[str, Any] | None:
            sent = Sent(before, there[0], there[-1], RECENT if told is None else INACCURATE)
            why = f"the answer to the request to make {self.called} is lost"
            found, others = self._look(sent, why, here[-1])
            if others and found is None and not deliberately:
                raise AdoptionError(
                    f"{why}, nothing has come of it so far, and somebody else has made the same "
                    f"meanwhile ({_ids(others)}). Take that over: {_adopt(others)}; or have a "
                    "second one made with adopt=False"
                )
            if others:
                plugin.warn(
                    f"{self.called}: somebody else has made the same meanwhile ({_ids(others)})"
                )
            return found

        try:
            return send_once(send, look)
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
            holders = self._namesakes_in(self.listed.anew())
        except CloudflareError:
            # Naming them is a courtesy.
            holders = []
        if not holders:
            return error
        free = [one for one in holders if not ownership.is_managed(self.kind, str(one["id"]))]
        way = f": take it over with {_adopt(free)}" if free else ""
        return error.with_remedy(
            f"{self.called} is there, {holders_in_words(self.kind, holders)}{way}"
        )


def holders_in_words(kind: str, objects: list[dict[str, Any]]) -> str:
    """Name objects that stand in the way, and the resources of this program that have them."""
    return " and ".join(sorted(_in_words(kind, one) for one in objects))


def elsewhere_in_words(
    kind: str,
    is_namesake: Callable[[Object], bool],
    listed: Iterable[tuple[str, list[dict[str, Any]]]],
) -> str | None:
    """Name what stands in the way in other accounts and zones; None: nothing that is known."""
    with contextlib.suppress(CloudflareError):
        for where, objects in listed:
            if holders := [found for found in objects if is_namesake(found)]:
                return f"in the way is {holders_in_words(kind, holders)}, in {where}"
    return None


def _in_words(kind: str, found: Object) -> str:
    id_ = str(found["id"])
    name = found.get("name") or found.get("domain") or found.get("email_domain")
    owner = ownership.owner_of(kind, id_)
    return f'"{name}" ({id_})' + (f", which {owner} has" if owner else "")


def _ids(objects: list[dict[str, Any]]) -> str:
    return ", ".join(sorted(str(found["id"]) for found in objects))


def _adopt(objects: list[dict[str, Any]]) -> str:
    return " or ".join(f'adopt="{found["id"]}"' for found in objects)


@contextlib.contextmanager
def _one_at_a_time(name: tuple[str, str]) -> Iterator[None]:
    """Let nobody else of this process make one of this name: who made which could not be told."""
    lock = current().creating.setdefault(name, threading.Lock())
    with lock:
        yield
