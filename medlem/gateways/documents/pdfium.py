"""Opening PDFs with pdfium, which is not thread-safe: it runs in the reading room alone (`room`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import sqrt
from typing import Any

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2.raw import FPDF_ERR_PASSWORD

from .errors import BrokenFile, EncryptedFile, NoSuchPage

POINTS_PER_INCH = 72
LONGEST_SIDE = 10_000  # pixels


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The PDF, while the block runs. Raises EncryptedFile and BrokenFile, in the block too."""
    try:
        with closing(pdfium.PdfDocument(content)) as document:
            yield document
    except pdfium.PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise EncryptedFile("") from error
        raise BrokenFile("") from error


@contextmanager
def opened_page(content: bytes, number: int) -> Iterator[Any]:
    """Page `number`, the first is 1. Raises NoSuchPage, EncryptedFile and BrokenFile."""
    with opened(content) as document:
        if not 1 <= number <= len(document):
            raise NoSuchPage(number)
        with closing(document[number - 1]) as page:
            yield page


def drawn(page: Any, *, scale: float, most_pixels: int) -> Image.Image:
    """The page in colour, upright, at `scale` pixels a point or as many as fit into `most_pixels`."""
    width, height = max(1.0, page.get_width()), max(1.0, page.get_height())
    scale *= min(
        1.0, sqrt(most_pixels / (width * height * scale**2)), LONGEST_SIDE / (max(width, height) * scale)
    )
    with closing(page.render(scale=scale)) as bitmap:
        picture: Image.Image = bitmap.to_pil().convert("RGB")  # a copy of pdfium's memory
    return picture
