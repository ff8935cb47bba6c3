"""What an uploaded file really is: by its content, not by its name or what the browser says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .errors import BrokenFile, EmptyFile
from .kind import Kind, kind_of
from .likeness import SMALL, likeness
from .pdfium import drawn, opened
from .picture import frames_of, opened_picture, unpacking, upright


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was opened and can be shown. `size` is in bytes; only a PDF and a TIFF have many pages.

    `likeness` is what a person sees of the first page, as 64 bits in hexadecimal; empty where that is
    nothing (`likeness.likeness`).
    """

    kind: Kind
    media_type: str
    size: int
    sha256: str
    pages: int
    likeness: str


def examined(content: bytes, filename: str) -> Document:
    """Opens the file with the library of its kind and says what it is; `apart.look` has this done.

    `filename` serves the wording of refusals alone. Raises a subclass of UnreadableFile: EmptyFile,
    UnknownKind, DisguisedFile, EncryptedFile, BrokenFile, TooLargePicture.
    """
    if not content:
        raise EmptyFile(filename)
    kind = kind_of(content, filename)
    pages, alike = _seen_in_pdf(content) if kind is Kind.PDF else _seen_in_picture(content, kind)
    return Document(
        kind=kind,
        media_type="application/pdf" if kind is Kind.PDF else f"image/{kind}",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        pages=pages,
        likeness=alike,
    )


def _seen_in_pdf(content: bytes) -> tuple[int, str]:
    with opened(content) as document:
        pages = len(document)
        if not pages:
            raise BrokenFile("")
        page = document[0]  # a PDF may open and yet have no page that does
        try:
            longest = max(1.0, page.get_width(), page.get_height())
            return pages, likeness(drawn(page, scale=SMALL / longest, most_pixels=SMALL * SMALL))
        finally:
            page.close()


def _seen_in_picture(content: bytes, kind: Kind) -> tuple[int, str]:
    with unpacking(), opened_picture(content, kind) as picture:
        # Only unpacking shows that the picture is whole; a JPEG unpacks at an eighth of its size.
        picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
        alike = likeness(upright(picture, longest=SMALL))
        return (frames_of(picture) if kind is Kind.TIFF else 1), alike
