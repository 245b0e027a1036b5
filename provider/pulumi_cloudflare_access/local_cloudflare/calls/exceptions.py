"""The refusals that any route can answer: one class each, with status, code and words."""

from typing import Any, ClassVar


class RefusedError(Exception):
    """The request is refused, with a status and errors."""

    status: ClassVar[int]
    code: ClassVar[int]
    message: ClassVar[str]

    def __init__(self, *errors: dict[str, Any]) -> None:
        super().__init__(*errors)
        self.errors = errors or ({"code": self.code, "message": self.message},)


class InvalidBodyError(RefusedError):
    """The body is not valid for the route. `mistakes` are pairs of a JSON pointer and words."""

    def __init__(self, *mistakes: tuple[str, str]) -> None:
        super().__init__(*(self.error(pointer, detail) for pointer, detail in mistakes))

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return the error for one mistake."""
        return {"code": self.code, "message": detail, "source": {"pointer": pointer}}


class InvalidHeadersError(RefusedError):
    """The headers are not valid. The error chain says which, and why."""

    status = 400
    code = 6003
    message = "Invalid request headers"

    def __init__(self, *chain: tuple[int, str]) -> None:
        links = [{"code": code, "message": message} for code, message in chain]
        super().__init__({"code": self.code, "message": self.message, "error_chain": links})


class MalformedJsonError(RefusedError):
    """The body is not JSON. Code and words are not documented."""

    status = 400
    code = 6007
    message = "Malformed JSON in request body"


class InvalidPagingError(RefusedError):
    """A page or page size is not a positive number. Code and words are not documented."""

    status = 400
    code = 1004

    def __init__(self, parameter: str) -> None:
        super().__init__({"code": self.code, "message": f"{parameter} must be a positive integer"})


class InvalidApiTokenError(RefusedError):
    """The token to verify is not valid."""

    status = 401
    code = 1000
    message = "Invalid API Token"


class MissingTokenError(RefusedError):
    """There is no token to verify. The status is not documented."""

    status = 400
    code = 1001
    message = "missing auth token"


class InvalidAccessTokenError(RefusedError):
    """A well-formed token that does not exist."""

    status = 403
    code = 9109
    message = "Invalid access token"


class NoUserError(RefusedError):
    """An account's own token, which has no user, asks for its user."""

    status = 403
    code = 9109
    message = "Valid user-level authentication not found"


class AuthenticationError(RefusedError):
    """A credential that is wrong, or is for another account."""

    status = 403
    code = 10000
    message = "Authentication error"


class NoRouteError(RefusedError):
    """The path does not exist, or an identifier in it."""

    status = 404
    code = 7003

    def __init__(self, path: str) -> None:
        routed = f"Could not route to {path}, perhaps your object identifier is invalid?"
        super().__init__(
            {"code": self.code, "message": routed},
            {"code": 7000, "message": "No route for that URI"},
        )


class MethodNotAllowedError(RefusedError):
    """The path exists, but not with this method."""

    status = 405
    code = 10405
    message = "Method not allowed"


class RateLimitedError(RefusedError):
    """Too many requests: all are refused for five minutes."""

    status = 429
    code = 971
    message = "Please wait and consider throttling your request speed"


class MisdirectedError(RefusedError):
    """The request is for another host: the name of a web page may resolve to this machine."""

    status = 421
    code = 1000
    message = "The local Cloudflare answers to 127.0.0.1, ::1 and localhost only"


class ForeignOriginError(RefusedError):
    """The request comes from a web page, which is not allowed."""

    status = 403
    code = 1000
    message = "The local Cloudflare answers no web page (Origin, Sec-Fetch-Site)"
