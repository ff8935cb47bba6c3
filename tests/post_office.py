"""A real mail server on loopback that keeps what it is given, refuses whom it is told to, or holds its answer."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE = 30


@dataclass
class PostOffice:
    """`port` is where it listens; `mails` are those that it took, in their order."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    has_one: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    @property
    def mailers(self) -> dict[str, Any]:
        """The setting that sends all mail here."""
        return smtp_at(self.port)

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.recipients.extend(envelope.rcpt_tos)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.has_one.set()
        await asyncio.to_thread(self.may_answer.wait, PATIENCE)
        return "250 taken"


def smtp_at(port: int) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": PATIENCE},
        }
    }


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(*, holding: bool = False) -> Iterator[PostOffice]:
    """Takes mail while the block runs. `holding` lets each sender wait until `may_answer` is set."""
    office = PostOffice(closed_port())
    if not holding:
        office.may_answer.set()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        office.may_answer.set()
        controller.stop()
