"""Reading bar codes with zxing-cpp: small and upright first, then turned, then as large as the picture is."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import zxingcpp
from pi_heif import HeifImageFile
from PIL import Image, ImageOps

MOST_PIXELS = 60_000_000
SIDES = (2000, 3200)
"""The longer side at which codes are looked for; a box that fills half of the picture is read at the smaller."""
TURNS = (0, 45, 67, 22)
"""Stripes are found when they stand within some twenty degrees of upright or of level; these cover all."""
GREY = 128
ONE_PICTURE = Lock()  # sixty million pixels take 240 MB unpacked: one at a time in a process

KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
HEIF_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"}


class Symbology(StrEnum):
    """The kinds of codes that boxes carry. Those without a check digit are left out: they invent numbers."""

    EAN13 = "EAN13"  # and UPC-A, which is one that begins with a zero
    CODE128 = "Code128"
    DATAMATRIX = "DataMatrix"
    QR = "QRCode"


FORMATS = zxingcpp.barcode_formats_from_str(",".join(Symbology))


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its kind, and what it says."""

    symbology: Symbology
    text: str


class UnreadablePicture(Exception):
    """The picture cannot be opened to the end, or has too many pixels."""


def kind_of(head: bytes) -> str:
    """The kind of picture by its beginning, as far as it can be opened here; else empty."""
    if head[4:8] == b"ftyp":
        return "HEIF" if head[8:12] in HEIF_BRANDS else "AVIF" if head[8:12] == b"avif" else ""
    return next((kind for beginning, kind in KINDS.items() if head.startswith(beginning)), "")


def read(content: bytes, *, enough: Callable[[Sequence[Code]], bool], thorough: bool) -> list[Code]:
    """The codes in a picture, each once, in the order in which they are found.

    Looks on, at most eight times, until `enough` says so of what was found. Where it is not `thorough`, a
    picture that shows no code at first, large and upright or turned, is believed to have none: that takes a
    fifth of the time. Raises UnreadablePicture.
    """
    found: dict[Code, None] = {}
    with ONE_PICTURE:
        picture = _opened(content)
        for side in SIDES:
            for turn in TURNS:
                found |= dict.fromkeys(_codes_in(picture, side, turn))
                if found and enough(list(found)):
                    return list(found)
            if max(picture.size) <= side or not (found or thorough):
                break
    return list(found)


def _opened(content: bytes) -> Image.Image:
    kind = kind_of(content[:16])
    if not kind:
        raise UnreadablePicture("of a kind that is not opened here")
    try:
        file = io.BytesIO(content)
        with HeifImageFile(file) if kind == "HEIF" else Image.open(file, formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnreadablePicture("too many pixels")
            picture.draft("L", (SIDES[-1], SIDES[-1]))
            shown: Image.Image = ImageOps.exif_transpose(picture).convert("L")
    except UnreadablePicture:
        raise
    except Exception as error:
        # The readers of picture formats raise anything on a damaged file: OSError, SyntaxError, KeyError…
        raise UnreadablePicture(str(error)) from error
    shown.thumbnail((SIDES[-1], SIDES[-1]))
    return shown


def _codes_in(picture: Image.Image, side: int, turn: int) -> list[Code]:
    looked_at = picture
    if max(picture.size) > side:
        looked_at = picture.copy()
        looked_at.thumbnail((side, side))
    if turn:
        looked_at = looked_at.rotate(turn, Image.Resampling.BILINEAR, expand=True, fillcolor=GREY)
    return [
        Code(symbology, found.text.strip())
        for found in zxingcpp.read_barcodes(looked_at, formats=FORMATS)
        if (symbology := _symbology(found)) and found.text.strip()
    ]


def _symbology(found: zxingcpp.Barcode) -> Symbology | None:
    return next((each for each in Symbology if found.format == NAMED[each]), None)


NAMED = {each: zxingcpp.barcode_format_from_str(each) for each in Symbology}
