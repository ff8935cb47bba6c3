"""What the makers write about body and lens in their own notes (tag MakerNote of Exif).

Each maker's note is a directory like those of TIFF, with a head, an offset and tag numbers of its own. Which
number is the one engraved is told in `docs/decisions/serial-numbers-in-photos.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exifread.tags.makernote.canon import OFFSET_TAGS

from .parts import Broken
from .tiff import ORDERS, Directory, Entry, Order, Tiff


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a maker's note says. `internal` numbers tell pieces apart, and stand on no product."""

    serial: str = ""
    internal_serial: str = ""
    lens: str = ""
    lens_by_number: str = ""
    lens_serial: str = ""
    internal_lens_serial: str = ""


def note_of(tiff: Tiff, entry: Entry, *, make: str, model: str) -> Note:
    """Reads the note of any maker that is known, by its head; Canon's has none. Raises Broken, Lacking."""
    head = tiff.raw(entry, most=16)
    for beginning, reader in READERS.items():
        if head.startswith(beginning):
            return reader(tiff, entry.at, head)
    if make.casefold().startswith("canon"):
        inner = _where_it_was(tiff, entry)
        return canon(inner, inner.directory(entry.at - inner.base), model=model)
    return Note()


def _where_it_was(tiff: Tiff, entry: Entry) -> Tiff:
    """Canon's note ends with its byte order and the offset that it had in the camera, from which its own
    offsets count; programs that edit pictures move the note, and some turn the order of all around it."""
    foot = tiff.raw(Entry(7, 8, entry.at + entry.length - 8), most=8)
    order = ORDERS.get(foot[:2])
    if order is None or int.from_bytes(foot[2:4], order) != 42:
        return tiff
    return Tiff(tiff.parts, entry.at - int.from_bytes(foot[4:8], order), order)


def canon(tiff: Tiff, note: Directory, *, model: str) -> Note:
    """Canon: the number as the body shows it, of EOS-1D six digits, else ten (B5)."""
    number = tiff.whole(note.get(0x000C))
    lens = tiff.raw(note.get(0x4019), most=5).hex()
    return Note(
        serial=canon_serial(number, model) if number else "",
        internal_serial=tiff.text(note.get(0x0096)),
        lens=tiff.text(note.get(0x0095)),
        lens_by_number=_canon_lens(tiff.whole(note.get(0x0001), 22)),
        internal_lens_serial=lens if lens.strip("0") else "",
    )


def canon_serial(number: int, model: str) -> str:
    if model.endswith("EOS D30"):
        return f"{number >> 16:04x}{number & 0xFFFF:05d}"
    return f"{number:06d}" if "EOS-1D" in model else f"{number:010d}"


def _canon_lens(number: int | None) -> str:
    """The name of Canon's lens number. Other makers' lenses borrow these numbers."""
    names = OFFSET_TAGS[0x0001][22][1]
    name = names.get(number, "") if isinstance(names, dict) else ""
    return "" if name == "n/a" else str(name)


def _nikon(tiff: Tiff, at: int, head: bytes) -> Note:
    if head[6] == 2:
        inner, first = Tiff.opened(tiff.parts, at + 10)
    else:
        inner, first = tiff, at + 8 - tiff.base
    note = inner.directory(first)
    return Note(serial=inner.text(note.get(0x001D)) or inner.text(note.get(0x00A0)))


def _olympus(tiff: Tiff, at: int, head: bytes) -> Note:
    """Olympus and OM System: body and lens stand in a directory of their own, `Equipment`."""
    if head.startswith(b"OM SYSTEM\0"):
        inner, first = Tiff(tiff.parts, at, _order(head[12:14])), 16
    elif head.startswith(b"OLYMPUS\0"):
        inner, first = Tiff(tiff.parts, at, _order(head[8:10])), 12
    else:
        inner, first = tiff, at + 8 - tiff.base
    note = inner.directory(first)
    equipment = _directory_at(inner, note.get(0x2010))
    return Note(
        serial=inner.text(equipment.get(0x0101)) or inner.text(note.get(0x0404)),
        internal_serial=inner.text(equipment.get(0x0102)),
        lens=inner.text(equipment.get(0x0203)),
        lens_serial=inner.text(equipment.get(0x0202)),
    )


def _directory_at(tiff: Tiff, entry: Entry | None) -> Directory:
    """A directory within a note: its offset is the value, or it lies where the value lies (older cameras)."""
    if entry is None:
        return {}
    offset = tiff.whole(entry) if entry.kind in {4, 13} else entry.at - tiff.base
    return tiff.directory(offset) if offset else {}


def _fujifilm(tiff: Tiff, at: int, head: bytes) -> Note:
    inner = Tiff(tiff.parts, at, "little")
    return Note(internal_serial=inner.text(inner.directory(int.from_bytes(head[8:12], "little")).get(0x0010)))


def _panasonic(tiff: Tiff, at: int, _head: bytes) -> Note:
    note = tiff.directory(at + 12 - tiff.base)
    return Note(
        internal_serial=tiff.text(note.get(0x0025)),
        lens=tiff.text(note.get(0x0051)),
        lens_serial=tiff.text(note.get(0x0052)),
    )


def _pentax(tiff: Tiff, at: int, head: bytes) -> Note:
    if head.startswith(b"PENTAX \0"):
        inner, first = Tiff(tiff.parts, at, _order(head[8:10])), 10
    else:
        inner, first = tiff, at + 6 - tiff.base
    return Note(serial=inner.text(inner.directory(first).get(0x0229)))


def _sigma(tiff: Tiff, at: int, _head: bytes) -> Note:
    return Note(serial=tiff.text(tiff.directory(at + 10 - tiff.base).get(0x0002)))


def _motorola(tiff: Tiff, at: int, _head: bytes) -> Note:
    inner = Tiff(tiff.parts, at, tiff.order)
    return Note(serial=inner.text(inner.directory(8).get(0x5501)))


def _order(written: bytes) -> Order:
    try:
        return ORDERS[written]
    except KeyError:
        raise Broken("a note without byte order") from None


READERS: dict[bytes, Callable[[Tiff, int, bytes], Note]] = {
    b"Nikon\0": _nikon,
    b"OM SYSTEM\0": _olympus,
    b"OLYMPUS\0": _olympus,
    b"OLYMP\0": _olympus,
    b"FUJIFILM": _fujifilm,
    b"Panasonic\0": _panasonic,
    b"PENTAX \0": _pentax,
    b"AOC\0": _pentax,
    b"SIGMA\0": _sigma,
    b"FOVEON\0": _sigma,
    b"MOT\0": _motorola,
}
