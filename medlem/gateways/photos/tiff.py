"""Directories of TIFF, in which Exif, most raw files and most makers' notes are written (TIFF 6.0, section 2).

Values are read when they are asked for, so that nothing of a file is fetched in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .parts import Broken, Parts

type Order = Literal["little", "big"]

ORDERS: dict[bytes, Order] = {b"II": "little", b"MM": "big"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
WHOLE = {1, 3, 4, 7, 8, 9, 13}
MOST_ENTRIES = 1000
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a directory: its type, how many, and where in the file its bytes lie."""

    kind: int
    count: int
    at: int

    @property
    def length(self) -> int:
        return SIZES[self.kind] * self.count


type Directory = dict[int, Entry]


@dataclass(frozen=True, slots=True)
class Tiff:
    """Directories in `parts` whose offsets count from `base`."""

    parts: Parts
    base: int
    order: Order

    @classmethod
    def opened(cls, parts: Parts, base: int = 0) -> tuple[Tiff, int]:
        """The TIFF that begins at `base`, and the offset of its first directory. Raises Broken.

        Of the number behind the byte order, 42 in TIFF, cameras have variations of their own.
        """
        head = parts.at(base, 8)
        order = ORDERS.get(head[:2])
        if order is None:
            raise Broken("no byte order")
        return cls(parts, base, order), int.from_bytes(head[4:8], order)

    def directory(self, offset: int) -> Directory:
        """The directory at `offset` from the base; entries of unknown types are left out. Raises Broken."""
        at = self.base + offset
        count = int.from_bytes(self.parts.at(at, 2), self.order)
        if not 0 < count <= MOST_ENTRIES:
            raise Broken(f"a directory of {count} entries")
        entries = self.parts.at(at + 2, 12 * count)
        found: Directory = {}
        for place in range(0, 12 * count, 12):
            tag, kind, number = (
                int.from_bytes(entries[place + start : place + end], self.order)
                for start, end in ((0, 2), (2, 4), (4, 8))
            )
            if kind not in SIZES:
                continue
            inline = SIZES[kind] * number <= 4
            value = int.from_bytes(entries[place + 8 : place + 12], self.order)
            where = at + 2 + place + 8 if inline else self.base + value
            found.setdefault(tag, Entry(kind, number, where))
        return found

    def text(self, entry: Entry | None) -> str:
        """What is written there, without filling; empty where there is nothing, or no text."""
        if entry is None or SIZES[entry.kind] != 1:
            return ""
        raw = self.raw(entry, most=LONGEST_TEXT).split(b"\0", 1)[0]
        return " ".join("".join(c for c in raw.decode("utf-8", "replace") if c.isprintable()).split())

    def whole(self, entry: Entry | None, index: int = 0) -> int | None:
        """The whole number there, of several the one at `index`; None where there is none."""
        if entry is None or entry.kind not in WHOLE or index >= entry.count:
            return None
        size = SIZES[entry.kind]
        raw = self._there(entry.at + index * size, size)
        return int.from_bytes(raw, self.order) if raw else None

    def raw(self, entry: Entry | None, *, most: int) -> bytes:
        """The first bytes of the value; none where it lies outside of the file."""
        return b"" if entry is None else self._there(entry.at, min(entry.length, most))

    def _there(self, at: int, length: int) -> bytes:
        try:
            return self.parts.at(at, length)
        except Broken:  # one value that leads astray is no reason to lose the others
            return b""
