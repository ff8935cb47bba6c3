"""What a person sees of a page, as 64 bits: alike for alike pictures, whatever their bytes (A7).

The printed part of the page, without its shadows, is taken as waves; each bit is the sign of one of eight by eight
long ones. The longest of all only tell how such papers are laid out. Why not a hash of differences, the usual one:
`docs/decisions/reading-pictures.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi, sumprod

from PIL import Image, ImageChops, ImageFilter

from .transcript import Box

SMALL = 512  # pixels of the longer side that are looked at
PAPER = 0.6  # the grey that so much of a page is no lighter than, is its paper
INK = 40  # how far from its paper a grey must be to count as print
AROUND = 15  # pixels: print is darker than what is around it, a shadow is not
FIELDS = 64  # the page is made so many fields wide and high
WAVES = [[cos(pi * (2 * at + 1) * length / (2 * FIELDS)) for at in range(FIELDS)] for length in range(2, 10)]


def likeness(picture: Image.Image, words: Iterable[Box] = ()) -> str:
    """The hash in hexadecimal; empty for a page on which nothing is printed.

    Where `words` stand says which part of the page is printed: on a photo the desk around it would outweigh all.
    """
    grey = picture.convert("L")
    if part := _around(list(words), grey.size):
        grey = grey.crop(part)
    grey.thumbnail((SMALL, SMALL))
    if min(grey.size) < 3:
        return ""
    ink = ImageChops.subtract(_paper(grey), grey)
    content = ink.filter(ImageFilter.MedianFilter(3)).point(lambda level: 255 * (level > INK)).getbbox()
    if content is None:
        return ""
    fields = (ink if part else ink.crop(content)).resize((FIELDS, FIELDS), Image.Resampling.BOX).tobytes()
    rows = [fields[start : start + FIELDS] for start in range(0, len(fields), FIELDS)]
    across = [[sumprod(wave, row) for wave in WAVES] for row in rows]
    bits = 0
    for down in WAVES:
        for column in zip(*across, strict=True):
            bits = 2 * bits + (sumprod(down, column) > 0)
    return f"{bits:016x}"


def _paper(grey: Image.Image) -> Image.Image:
    """What the page is without its print: the lightest grey around each point."""
    paper = grey
    for _ in range(AROUND // 2):  # gives what one wide filter would, in a fifth of its time
        paper = paper.filter(ImageFilter.MaxFilter(3))
    return paper.filter(ImageFilter.GaussianBlur(AROUND))


def _around(words: list[Box], size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The part of a page of that size in which all its words stand."""
    if not words:
        return None
    (width, height), (left, top, right, bottom) = size, zip(*words, strict=True)
    return (
        int(min(left) * width),
        int(min(top) * height),
        int(max(right) * width) + 1,
        int(max(bottom) * height) + 1,
    )


def paper_of(grey: Image.Image) -> int:
    """The level of grey that most of a page has."""
    levels = grey.histogram()
    left = PAPER * sum(levels)
    for level in range(255, -1, -1):
        left -= levels[level]
        if left <= 0:
            return level
    return 0
