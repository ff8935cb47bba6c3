"""Where a picture file keeps its data about itself: JPEG, the TIFF family, RAF, CRW, and files made of boxes.

`sources_of` finds the places by the file's content, whatever its name says. Position data (GPS) is never
looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import boxes
from .parts import Broken, Parts
from .tiff import ORDERS

JPEG = b"\xff\xd8\xff"
EXIF = b"Exif\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
RAF = b"FUJIFILMCCD-RAW "
CRW = b"HEAPCCDR"
TIFF_MAGIC = (b"*\0", b"\0*", b"U\0", b"RO", b"RS", b"OR")
"""What stands behind the byte order: TIFF with NEF, CR2 and DNG; RW2; ORF."""
OTHER_PICTURES = (b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8", b"BM")
"""Pictures that cameras do not write."""

MOST_SEGMENTS = 500
MOST_XMP = 65_536


class UnknownKind(Exception):
    """Not a picture, as far as its beginning says."""


@dataclass
class Sources:
    """Where to read: the beginnings of TIFFs, the directories of CR3, packets of XMP, the heap of CRW."""

    tiffs: list[tuple[Parts, int]] = field(default_factory=list)
    cr3: dict[str, Parts] = field(default_factory=dict)
    xmp: list[bytes] = field(default_factory=list)
    crw: Parts | None = None


def sources_of(parts: Parts) -> Sources:
    """What there is to read. Raises UnknownKind, Broken, and Lacking where it has not arrived."""
    head = parts.at(0, min(parts.size, 16))
    if head.startswith(JPEG):
        return _jpeg(parts, 0)
    if head == RAF:
        return _jpeg(parts, int.from_bytes(parts.at(84, 4)))
    if head[:2] in ORDERS:
        if head[6:14] == CRW:
            return Sources(crw=parts)
        if head[2:4] in TIFF_MAGIC:
            return Sources(tiffs=[(parts, 0)])
    if head[4:8] == b"ftyp":
        return _boxes(parts, brand=head[8:12])
    if head.startswith(OTHER_PICTURES):
        return Sources()
    raise UnknownKind


def jpeg_inside(parts: Parts, offset: int) -> Sources:
    """What a JPEG has that lies in the middle of a file, as RW2 keeps one."""
    return _jpeg(parts, offset)


def _jpeg(parts: Parts, start: int) -> Sources:
    """The segments before the picture itself (ISO/IEC 10918-1, B.1.1)."""
    found = Sources()
    if parts.at(start, 3) != JPEG:
        raise Broken("no JPEG where one should be")
    at = start + 2
    for _ in range(MOST_SEGMENTS):
        if at + 4 > parts.size:
            break
        mark, code, *length = parts.at(at, 4)
        if mark == 0xFF and code == 0xFF:  # filling
            at += 1
            continue
        if mark != 0xFF or code in {0xDA, 0xD9}:  # the picture begins, or ends
            break
        size = int.from_bytes(bytes(length))
        if code == 0xE1:
            _application_data(parts, at + 4, size - 2, found)
        at += 2 + max(2, size)
    return found


def _application_data(parts: Parts, at: int, length: int, found: Sources) -> None:
    length = min(length, parts.size - at)
    if length < 40:
        return
    begins = parts.at(at, 29)
    if begins.startswith(EXIF):
        found.tiffs.append((Parts.whole(parts.at(at + 6, length - 6)), 0))
    elif begins == XMP:
        found.xmp.append(parts.at(at + 29, length - 29))


def _boxes(parts: Parts, *, brand: bytes) -> Sources:
    if brand == b"crx ":
        return Sources(cr3=boxes.canon_directories(parts))
    found = Sources()
    for item in boxes.items(parts):
        if item.kind == b"Exif" and item.length > 12:
            # Four bytes say how far behind them the TIFF begins (ISO/IEC 23008-12, A.2.1).
            skip = 4 + int.from_bytes(parts.at(item.at, 4))
            if 4 <= skip < item.length - 8:
                found.tiffs.append((Parts.whole(parts.at(item.at + skip, item.length - skip)), 0))
        elif item.kind == b"mime" and item.length <= MOST_XMP:
            found.xmp.append(parts.at(item.at, item.length))
    return found
