"""Deletes: what is still in use, who uses it, and whether that is on its way out.

Cloudflare refuses to delete what another object refers to. The engine deletes what refers to
something before that, as far as it knows; a delete that is refused all the same waits for nothing
but what this process is just deleting, and else says at once who the user is.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ApiError, CloudflareError, ConflictError

if TYPE_CHECKING:
    from ..api.clock import Clock

# Seconds between attempts to delete what Cloudflare says is in use and may soon be no longer.
STILL_IN_USE = (1.0, 2.0, 4.0)
# Seconds between looks whether a deletion that is under way has ended.
POLL = 0.5
# Statuses of a refusal that may mean "in use". Only 409 is known to.
MAY_MEAN_IN_USE = frozenset({400, 409, 412, 422})


@dataclass(frozen=True)
class User:
    """An object that refers to another one, which cannot be deleted meanwhile.

    `of` is the object that it is a part of: it goes with that.
    """

    what: str
    name: str
    id: str
    of: User | None = None

    def __str__(self) -> str:
        called = f'{self.what} "{self.name}" ({self.id})'
        return f"{called} of {self.of}" if self.of else called

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of the objects with which the use ends."""
        return frozenset({self.id}) | (self.of.ids if self.of else frozenset())


class Deletions:
    """The deletes of this process. Thread-safe."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._waits_for: dict[str, list[User]] = {}
        self._gone: set[str] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def under_way(self, ids: Iterable[str]) -> Iterator[None]:
        """Note that objects are being deleted, and then that they are gone."""
        ids = {*ids}
        with self._lock:
            self._under_way.update(ids)
        try:
            yield
            self.gone(*ids)
        finally:
            with self._lock:
                self._under_way.subtract(ids)

    def gone(self, *ids: str) -> None:
        """Note that objects are deleted, whatever lists may yet say."""
        with self._lock:
            self._gone.update(ids)

    def left(self, users: Iterable[User]) -> list[User]:
        """Return the users that this process has not deleted."""
        with self._lock:
            return [user for user in users if not user.ids & self._gone]

    def are_going(self, users: Iterable[User]) -> bool:
        """Tell whether all of these are gone or being deleted, and wait for nothing that is not."""
        with self._lock:
            return all(user.ids & self._gone or self._is_going(user, frozenset()) for user in users)

    def _is_going(self, user: User, behind: frozenset[str]) -> bool:
        for id_ in user.ids - behind:
            if self._under_way[id_] > 0:
                others = self._waits_for.get(id_, ())
                if all(self._is_going(other, behind | {id_}) for other in others):
                    return True
        return False

    def wait_for(self, ids: Iterable[str], clock: Clock) -> None:
        """Wait until none of these is being deleted, or about to be, at the same time."""
        ids = {*ids}
        if ids:
            clock.sleep(POLL)
        while any(self._under_way[id_] > 0 for id_ in ids):
            clock.sleep(POLL)

    def is_busy(self) -> bool:
        """Tell whether a delete is under way that waits for no other."""
        with self._lock:
            return any(n > 0 and id_ not in self._waits_for for id_, n in self._under_way.items())

    @contextlib.contextmanager
    def _waiting(self, id_: str, users: list[User]) -> Iterator[None]:
        with self._lock:
            self._waits_for[id_] = users
        try:
            yield
        finally:
            with self._lock:
                del self._waits_for[id_]

    def delete(
        self,
        id_: str,
        send: Callable[[], None],
        find_users: Callable[[], Iterable[User]],
        clock: Clock,
    ) -> None:
        """Send a delete until it is done.

        A refusal waits as long as all users of the object are being deleted here, a few seconds as
        long as anything is or nobody can say who the users are. Raises it with their names.
        """
        waits = iter(STILL_IN_USE)
        while True:
            try:
                send()
            except ApiError as error:
                if error.status not in MAY_MEAN_IN_USE:
                    raise
                users = self._users(find_users)
                if not users and not isinstance(error, ConflictError):
                    raise
                with self._waiting(id_, users):
                    if not self._are_worth_waiting_for(users, waits, clock):
                        raise error.with_remedy(_explained(users)) from None
            else:
                return

    def _are_worth_waiting_for(
        self, users: list[User], waits: Iterator[float], clock: Clock
    ) -> bool:
        if users and self.are_going(users):
            while self.left(users) and self.are_going(users):
                clock.sleep(POLL)
            return True
        wait = next(waits, None)
        if wait is None or (users and not self.is_busy()):
            return False
        clock.sleep(wait)
        return True

    def _users(self, find_users: Callable[[], Iterable[User]]) -> list[User]:
        try:
            return self.left(find_users())
        except CloudflareError:
            # The token may do this and not look there.
            return []


def _explained(users: list[User]) -> str:
    if not users:
        return (
            "it is still in use, and nothing that uses it was found where this token can look: "
            "remove what refers to it, then run again"
        )
    whole = "the application" if any(user.of for user in users) else "that"
    return (
        f"it is still in use by {in_words(users)}. Remove the reference, then run again. If "
        f"{whole} is in this stack and is to be deleted too, delete it first: pulumi destroy "
        "--target <its URN> --target-dependents (pulumi stack --show-urns lists the URNs)"
    )


def in_words(users: Iterable[User]) -> str:
    """Name users in one line."""
    return ", ".join(sorted(map(str, users)))
