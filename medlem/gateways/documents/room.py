"""The reading room: a process of its own in which documents are opened (see `apart`, which starts it).

It knows no setting, no database and no secret, is bounded in memory, and may write no file. What it is
asked comes over its standard input, what it answers goes over its standard output, as `wire` frames both.
It ends with whoever started it.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from . import wire
from .errors import NoSuchPage, StuckFile, UnreadableFile
from .kind import Kind
from .look import examined
from .ocr import NoReader
from .picture import shown
from .scan import read_page, read_places
from .text import layer_of
from .transcript import Reader, packed

# Of addresses, in bytes: sixty million pixels take half a gigabyte while they are turned and reduced, and the
# reader of pictures two with its models.
TO_OPEN, TO_READ = 2 << 30, 4 << 30


def look(content: bytes, *, filename: str) -> tuple[dict[str, Any], bytes]:
    return asdict(examined(content, filename)), b""


def layer(content: bytes) -> tuple[dict[str, Any], bytes]:
    read = layer_of(content)
    return {"pages": packed(read.pages), "unread": read.unread, "pictured": read.pictured}, b""


def picture(content: bytes, *, kind: str, page: int, width: int, turn: int) -> tuple[dict[str, Any], bytes]:
    return {}, shown(content, Kind(kind), page=page, width=width, turn=turn)


def scan(content: bytes, *, kind: str, page: int, reader: str) -> tuple[dict[str, Any], bytes]:
    _bound(TO_READ)
    read, alike = read_page(content, Kind(kind), page, Reader(reader))
    return {"pages": packed([read]), "likeness": alike}, b""


def places(content: bytes, *, page: int, boxes: list[Any], reader: str) -> tuple[dict[str, Any], bytes]:
    _bound(TO_READ)
    return {"texts": read_places(content, page, boxes, Reader(reader))}, b""


WORK: dict[str, Callable[..., tuple[dict[str, Any], bytes]]] = {
    each.__name__: each for each in (look, layer, picture, scan, places)
}


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Does what is asked, one thing at a time, until nobody is there to ask."""
    while (question := wire.receive(asked)) is not None:
        header, content = question
        answer, result = _done(header, content)
        wire.send(told, answer, result)


def _done(header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return WORK[header["work"]](content, **header["how"])
    except (UnreadableFile, NoSuchPage, NoReader) as refused:
        return {
            "refused": type(refused).__name__,
            "reason": str(refused.args[0]) if isinstance(refused, NoReader) else "",
        }, b""
    except (MemoryError, RecursionError):
        return {"refused": StuckFile.__name__, "reason": ""}, b""
    except Exception:
        return {"failed": traceback.format_exc()}, b""


def _bound(memory: int) -> None:
    """So much memory, no file to be written, and no dump of what was in memory."""
    try:
        import resource
    except ImportError:  # not on every system
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _soft, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    warnings.simplefilter("ignore")
    # Some C libraries print; what they print must not come between the answers.
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _bound(TO_OPEN)
    serve(sys.stdin.buffer, told)


if __name__ == "__main__":
    main()
