"""What is written on the pages of a document, and where: the form in which every reader hands it over.

`packed` makes it plain values for JSON, so that it can be kept and looked through again without opening
the document anew; `unpacked` is its way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

type Box = tuple[float, float, float, float]
"""Left, top, right and bottom as fractions of the upright page, from its upper left corner."""

GRAIN = 10_000  # a place is kept as ten-thousandths of the page


class Reader(StrEnum):
    """Where a page's words come from: its text layer, or one of the readers of pictures."""

    TEXT = "text"
    RAPIDOCR = "rapidocr"
    TESSERACT = "tesseract"


@dataclass(frozen=True, slots=True)
class Word:
    """`page.text[start:end]` stands at `box`; `sure` is how sure the reader is, from 0 to 1."""

    start: int
    end: int
    box: Box
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class PageText:
    """What is written on one page; the first page is 1. A page may be read twice, by two readers.

    `turn` is by how many degrees clockwise the page was turned to stand upright. `width` and `height` are
    those of the upright page: points for a text layer, pixels for a picture. `sharpness` and `light` are of pictures
    alone: how hard the edges are (`scan.sharpness_of`; None on an empty page), and how bright the paper is,
    from 0 to 1.
    """

    page: int
    text: str
    words: tuple[Word, ...] = ()
    reader: Reader = Reader.TEXT
    turn: int = 0
    width: int = 0
    height: int = 0
    sharpness: float | None = None
    light: float | None = None

    @property
    def is_guessed(self) -> bool:
        """Whether letters may have been taken for others, as readers of pictures do."""
        return self.reader is not Reader.TEXT


def packed(pages: Iterable[PageText]) -> list[dict[str, Any]]:
    """The pages as plain values."""
    return [
        {
            "page": page.page,
            "text": page.text,
            "words": [
                [word.start, word.end, *(round(edge * GRAIN) for edge in word.box), round(word.sure, 3)]
                for word in page.words
            ],
            "reader": page.reader.value,
            "turn": page.turn,
            "width": page.width,
            "height": page.height,
            "sharpness": page.sharpness,
            "light": page.light,
        }
        for page in pages
    ]


def unpacked(pages: Sequence[dict[str, Any]]) -> tuple[PageText, ...]:
    """The pages of plain values that `packed` made."""
    return tuple(
        PageText(
            page=page["page"],
            text=page["text"],
            words=tuple(
                Word(start, end, _fractions(edges), sure) for start, end, *edges, sure in page["words"]
            ),
            reader=Reader(page["reader"]),
            turn=page["turn"],
            width=page["width"],
            height=page["height"],
            sharpness=page["sharpness"],
            light=page["light"],
        )
        for page in pages
    )


def _fractions(edges: Sequence[int]) -> Box:
    left, top, right, bottom = (edge / GRAIN for edge in edges)
    return left, top, right, bottom
