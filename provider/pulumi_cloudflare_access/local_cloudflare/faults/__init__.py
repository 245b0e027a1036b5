"""Faults that tests arm: wrong statuses, late reads, cut connections.

The names here are public: `faults.Status(503)`.
"""

from .fault import (
    ChangedWhilePaging,
    Cut,
    Drip,
    Fault,
    Garbled,
    Hold,
    Lag,
    Refuse,
    ShortPage,
    Slow,
    Status,
    When,
    WrongTotal,
)

__all__ = [
    "ChangedWhilePaging",
    "Cut",
    "Drip",
    "Fault",
    "Garbled",
    "Hold",
    "Lag",
    "Refuse",
    "ShortPage",
    "Slow",
    "Status",
    "When",
    "WrongTotal",
]
