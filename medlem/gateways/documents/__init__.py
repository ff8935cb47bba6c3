"""What a business sends as evidence (A3, A4): what the file really is, and what is printed in it.

`look` opens the file, `pages_of` gives its text, `findings` says what was found in that text,
`picture_of` shows a page. Pictures and scanned pages have no text yet (`pages_of` gives None): a
person looks. Another source of `PageText`, such as character recognition, takes its place in
`text.pages_of`; `findings` does not care where text comes from.
"""

from .errors import (
    BrokenFile,
    DisguisedFile,
    EmptyFile,
    EncryptedFile,
    TooLargePicture,
    UnknownKind,
    UnreadableFile,
)
from .look import Document, Kind, look
from .names import shown_name
from .picture import NoSuchPage, picture_of
from .reading import Address, Findings, Found, findings
from .text import PageText, pages_of, text_of

__all__ = [
    "Address",
    "BrokenFile",
    "DisguisedFile",
    "Document",
    "EmptyFile",
    "EncryptedFile",
    "Findings",
    "Found",
    "Kind",
    "NoSuchPage",
    "PageText",
    "TooLargePicture",
    "UnknownKind",
    "UnreadableFile",
    "findings",
    "look",
    "pages_of",
    "picture_of",
    "shown_name",
    "text_of",
]
