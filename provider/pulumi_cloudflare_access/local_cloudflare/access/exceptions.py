"""The refusals of Access."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError

DOCUMENTATION = "https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/"


class InvalidRequestError(InvalidBodyError):
    """The body is not valid for the route. There is one error for each mistake, with its place."""

    status = 400
    code = 12130
    message = "access.api.error.invalid_request"

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return the error for one mistake."""
        return {
            "code": self.code,
            "message": f"{self.message}: {detail}",
            "documentation_url": DOCUMENTATION,
            "source": {"pointer": pointer},
        }


class TooManyError(InvalidRequestError):
    """The account is full. Code and words are not documented."""

    def __init__(self, detail: str) -> None:
        super().__init__(("", detail))


class InvalidCorsError(RefusedError):
    """The CORS headers contradict each other, or lack something."""

    status = 400
    code = 12057

    def __init__(self, word: str) -> None:
        super().__init__({"code": self.code, "message": f"access.api.error.{word}"})


class NotEnabledError(RefusedError):
    """Zero Trust is not enabled in this account. The status is not documented."""

    status = 400
    code = 9999
    message = "access.api.error.not_enabled: Access is not enabled"


class FailedToLoadGroupError(RefusedError):
    """A rule refers to a group that does not exist in this account or zone.

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
    """The object conflicts with another one. The code is not documented."""

    status = 409
    code = 12132

    def __init__(self, detail: str) -> None:
        super().__init__({"code": self.code, "message": f"access.api.error.conflict: {detail}"})


class InternalServerError(RefusedError):
    """A rule has a group's name in place of its id."""

    status = 500
    code = 10001
    message = "access.api.error.internal_server_error"
