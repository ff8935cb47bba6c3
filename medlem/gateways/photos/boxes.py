"""Files made of boxes (ISO/IEC 14496-12): HEIC, HIF and AVIF with their items, and Canon's CR3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .parts import Broken, Parts

CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
"""The box of CR3 that holds the camera's directories, in `moov`."""
DIRECTORIES = {b"CMT1": "main", b"CMT2": "exif", b"CMT3": "note"}  # CMT4 is the position: not ours to read
MOST_BOXES = 1000
MOST_ITEMS = 2000
MOST_METADATA = 1_000_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, and where its content lies."""

    kind: bytes
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a HEIF file: `Exif`, or `mime` such as XMP."""

    kind: bytes
    at: int
    length: int


def boxes(parts: Parts, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places, one after the other. Raises Broken."""
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        head = parts.at(at, 8)
        size, kind, start = int.from_bytes(head[:4]), head[4:], at + 8
        if size == 1:  # the size follows, in eight bytes
            size, start = int.from_bytes(parts.at(start, 8)), start + 8
        elif size == 0:  # to the end
            size = end - at
        if size < start - at or at + size > end:
            # Files that were cut off end within a box: what lies before is whole.
            yield Box(kind, start, end)
            return
        yield Box(kind, start, at + size)
        at += size


def canon_directories(parts: Parts) -> dict[str, Parts]:
    """The directories of a CR3, each a TIFF of its own."""
    for moov in boxes(parts, 0, parts.size):
        if moov.kind != b"moov":
            continue
        for box in boxes(parts, moov.at, moov.end):
            if box.kind == b"uuid" and parts.at(box.at, 16) == CANON:
                return {
                    DIRECTORIES[inner.kind]: Parts.whole(_content(parts, inner))
                    for inner in boxes(parts, box.at + 16, box.end)
                    if inner.kind in DIRECTORIES
                }
    return {}


def _content(parts: Parts, box: Box) -> bytes:
    if box.end - box.at > MOST_METADATA:
        raise Broken(f"{box.kind!r} is too large")
    return parts.at(box.at, box.end - box.at)


def items(parts: Parts) -> Iterator[Item]:
    """The items about the picture that `meta` names: Exif and XMP."""
    meta = next((box for box in boxes(parts, 0, parts.size) if box.kind == b"meta"), None)
    if meta is None:
        return
    inner = {box.kind: box for box in boxes(parts, meta.at + 4, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return
    kinds = _kinds(parts, inner[b"iinf"])
    idat = inner[b"idat"].at if b"idat" in inner else None
    for number, (at, length) in _places(_content(parts, inner[b"iloc"]), idat).items():
        if number in kinds and 0 < length <= MOST_METADATA:
            yield Item(kinds[number], at, length)


def _kinds(parts: Parts, iinf: Box) -> dict[int, bytes]:
    """Which items are Exif or XMP, from the box of their descriptions (8.11.6)."""
    version = parts.at(iinf.at, 1)[0]
    found = {}
    for box in boxes(parts, iinf.at + (6 if version == 0 else 8), iinf.end):
        if box.kind != b"infe" or box.end - box.at < 12:
            continue
        content = parts.at(box.at, min(20, box.end - box.at))
        wide = 4 if content[0] == 3 else 2
        kind = content[4 + wide + 2 : 4 + wide + 6]
        if kind in {b"Exif", b"mime"}:
            found[int.from_bytes(content[4 : 4 + wide])] = kind
    return found


class _Numbers:
    """The numbers of a box, one after the other."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def next(self, length: int) -> int:
        if self.at + length > len(self.content):
            raise Broken("a box ends too early")
        self.at += length
        return int.from_bytes(self.content[self.at - length : self.at])

    def skip(self, length: int) -> None:
        self.at += length


def _places(content: bytes, idat: int | None) -> dict[int, tuple[int, int]]:
    """Where each item lies in the file, from the box of locations (8.11.3). An item in several pieces, or
    within another item, is left out: nobody writes Exif so."""
    numbers = _Numbers(content)
    version = numbers.next(4) >> 24
    sizes = numbers.next(2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    wide = 4 if version == 2 else 2
    found = {}
    for _ in range(min(numbers.next(wide), MOST_ITEMS)):
        item = numbers.next(wide)
        method = numbers.next(2) & 15 if version else 0
        numbers.next(2)  # the file it lies in: this one
        start, pieces = numbers.next(base), numbers.next(2)
        if pieces != 1:
            numbers.skip(pieces * ((index if version else 0) + offset + length))
            continue
        numbers.skip(index if version else 0)
        at, size = start + numbers.next(offset), numbers.next(length)
        if method == 0:
            found[item] = (at, size)
        elif method == 1 and idat is not None:
            found[item] = (idat + at, size)
    return found
