"""Refusals: failures that were foreseen and are worded for the person who meets them.

Everything else is a bug and becomes a 500 with a reference that the log knows.
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Something cannot be done, and the message says why and what to do next.

    `message` may be a lazily translated text; `field` names the form field that it belongs to.
    """

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)
