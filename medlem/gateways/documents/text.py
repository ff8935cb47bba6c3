"""The text of a document, page by page, from whatever source has it. Today: a PDF's text layer."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from .errors import BrokenFile, EncryptedFile
from .look import Document, Kind
from .pdfium import MOST_PAGES_READ, Damaged, PasswordWanted, opened

LONGEST_PAGE = 100_000  # characters; a page full of small print has 10,000


@dataclass(frozen=True, slots=True)
class PageText:
    """What is written on one page; the first page is 1."""

    page: int
    text: str


def pages_of(document: Document, content: bytes) -> tuple[PageText, ...] | None:
    """The document's text, or None when no machine here can read it: then a person looks."""
    if document.kind is not Kind.PDF:
        return None
    pages = tuple(text_of(content))
    return pages if any(page.text.strip() for page in pages) else None


def text_of(pdf: bytes) -> list[PageText]:
    """The text layer of the first ten pages; a scanned page has the empty text.

    Raises EncryptedFile and BrokenFile, as `look` does.
    """
    try:
        with opened(pdf) as document:
            pages = range(min(len(document), MOST_PAGES_READ))
            return [PageText(index + 1, _text(document, index)) for index in pages]
    except PasswordWanted as error:
        raise EncryptedFile("") from error
    except Damaged as error:
        raise BrokenFile("") from error


def _text(document: Any, index: int) -> str:
    with closing(document[index]) as page, closing(page.get_textpage()) as layer:
        text = str(layer.get_text_bounded())
    return text[:LONGEST_PAGE].replace("\r\n", "\n").replace("\0", " ")
