"""The refusals of Access."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError

DOCUMENTATION = "https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/"


class InvalidRequestError(InvalidBodyError):
    """The body is not what the route takes; one error for each mistake, and where it is."""

    status = 400
    code = 12130
    message = "access.api.error.invalid_request"

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return what the answer says of one mistake."""
        return {
            "code": self.code,
            "message": f"{self.message}: {detail}",
            "documentation_url": DOCUMENTATION,
            "source": {"pointer": pointer},
        }


class TooManyError(InvalidRequestError):
    """The account is full. How Cloudflare says so is not documented."""

    def __init__(self, detail: str) -> None:
        super().__init__(("", detail))


class InvalidCorsError(RefusedError):
    """The CORS headers contradict each other, or lack something."""

    status = 400
    code = 12057

    def __init__(self, word: str) -> None:
        super().__init__({"code": self.code, "message": f"access.api.error.{word}"})


class NotEnabledError(RefusedError):
    """Nobody has switched Zero Trust on in this account. The status is not documented."""

    status = 400
    code = 9999
    message = "access.api.error.not_enabled: Access is not enabled"


class FailedToLoadGroupError(RefusedError):
    """A rule names a group that is not there, or not in this account or zone.

    The status is not documented.
    """

    status = 400
    code = 11020
    message = "access.api.error.failed_to_load_group"


class ApplicationAlreadyExistsError(RefusedError):
    """Another application of the account is at the same place."""

    status = 409
    code = 11010
    message = "access.api.error.application_already_exists"


class NotFoundError(RefusedError):
    """No object has this id."""

    status = 404
    code = 12135
    message = "access.api.error.not_found"


class ConflictError(RefusedError):
    """Something else stands in the way. Of this one the code is not documented."""

    status = 409
    code = 12132

    def __init__(self, detail: str) -> None:
        super().__init__({"code": self.code, "message": f"access.api.error.conflict: {detail}"})


class InternalServerError(RefusedError):
    """What Cloudflare answers to a group's name where its id is due."""

    status = 500
    code = 10001
    message = "access.api.error.internal_server_error"
