"""The refusals of IAM. Their codes are HTTP statuses, below the documented minimum for codes."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError


class InvalidRequestError(InvalidBodyError):
    """The body or the query is not valid for the route. The words are not documented."""

    status = 400
    code = 400


class PolicyValidationError(RefusedError):
    """A policy names a permission group or a resource group that does not exist."""

    status = 400
    code = 400
    message = "Policy validation failed"


class PolicyIdsError(RefusedError):
    """A policy has an id. The documentation requires one, but the API was seen to refuse it."""

    status = 400
    code = 400
    message = "Cannot re-use policy IDs"


class InvalidMemberError(RefusedError):
    """A person to add to a user group is not a member of the account."""

    status = 400
    code = 400
    message = "user group member invalid"


class DirectMemberError(RefusedError):
    """A member was to be added without an invitation. Code and words were seen live."""

    status = 400
    code = 1001
    message = "Invalid request: automatic verification of new members is not allowed"


class ManagedByScimError(RefusedError):
    """An identity provider manages the user group. Code and words are not documented."""

    status = 400
    code = 400
    message = "user group is managed by SCIM"


class NotFoundError(RefusedError):
    """No object of this kind has this id."""

    status = 404
    code = 404

    def __init__(self, kind: str) -> None:
        super().__init__({"code": self.code, "message": f"{kind} not found"})


class ConflictError(RefusedError):
    """The object conflicts with another one. The words are not documented."""

    status = 409
    code = 409

    def __init__(self, detail: str) -> None:
        super().__init__({"code": self.code, "message": detail})


class NonEditableError(RefusedError):
    """A resource group of Cloudflare's own cannot be changed. The code is not documented."""

    status = 422
    code = 422
    message = "resource group is non-editable"


class MemberNotFoundError(RefusedError):
    """No member of the account has this id."""

    status = 404
    code = 1003
    message = "member not found"


class InvalidMemberRequestError(InvalidBodyError):
    """The body is not valid for the routes of account members."""

    status = 400
    code = 1001
    message = "validation error"

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return the error for one mistake."""
        return super().error(pointer, f"{self.message}: {detail}")
