"""What insight refuses, and what to do instead."""

from __future__ import annotations


class InsightError(ValueError):
    """A question that cannot be answered as it was asked."""


class InputError(InsightError):
    """A document that does not say who gets in, or says it only in part.

    `command` is the command whose output can be read, where there is one.
    """

    def __init__(self, message: str, command: str | None = None) -> None:
        super().__init__(message if command is None else f"{message} Run: {command}")
        self.command = command


class UnknownPlaceError(InsightError):
    """A place or an application that a world does not have; the message names the nearest."""


class TooLargeError(InsightError):
    """A question whose decision diagram has more nodes than the limit."""
