"""The credentials of a request: an API token, or an e-mail address and a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .exceptions import AuthenticationError, InvalidAccessTokenError, InvalidHeadersError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import Headers

    from ..world.world import Account

_TOKEN = re.compile(r"[\w.-]{8,}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{37,}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Caller:
    """The credentials of one request: well-formed, but not yet checked."""

    token: str | None = None
    email: str | None = None
    api_key: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Caller:
        """Read the headers. Not documented: with both schemes at once, the token counts."""
        if "Authorization" in headers:
            scheme, _, token = headers["Authorization"].partition(" ")
            if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
                raise InvalidHeadersError((6111, "Invalid format for Authorization header"))
            return cls(token=token)
        email, api_key = headers.get("X-Auth-Email"), headers.get("X-Auth-Key")
        # There is evidence for the codes 6100 to 6102, and for the words of 6103 only.
        wrong = []
        if not email:
            wrong.append((6100, "Missing X-Auth-Email header"))
        elif not _EMAIL.fullmatch(email):
            wrong.append((6102, "Invalid format for X-Auth-Email header"))
        if not api_key:
            wrong.append((6101, "Missing X-Auth-Key header"))
        elif not _KEY.fullmatch(api_key):
            wrong.append((6103, "Invalid format for X-Auth-Key header"))
        if wrong:
            raise InvalidHeadersError(*wrong)
        return cls(email=email, api_key=api_key)

    def opens(self, account: Account) -> bool:
        """Tell whether these are the credentials of an account."""
        if self.token is not None:
            return self.token == account.token
        return (self.email, self.api_key) == (account.email, account.api_key)

    def check(self, account: Account, accounts: Iterable[Account]) -> None:
        """Refuse unknown credentials, and those of other accounts."""
        if self.opens(account):
            return
        # There is evidence for 9109 and 10000 with tokens, but not for which one applies when.
        if self.token is not None and not any(map(self.opens, accounts)):
            raise InvalidAccessTokenError
        raise AuthenticationError
