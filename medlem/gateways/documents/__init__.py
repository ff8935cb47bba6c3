"""What a business sends as evidence (A3, A4): what the file really is, and what is printed in it.

`look` opens the file, `pages_of` gives its text layer, `scan` reads a page from its picture, `findings` says
what was found in either, `picture_of` shows a page. Documents are opened in a process apart (`apart`).
"""

from .apart import NoReaderHere, ReadingFailed
from .dates import days_on
from .errors import (
    BrokenFile,
    DisguisedFile,
    EmptyFile,
    EncryptedFile,
    NoSuchPage,
    StuckFile,
    TooLargePicture,
    UnknownKind,
    UnreadableFile,
)
from .filenames import shown_name
from .folding import is_made_of
from .kind import Kind
from .look import Document
from .opening import (
    Pages,
    Scanned,
    look,
    pages_of,
    picture_of,
    reader_of_pictures,
    scan,
    scan_places,
    text_of,
)
from .reading import Address, Findings, Found, findings
from .transcript import Box, PageText, Reader, Word, packed, unpacked

__all__ = [
    "Address",
    "Box",
    "BrokenFile",
    "DisguisedFile",
    "Document",
    "EmptyFile",
    "EncryptedFile",
    "Findings",
    "Found",
    "Kind",
    "NoReaderHere",
    "NoSuchPage",
    "PageText",
    "Pages",
    "Reader",
    "ReadingFailed",
    "Scanned",
    "StuckFile",
    "TooLargePicture",
    "UnknownKind",
    "UnreadableFile",
    "Word",
    "days_on",
    "findings",
    "is_made_of",
    "look",
    "packed",
    "pages_of",
    "picture_of",
    "reader_of_pictures",
    "scan",
    "scan_places",
    "shown_name",
    "text_of",
    "unpacked",
]
