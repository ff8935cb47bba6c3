"""Documents are opened in a process apart, which a broken or hostile one may take along, and nothing else (A3)."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from medlem.gateways.documents import StuckFile, look
from medlem.gateways.documents.apart import ReadingFailed, Room
from tests.gateways.samples import pdf

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30_000  # milliseconds
SECONDS = 30


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """One for all: what goes wrong in it is part of the tests."""
    room = Room()
    yield room
    room.close()


def looked_at(room: Room, content: bytes, *, seconds: float = SECONDS) -> int:
    answer, _ = room.ask("look", content, seconds=seconds, filename="faktura.pdf")
    return int(answer["pages"])


def pid(room: Room) -> int:
    assert room._process is not None
    return room._process.pid


def ended(process: int) -> bool:
    """Whether it ends, waited for without a sleep."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(PATIENCE))
    finally:
        os.close(handle)


def test_a3_what_takes_too_long_is_refused_and_the_next_document_is_opened(room: Room) -> None:
    content = pdf("Faktura")
    looked_at(room, content)
    first = pid(room)
    with pytest.raises(StuckFile, match="takes too long to open") as refused:
        looked_at(room, content, seconds=0)
    assert refused.value.filename == "faktura.pdf"
    assert ended(first)
    assert looked_at(room, content) == 1
    assert pid(room) != first


def test_a3_a_room_that_was_brought_down_is_replaced(room: Room) -> None:
    content = pdf("Faktura", "Side 2")
    looked_at(room, content)
    os.kill(pid(room), signal.SIGKILL)
    assert ended(pid(room))
    assert looked_at(room, content) == 2


def test_a3_a_document_that_brings_the_room_down_is_refused(room: Room) -> None:
    looked_at(room, pdf("Faktura"))
    os.kill(pid(room), signal.SIGSTOP)  # as if the document had hung it
    with pytest.raises(StuckFile):
        looked_at(room, pdf("Faktura"), seconds=0.05)


def test_a3_the_room_knows_no_secret(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.close()
    monkeypatch.setenv("MEDLEM_SECRET_KEY", "not for forgers")
    looked_at(room, pdf("Faktura"))
    told = Path(f"/proc/{pid(room)}/environ").read_bytes().split(b"\0")
    assert {each.partition(b"=")[0] for each in told if each} == {
        b"PATH",
        b"PYTHONPATH",
        b"PYTHONDONTWRITEBYTECODE",
        b"LC_ALL",
    }


def test_a3_what_nobody_foresaw_is_told_with_its_traceback(room: Room) -> None:
    with pytest.raises(ReadingFailed, match="KeyError: 'sing'"):
        room.ask("sing", b"", seconds=SECONDS)


def test_a3_several_at_once_take_turns() -> None:
    contents = [pdf(*["Side"] * pages) for pages in range(1, 7)]
    with ThreadPoolExecutor(3) as threads:
        documents = list(threads.map(lambda content: look(content, "faktura.pdf"), contents))
    assert [document.pages for document in documents] == [1, 2, 3, 4, 5, 6]


def test_a3_the_room_ends_with_whoever_started_it() -> None:
    program = (
        "import os, signal\n"
        "from medlem.gateways.documents.apart import ROOM\n"
        "try: ROOM.ask('sing', b'', seconds=30)\n"
        "except Exception: pass\n"
        "print(ROOM._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert ended(int(done.stdout))
