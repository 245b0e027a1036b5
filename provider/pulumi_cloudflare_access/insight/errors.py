"""The errors of `insight`. Their messages say what to do instead."""

from __future__ import annotations


class InsightError(ValueError):
    """A question that cannot be answered in this form. The base of the errors below."""


class InputError(InsightError):
    """A document that cannot be read, or that says only in part who gets in.

    `command` is the command whose output can be read instead, or None.
    """

    def __init__(self, message: str, command: str | None = None) -> None:
        super().__init__(message if command is None else f"{message} Run: {command}")
        self.command = command


class UnknownPlaceError(InsightError):
    """A place or an application that the world does not have. The message names the nearest one."""


class TooLargeError(InsightError):
    """A question whose decision diagram has more nodes than the limit."""
