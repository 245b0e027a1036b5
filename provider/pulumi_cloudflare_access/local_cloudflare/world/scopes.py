"""Accounts and zones: whose objects they are, and who may touch them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.grants import Grant
    from .world import World

Kept = TypeVar("Kept", bound="Backend")


class Backend:
    """What one account or zone keeps of one kind of object, and how that kind behaves."""

    collection: ClassVar[str]
    """Where the kind is found below its account or zone, such as `access/groups`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.world = scope.world

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep an object as it would be after a creation, with the `id` it is given, if any."""
        raise NotImplementedError

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule that this kind holds, with the id of the object it is in."""
        yield from ()

    def has(self, object_id: str) -> bool:
        """Tell whether there is an object with this id."""
        raise NotImplementedError

    def attached(self) -> Iterator[str]:
        """Yield the id of every reusable Access policy that an object of this kind uses."""
        yield from ()

    def grants(self) -> Iterator[Grant]:
        """Yield every IAM policy that this kind holds."""
        yield from ()


@dataclass(kw_only=True, eq=False)
class Scope:
    """An account or a zone."""

    id: str
    name: str
    world: World = field(repr=False)
    if TYPE_CHECKING:

        @property
        def account(self) -> Account:
            """Return the account that this is, or is a part of."""

    _kept: dict[type[Backend], Backend] = field(default_factory=dict, init=False, repr=False)

    def of(self, kind: type[Kept]) -> Kept:
        """Return what is kept here of a kind."""
        if kind not in self._kept:
            self._kept[kind] = kind(self)
        kept = self._kept[kind]
        assert isinstance(kept, kind)  # noqa: S101  (the dictionary's type cannot say it)
        return kept

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every Access rule in this account or zone, with the id of the object it is in."""
        for backend in self._kept.values():
            yield from backend.rules()

    def has(self, collection: str, object_id: str) -> bool:
        """Tell whether there is an object of a kind here, by where the kind is found."""
        return self.of(self.world.kinds[collection]).has(object_id)

    def attached(self) -> Iterator[str]:
        """Yield the id of a reusable Access policy for every object that uses it."""
        for backend in self._kept.values():
            yield from backend.attached()

    def grants(self) -> Iterator[Grant]:
        """Yield every IAM policy in this account."""
        for backend in self._kept.values():
            yield from backend.grants()

    def clear(self) -> None:
        """Forget every object."""
        self._kept.clear()


@dataclass(kw_only=True, eq=False)
class Account(Scope):
    """An account, its zones, and the credentials that open it."""

    token: str = field(repr=False)
    email: str
    api_key: str = field(repr=False)
    token_id: str
    zones: list[Zone] = field(default_factory=list, init=False)

    @property
    def account(self) -> Account:
        """Return this very account, as a zone returns its own."""
        return self


@dataclass(kw_only=True, eq=False)
class Zone(Scope):
    """A zone of an account; opened by the account's credentials."""

    account: Account = field(repr=False)


class AccountBackend(Backend):
    """What one account keeps of a kind that zones do not have."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        if not isinstance(scope, Account):
            raise ValueError(f"{self.collection} are an account's")  # noqa: TRY004  (of a seed)
        self.account = scope
