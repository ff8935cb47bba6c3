"""Whether a document is a changed copy of another (A7): alike to the eye, and with the same figures.

Two businesses that write their invoices with the same program send pictures that look alike; only a copy also
has the same dates, sums and numbers. What is kept of the figures tells nobody what they were, so it may stay
when the document is erased (A11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.crypto import salted_hmac

MOST_BITS = 3
"""So many of the 64 bits of two pictures may differ. One of four bands of 16 bits is then the same in both,
which is what the database looks for."""

SAME_FIGURES = 0.7
"""The share of figures that a copy has in common with what it was made from; a forger changes the number, the
name, the address and perhaps the date."""

FEWEST = 4
"""With fewer figures nothing can be said."""

FIGURE = re.compile(r"\d(?:[\d.,:/\-]*\d)?")


def bands(picture_hash: str) -> tuple[str, ...]:
    """The four bands of a picture hash; none of one that is blank."""
    return tuple(picture_hash[n : n + 4] for n in range(0, 16, 4)) if len(picture_hash) == 16 else ()


def distance(one: str, other: str) -> int:
    """How many bits of two picture hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def marks(transcript: Any) -> frozenset[str]:
    """A mark for each figure of three digits or more in a transcript, or those that were kept of it."""
    if isinstance(transcript, dict) and "marks" in transcript:
        return frozenset(transcript["marks"])
    figures = {figure for text in _texts(transcript) for figure in FIGURE.findall(text)}
    long = {figure for figure in figures if sum(map(str.isdecimal, figure)) >= 3}
    return frozenset(_mark(figure) for figure in long)


def _mark(figure: str) -> str:
    return salted_hmac("medlem.likeness", figure, algorithm="sha256").hexdigest()[:10]


def _texts(transcript: Any) -> Iterator[str]:
    """What stands on each page; of a page that was read twice, what the first reader found."""
    read: set[int] = set()
    for page in transcript or ():
        if page["page"] not in read:
            read.add(page["page"])
            yield page["text"]


def same_figures(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two documents have nearly all of their figures in common."""
    if min(len(one), len(other)) < FEWEST:
        return False
    return len(one & other) >= SAME_FIGURES * max(len(one), len(other))
