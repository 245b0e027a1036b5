"""The refusals of DNS. All codes were seen live; which words come with 1004 differs."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError


class InvalidRecordError(InvalidBodyError):
    """The body is no record. The codes of the chain, one for each rule, are left out."""

    status = 400
    code = 1004

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return what the answer says of one mistake."""
        return super().error(pointer, f"DNS Validation Error: {detail}")


class RecordNotFoundError(RefusedError):
    """No record has this id."""

    status = 404
    code = 81044
    message = "Record does not exist."


class IdenticalRecordError(RefusedError):
    """The very same record is there already."""

    status = 400
    code = 81058
    message = "An identical record already exists."
