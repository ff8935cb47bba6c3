"""What kind of file some bytes are, by what they begin with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

import filetype

from .errors import DisguisedFile, UnknownKind


class Kind(StrEnum):
    """The kinds of file that can be evidence (A3)."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    HEIC = "heic"
    WEBP = "webp"


MEDIA_TYPES = {
    "application/pdf": Kind.PDF,
    "image/jpeg": Kind.JPEG,
    "image/png": Kind.PNG,
    "image/apng": Kind.PNG,
    "image/tiff": Kind.TIFF,
    "image/heic": Kind.HEIC,
    "image/webp": Kind.WEBP,
}
EXTENSIONS = {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".webp"}


def kind_of(content: bytes, filename: str) -> Kind:
    """The kind, by content; the name only serves the refusal. Raises DisguisedFile and UnknownKind."""
    guess = filetype.guess(content)
    if guess and guess.mime in MEDIA_TYPES:
        return MEDIA_TYPES[guess.mime]
    # A PDF may begin with something else, such as a mail's head: readers allow 1,024 bytes of it.
    if b"%PDF-" in content[:1024]:
        return Kind.PDF
    disguised = PurePath(filename).suffix.lower() in EXTENSIONS
    raise DisguisedFile(filename) if disguised else UnknownKind(filename)
