"""What pictures say of body and lens (B5): every format, every maker, and files that want to lead astray."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from medlem.gateways.photos import Doubt, NeedsMore, Parts, PhotoReading, Seen, UnknownKind, read

from .pictures import (
    BODY_SERIAL,
    LENS,
    LENS_SERIAL,
    MAKE,
    MODEL,
    TAKEN,
    XMP,
    Directory,
    box,
    camera,
    cr3,
    dng,
    heif,
    jpeg,
    moved_note,
    raf,
    rw2,
    segment,
    tiff,
)
from .samples import SHARED

PHOTOS = SHARED / "photos"
HEAD = 512 * 1024
R5 = Seen("Canon EOS R5", "012021000345")
RF50 = Seen("RF50mm F1.2 L USM", "3122001234")
CAMERA = camera(serial=R5.serial, lens=RF50.name, lens_serial=RF50.serial)
READING = PhotoReading(make="Canon", body=R5, lens=RF50, taken_on=date(2024, 3, 12))


def rounds(content: bytes, *, head: int = HEAD) -> tuple[PhotoReading, list[int]]:
    """What a file says, when its parts are sent as they are asked for; and how many bytes went each time."""
    taken = read(Parts(len(content), {0: content[:head]}))
    sent = [min(head, len(content))]
    while isinstance(taken, NeedsMore):
        assert len(sent) < 12
        sent.append(sum(end - start for start, end in taken.ranges))
        taken = read(Parts(len(content), {start: content[start:end] for start, end in taken.ranges}))
    return taken, sent


def reading_of(content: bytes) -> PhotoReading:
    return rounds(content)[0]


# --- formats ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        jpeg(CAMERA),
        jpeg(CAMERA, order="big"),
        jpeg(CAMERA, before=segment(b"JFIF\0", 0xE0) + b"\xff"),
        tiff(CAMERA),  # TIFF, DNG, NEF and CR2 are the same on the outside
        tiff(CAMERA, order="big"),
        tiff(CAMERA, magic=b"RO"),  # ORF
        rw2(CAMERA),
        raf(CAMERA),
        heif(CAMERA),
        heif(CAMERA, within=True),
        heif(CAMERA, brand=b"heix"),  # HIF
        heif(CAMERA, brand=b"avif"),
        cr3(
            R5.name,
            exif={BODY_SERIAL: R5.serial, LENS: RF50.name, LENS_SERIAL: RF50.serial, TAKEN: "2024:03:12 10:00:00"},
            note={0x0095: RF50.name},
        ),
    ],
    ids=[
        "jpeg", "jpeg big-endian", "jpeg with JFIF", "tiff", "tiff big-endian", "orf", "rw2", "raf", "heic",
        "heic within", "hif", "avif", "cr3",
    ],
)  # fmt: skip
def test_b5_every_format_gives_body_lens_and_their_numbers(content: bytes) -> None:
    reading = reading_of(content)
    model = (
        "DC-S5" if content[2:4] == b"U\0" else R5.name
    )  # the raw file's own name of the camera comes first
    assert reading == PhotoReading(
        make=reading.make, body=Seen(model, R5.serial), lens=RF50, taken_on=date(2024, 3, 12)
    )


def test_b5_the_name_of_a_file_says_nothing_of_its_kind() -> None:
    for other in (b"\x89PNG\r\n\x1a\n" + bytes(40), b"RIFF\0\0\0\0WEBP" + bytes(40), jpeg()):
        assert reading_of(other) == PhotoReading()
    for nothing in (b"", b"hello, this is a text", b"%PDF-1.7" + bytes(40), bytes(100)):
        with pytest.raises(UnknownKind):
            read(Parts.whole(nothing))


# --- only the first part, and more where it lies later ----------------------------------------------------


def test_b5_the_first_512_kb_are_enough_for_most() -> None:
    content = jpeg(CAMERA) + bytes(20_000_000)
    assert rounds(content) == (READING, [HEAD])


@pytest.mark.parametrize(
    "content",
    [
        tiff(CAMERA, first=9_000_000),
        heif(CAMERA, picture=6_000_000),
        cr3(R5.name, exif={BODY_SERIAL: R5.serial}, note={}, before=25_000_000),
        jpeg(CAMERA, before=b"".join(segment(bytes(65_000), 0xE2) for _ in range(9))),
    ],
    ids=["tiff", "heic", "cr3", "jpeg"],
)
def test_b5_data_that_lies_later_is_asked_for_and_little_else(content: bytes) -> None:
    reading, sent = rounds(content)
    assert reading.body == R5
    assert len(sent) <= 4
    assert max(sent[1:]) <= 150_000


def test_b5_a_file_that_leads_all_over_the_place_is_given_up() -> None:
    """A chain of segments through a large file would take all of it; reading ends with nothing instead."""
    content = jpeg(CAMERA, before=b"".join(segment(bytes(65_000), 0xE2) for _ in range(499)))
    taken: PhotoReading | NeedsMore = NeedsMore(((0, HEAD),))
    for _round in range(40):
        if not isinstance(taken, NeedsMore):
            break
        assert sum(end - start for start, end in taken.ranges) <= 4_000_000
        taken = read(Parts(len(content), {start: content[start:end] for start, end in taken.ranges}))
    assert taken == PhotoReading()


# --- which number is the one on the product ------------------------------------------------------------------


def canon_note(model: str, **note: object) -> bytes:
    values = {int(tag.removeprefix("x"), 16): value for tag, value in note.items()}
    return cr3(model, exif={}, note=values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "number", "serial"),
    [
        ("Canon EOS 350D DIGITAL", 560018150, "0560018150"),
        ("Canon EOS-1D Mark III", 500292, "500292"),
        ("Canon EOS-1D", 5266, "005266"),
        ("Canon EOS D30", 0x00AB3039, "00ab12345"),
        ("Canon EOS 350D DIGITAL", 0, ""),
    ],
)
def test_b5_canon_writes_a_number_that_the_body_shows_with_its_zeros(
    model: str, number: int, serial: str
) -> None:
    assert reading_of(canon_note(model, x0C=number)).body == Seen(model, serial)
    kept = reading_of(dng(model, note={0x0C: number, 0x0096: "H1234567"}))
    assert kept.body == Seen(model, serial, () if serial else (Doubt.INTERNAL,))


def test_b5_canon_s_note_is_read_where_a_program_has_moved_it() -> None:
    note = moved_note(
        {0x0095: "EF-S18-55mm f/3.5-5.6 IS II", 0x4019: bytes.fromhex("000027ced3")}, was_at=942
    )
    for order in ("little", "big"):
        reading = reading_of(jpeg(camera(model="Canon EOS 600D", note=note), order=order))  # type: ignore[arg-type]
        assert reading.lens == Seen("EF-S18-55mm f/3.5-5.6 IS II", "000027ced3", (Doubt.INTERNAL,))


@pytest.mark.parametrize(
    ("written", "serial", "doubts"),
    [
        ("3122001234", "3122001234", ()),
        ("0000214e1c", "0000214e1c", (Doubt.INTERNAL,)),
        ("0000204512", "0000204512", (Doubt.INTERNAL,)),
        ("1a2b3c4d5e", "1a2b3c4d5e", (Doubt.INTERNAL,)),
        ("0000000000", "", (Doubt.ZEROS,)),
        ("", "", ()),
    ],
)
def test_b5_a_number_inside_a_canon_lens_is_doubtful(
    written: str, serial: str, doubts: tuple[Doubt, ...]
) -> None:
    content = jpeg(camera(lens="EF50mm f/1.8 STM", lens_serial=written))
    assert reading_of(content).lens == Seen("EF50mm f/1.8 STM", serial, doubts)


def test_b5_a_lens_named_by_its_type_number_alone_is_doubtful() -> None:
    settings = [0] * 22 + [139, 0, 0]
    named = Seen("Canon EF 400mm f/2.8L USM", "", (Doubt.BY_NUMBER,))
    assert reading_of(canon_note("Canon EOS-1D", x01=settings)).lens == named
    assert reading_of(canon_note("Canon EOS-1D", x01=[0] * 22 + [65_535])).lens == Seen()


def nikon_note(values: dict[int, str]) -> bytes:
    return b"Nikon\0\x02\x10\0\0" + tiff(Directory({**values}), order="big")


def olympus_note(equipment: dict[int, str]) -> bytes:
    inner = Directory({0x2010: Directory({**equipment})})
    return b"OLYMPUS\0II\x03\0" + inner.written(12, "little")


def panasonic_like(head: bytes, values: dict[int, str]) -> Callable[[int], bytes]:
    return lambda at: head + Directory({**values}).written(at + len(head), "little")


@pytest.mark.parametrize(
    ("make", "note", "body", "lens"),
    [
        ("NIKON CORPORATION", nikon_note({0x1D: "3001006"}), Seen("X", "3001006"), Seen()),
        (
            "NIKON CORPORATION",
            nikon_note({0xA0: "NO= 20025585"}),
            Seen("X", "20025585", (Doubt.PREFIXED,)),
            Seen(),
        ),
        (
            "OLYMPUS IMAGING CORP.",
            olympus_note({0x101: "BHP242", 0x102: "4124", 0x202: "AC1205545", 0x203: "M.17mm F1.8"}),
            Seen("X", "BHP242"),
            Seen("M.17mm F1.8", "AC1205545"),
        ),
        (
            "FUJIFILM",
            b"FUJIFILM\x0c\0\0\0" + Directory({0x10: "FPX 20582698 Y-1146"}).written(12, "little"),
            Seen("X", "", (Doubt.INTERNAL,)),
            Seen(),
        ),
        (
            "PENTAX",
            b"PENTAX \0II" + Directory({0x229: "3456789"}).written(10, "little"),
            Seen("X", "3456789"),
            Seen(),
        ),
        (
            "Motorola",
            b"MOT\0\0\0\0\0" + Directory({0x5501: "NX0A3S0075"}).written(8, "little"),
            Seen("X", "NX0A3S0075"),
            Seen(),
        ),
        ("Unheard Of", b"SOMETHING" + bytes(40), Seen("X"), Seen()),
        ("OLYMPUS", b"OLYMPUS\0??\x03\0" + bytes(40), Seen("X"), Seen()),
    ],
    ids=["nikon", "nikon no=", "olympus", "fujifilm", "pentax", "motorola", "unknown", "broken"],
)  # fmt: skip
def test_b5_what_each_maker_writes(make: str, note: bytes, body: Seen, lens: Seen) -> None:
    reading = reading_of(jpeg(camera(make, "X", note=note)))
    assert (reading.body, reading.lens) == (body, lens)


def test_b5_notes_whose_offsets_count_from_the_beginning_of_the_file() -> None:
    """Panasonic, Sigma and older Olympus: the note is placed first, so that it is known where it lies."""
    for head, values, body, lens in (
        (
            b"Panasonic\0\0\0",
            {0x25: "F35 0058", 0x51: "LUMIX S 50", 0x52: "XX2101"},
            "",
            Seen("LUMIX S 50", "XX2101"),
        ),
        (b"SIGMA\0\0\0\1\0", {0x02: "02000019"}, "02000019", Seen()),
        (b"OLYMP\0\1\0", {0x404: "143008611"}, "143008611", Seen()),
    ):
        made = panasonic_like(head, values)
        at = tiff(camera("Maker", "X", note=made(0))).index(head)
        reading = reading_of(tiff(camera("Maker", "X", note=made(at))))
        assert (reading.body.serial, reading.lens) == (body, lens)


def test_b5_a_number_that_a_program_wrote_is_doubtful_and_fills_in_only() -> None:
    xmp = '<x aux:SerialNumber="380319450" aux:Lens="EF24-70mm f/2.8L USM"><tiff:Model>Canon EOS 7D</tiff:Model></x>'
    edited = Seen("Canon EOS 7D", "380319450", (Doubt.REWRITTEN,))
    assert reading_of(jpeg(xmp=xmp)).body == edited
    assert (
        reading_of(tiff(Directory({MAKE: "Canon", MODEL: "Canon EOS 7D", XMP: xmp.encode()}))).body == edited
    )
    whole = reading_of(jpeg(camera(serial="0380319450", lens="RF50mm F1.2 L USM"), xmp=xmp))
    assert (whole.body, whole.lens) == (Seen("Canon EOS R5", "0380319450"), Seen("RF50mm F1.2 L USM"))


def test_b5_two_numbers_in_one_picture_are_doubtful() -> None:
    content = cr3("Canon EOS M50", exif={BODY_SERIAL: "613040000565"}, note={0x0C: 4711})
    assert reading_of(content).body == Seen("Canon EOS M50", "613040000565", (Doubt.DIFFERENT,))
    same = cr3("Canon EOS M50", exif={BODY_SERIAL: "0000004711"}, note={0x0C: 4711})
    assert reading_of(same).body == Seen("Canon EOS M50", "0000004711")


def test_b5_the_lens_of_a_telephone_is_no_piece() -> None:
    content = jpeg(camera("Apple", "iPhone 11 Pro", lens="iPhone 11 Pro back triple camera 4.25mm f/1.8"))
    reading = reading_of(content)
    assert (reading.body, reading.lens) == (Seen("iPhone 11 Pro"), Seen())


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2024:13:40 00:00:00", "    :  :     :  :  ", ""])
def test_b5_a_camera_without_clock_gives_no_day(taken: str) -> None:
    assert reading_of(jpeg(camera(taken=taken))).taken_on is None


# --- files that lead astray ---------------------------------------------------------------------------------


def mutations(content: bytes, count: int) -> list[bytes]:
    """The file with bytes changed, cut off, or numbers made huge: always the same ones."""
    chance = random.Random(4711)
    found = []
    for _ in range(count):
        made = bytearray(content)
        for _ in range(chance.choice((1, 3, 20))):
            at = chance.randrange(len(made))
            made[at : at + chance.choice((1, 2, 4))] = chance.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1")
            )
        found.append(bytes(made[: chance.choice((len(made), chance.randrange(len(made))))]))
    return found


@pytest.mark.parametrize(
    "content",
    [
        jpeg(CAMERA, xmp="<x/>"),
        tiff(CAMERA),
        heif(CAMERA),
        cr3("X", exif={LENS: "Y"}, note={0x0C: 1}),
        raf(CAMERA),
        jpeg(camera("OLYMPUS", "X", note=olympus_note({0x101: "BHP242"}))),
    ],
    ids=["jpeg", "tiff", "heic", "cr3", "raf", "olympus"],
)
def test_b5_a_damaged_file_neither_fails_nor_hangs(content: bytes) -> None:
    for made in mutations(content, 150):
        try:
            reading = read(Parts(len(content), {0: made}))
        except UnknownKind:
            continue
        assert isinstance(reading, PhotoReading | NeedsMore)


def test_b5_boxes_and_directories_that_never_end_are_given_up() -> None:
    endless = box(b"ftyp", b"heic") + (8).to_bytes(4) + b"free" + (8).to_bytes(4) + b"free"
    many = b"\x01\0\0\0\0\0" + (2000).to_bytes(2) + (bytes(6) + b"\xff\xff") * 2000
    items = box(b"meta", bytes(4) + box(b"iinf", bytes(6)) + box(b"iloc", many))
    itself = Directory({MAKE: "X"}).written(8, "little")[:-8] + (8).to_bytes(4, "little")
    crw = b"II\x0e\0\0\0HEAPCCDR" + (3000).to_bytes(2, "little") + bytes(5000)
    for content in (endless * 2000, box(b"ftyp", b"heic") + items, b"II*\0" + itself, crw):
        assert reading_of(content).body.serial == ""


# --- real files ---------------------------------------------------------------------------------------------


def expectations() -> list[dict[str, str]]:
    if not PHOTOS.is_dir():
        return []
    with (PHOTOS / "expected.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def usable_body(row: dict[str, str]) -> set[str]:
    """The numbers that an independent reader found and that a person can use; of two ways to write one, both."""
    names = ("body_serial_exif_A431", "body_serial_makernote", "body_serial_xmp_aux", "body_serial_other")
    return {row[name].removeprefix("No= ") for name in names if row[name]}


def usable_lens(row: dict[str, str]) -> set[str]:
    found = {row["lens_serial_exif_A435"], row["lens_serial_makernote"]} - {"", "0000000000"}
    return (
        found
        if row["lens_model_exif_A434"] or row["lens_model_makernote"] or row["lens_id_exiftool"]
        else set()
    )


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("row", expectations(), ids=lambda row: row["file"])
def test_b5_real_pictures_give_every_number_that_a_person_can_use_and_no_other(
    samples: Path, row: dict[str, str]
) -> None:
    reading, sent = rounds((samples / "photos" / row["file"]).read_bytes())
    assert (reading.make, reading.body.name) == (row["make"], row["model"])
    assert {reading.body.serial} - {""} <= usable_body(row)
    assert bool(reading.body.serial) == bool(usable_body(row))
    assert {reading.lens.serial} - {""} <= usable_lens(row)
    assert bool(reading.lens.serial) == bool(usable_lens(row))
    assert len(sent) == 1
    assert sent[0] <= HEAD
    # What is doubtful is marked: numbers inside a lens, zeros, "No=", and what a program wrote.
    assert (Doubt.INTERNAL in reading.lens.doubts) == (reading.lens.serial.startswith("0000"))
    assert (Doubt.ZEROS in reading.lens.doubts) == (row["lens_serial_exif_A435"] == "0000000000")
    assert (Doubt.PREFIXED in reading.body.doubts) == row["body_serial_makernote"].startswith("No=")
    only_edited = usable_body(row) == {row["body_serial_xmp_aux"]} and not row["body_serial_exif_A431"]
    assert (Doubt.REWRITTEN in reading.body.doubts) == only_edited


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the shared samples are not here")
def test_b5_real_pictures_that_were_damaged_neither_fail_nor_hang(samples: Path) -> None:
    for row in expectations():
        content = (samples / "photos" / row["file"]).read_bytes()[:40_000]
        for made in mutations(content, 8):
            try:
                reading = read(Parts(len(content), {0: made}))
            except UnknownKind:
                continue
            assert isinstance(reading, PhotoReading | NeedsMore)
