"""A page of a document as a picture that any browser can show, for the person who looks at it (A8).

Always a PNG made anew from the pixels: nothing that an uploaded file carries besides them, such as
scripts, fonts or where a photo was taken, reaches the browser.
"""

from __future__ import annotations

import io
from contextlib import closing
from math import sqrt

from PIL import Image, ImageOps

from .errors import BrokenFile, EncryptedFile
from .look import ONE_PICTURE, Kind, opened_picture
from .pdfium import Damaged, PasswordWanted, opened

MOST_SHOWN = 8_000_000  # pixels: 2,400 wide for an A4 page
TURNS = (0, 90, 180, 270)


class NoSuchPage(LookupError):
    """The document has no page of that number."""


def picture_of(content: bytes, kind: Kind, *, page: int, width: int, turn: int = 0) -> bytes:
    """Page `page` (the first is 1) as a PNG about `width` pixels wide, turned clockwise by `turn` degrees.

    No more than eight million pixels. Raises NoSuchPage, EncryptedFile and BrokenFile.
    """
    if page < 1 or turn not in TURNS:
        raise NoSuchPage(page)
    picture = _pdf_page(content, page, width) if kind is Kind.PDF else _photo(content, kind, page, width)
    file = io.BytesIO()
    picture.rotate(-turn, expand=True).save(file, "PNG", compress_level=4)
    return file.getvalue()


def _pdf_page(content: bytes, number: int, width: int) -> Image.Image:
    try:
        with opened(content) as document:
            if number > len(document):
                raise NoSuchPage(number)
            with closing(document[number - 1]) as page:
                scale = width / max(1.0, page.get_width())
                pixels = page.get_width() * page.get_height() * scale**2
                scale *= min(1.0, sqrt(MOST_SHOWN / max(1.0, pixels)))
                with closing(page.render(scale=scale)) as bitmap:
                    picture: Image.Image = bitmap.to_pil().convert("RGB")  # a copy of pdfium's memory
                    return picture
    except PasswordWanted as error:
        raise EncryptedFile("") from error
    except Damaged as error:
        raise BrokenFile("") from error


def _photo(content: bytes, kind: Kind, number: int, width: int) -> Image.Image:
    if number > 1:
        raise NoSuchPage(number)
    try:
        with ONE_PICTURE, opened_picture(content, kind) as picture:
            picture.draft("RGB", (width, width))  # a JPEG need not be unpacked whole
            # Phones write which side is up beside the pixels.
            shown = ImageOps.exif_transpose(picture).convert("RGB")
            shown.thumbnail((width, max(1, MOST_SHOWN // width)))
            return shown
    except Exception as error:
        # The readers of picture formats raise anything on a damaged file, as `look` knows.
        raise BrokenFile("") from error
