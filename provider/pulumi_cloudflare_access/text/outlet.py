"""The one way out for text that people read: without secrets, and with nothing a terminal obeys.

Warnings, errors and results hold names, and names are anybody's data. Whoever shows a text takes it
from here; a test holds the package to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .secret_words import known
from .spelling import shown

if TYPE_CHECKING:
    import pulumi

# What the warnings of a refresh begin with. Whoever counts drift counts them, whatever else shows.
CHANGED = "changed at Cloudflare: "
BESIDE = "drift: "
GONE = "gone from Cloudflare"


def clean(text: str) -> str:
    """Return one line for people: secret values blanked out, dangerous characters spelled.

    A line break is one of them: it comes from a name. Doing it twice changes nothing.
    """
    return shown(known.redact(text))


def clean_lines(text: str) -> str:
    """Return a text of several lines for people. Its line breaks stay."""
    return "\n".join(map(clean, text.split("\n")))


def tells_of_drift(text: str) -> bool:
    """Return whether a warning says that Cloudflare has something else than the state."""
    return text.startswith((CHANGED, BESIDE, GONE))


def warn(message: str, resource: pulumi.Resource | None = None) -> None:
    """Show a warning of the program, under the resource that it is about."""
    import pulumi  # noqa: PLC0415 - the API's client and the command line do without

    pulumi.warn(clean(message), resource)


def say(message: str) -> None:
    """Show how something that takes its time is getting on, in the program."""
    import pulumi  # noqa: PLC0415 - see above

    pulumi.info(clean(message))


def run_error(*lines: str) -> pulumi.RunError:
    """Return an error that ends the program without a traceback."""
    import pulumi  # noqa: PLC0415 - see above

    return pulumi.RunError("\n".join(map(clean, lines)))


def echo(text: str, *, err: bool = False) -> None:
    """Print lines of the command line's own."""
    import click  # noqa: PLC0415 - programs and plugins do without

    click.echo(clean_lines(text), err=err)
