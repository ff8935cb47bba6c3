"""Why a file cannot be evidence, in words for the person who sent it, with what to do next."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused


class UnreadableFile(Refused):
    """The file cannot be taken. Its subclasses say why; `filename` is what the sender called it."""

    reason: Any = ""

    def __init__(self, filename: str) -> None:
        super().__init__(self.reason, field="evidence")
        self.filename = filename


class EmptyFile(UnreadableFile):
    """No bytes, or an upload that was cut off at once."""

    reason = _("The file is empty. Choose it again, or another one.")


class UnknownKind(UnreadableFile):
    """Neither PDF nor one of the kinds of picture, and not called so either."""

    reason = _("This kind of file cannot be read. Send a PDF or a picture (JPEG, PNG, TIFF, HEIC or WebP).")


class DisguisedFile(UnreadableFile):
    """Called a PDF or a picture, but something else inside."""

    reason = _(
        "The name says PDF or picture, but the file is something else. "
        "Open the document and save or print it as PDF, then send that."
    )


class EncryptedFile(UnreadableFile):
    """A PDF that wants a password before it shows anything."""

    reason = _("The PDF is locked with a password. Save a copy without password and send that.")


class BrokenFile(UnreadableFile):
    """The right kind, but it cannot be opened to the end."""

    reason = _("The file is damaged and cannot be opened. Save, scan or photograph the document again.")


class TooLargePicture(UnreadableFile):
    """More pixels than anybody needs to read a page, or a decompression bomb."""

    reason = _(
        "The picture has too many pixels. Scan or save it smaller: 300 dots per inch are enough for a page."
    )


class StuckFile(UnreadableFile):
    """Opening it took too long or too much memory, or brought its reader down (`apart`)."""

    reason = _(
        "This file takes too long to open. Print the document as PDF anew, or photograph it, and send that."
    )


class NoSuchPage(LookupError):
    """The document has no page of that number."""
