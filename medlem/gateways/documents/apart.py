"""Opens documents in a process apart, the reading room, so that a forged or broken file takes nothing along.

Every process that opens documents has one room of its own, started when it is first needed and kept. What
takes too long, or brings the room down, is refused with StuckFile, and the next document gets a new room.
Why a process: `docs/decisions/a-reading-room.md`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any

import structlog

from . import errors, wire
from .errors import NoSuchPage, StuckFile, UnreadableFile

log = structlog.get_logger(__name__)

PIECE = 1 << 16


class ReadingFailed(Exception):
    """The room met something that nobody foresaw; its traceback is in here for the log."""


class NoReaderHere(Exception):
    """No reader of pictures works in this installation."""


class Room:
    """The process in which documents are opened. One document at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, work: str, content: bytes, *, seconds: float, **how: Any) -> tuple[dict[str, Any], bytes]:
        """What came of the work (`room.WORK`) on the document, within so many seconds.

        Raises what the room refuses with, StuckFile, NoReaderHere and ReadingFailed.
        """
        with self._lock:
            answer, result = self._ask({"work": work, "how": how}, content, monotonic() + seconds)
        if "refused" in answer:
            raise _refusal(answer["refused"], answer["reason"], how.get("filename", ""))
        if "failed" in answer:
            raise ReadingFailed(answer["failed"])
        return answer, result

    def _ask(self, header: dict[str, Any], content: bytes, end: float) -> tuple[dict[str, Any], bytes]:
        process = self._there()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            wire.send(process.stdin, header, content)
            source = process.stdout.fileno()
            said, size = wire.lengths(_read(source, wire.LENGTHS, end))
            return json.loads(_read(source, said, end)), _read(source, size, end)
        except (OSError, ValueError, wire.Garbled, TimeoutError) as error:
            log.warning("reading room closed", work=header["work"], reason=type(error).__name__)
            self._close()
            return {"refused": StuckFile.__name__, "reason": ""}, b""

    def _there(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # a fork took the object along, but the room is its parent's
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._close()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", f"{__package__}.room"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is not for it, and its own children end with it
            )
            atexit.unregister(self.close)
            atexit.register(self.close)
        return self._process

    def close(self) -> None:
        """Ends the room, if there is one."""
        if self._owner == os.getpid():
            self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        process.wait()


ROOM = Room()


def _read(source: int, size: int, end: float) -> bytes:
    """So many bytes, or TimeoutError at `end`, or Garbled when the room is gone."""
    taken = bytearray()
    waiting = select.poll()
    waiting.register(source, select.POLLIN | select.POLLHUP)
    while len(taken) < size:
        left = end - monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise TimeoutError
        piece = os.read(source, min(PIECE, size - len(taken)))
        if not piece:
            raise wire.Garbled
        taken += piece
    return bytes(taken)


def _environment() -> dict[str, str]:
    """What the room may know: where its packages and programs are."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",  # it may write no file
        "LC_ALL": "C.UTF-8",
    }


def _refusal(name: str, reason: str, filename: str) -> Exception:
    if name == "NoReader":
        return NoReaderHere(reason)
    if name == NoSuchPage.__name__:
        return NoSuchPage()
    refusal = getattr(errors, name, None)
    if isinstance(refusal, type) and issubclass(refusal, UnreadableFile):
        return refusal(filename)
    return ReadingFailed(name)
