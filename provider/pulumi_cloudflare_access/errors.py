"""Every error this package raises.

    CloudflareError
        SettingsError            the configuration or the environment is incomplete or unsafe
        DeclarationError         the program asks for something that cannot be
        LookUpError              a look-up finds nothing, or several where one is due
        AdoptionError            an existing object cannot be taken over as declared
        DriftError               somebody changed the object since the preview's picture of it
        VerificationError        Cloudflare does not know a domain to be ours
        ReadOnlyError            not sent: a command that only reads would have to write
        NoAnswerError            the request got no usable answer
            UnreachableError     no connection, or none that lasted
                EndedError       not sent: nobody waits for the answer any more
            UnusableAnswerError  an answer that is not what was asked for
            LostAnswerError      sent, and not known whether done: must not be sent again blindly
        ApiError                 Cloudflare answered, and said no
            NotFoundError        404: this object does not exist
            WrongPathError       404 with 7000 or 7003: no such account, zone or route
            DeniedError          401, 403: the credentials do not reach this
            ConflictError        409: something that exists stands in the way
            RateLimitError       429: too many requests

Own classes and not httpx's, because the HTTP library is nobody's business but the client's. All
of them may be caught by programs. None ever carries a credential, a request's body or an answer's.
What they say is fit for a terminal; an error of several lines has an argument for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from .text.outlet import clean


class CloudflareError(Exception):
    """Anything this package says no to."""

    tried = ""
    """What is not known, how often it was tried and how long, where that was more than once."""
    may_be_done = False
    """What was asked for may have been done all the same, by an attempt whose answer was lost."""
    place = ""
    """The line of the program that asked for it, where there is one."""

    def __str__(self) -> str:
        lines = [clean(str(line)) for line in self.args]
        return "\n".join(lines) + clean(self.tried + self.place)

    def copy(self) -> Self:
        """Return the same error, for somebody else who asked for the same."""
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__)
        return other


class SettingsError(CloudflareError):
    """The configuration or the environment is incomplete or unsafe."""


class DeclarationError(CloudflareError):
    """The program asks for something that cannot be."""


class LookUpError(CloudflareError):
    """A look-up finds nothing, or several where one is due."""


class AdoptionError(CloudflareError):
    """An existing object cannot be taken over as declared."""


class DriftError(CloudflareError):
    """Somebody changed the object since the preview's picture of it."""


class VerificationError(CloudflareError):
    """Cloudflare does not know a domain to be ours: it has not found a DNS record."""


class ReadOnlyError(CloudflareError):
    """Not sent: a command that only reads would have to write."""


class NoAnswerError(CloudflareError):
    """The request got no usable answer."""


class UnreachableError(NoAnswerError):
    """No connection, or none that lasted.

    `sent`: a byte of the request may have got through; `late`: there was no end of the answer when
    the time was over, or the connection broke after a long silence, and the request may be under
    way yet.
    """

    def __init__(self, message: str, *, sent: bool = False, late: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.late = late


class EndedError(UnreachableError):
    """Not sent: nobody waits for the answer any more, and no state would hold what it makes."""


class UnusableAnswerError(NoAnswerError):
    """An answer that is not what was asked for, whatever its `status` says. 0: not known."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class LostAnswerError(NoAnswerError):
    """A request that must not be repeated was sent, and nothing says whether it was done.

    Cloudflare may have done it, may be doing it yet, or may never do it: look before asking again.
    `under_way`: somebody may be at it yet, because a gateway has answered or nobody has in time.
    Otherwise the connection broke at once.
    """

    def __init__(self, message: str, *, under_way: bool = True) -> None:
        super().__init__(message)
        self.under_way = under_way
        self.may_be_done = True


@dataclass(frozen=True)
class Reason:
    """One of the reasons Cloudflare gives for a refusal, everything it says kept."""

    code: int | None
    message: str
    documentation_url: str | None = None
    pointer: str | None = None

    @classmethod
    def read(cls, said: Any) -> Reason:
        """Read one entry of an envelope's `errors`, in any of the shapes the API has had."""
        if not isinstance(said, dict):
            return cls(code=None, message=str(said))
        source = said.get("source")
        chain = [str(link) for link in Reason.read_all(said.get("error_chain"))]
        return cls(
            code=_whole(said.get("code")),
            message=": ".join([_text(said.get("message")) or "", *chain]).removeprefix(": "),
            documentation_url=_text(said.get("documentation_url")),
            pointer=_text(source.get("pointer")) if isinstance(source, dict) else None,
        )

    @classmethod
    def read_all(cls, said: Any) -> tuple[Reason, ...]:
        """Read a list of them, or what came in its place. Nothing that was said gets lost."""
        return tuple(map(cls.read, said if isinstance(said, list) else [said] if said else ()))

    def __str__(self) -> str:
        text = self.message or "no reason given"
        if self.pointer:
            text = f"{self.pointer}: {text}"
        if self.code is not None:
            text += f" (code {self.code})"
        if self.documentation_url:
            text += f", see {self.documentation_url}"
        return text


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


class ApiError(CloudflareError):
    """Cloudflare answered, and said no.

    `request` is the verb and path, `status` the HTTP status, `reasons` every reason given, `ray`
    the id that Cloudflare's support asks for, `remedy` what it means or what helps, where known;
    `retry_after` the seconds that Cloudflare asks to wait.
    """

    retry_after: float | None = None

    def __init__(
        self,
        request: str,
        status: int,
        reasons: tuple[Reason, ...] = (),
        ray: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.request = request
        self.status = status
        self.reasons = reasons
        self.ray = ray
        self.remedy = remedy
        why = "; ".join(map(str, reasons)) or "no reason given"
        super().__init__(
            f"{request} -> {status}: {why}"
            + (f"; {remedy}" if remedy else "")
            + (f" [ray {ray}]" if ray else "")
        )

    def with_remedy(self, remedy: str) -> ApiError:
        """Return the same refusal, with what it means or what helps."""
        told = type(self)(self.request, self.status, self.reasons, self.ray, remedy)
        told.tried, told.retry_after = self.tried, self.retry_after
        told.may_be_done = self.may_be_done
        return told

    @property
    def codes(self) -> frozenset[int]:
        """Cloudflare's own numbers for the reasons."""
        return frozenset(reason.code for reason in self.reasons if reason.code is not None)


class NotFoundError(ApiError):
    """404: this object does not exist."""


class WrongPathError(ApiError):
    """404 with code 7000 or 7003: no such account, zone or route. Never a sign of a deletion."""


class DeniedError(ApiError):
    """401 or 403: the credentials do not reach this."""


class ConflictError(ApiError):
    """409: something that exists stands in the way."""


class RateLimitError(ApiError):
    """429: too many requests."""


NO_SUCH_ROUTE = frozenset({7000, 7003})


def refusal(
    request: str, status: int, reasons: tuple[Reason, ...], ray: str | None, remedy: str | None
) -> ApiError:
    """Choose the class that says what a refusal means."""
    codes = {reason.code for reason in reasons}
    cls: type[ApiError] = {
        401: DeniedError,
        403: DeniedError,
        404: NotFoundError,
        409: ConflictError,
        429: RateLimitError,
    }.get(status, ApiError)
    if status in {400, 404} and codes & NO_SUCH_ROUTE:
        cls = WrongPathError
    return cls(request, status, reasons, ray, remedy if cls is DeniedError else None)
