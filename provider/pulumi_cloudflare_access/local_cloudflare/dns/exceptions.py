"""The refusals of DNS. All codes were seen live. The words of 1004 vary."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError


class InvalidRecordError(InvalidBodyError):
    """The body is not a valid record. The error chain, with a code for each rule, is left out."""

    status = 400
    code = 1004

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return the error for one mistake."""
        return super().error(pointer, f"DNS Validation Error: {detail}")


class RecordNotFoundError(RefusedError):
    """No record has this id."""

    status = 404
    code = 81044
    message = "Record does not exist."


class IdenticalRecordError(RefusedError):
    """An identical record exists already."""

    status = 400
    code = 81058
    message = "An identical record already exists."
