"""The refusals of IAM. Their codes are those of HTTP, below the minimum that is documented."""

from typing import Any

from ..calls.exceptions import InvalidBodyError, RefusedError


class InvalidRequestError(InvalidBodyError):
    """The body or the query is not what the route takes. The words are not documented."""

    status = 400
    code = 400


class PolicyValidationError(RefusedError):
    """A policy names a permission group or a resource group that is not there."""

    status = 400
    code = 400
    message = "Policy validation failed"


class PolicyIdsError(RefusedError):
    """A policy came with an id: the documents want one, the API was seen to refuse it."""

    status = 400
    code = 400
    message = "Cannot re-use policy IDs"


class InvalidMemberError(RefusedError):
    """Someone who is to join a user group is no member of the account."""

    status = 400
    code = 400
    message = "user group member invalid"


class DirectMemberError(RefusedError):
    """Somebody should be a member without an invitation. Seen live, code and words."""

    status = 400
    code = 1001
    message = "Invalid request: automatic verification of new members is not allowed"


class ManagedByScimError(RefusedError):
    """The user group is the identity provider's. Neither code nor words are documented."""

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
    """Something else stands in the way. The words are not documented."""

    status = 409
    code = 409

    def __init__(self, detail: str) -> None:
        super().__init__({"code": self.code, "message": detail})


class NonEditableError(RefusedError):
    """A resource group that Cloudflare made. The code is not documented."""

    status = 422
    code = 422
    message = "resource group is non-editable"


class MemberNotFoundError(RefusedError):
    """No member of the account has this id."""

    status = 404
    code = 1003
    message = "member not found"


class InvalidMemberRequestError(InvalidBodyError):
    """The body is not what the routes of account members take."""

    status = 400
    code = 1001
    message = "validation error"

    def error(self, pointer: str, detail: str) -> dict[str, Any]:
        """Return what the answer says of one mistake."""
        return super().error(pointer, f"{self.message}: {detail}")
