"""Finds a business in the text of a document: its numbers, its name, its address; and what the paper is
(A3, A4, A7). Pure functions over `PageText`, whichever reader it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from . import numbers
from .addresses import Address, address_in
from .dates import day_of
from .legibility import Flaw, judged
from .names import name_in
from .numbers import Span
from .papers import Paper, paper_of
from .transcript import Box, PageText, Reader, Word

__all__ = ["Address", "Findings", "Found", "findings"]


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a document: `text` is what is printed there, at `boxes`, one for each line of it."""

    page: int
    text: str
    boxes: tuple[Box, ...]
    reader: Reader
    sure: float


@dataclass(frozen=True, slots=True)
class Findings:
    """The first place of each thing sought, None for what is not there.

    `other_numbers` are numbers of businesses with right check digits that are not the business's own, by
    their standard form. `legible` is None where nobody could judge it; `flaw` says why it is not.
    """

    number: Found | None
    vat_number: Found | None
    name: Found | None
    address: Found | None
    other_numbers: dict[str, Found]
    kind: Paper
    dated: Found | None
    dated_on: date | None
    legible: bool | None
    flaw: Flaw

    @property
    def places(self) -> dict[str, Found]:
        """What was found of the business, by its name."""
        sought = {
            "number": self.number,
            "vat_number": self.vat_number,
            "name": self.name,
            "address": self.address,
        }
        return {name: found for name, found in sought.items() if found}


def findings(
    pages: Sequence[PageText],
    *,
    number: str,
    vat_number: str | None,
    name: str,
    address: Address | None,
    today: date,
) -> Findings:
    """Looks for the business on every page.

    `number` and `vat_number` may be written in any shape; a Norwegian VAT number ends in MVA, and
    only a print that says so counts as one. `address` is found where street and postcode stand
    together. Documents are not dated later than `today`.
    """
    vat = _first(pages, lambda page: numbers.vat_number_in(page, vat_number or ""))
    own = _first(pages, lambda page: numbers.number_in(page, number))
    if own is None and vat and numbers.holds(vat_number or "", number):
        own = vat  # in France and Sweden the VAT number holds the other
    named = _first(pages, lambda page: name_in(page, name, is_numbered=bool(own or vat)))
    known = bool(own or vat or named)
    placed = _first(pages, lambda page: address_in(page, address, is_known=known)) if address else None
    dated = day_of(pages, today=today)
    on = next((page for page in pages if dated and page.page == dated.page), None)
    legibility = judged(pages, [found for found in (own, vat, named, placed) if found])
    return Findings(
        number=own,
        vat_number=vat,
        name=named,
        address=placed,
        other_numbers=_others(pages, (number, vat_number or "")),
        kind=paper_of(pages),
        dated=found_at(on, (dated.start, dated.end)) if dated and on else None,
        dated_on=dated.day if dated else None,
        legible=legibility.legible,
        flaw=legibility.flaw,
    )


def _first(pages: Sequence[PageText], find: Callable[[PageText], Span | None]) -> Found | None:
    return next((found_at(page, span) for page in pages if (span := find(page))), None)


def _others(pages: Sequence[PageText], own: tuple[str, ...]) -> dict[str, Found]:
    others: dict[str, Found] = {}
    for page in pages:
        for number, span in numbers.others_in(page, own):
            others.setdefault(number, found_at(page, span))
    return others


def found_at(page: PageText, span: Span) -> Found:
    """The place that letters `span` of a page's text take."""
    start, end = span
    under = [word for word in page.words if word.start < end and start < word.end]
    return Found(
        page=page.page,
        text=page.text[start:end],
        boxes=_boxes(under, start, end),
        reader=page.reader,
        sure=round(fmean([word.sure for word in under] or [1.0]), 3),
    )


def _boxes(words: list[Word], start: int, end: int) -> tuple[Box, ...]:
    """The words' places, those on one line as one."""
    lines: list[Box] = []
    for word in words:
        left, top, right, bottom = _part(word, start, end)
        if lines:
            before = lines[-1]
            if min(bottom, before[3]) - max(top, before[1]) > 0.5 * min(bottom - top, before[3] - before[1]):
                lines[-1] = (
                    min(left, before[0]),
                    min(top, before[1]),
                    max(right, before[2]),
                    max(bottom, before[3]),
                )
                continue
        lines.append((left, top, right, bottom))
    return tuple(
        (round(left, 4), round(top, 4), round(right, 4), round(bottom, 4))
        for left, top, right, bottom in lines
    )


def _part(word: Word, start: int, end: int) -> Box:
    """Of a word that is found in part, such as NO923609016MVA, that part; letters are taken to be equally wide."""
    left, top, right, bottom = word.box
    letter = (right - left) / max(1, word.end - word.start)
    return (
        left + max(0, start - word.start) * letter,
        top,
        right - max(0, word.end - end) * letter,
        bottom,
    )
