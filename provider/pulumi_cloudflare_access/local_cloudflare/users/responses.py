"""Answers requests about the caller's user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calls.call import Answer
from ..calls.exceptions import AuthenticationError, InvalidAccessTokenError, NoUserError

if TYPE_CHECKING:
    from ..calls.call import Call


def get_user(call: Call) -> Answer:
    """Answer the user that the credentials belong to."""
    world, caller = call.world, call.caller
    account = next((one for one in world.accounts.values() if caller.opens(one)), None)
    if account is None:
        raise AuthenticationError if caller.token is None else InvalidAccessTokenError
    if caller.token is not None and not world.switches.user_tokens:
        raise NoUserError
    user = {
        "id": world.hex_of("user", account.email),
        "email": account.email,
        "first_name": None,
        "last_name": None,
        "two_factor_authentication_enabled": False,
        "suspended": False,
    }
    return Answer(result=world.with_more(user))
