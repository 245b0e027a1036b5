"""The only exit for text that people read: secrets are blanked, terminal control is spelled out.

Warnings, errors and results contain names, and names are anybody's data. All code that shows text
calls this module; a test enforces that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .secret_words import known
from .spelling import shown

if TYPE_CHECKING:
    import pulumi

# The beginnings of the warnings that a refresh shows for drift. `drift` and CI count them.
CHANGED = "changed at Cloudflare: "
BESIDE = "drift: "
GONE = "gone from Cloudflare"


def clean(text: str) -> str:
    """Return one line for people, with secret values blanked out and dangerous characters spelled.

    A line break is spelled, too: in one line, it can only come from a name. Idempotent.
    """
    return shown(known.redact(text))


def clean_lines(text: str) -> str:
    """Return a text of several lines for people: each line is cleaned, line breaks stay."""
    return "\n".join(map(clean, text.split("\n")))


def tells_of_drift(text: str) -> bool:
    """Return whether a warning reports drift: Cloudflare differs from the state."""
    return text.startswith((CHANGED, BESIDE, GONE))


def warn(message: str, resource: pulumi.Resource | None = None) -> None:
    """Show a warning of the program, under the resource that it is about."""
    import pulumi  # noqa: PLC0415 - the API's client and the command line do not need it

    pulumi.warn(clean(message), resource)


def say(message: str) -> None:
    """Show the progress of a slow step, as a message of the program."""
    import pulumi  # noqa: PLC0415 - see above

    pulumi.info(clean(message))


def run_error(*lines: str) -> pulumi.RunError:
    """Return an error that ends the program and shows these lines, without a traceback."""
    import pulumi  # noqa: PLC0415 - see above

    return pulumi.RunError("\n".join(map(clean, lines)))


def echo(text: str, *, err: bool = False) -> None:
    """Print text of the `cloudflare-access` command, to standard error if `err`."""
    import click  # noqa: PLC0415 - programs and plugins do not need it

    click.echo(clean_lines(text), err=err)


def agreed(question: str) -> bool:
    """Ask whoever runs a command; nobody's answer is no."""
    import click  # noqa: PLC0415 - see above

    try:
        return click.confirm(clean(question), err=True)
    except click.Abort:
        echo("", err=True)
        return False
