"""Reads a page from its picture: all of it, or only some places, to see whether what a PDF says stands there."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageFilter

from .kind import Kind
from .likeness import likeness, paper_of
from .lines import written
from .ocr import engine
from .picture import page_picture, turned
from .transcript import Box, PageText, Reader

DOTS_PER_INCH = 200
LONGEST = 3_000  # pixels: a photo of a page has 4,000, and a reader needs no more than 200 an inch
JUDGED = 1_200  # pixels of the longer side at which the sharpness of all pictures is compared
FAINT = 16  # greys between paper and the faintest print
SPECKS, HARDEST = 0.0005, 0.002  # parts of a page: what may be dust, and what its edges are judged by
VISIBLE = 64  # greys between print and paper; less is white on white to a person


def read_page(content: bytes, kind: Kind, page: int, reader: Reader) -> tuple[PageText, str]:
    """What the reader sees on the page, and the page's likeness when it had to be turned, else nothing.

    Raises NoReader, NoSuchPage, EncryptedFile, BrokenFile and TooLargePicture.
    """
    picture = page_picture(content, kind, page, dots_per_inch=DOTS_PER_INCH, longest=LONGEST)
    turn, lines = engine(reader).read(picture)
    upright = turned(picture, turn)
    text, words = written(lines, width=upright.width, height=upright.height)
    grey = upright.convert("L")
    grey.thumbnail((JUDGED, JUDGED))
    sharpness = sharpness_of(grey)
    return PageText(
        page=page,
        text=text,
        words=words,
        reader=reader,
        turn=turn,
        width=upright.width,
        height=upright.height,
        sharpness=None if sharpness is None else round(sharpness, 2),
        light=round(paper_of(grey) / 255, 2),
    ), (likeness(upright) if turn else "")


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


def sharpness_of(grey: Image.Image) -> float | None:
    """How hard the hardest edges are: which part of the way from paper to print they go within two pixels of a
    page of 1,200. Print in focus goes half of it or more, print out of focus a quarter. None for an empty page."""
    scale = JUDGED / max(grey.size)
    page = grey.resize((max(8, round(grey.width * scale)), max(8, round(grey.height * scale))))
    page = page.filter(ImageFilter.GaussianBlur(0.8))  # a scanner's grain is no edge
    contrast = paper_of(page) - _level(page.histogram(), SPECKS)
    if contrast < FAINT:
        return None
    inner = (4, 4, page.width - 4, page.height - 4)
    steps = (
        ImageChops.difference(page, ImageChops.offset(page, *step)).crop(inner) for step in ((2, 0), (0, 2))
    )
    return (255 - _level(ImageChops.lighter(*steps).histogram()[::-1], HARDEST)) / contrast


def _level(histogram: list[int], share: float) -> int:
    """The level up to which this share of the pixels lies."""
    left = share * sum(histogram)
    for level, count in enumerate(histogram):
        left -= count
        if left < 0:
            return level
    return len(histogram) - 1
