"""Whether a person can read it: "clearly visible" (A3), judged from how well it was read.

The thresholds are those of the corpus (`bench/corpus.py`): what a person there calls blurred is below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .transcript import Box, PageText


class Flaw(StrEnum):
    """Why something is hard to read; `web` has the words for it."""

    NONE = ""
    BLURRED = "blurred"
    DARK = "dark"
    SMALL = "small"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Legibility:
    """`legible` is None where nobody could judge it: the document shows nothing of what was sought."""

    legible: bool | None
    flaw: Flaw = Flaw.NONE


class Place(Protocol):
    """Something found: where it stands, and how sure its reader was."""

    @property
    def page(self) -> int: ...
    @property
    def boxes(self) -> tuple[Box, ...]: ...
    @property
    def sure(self) -> float: ...


CLEAR = 0.9  # sure: read without doubt
DOUBTFUL = 0.7
SMALLEST_PRINT = 2.5  # points, from the foot to the head of a figure: print of four points
SMALLEST_IN_PICTURE = 9  # pixels, the same with the air that a reader of pictures adds
BLURRED = 0.3  # `scan.sharpness_of` of a page of print that is out of focus
SHORTEST_SIDE = 500  # pixels: a page of that width has letters of five pixels
DARK = 0.45
FEW_WORDS = 3


def judged(pages: Sequence[PageText], places: Iterable[Place]) -> Legibility:
    """The judgement over what was found; where nothing was, over the pages as a whole."""
    by_number = {page.page: page for page in reversed(pages)}
    found = [(place, by_number[place.page]) for place in places if place.page in by_number]
    if not found:
        return _of_pages(pages)
    for place, page in found:
        flaw = _flaw_of(place, page)
        if flaw:
            return Legibility(False, flaw)
    return Legibility(True)


def _flaw_of(place: Place, page: PageText) -> Flaw:
    height = min((bottom - top for _, top, _, bottom in place.boxes), default=1.0) * page.height
    if page.height and height < (SMALLEST_IN_PICTURE if page.is_guessed else SMALLEST_PRINT):
        return Flaw.SMALL
    if page.is_guessed and place.sure < DOUBTFUL:
        return _flaw_in(page) or Flaw.BLURRED
    return Flaw.NONE


def _of_pages(pages: Sequence[PageText]) -> Legibility:
    if pages and not any(page.text.strip() for page in pages) and not any(page.is_guessed for page in pages):
        return Legibility(False, Flaw.EMPTY)
    pictures = [page for page in pages if page.is_guessed]
    if len(pictures) < len(pages):  # something is written in a text layer, only not what was sought
        return Legibility(None)
    written = [word for page in pictures for word in page.words]
    if len(written) >= FEW_WORDS:
        sure = sum(word.sure for word in written) / len(written)
        return Legibility(None) if sure >= CLEAR else Legibility(False, _flaw_in(pictures[0]) or Flaw.BLURRED)
    if not pictures:
        return Legibility(None)
    return Legibility(False, _flaw_in(pictures[0]) or Flaw.EMPTY)


def _flaw_in(page: PageText) -> Flaw:
    if page.light is not None and page.light < DARK:
        return Flaw.DARK
    if page.sharpness is not None and page.sharpness < BLURRED:
        return Flaw.BLURRED
    if page.sharpness is not None and min(page.width, page.height) < SHORTEST_SIDE:
        return Flaw.SMALL
    return Flaw.NONE
