"""The heap of Canon's CRW, the raw files of its first cameras: directories at the end of what they describe.

After Phil Harvey's description of CIFF: the last four bytes of a heap say where its directory begins.
"""

from __future__ import annotations

from dataclasses import dataclass

from .parts import Broken, Parts

CAMERA, MODEL, SERIAL = 0x2807, 0x080A, 0x180B
SUBHEAPS = (0x2807, 0x3002, 0x3004, 0x300A, 0x300B)
MOST_ENTRIES, DEEPEST = 500, 5


@dataclass(frozen=True, slots=True)
class Camera:
    """What a CRW says of the body that took it."""

    make: str
    model: str
    number: int


def camera_of(parts: Parts) -> Camera:
    """The make, model and number in a CRW. Raises Broken, Lacking."""
    head = parts.at(0, 6)
    if head[:2] != b"II":
        raise Broken("a CRW of another byte order")
    found: dict[int, bytes] = {}
    _heap(parts, int.from_bytes(head[2:6], "little"), parts.size, found, DEEPEST)
    make, model, *_ = [*found.get(MODEL, b"").split(b"\0"), b"", b""]
    return Camera(
        make.decode("ascii", "replace"),
        model.decode("ascii", "replace"),
        int.from_bytes(found.get(SERIAL, b"")[:4], "little"),
    )


def _heap(parts: Parts, start: int, end: int, found: dict[int, bytes], deeper: int) -> None:
    directory = start + int.from_bytes(parts.at(end - 4, 4), "little")
    count = int.from_bytes(parts.at(directory, 2), "little")
    if count > MOST_ENTRIES or not start <= directory < end:
        raise Broken("a heap without directory")
    entries = parts.at(directory + 2, 10 * count)
    for place in range(0, 10 * count, 10):
        tag, length, offset = (
            int.from_bytes(entries[place + first : place + last], "little")
            for first, last in ((0, 2), (2, 6), (6, 10))
        )
        in_entry, kind = tag & 0xC000 == 0x4000, tag & 0x3FFF
        if kind in {MODEL, SERIAL}:
            inline = entries[place + 2 : place + 10]
            found.setdefault(kind, inline if in_entry else parts.at(start + offset, min(length, 64)))
        elif kind in SUBHEAPS and not in_entry and deeper:
            _heap(parts, start + offset, start + offset + length, found, deeper - 1)
