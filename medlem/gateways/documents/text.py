"""The text layer of a PDF, page by page, each word with its place: what is printed, and nothing hidden."""

from __future__ import annotations

import ctypes
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium

from .likeness import likeness
from .pdfium import opened, small
from .transcript import GRAIN, Box, PageText, Word

MOST_PAGES_READ = 10
LONGEST_PAGE = 30_000  # characters; a page full of small print has 10,000
MOST_OBJECTS = 2_000  # of a page, looked at for pictures among them
FEW_LETTERS = 40  # a stamp or a page number on a scan
SOME_LETTERS = 200
HALF, STAMP = 0.5, 0.02  # of the page


@dataclass(frozen=True, slots=True)
class Layer:
    """The text layer of the first ten pages. `unread` are pages that show what is not in it, as scans do;
    `pictured` those that have text and a picture, in which more may be written, such as a letterhead.
    `likeness` is that of the first page."""

    pages: tuple[PageText, ...]
    unread: tuple[int, ...] = ()
    pictured: tuple[int, ...] = ()
    likeness: str = ""


def layer_of(pdf: bytes) -> Layer:
    """What the PDF says is written on it. Raises EncryptedFile and BrokenFile."""
    pages, unread, pictured, alike = [], [], [], ""
    with opened(pdf) as document:
        for number in range(1, min(len(document), MOST_PAGES_READ) + 1):
            with closing(document[number - 1]) as page:
                read = _read(page, number)
                has_objects, share = _pictures(page)
                if number == 1:
                    alike = likeness(small(page), [word.box for word in read.words])
            letters = sum(map(str.isalnum, read.text))
            if letters or not has_objects:
                pages.append(read)
            if has_objects and _is_scan(letters, share):
                unread.append(number)
            elif share:
                pictured.append(number)
    return Layer(tuple(pages), tuple(unread), tuple(pictured), alike)


def _is_scan(letters: int, share: float) -> bool:
    """A page with no text, or with so little beside its picture that the picture is the document."""
    return (
        not letters
        or (letters < FEW_LETTERS and share >= STAMP)
        or (letters < SOME_LETTERS and share >= HALF)
    )


def _pictures(page: Any) -> tuple[bool, float]:
    """Whether the page shows anything, and how much of it the largest picture takes."""
    area = max(1.0, page.get_width() * page.get_height())
    share, seen = 0.0, False
    for each in islice(page.get_objects(max_depth=3), MOST_OBJECTS):
        seen = True
        if each.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            share = max(share, min(1.0, abs((right - left) * (top - bottom)) / area))
    return seen, share


# --- words ----------------------------------------------------------------------------------------


def _read(page: Any, number: int) -> PageText:
    with closing(page.get_textpage()) as layer:
        count = min(pdfium.FPDFText_CountChars(layer), LONGEST_PAGE)
        letters = [_letter(layer, index) for index in range(count)]
        text, words = [], []
        length = 0
        for first, last in _runs(letters):
            run = "".join(letters[first:last])
            if not run.strip():
                blanks = _blanks(run)
                text.append(blanks)
                length += len(blanks)
            elif (box := _seen_at(page, layer, first, last)) is not None:
                words.append(Word(length, length + len(run), box))
                text.append(run)
                length += len(run)
    # A word that was left out leaves its blanks behind.
    return PageText(
        number,
        "".join(text).rstrip(),
        tuple(words),
        width=round(page.get_width()),
        height=round(page.get_height()),
    )


def _letter(layer: Any, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(layer, index)
    if pdfium.FPDFText_IsHyphen(layer, index) == 1:  # a word divided at the end of its line
        return "\u00ad"
    return (
        chr(code) if 32 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\n" if code == 10 else " "
    )


def _runs(letters: list[str]) -> list[tuple[int, int]]:
    """Where words and the blanks between them begin and end."""
    runs, first = [], 0
    for index in range(1, len(letters) + 1):
        if index == len(letters) or letters[index].isspace() != letters[first].isspace():
            runs.append((first, index))
            first = index
    return runs


def _blanks(run: str) -> str:
    return "\n" * run.count("\n") or run


def _seen_at(page: Any, layer: Any, first: int, last: int) -> Box | None:
    """Where the word stands; None when it is not printed, or not on the page.

    Scanners lay invisible text over their pictures, and forgers too: it counts for nothing.
    """
    thing = pdfium.FPDFText_GetTextObject(layer, first)
    if thing and pdfium.FPDFTextObj_GetTextRenderMode(thing) in (
        pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
        pdfium.FPDF_TEXTRENDERMODE_CLIP,
    ):
        return None
    edges = [ctypes.c_double() for _ in range(4)]
    corners = []
    for index in range(min(3, pdfium.FPDFText_CountRects(layer, first, last - first))):
        if pdfium.FPDFText_GetRect(layer, index, *map(ctypes.byref, edges)):
            left, top, right, bottom = (edge.value for edge in edges)
            corners += [_on_page(page, left, top), _on_page(page, right, bottom)]
    if not corners:
        return None
    across, down = [x for x, _ in corners], [y for _, y in corners]
    left, top, right, bottom = min(across), min(down), max(across), max(down)
    if right <= 0 or bottom <= 0 or left >= 1 or top >= 1:
        return None
    return max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)


def _on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    """A point of the page's own grid as fractions of the page as it is shown, turned and cut as it may be."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, GRAIN, GRAIN, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / GRAIN, down.value / GRAIN
