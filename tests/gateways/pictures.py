"""Picture files as cameras write them, made of a few bytes: what tells of the camera is there, the picture is not."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Literal

import zxingcpp
from PIL import Image

type Order = Literal["little", "big"]
type Value = str | int | bytes | list[int] | Directory

MAKE, MODEL, EXIF, XMP, JPEG_OF_RW2, ADOBES = 0x010F, 0x0110, 0x8769, 0x02BC, 0x002E, 0xC634
TAKEN, NOTE, BODY_SERIAL, LENS, LENS_SERIAL = 0x9003, 0x927C, 0xA431, 0xA434, 0xA435


@dataclass
class Directory:
    """The values of a directory by their tags; a Directory among them becomes one of its own."""

    values: dict[int, Value] = field(default_factory=dict)

    def written(self, at: int, order: Order) -> bytes:
        """The directory as it stands at an offset, with what it refers to behind it."""
        behind = at + 2 + 12 * len(self.values) + 4
        entries, rest = b"", b""
        for tag, value in sorted(self.values.items()):
            kind, count, raw = _raw(value, behind + len(rest), order)
            inline = len(raw) <= 4 and not isinstance(value, Directory)
            place = raw.ljust(4, b"\0") if inline else (behind + len(rest)).to_bytes(4, order)
            rest += b"" if inline else raw + b"\0" * (len(raw) % 2)
            entries += tag.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order) + place
        return len(self.values).to_bytes(2, order) + entries + bytes(4) + rest


def _raw(value: Value, at: int, order: Order) -> tuple[int, int, bytes]:
    """The type of a value, how many, and its bytes."""
    if isinstance(value, str):
        return 2, len(value) + 1, value.encode() + b"\0"
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, Directory):
        return 4, 1, value.written(at, order)
    if isinstance(value, int):
        return 4, 1, value.to_bytes(4, order)
    return 3, len(value), b"".join(each.to_bytes(2, order) for each in value)


def tiff(main: Directory, *, order: Order = "little", magic: bytes = b"*\0", first: int = 8) -> bytes:
    """A TIFF whose first directory stands at `first`."""
    marks = {"little": b"II" + magic, "big": b"MM" + magic[::-1]}
    head = marks[order] + first.to_bytes(4, order)
    return head.ljust(first, b"\0") + main.written(first, order)


def camera(
    make: str = "Canon",
    model: str = "Canon EOS R5",
    *,
    serial: str = "",
    lens: str = "",
    lens_serial: str = "",
    taken: str = "2024:03:12 10:00:00",
    note: bytes = b"",
) -> Directory:
    """The directories of one picture: the camera's, and Exif within it."""
    exif: dict[int, Value] = {TAKEN: taken}
    for tag, value in {BODY_SERIAL: serial, LENS: lens, LENS_SERIAL: lens_serial, NOTE: note}.items():
        if value:
            exif[tag] = value
    return Directory({MAKE: make, MODEL: model, EXIF: Directory(exif)})


def jpeg(
    main: Directory | None = None, *, xmp: str = "", order: Order = "little", before: bytes = b""
) -> bytes:
    """A JPEG with its segments, `before` them others, and no picture worth looking at."""
    made = b"\xff\xd8" + before
    if main:
        made += segment(b"Exif\0\0" + tiff(main, order=order))
    if xmp:
        made += segment(b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode())
    return made + b"\xff\xda\0\x02" + bytes(64) + b"\xff\xd9"


def segment(content: bytes, code: int = 0xE1) -> bytes:
    return bytes([0xFF, code]) + (len(content) + 2).to_bytes(2) + content


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + kind + content


def heif(main: Directory, *, brand: bytes = b"heic", picture: int = 1000, within: bool = False) -> bytes:
    """A HEIC, HIF or AVIF whose Exif lies behind the picture, or `within` the boxes that describe it."""
    exif = (6).to_bytes(4) + b"Exif\0\0" + tiff(main)
    infe = box(b"infe", b"\x02\0\0\0" + (2).to_bytes(2) + bytes(2) + b"Exif\0")
    iinf = box(b"iinf", bytes(4) + (1).to_bytes(2) + infe)
    ftyp = box(b"ftyp", brand + bytes(4) + brand)

    def meta(at: int) -> bytes:
        method = 1 if within else 0
        place = (2).to_bytes(2) + method.to_bytes(2) + bytes(2) + (1).to_bytes(2)
        iloc = box(
            b"iloc", b"\x01\0\0\0\x44\0" + (1).to_bytes(2) + place + at.to_bytes(4) + len(exif).to_bytes(4)
        )
        return box(b"meta", bytes(4) + iinf + iloc + (box(b"idat", exif) if within else b""))

    if within:
        return ftyp + meta(0) + box(b"mdat", bytes(picture))
    mdat = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(mdat + picture) + box(b"mdat", bytes(picture) + exif)


def cr3(model: str, *, exif: dict[int, Value], note: dict[int, Value], before: int = 0) -> bytes:
    """Canon's CR3; with `before`, that many bytes of picture before the boxes that describe it."""
    inner = box(b"CMT1", tiff(Directory({MAKE: "Canon", MODEL: model})))
    inner += box(b"CMT2", tiff(Directory(exif)))
    inner += box(b"CMT3", tiff(Directory(note)))
    moov = box(b"moov", box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + inner))
    picture = box(b"mdat", bytes(before)) if before else b""
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + picture + moov


def raf(main: Directory) -> bytes:
    """Fujifilm's RAF, which keeps Exif in a JPEG."""
    inside = jpeg(main)
    head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + (160).to_bytes(4) + len(inside).to_bytes(4)
    return head.ljust(160, b"\0") + inside


def rw2(main: Directory) -> bytes:
    """Panasonic's RW2, which keeps Exif in a JPEG too."""
    return tiff(Directory({MAKE: "Panasonic", MODEL: "DC-S5", JPEG_OF_RW2: jpeg(main)}), magic=b"U\0")


def dng(model: str, *, note: dict[int, Value], was_at: int = 500) -> bytes:
    """A DNG by Adobe's converter: the maker's note as it was, with the offset that it had in the camera."""
    kept = Directory(note).written(was_at, "little")
    private = b"Adobe\0MakN" + (len(kept) + 6).to_bytes(4) + b"II" + was_at.to_bytes(4) + kept
    return tiff(Directory({MAKE: "Canon", MODEL: model, ADOBES: private}))


def moved_note(values: dict[int, Value], *, was_at: int) -> bytes:
    """Canon's note in little-endian order, as it stands when a program has moved it elsewhere."""
    return Directory(values).written(was_at, "little") + b"II*\0" + was_at.to_bytes(4, "little")


# --- boxes ------------------------------------------------------------------------------------------


def code(text: str, symbology: str = "Code128", **options: str) -> Image.Image:
    """A bar code, black on white."""
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(symbology), **options)
    image = made.to_image(scale=4)
    height, width = image.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(image)))


def photo_of_box(*codes: Image.Image, turn: int = 0, kind: str = "JPEG") -> bytes:
    """A photograph of a grey box with these codes below each other, turned by so many degrees."""
    width = max(each.width for each in codes) + 400
    side = Image.new("L", (width, sum(each.height + 100 for each in codes) + 300), 200)
    top = 200
    for each in codes:
        side.paste(each, (200, top))
        top += each.height + 100
    turned = side.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=140)
    file = io.BytesIO()
    turned.save(file, kind)
    return file.getvalue()
