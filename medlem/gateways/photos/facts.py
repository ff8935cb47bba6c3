"""What the places in a picture file say of body and lens, as it stands there; `reading` judges it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields

from . import crw
from .containers import Sources, jpeg_inside
from .makers import Note, canon, canon_serial, note_of
from .parts import Broken, Parts
from .tiff import ORDERS, Directory, Entry, Tiff

MAKE, MODEL = 0x010F, 0x0110
EXIF, XMP, JPEG_OF_RW2, ADOBES = 0x8769, 0x02BC, 0x002E, 0xC634
TAKEN, WRITTEN, MAKER_NOTE = 0x9003, 0x9004, 0x927C
BODY_SERIAL, LENS, LENS_SERIAL, SERIAL_OF_DNG = 0xA431, 0xA434, 0xA435, 0xC62F
MOST_XMP = 65_536
MOST_TIFFS, MOST_PACKETS = 2, 4  # a file has one of each; a hostile one has hundreds


EMPTY = Note()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the places in a file say, first places first."""

    make: str = ""
    model: str = ""
    taken: str = ""
    serial: str = ""
    lens: str = ""
    lens_serial: str = ""
    note: Note = EMPTY
    edited_serial: str = ""
    edited_lens: str = ""
    edited_lens_serial: str = ""

    def with_others(self, others: Facts) -> Facts:
        """These facts, and where they have none, the others'."""
        known = {each.name: getattr(self, each.name) or getattr(others, each.name) for each in fields(self)}
        return Facts(**known | {"note": others.note if self.note == EMPTY else self.note})


def facts_in(parts: Parts, sources: Sources) -> Facts:
    """The first place that tells something counts; others fill in what it leaves out."""
    facts = Facts()
    for inner, base in sources.tiffs[:MOST_TIFFS]:
        facts = facts.with_others(_tolerant(_of_tiff, inner, base))
    if sources.cr3:
        facts = facts.with_others(_of_cr3(sources.cr3))
    if sources.crw:
        facts = facts.with_others(_of_crw(parts))
    for packet in sources.xmp[:MOST_PACKETS]:
        facts = facts.with_others(_of_xmp(packet))
    return facts


def _tolerant[**P](reading: Callable[P, Facts], *args: P.args, **kwargs: P.kwargs) -> Facts:
    """What reads there, or nothing where it is broken: one bad place is no reason to lose the others."""
    try:
        return reading(*args, **kwargs)
    except Broken:
        return Facts()


def _of_tiff(parts: Parts, base: int) -> Facts:
    tiff, first = Tiff.opened(parts, base)
    main = tiff.directory(first)
    facts = Facts(make=tiff.text(main.get(MAKE)), model=tiff.text(main.get(MODEL)))
    exif = _exif(tiff, main)
    facts = facts.with_others(_of_exif(tiff, {**main, **exif}, facts))
    if JPEG_OF_RW2 in main:
        facts = facts.with_others(_tolerant(_of_rw2, parts, main[JPEG_OF_RW2]))
    if facts.note == EMPTY and ADOBES in main:
        facts = facts.with_others(_tolerant(_of_dng, tiff, main[ADOBES], facts))
    if not facts.note.serial:
        facts = facts.with_others(Facts(serial=tiff.text(main.get(SERIAL_OF_DNG))))
    if not (facts.serial or facts.note.serial) and XMP in main:
        facts = facts.with_others(_of_xmp(tiff.raw(main[XMP], most=MOST_XMP)))
    return facts


def _exif(tiff: Tiff, main: Directory) -> Directory:
    offset = tiff.whole(main.get(EXIF))
    try:
        return tiff.directory(offset) if offset else {}
    except Broken:
        return {}


def _of_exif(tiff: Tiff, exif: Directory, facts: Facts) -> Facts:
    note = EMPTY
    if entry := exif.get(MAKER_NOTE):
        try:
            note = note_of(tiff, entry, make=facts.make, model=facts.model)
        except Broken:
            note = EMPTY
    return Facts(
        taken=tiff.text(exif.get(TAKEN)) or tiff.text(exif.get(WRITTEN)),
        serial=tiff.text(exif.get(BODY_SERIAL)),
        lens=tiff.text(exif.get(LENS)),
        lens_serial=tiff.text(exif.get(LENS_SERIAL)),
        note=note,
    )


def _of_rw2(parts: Parts, entry: Entry) -> Facts:
    """Panasonic keeps Exif in the JPEG within its raw file."""
    facts = Facts()
    for inner, base in jpeg_inside(parts, entry.at).tiffs[:MOST_TIFFS]:
        facts = facts.with_others(_of_tiff(inner, base))
    return facts


def _of_dng(tiff: Tiff, entry: Entry, facts: Facts) -> Facts:
    """Adobe's converter keeps the maker's note as it was, and where it was, as its offsets count from there."""
    content = tiff.raw(entry, most=20)
    if not content.startswith(b"Adobe\0MakN") or content[14:16] not in ORDERS:
        return Facts()
    at, was_at = entry.at + 20, int.from_bytes(content[16:20], "big")
    length = int.from_bytes(content[10:14], "big") - 6  # order and offset are counted too
    inner = Tiff(tiff.parts, at - was_at, ORDERS[content[14:16]])
    return Facts(note=note_of(inner, Entry(7, length, at), make=facts.make, model=facts.model))


def _of_cr3(directories: dict[str, Parts]) -> Facts:
    facts = Facts()
    if "main" in directories:
        facts = facts.with_others(_tolerant(_of_tiff, directories["main"], 0))
    if "exif" in directories:
        facts = facts.with_others(_tolerant(_of_exif_alone, directories["exif"]))
    if "note" in directories:
        facts = facts.with_others(_tolerant(_of_canons_note, directories["note"], facts.model))
    return facts


def _of_exif_alone(parts: Parts) -> Facts:
    tiff, first = Tiff.opened(parts)
    return _of_exif(tiff, tiff.directory(first), Facts())


def _of_canons_note(parts: Parts, model: str) -> Facts:
    tiff, first = Tiff.opened(parts)
    return Facts(note=canon(tiff, tiff.directory(first), model=model))


def _of_crw(parts: Parts) -> Facts:
    camera = crw.camera_of(parts)
    serial = canon_serial(camera.number, camera.model) if camera.number else ""
    return Facts(make=camera.make, model=camera.model, note=Note(serial=serial))


def _of_xmp(packet: bytes) -> Facts:
    """What programs for editing pictures write: the properties by their usual prefixes, as attribute or element."""
    text = packet.decode("utf-8", "replace")

    def written(*names: str) -> str:
        for name in names:
            if found := re.search(rf'\b{name}\s*=\s*["\']([^"\'<]{{1,200}})|<{name}>([^<]{{1,200}})<', text):
                return (found[1] or found[2]).strip()
        return ""

    return Facts(
        make=written("tiff:Make"),
        model=written("tiff:Model"),
        taken=written("exif:DateTimeOriginal"),
        edited_serial=written("exifEX:BodySerialNumber", "aux:SerialNumber"),
        edited_lens=written("exifEX:LensModel", "aux:Lens"),
        edited_lens_serial=written("exifEX:LensSerialNumber", "aux:LensSerialNumber"),
    )
