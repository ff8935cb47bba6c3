"""Puts the lines that a reader of pictures found into the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from statistics import median

from .transcript import Box, Word

type Corners = tuple[tuple[float, float], ...]
"""Upper left, upper right, lower right, lower left, in pixels."""

SAME_ROW = 0.5  # of a line's height
NEXT_COLUMN = 1.5  # line heights of blank between two pieces of a row


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text, how sure its reader is, and its corners."""

    text: str
    sure: float
    corners: Corners

    @property
    def height(self) -> float:
        (_, _), (right, top), (under, bottom), _ = self.corners
        return max(1.0, hypot(under - right, bottom - top))


@dataclass(frozen=True, slots=True)
class _Placed:
    line: Line
    left: float
    right: float
    middle: float


def written(lines: Sequence[Line], *, width: int, height: int) -> tuple[str, tuple[Word, ...]]:
    """The text, a row of the page a line, and its words with their places on a page of that size.

    Pieces of one row are parted by a blank, columns by three: enough to keep two numbers apart.
    """
    text, words, length = [], [], 0
    for row in _rows(lines):
        for index, piece in enumerate(row):
            if index:
                gap = piece.left - row[index - 1].right
                blanks = "   " if gap > NEXT_COLUMN * piece.line.height else " "
                text.append(blanks)
                length += len(blanks)
            for start, end, box in _words(piece.line, width, height):
                words.append(Word(length + start, length + end, box, piece.line.sure))
            text.append(piece.line.text)
            length += len(piece.line.text)
        text.append("\n")
        length += 1
    return "".join(text).rstrip("\n"), tuple(words)


def _rows(lines: Sequence[Line]) -> Iterator[list[_Placed]]:
    """The pieces row by row from above, each row from the left, as if the page lay straight."""
    slant = _slant(lines)
    placed = sorted((_straight(line, slant) for line in lines), key=lambda each: each.middle)
    row: list[_Placed] = []
    for each in placed:
        if row and each.middle - median(other.middle for other in row) > SAME_ROW * min(
            each.line.height, median(other.line.height for other in row)
        ):
            yield sorted(row, key=lambda other: other.left)
            row = []
        row.append(each)
    if row:
        yield sorted(row, key=lambda other: other.left)


def _slant(lines: Sequence[Line]) -> float:
    """The angle of the longer lines, as a photo of a page is seldom straight."""
    long = sorted(lines, key=lambda line: -(line.corners[1][0] - line.corners[0][0]))[:20]
    return median(
        [
            atan2(line.corners[1][1] - line.corners[0][1], line.corners[1][0] - line.corners[0][0])
            for line in long
        ]
        or [0.0]
    )


def _straight(line: Line, slant: float) -> _Placed:
    across = [x * cos(slant) + y * sin(slant) for x, y in line.corners]
    down = [y * cos(slant) - x * sin(slant) for x, y in line.corners]
    return _Placed(line, min(across), max(across), sum(down) / len(down))


def _words(line: Line, width: int, height: int) -> Iterator[tuple[int, int, Box]]:
    """Each word of a line and its place; letters are taken to be equally wide."""
    (left, top), (right, right_top), (under, bottom), (lower, left_bottom) = line.corners
    start, letters = 0, max(1, len(line.text))
    for word in line.text.split(" "):
        end = start + len(word)
        if word:
            xs, ys = [], []
            for share in (start / letters, end / letters):
                xs += [left + share * (right - left), lower + share * (under - lower)]
                ys += [top + share * (right_top - top), left_bottom + share * (bottom - left_bottom)]
            yield start, end, _within(min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height)
        start = end + 1


def _within(*edges: float) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in edges)
    return left, top, right, bottom
