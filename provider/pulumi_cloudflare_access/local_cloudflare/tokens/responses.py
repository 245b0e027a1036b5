"""Verifies tokens. Each counts both as a user's and as an account's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calls.call import Answer
from ..calls.exceptions import InvalidApiTokenError, MissingTokenError

if TYPE_CHECKING:
    from ..calls.call import Call

# Seen live, including `type`.
_VALID = {"code": 10000, "message": "This API Token is valid and active", "type": None}


def verify_user_token(call: Call) -> Answer:
    """Answer whether the caller's token is valid."""
    if call.caller.token is None:
        raise MissingTokenError
    for account in call.world.accounts.values():
        if call.caller.opens(account):
            return Answer(result={"id": account.token_id, "status": "active"}, messages=(_VALID,))
    raise InvalidApiTokenError


def verify_account_token(call: Call) -> Answer:
    """Answer whether the caller's token is valid for the account in the path."""
    return verify_user_token(call)
