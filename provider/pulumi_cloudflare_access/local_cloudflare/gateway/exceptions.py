"""The refusals of Gateway. Neither codes nor words are documented."""

from ..calls.exceptions import InvalidBodyError, RefusedError


class InvalidRequestError(InvalidBodyError):
    """The body is not what the route takes."""

    status = 400
    code = 2001


class NotFoundError(RefusedError):
    """No list has this id."""

    status = 404
    code = 2002
    message = "list not found"


class DuplicateItemError(RefusedError):
    """A value that should be appended is in the list already."""

    status = 400
    code = 2009

    def __init__(self, value: str) -> None:
        super().__init__({"code": self.code, "message": f"duplicate item: {value}"})
