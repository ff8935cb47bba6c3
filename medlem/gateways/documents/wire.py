"""How the reading room and those outside speak: a header in JSON and some bytes, each with its length before it.

No pickles: whoever takes over the room with a forged file can say nothing but plain values.
"""

from __future__ import annotations

import json
from typing import IO, Any

LENGTHS = 16  # two whole numbers of eight bytes
LONGEST = 100_000_000


class Garbled(Exception):
    """The other side speaks something else, or stopped in mid-sentence."""


def send(to: IO[bytes], header: dict[str, Any], content: bytes) -> None:
    said = json.dumps(header).encode()
    to.write(len(said).to_bytes(8) + len(content).to_bytes(8) + said)
    to.write(content)
    to.flush()


def lengths(head: bytes) -> tuple[int, int]:
    """How long header and content are. Raises Garbled."""
    said, content = int.from_bytes(head[:8]), int.from_bytes(head[8:16])
    if len(head) != LENGTHS or said > LONGEST or content > LONGEST:
        raise Garbled
    return said, content


def receive(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next header and content; None when the other side has gone."""
    head = source.read(LENGTHS)
    if not head:
        return None
    said, content = lengths(head)
    return json.loads(source.read(said)), source.read(content)
