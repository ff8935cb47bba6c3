"""What an uploaded file really is: by its content, not by its name or what the browser says."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from threading import Lock

import filetype
from pi_heif import HeifImageFile
from PIL import Image, ImageFile

from .errors import (
    BrokenFile,
    DisguisedFile,
    EmptyFile,
    EncryptedFile,
    TooLargePicture,
    UnknownKind,
)
from .pdfium import Damaged, PasswordWanted, opened

MOST_PIXELS = 60_000_000
ONE_PICTURE = Lock()  # sixty million pixels take 240 MB unpacked: one at a time in a process


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


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was opened and can be shown. `pages` of a picture is 1; `size` is in bytes."""

    kind: Kind
    media_type: str
    size: int
    sha256: str
    pages: int


def look(file: Path | bytes, filename: str) -> Document:
    """Opens the file with the library of its kind and says what it is.

    `filename` serves the wording of refusals alone. Raises a subclass of UnreadableFile:
    EmptyFile, UnknownKind, DisguisedFile, EncryptedFile, BrokenFile, TooLargePicture.
    """
    content = file if isinstance(file, bytes) else file.read_bytes()
    if not content:
        raise EmptyFile(filename)
    kind = _kind(content)
    if kind is None:
        disguised = PurePath(filename).suffix.lower() in EXTENSIONS
        raise DisguisedFile(filename) if disguised else UnknownKind(filename)
    pages = (
        _pages_of_pdf(content, filename) if kind is Kind.PDF else _pages_of_picture(content, kind, filename)
    )
    return Document(
        kind=kind,
        media_type="application/pdf" if kind is Kind.PDF else f"image/{kind}",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        pages=pages,
    )


def _kind(content: bytes) -> Kind | None:
    guess = filetype.guess(content)
    if guess and guess.mime in MEDIA_TYPES:
        return MEDIA_TYPES[guess.mime]
    # A PDF may begin with something else, such as a mail's head: readers allow 1,024 bytes of it.
    return Kind.PDF if b"%PDF-" in content[:1024] else None


def _pages_of_pdf(content: bytes, filename: str) -> int:
    try:
        with opened(content) as document:
            pages = len(document)
            if pages:
                document[0].close()  # a PDF may open and yet have no page that does
    except PasswordWanted as error:
        raise EncryptedFile(filename) from error
    except Damaged as error:
        raise BrokenFile(filename) from error
    if not pages:
        raise BrokenFile(filename)
    return pages


def _pages_of_picture(content: bytes, kind: Kind, filename: str) -> int:
    try:
        with ONE_PICTURE, opened_picture(content, kind) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooLargePicture(filename)
            # Only unpacking shows that the picture is whole; a JPEG unpacks at an eighth of its size.
            picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except TooLargePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargePicture(filename) from error
    except Exception as error:
        # The readers of picture formats raise anything on a damaged file: OSError, SyntaxError,
        # KeyError, struct.error…
        raise BrokenFile(filename) from error
    return 1


def opened_picture(content: bytes, kind: Kind) -> ImageFile.ImageFile:
    if kind is Kind.HEIC and not _has_all_its_data(content):
        raise EOFError("the file ends before its data")
    file = io.BytesIO(content)
    picture: ImageFile.ImageFile = (
        HeifImageFile(file) if kind is Kind.HEIC else Image.open(file, formats=[kind.upper()])
    )
    return picture


def _has_all_its_data(heic: bytes) -> bool:
    """Whether the boxes of picture data end within the file (ISO/IEC 14496-12, 4.2).

    libheif unpacks a file that was cut off, and paints what is missing grey.
    """
    at = 0
    while at + 16 <= len(heic):
        size, name = int.from_bytes(heic[at : at + 4]), heic[at + 4 : at + 8]
        if size == 1:  # then the size follows, in eight bytes
            size = int.from_bytes(heic[at + 8 : at + 16])
        if name == b"mdat" and at + size > len(heic):
            return False
        if size < 8:  # 0: to the end of the file
            return True
        at += size
    return True
