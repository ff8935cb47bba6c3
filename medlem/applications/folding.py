"""Columns as the database compares them, with an index on each: numbers without marks, bands of a picture.

Their values stand in the SQL itself, as SQLite uses an index on an expression for the very same words only.
"""

from __future__ import annotations

from django.db.models import CharField, Func


class Bare(Func):
    """A number in capitals without blanks, dots and hyphens; `bare` is the same in Python."""

    template = "UPPER(REPLACE(REPLACE(REPLACE(%(expressions)s, ' ', ''), '.', ''), '-', ''))"
    arity = 1
    output_field = CharField()


class Band(Func):
    """Sixteen of the 64 bits of a picture hash; `start` is 1, 5, 9 or 13."""

    function = "SUBSTR"
    template = "%(function)s(%(expressions)s, %(start)s, 4)"
    arity = 1
    output_field = CharField()


def bare(number: str) -> str:
    """A number as `Bare` writes it."""
    return number.replace(" ", "").replace(".", "").replace("-", "").upper()
