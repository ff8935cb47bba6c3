"""The parts of a picture file that have arrived, and asking for the parts that reading still takes (B5).

Readers ask `at` for bytes. Where they have not arrived, reading ends with NeedsMore: every range that it
came by, so that the next attempt gets exactly those. Offsets come from the file and are not trusted: a
reader that asks for more than its budget has been led astray, and ends with Broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_BYTES = 4_000_000
MOST_LOOKS = 20_000
MOST_RANGES = 30
BLOCK = 4096
AHEAD = 65_536  # what is asked for at once: what lies beside is wanted next

type Ranges = tuple[tuple[int, int], ...]
"""From where to where (not included), in the order of the file."""


@dataclass(frozen=True, slots=True)
class NeedsMore:
    """What reading takes, as far as it is known: these ranges, the next time, instead of the first part."""

    ranges: Ranges


class Broken(Exception):
    """The file does not hold what it says, or leads astray."""


class Lacking(Exception):
    """Bytes are wanted that have not arrived yet."""


class Parts:
    """A file of `size` bytes of which some pieces are here, by the offset at which they begin."""

    def __init__(self, size: int, pieces: Mapping[int, bytes]) -> None:
        self.size = size
        self.pieces = sorted((start, piece) for start, piece in pieces.items() if piece and start < size)
        self._touched: list[tuple[int, int]] = []
        self._looks = 0
        self._bytes = 0

    @classmethod
    def whole(cls, content: bytes) -> Parts:
        return cls(len(content), {0: content})

    @property
    def complete(self) -> bytes | None:
        """The whole file, when one piece is all of it."""
        if len(self.pieces) == 1 and self.pieces[0][0] == 0 and len(self.pieces[0][1]) >= self.size:
            return self.pieces[0][1]
        return None

    def at(self, offset: int, length: int) -> bytes:
        """These bytes. Raises Broken where the file has none, and Lacking where they have not arrived."""
        end = offset + length
        if offset < 0 or length < 0 or end > self.size:
            raise Broken(f"{length} bytes at {offset} of {self.size}")
        if not length:
            return b""
        self._looks += 1
        self._bytes += length
        if self._looks > MOST_LOOKS or self._bytes > MOST_BYTES:
            raise Broken("reading does not come to an end")
        self._touched.append((offset, end))
        for start, piece in self.pieces:
            if start <= offset and end <= start + len(piece):
                return piece[offset - start : end - start]
        raise Lacking

    def wanted(self) -> NeedsMore:
        """The ranges that were asked for so far, the last of them with what lies behind it.

        Raises Broken where they come to more than a file's data about itself ever takes.
        """
        last, end = self._touched[-1]
        ranges = merged([*self._touched, (last, min(self.size, max(end, last + AHEAD)))], size=self.size)
        if len(ranges) > MOST_RANGES or sum(end - start for start, end in ranges) > MOST_BYTES:
            raise Broken("the data about the picture is strewn all over the file")
        return NeedsMore(ranges)


def merged(ranges: Iterable[tuple[int, int]], *, size: int) -> Ranges:
    """The ranges in whole blocks, where they meet as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        first, last = start - start % BLOCK, min(size, end + -end % BLOCK)
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)
