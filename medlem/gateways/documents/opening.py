"""What the house asks of a document. Each is done in the reading room (`apart`), within a bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from . import ocr
from .apart import ROOM, NoReaderHere
from .kind import Kind
from .look import Document
from .transcript import Box, PageText, Reader, unpacked

MOST_PAGES_SCANNED = 5
# Seconds. What is asked while a person waits is quick, or not worth waiting for.
TO_LOOK, TO_READ, TO_SHOW, TO_SCAN = 12, 12, 20, 90


def look(file: Path | bytes, filename: str) -> Document:
    """What the file really is, by its content; `filename` serves the wording of refusals alone.

    Raises a subclass of UnreadableFile: EmptyFile, UnknownKind, DisguisedFile, EncryptedFile, BrokenFile,
    TooLargePicture, StuckFile.
    """
    content = file if isinstance(file, bytes) else file.read_bytes()
    said, _ = ROOM.ask("look", content, seconds=TO_LOOK, filename=filename)
    return Document(**{**said, "kind": Kind(said["kind"])})


@dataclass(frozen=True, slots=True)
class Pages:
    """What can be read of a document at once, its text layer, and what only a reader of pictures can tell.

    `unread` are pages that show what is not in the text layer: scans, and every page of a picture.
    `pictured` are pages with text and pictures, in which more may be written, such as a letterhead. Only
    as many as are worth a reader's time are named. `likeness` is that of a PDF's first page, empty where it
    shows nothing.
    """

    text: tuple[PageText, ...]
    unread: tuple[int, ...]
    pictured: tuple[int, ...]
    likeness: str = ""


def pages_of(document: Document, content: bytes) -> Pages:
    """Reads the text layer of the first ten pages. Raises EncryptedFile, BrokenFile and StuckFile."""
    if document.kind is not Kind.PDF:
        return Pages((), tuple(range(1, min(document.pages, MOST_PAGES_SCANNED) + 1)), ())
    said, _ = ROOM.ask("layer", content, seconds=TO_READ)
    return Pages(
        text=unpacked(said["pages"]),
        unread=tuple(said["unread"][:MOST_PAGES_SCANNED]),
        pictured=tuple(said["pictured"][:MOST_PAGES_SCANNED]),
        likeness=said["likeness"],
    )


def text_of(pdf: bytes) -> tuple[PageText, ...]:
    """The text layer of a PDF's first ten pages; pages that show something else than text are left out."""
    said, _ = ROOM.ask("layer", pdf, seconds=TO_READ)
    return unpacked(said["pages"])


def picture_of(content: bytes, kind: Kind, *, page: int, width: int, turn: int = 0) -> bytes:
    """Page `page` (the first is 1) as a PNG about `width` pixels wide, turned clockwise by `turn` degrees.

    Raises NoSuchPage, EncryptedFile, BrokenFile, TooLargePicture and StuckFile.
    """
    _, png = ROOM.ask("picture", content, seconds=TO_SHOW, kind=kind, page=page, width=width, turn=turn)
    return png


def reader_of_pictures() -> Reader | None:
    """The reader that this installation has (`MEDLEM_OCR`); without one, a person looks at pictures."""
    return ocr.found(settings.MEDLEM_OCR)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page as a reader of pictures saw it, and its likeness."""

    page: PageText
    likeness: str


def scan(content: bytes, kind: Kind, *, page: int) -> Scanned:
    """Reads a page from its picture; some seconds. Raises NoReaderHere, and what `picture_of` raises."""
    said, _ = _with_reader("scan", content, kind=kind, page=page)
    (read,) = unpacked(said["pages"])
    return Scanned(read, said["likeness"])


def scan_places(pdf: bytes, *, page: int, places: Sequence[Box]) -> list[str]:
    """What a reader of pictures sees at some places of a PDF's page. Raises as `scan` does."""
    said, _ = _with_reader("places", pdf, page=page, boxes=list(places))
    texts: list[str] = said["texts"]
    return texts


def _with_reader(work: str, content: bytes, **how: Any) -> tuple[dict[str, Any], bytes]:
    reader = reader_of_pictures()
    if reader is None:
        raise NoReaderHere("none is installed")
    return ROOM.ask(work, content, seconds=TO_SCAN, reader=reader, **how)
