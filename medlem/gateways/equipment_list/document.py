"""What is printed on a list of equipment. Days and names come as the text that the reader sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LABELS = frozenset({"title", "model", "serial_number", "purchased_on", "dealer", "country", "page"})
"""`page` is "Page {page} of {pages}"; the others head the list and its columns."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of equipment; what is not known is empty."""

    model: str
    serial_number: str
    purchased_on: str
    dealer: str
    country: str


@dataclass(frozen=True, slots=True)
class EquipmentList:
    """A whole list. `facts` are lines below the business's name: its number, address, how many pieces.

    `labels` holds a text for each of LABELS; `language` is a two-letter code, `made_on` the date that the
    file itself carries. Raises ValueError when one of them is wrong.
    """

    language: str
    made_on: date
    wordmark: str
    accent: str
    business: str
    facts: tuple[str, ...]
    items: tuple[Item, ...]
    note: str
    labels: Mapping[str, str]

    def __post_init__(self) -> None:
        if missing := LABELS - self.labels.keys():
            raise ValueError(f"the list has no label for {', '.join(sorted(missing))}")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.accent):
            raise ValueError(f"accent is {self.accent!r}; it takes a colour such as #0a5c8a")
        if not re.fullmatch(r"[a-z]{2,3}", self.language):
            raise ValueError(f"language is {self.language!r}; it takes a code such as nb")
