"""Reads a page from its picture: all of it, or only some places, to see whether what a PDF says stands there."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageFilter, ImageStat

from .kind import Kind
from .likeness import likeness, paper_of
from .lines import written
from .ocr import engine
from .picture import page_picture, turned
from .transcript import Box, PageText, Reader

DOTS_PER_INCH = 200
LONGEST = 3_000  # pixels: a photo of a page has 4,000, and a reader needs no more than 200 an inch
JUDGED = 1_200  # pixels of the longer side at which the sharpness of all pictures is compared
VISIBLE = 64  # greys between print and paper; less is white on white to a person


def read_page(content: bytes, kind: Kind, page: int, reader: Reader) -> tuple[PageText, str]:
    """What the reader sees on the page, and the page's likeness when it had to be turned, else nothing.

    Raises NoReader, NoSuchPage, EncryptedFile, BrokenFile and TooLargePicture.
    """
    picture = page_picture(content, kind, page, dots_per_inch=DOTS_PER_INCH, longest=LONGEST)
    turn, lines = engine(reader).read(picture)
    upright = turned(picture, turn)
    text, words = written(lines, width=upright.width, height=upright.height)
    alike = likeness(upright)
    grey = upright.convert("L")
    grey.thumbnail((JUDGED, JUDGED))
    return PageText(
        page=page,
        text=text,
        words=words,
        reader=reader,
        turn=turn,
        width=upright.width,
        height=upright.height,
        sharpness=round(sharpness_of(grey), 1) if alike else None,
        light=round(paper_of(grey) / 255, 2),
    ), (alike if turn else "")


def read_places(content: bytes, page: int, places: Sequence[Box], reader: Reader) -> list[str]:
    """What the reader sees at these places of a PDF's page, each with a little around it; nothing where a
    person would see nothing. Raises as `read_page` does."""
    picture = page_picture(content, Kind.PDF, page, dots_per_inch=DOTS_PER_INCH, longest=LONGEST)
    texts = []
    for left, top, right, bottom in places:
        height = max(8.0, (bottom - top) * picture.height)
        around = (
            int(left * picture.width - height),
            int(top * picture.height - height / 2),
            int(right * picture.width + height) + 1,
            int(bottom * picture.height + height / 2) + 1,
        )
        texts.append(_read(picture.crop(_inside(around, picture)), reader))
    return texts


def _inside(around: tuple[int, int, int, int], picture: Image.Image) -> tuple[int, int, int, int]:
    left, top, right, bottom = around
    return max(0, left), max(0, top), min(picture.width, right), min(picture.height, bottom)


def _read(place: Image.Image, reader: Reader) -> str:
    if min(place.size) < 4:
        return ""
    levels = [level for level, count in enumerate(place.convert("L").histogram()) if count]
    if levels[-1] - levels[0] < VISIBLE:
        return ""
    _turn, lines = engine(reader).read(place)
    return written(lines, width=place.width, height=place.height)[0]


def sharpness_of(grey: Image.Image) -> float:
    """How hard the edges are: the variance of the second derivative (Laplace), in greys."""
    edges = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    return ImageStat.Stat(grey.filter(edges)).var[0]
