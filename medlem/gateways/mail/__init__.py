"""Mail into a folder, one file a message, for the demo: what Django's mail settings name there."""

from __future__ import annotations

from collections.abc import Sequence
from email import policy
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from medlem.core.identifiers import uuid7


class FolderBackend(BaseEmailBackend):
    """Writes each message whole to `folder`, under a name that sorts by time."""

    def __init__(self, *, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = self.folder / f"{uuid7()}.eml"
            unfinished = path.with_suffix(".new")
            unfinished.write_bytes(message.message().as_bytes(policy=policy.SMTP))
            unfinished.replace(path)
        return len(email_messages)
