"""What goes wrong on purpose: faults that tests arm, late lists, cut connections.

The names here are what users write: `faults.Status(503)`.
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
