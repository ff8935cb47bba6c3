"""What an uploaded file really is: by its content, not by its name or what the browser says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .errors import BrokenFile, EmptyFile
from .kind import Kind, kind_of
from .likeness import SMALL, likeness
from .pdfium import opened
from .picture import frames_of, opened_picture, unpacking, upright


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was opened and can be shown. `size` is in bytes; only a PDF and a TIFF have many pages.

    `likeness` is what a person sees of a picture, as 64 bits in hexadecimal; empty where that is nothing
    (`likeness.likeness`). That of a PDF is told with its text layer.
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
    pages, alike = (_pages_of_pdf(content), "") if kind is Kind.PDF else _seen_in_picture(content, kind)
    return Document(
        kind=kind,
        media_type="application/pdf" if kind is Kind.PDF else f"image/{kind}",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        pages=pages,
        likeness=alike,
    )


def _pages_of_pdf(content: bytes) -> int:
    with opened(content) as document:
        if not len(document):
            raise BrokenFile("")
        document[0].close()  # a PDF may open and yet have no page that does
        return len(document)


def _seen_in_picture(content: bytes, kind: Kind) -> tuple[int, str]:
    with unpacking(), opened_picture(content, kind) as picture:
        # Only unpacking shows that the picture is whole; a JPEG unpacks at an eighth of its size.
        picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
        alike = likeness(upright(picture, longest=SMALL))
        return (frames_of(picture) if kind is Kind.TIFF else 1), alike
