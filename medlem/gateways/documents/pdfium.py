"""Opening PDFs with pdfium, which is not thread-safe: one at a time, and always closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock

import pypdfium2 as pdfium
from pypdfium2.raw import FPDF_ERR_PASSWORD

PDFIUM = Lock()
MOST_PAGES_READ = 10


class PasswordWanted(Exception):
    """The PDF opens with a password only."""


class Damaged(Exception):
    """Not a PDF that pdfium can open, or it could not read what the block asked for."""


@contextmanager
def opened(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """The PDF, while the block runs and no other uses pdfium. Raises PasswordWanted and Damaged."""
    with PDFIUM:
        try:
            with closing(pdfium.PdfDocument(content)) as document:
                yield document
        except pdfium.PdfiumError as error:
            if error.err_code == FPDF_ERR_PASSWORD:
                raise PasswordWanted from error
            raise Damaged(str(error)) from error
