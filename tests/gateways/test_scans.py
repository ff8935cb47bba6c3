"""Reading pictures with the reader that is installed (A4). Small pictures: each takes a part of a second."""

from __future__ import annotations

import gc
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from medlem.commands.simulated.documents import invoice_picture
from medlem.gateways.documents import (
    Kind,
    NoReaderHere,
    NoSuchPage,
    Reader,
    look,
    pages_of,
    reader_of_pictures,
    scan,
    scan_places,
    text_of,
)
from medlem.gateways.documents.likeness import likeness
from medlem.gateways.documents.lines import Line, written
from medlem.gateways.documents.scan import sharpness_of

from .samples import pdf, picture, png, scanned

pytestmark = [pytest.mark.usefixtures("pictures_are_read"), pytest.mark.xdist_group("reader")]

CARD = "Nordvik Foto AS\nOrg.nr. 310 313 815 MVA\nBryggen 3, 5003 Bergen"


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    content = file.getvalue()
    gc.collect()  # Pillow's writer of TIFFs closes its file late, and warns when that is gone
    return content


@pytest.fixture(scope="module")
def card() -> Iterator[Image.Image]:
    """Three lines on a small page."""
    with Image.open(io.BytesIO(png(CARD, 110))) as page:
        yield page.convert("RGB").crop((60, 60, 560, 260))


def test_a4_a_picture_is_read_with_the_place_of_each_word(card: Image.Image) -> None:
    read = scan(saved(card, "PNG"), Kind.PNG, page=1)
    page = read.page
    assert (page.reader, page.turn, page.width, page.height) == (Reader.RAPIDOCR, 0, 500, 200)
    assert [line.replace(" ", "") for line in page.text.splitlines()] == [
        line.replace(" ", "") for line in CARD.splitlines()
    ]
    assert min(word.sure for word in page.words) > 0.8
    first, last = page.words[0], page.words[-1]
    assert page.text[first.start : first.end].startswith("Nordvik")
    assert (first.box[0] < last.box[2], first.box[1] < last.box[1]) == (True, True)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a4_a_turned_picture_is_read_upright(card: Image.Image, turn: int) -> None:
    lying = saved(card.rotate(turn, expand=True), "PNG")  # Pillow turns the other way round
    read = scan(lying, Kind.PNG, page=1)
    assert (read.page.turn, read.page.width, read.page.height) == (turn, 500, 200)
    assert "310 313 815" in read.page.text
    assert read.likeness == look(saved(card, "PNG"), "upright.png").likeness


def test_a4_the_orientation_that_a_phone_wrote_counts(card: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    read = scan(saved(card.rotate(90, expand=True), "JPEG", exif=exif), Kind.JPEG, page=1)
    assert (read.page.turn, "310 313 815" in read.page.text) == (0, True)


def test_a4_each_page_of_a_tiff_is_read(card: Image.Image) -> None:
    blank = Image.new("RGB", card.size, "white")
    fax = saved(blank, "TIFF", save_all=True, append_images=[card.copy()], compression="tiff_lzw")
    document = look(fax, "faks.tif")
    assert (document.pages, document.likeness, pages_of(document, fax).unread) == (2, "", (1, 2))
    assert scan(fax, Kind.TIFF, page=1).page.text == ""
    assert "310 313 815" in scan(fax, Kind.TIFF, page=2).page.text
    with pytest.raises(NoSuchPage):
        scan(fax, Kind.TIFF, page=3)


def test_a4_a_scanned_page_of_a_pdf_is_read() -> None:
    assert "310 313 815" in scan(scanned(CARD), Kind.PDF, page=1).page.text


def test_a7_places_of_a_page_are_seen_or_not() -> None:
    content = pdf(CARD)
    (page,) = text_of(content)
    name, number = page.words[0], page.words[4]
    seen = scan_places(content, page=1, places=[name.box, number.box, (0.5, 0.8, 0.7, 0.82)])
    assert ("Nordvik" in seen[0], "310" in seen[1], seen[2]) == (True, True, "")


def test_a4_without_a_reader_a_person_looks(settings: object) -> None:
    settings.MEDLEM_OCR = "none"  # type: ignore[attr-defined]
    assert reader_of_pictures() is None
    with pytest.raises(NoReaderHere):
        scan(picture("PNG"), Kind.PNG, page=1)


# --- Tesseract, a program of the operator's -------------------------------------------------------

TABLE = """\
level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t500\t200\t-1\t
5\t1\t1\t1\t1\t1\t20\t20\t100\t24\t96.3\tNordvik
5\t1\t1\t1\t1\t2\t128\t21\t60\t23\t95.1\tFoto
5\t1\t1\t1\t2\t1\t20\t60\t90\t24\t93.7\tOrg.nr.
5\t1\t1\t1\t2\t2\t116\t60\t140\t24\t91.2\t310313815
5\t1\t1\t1\t3\t1\t20\t90\t140\t24\t12.0\t~~§
"""


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object) -> Path:
    """A program that answers as Tesseract 5 does, and keeps what it was asked."""
    program, asked = tmp_path / "tesseract", tmp_path / "asked"
    (tmp_path / "table").write_text(TABLE)
    program.write_text(
        f"""#!/bin/sh
case "$*" in
    --list-langs) printf 'List of available languages (3):\\neng\\nnor\\nosd\\n' ;;
    *"--psm 0"*) cat >/dev/null; printf 'Orientation in degrees: 270\\nRotate: 90\\nScript: Latin\\n' ;;
    *) cat >/dev/null; cat {tmp_path}/table; echo "$*" >&2 ;;
esac
"""
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    settings.MEDLEM_OCR = "tesseract"  # type: ignore[attr-defined]
    return asked


def test_a4_tesseract_reads_where_it_is_chosen(tesseract: Path) -> None:
    from medlem.gateways.documents.apart import ROOM

    ROOM.close()  # the next room has the new PATH
    try:
        assert reader_of_pictures() is Reader.TESSERACT
        page = scan(picture("PNG", (200, 500)), Kind.PNG, page=1).page
    finally:
        ROOM.close()
    assert (page.text, page.turn, page.width, page.height) == (
        "Nordvik Foto\nOrg.nr. 310313815",
        90,
        500,
        200,
    )
    assert [page.text[word.start : word.end] for word in page.words] == [
        "Nordvik",
        "Foto",
        "Org.nr.",
        "310313815",
    ]
    assert page.words[3].box == (0.232, 0.3, 0.512, 0.42)


# --- the order of lines, and what a picture is like ---------------------------------------------------


def line(
    text: str, left: float, top: float, width: float = 100, height: float = 20, slant: float = 0
) -> Line:
    fall = slant * width
    return Line(
        text,
        0.9,
        (
            (left, top),
            (left + width, top + fall),
            (left + width, top + fall + height),
            (left, top + height),
        ),
    )


def test_a4_columns_of_a_row_stay_apart_and_pieces_of_a_number_do_not() -> None:
    lines = [
        line("2 100", 700, 101),
        line("Org.nr.", 10, 100),
        line("923 609", 115, 102),
        line("016", 220, 99),
        line("Nordvik", 10, 50),
    ]
    assert written(lines, width=1000, height=400)[0] == "Nordvik\nOrg.nr. 923 609 016   2 100"


def test_a4_rows_of_a_page_that_lies_askew_stay_rows() -> None:
    rows = [
        line(text, left, top + 0.1 * left, 200, 20, 0.1)
        for top, texts in ((100, "ab"), (130, "cd"), (160, "ef"))
        for left, text in zip((0, 500), texts, strict=True)
    ]
    assert written(rows[::-1], width=1000, height=400)[0] == "a   b\nc   d\ne   f"


def test_a7_alike_pictures_have_nearly_the_same_hash_and_others_have_not() -> None:
    invoice = invoice_picture(name="NORDVIK FOTO AS", number="310 313 815", address="Bryggen 3/5003 BERGEN")
    page = Image.open(io.BytesIO(invoice)).convert("RGB")
    other = Image.open(io.BytesIO(png("Et helt annet brev\n\nmed noe annet i.\n\nHilsen oss"))).convert("RGB")
    again = Image.open(io.BytesIO(saved(page.resize((600, 849)), "JPEG", quality=40)))

    def apart(one: Image.Image, two: Image.Image) -> int:
        return (int(likeness(one), 16) ^ int(likeness(two), 16)).bit_count()

    assert apart(page, again) <= 3
    assert apart(page, other) > 10
    assert likeness(Image.new("RGB", (300, 400), "white")) == ""


def test_a3_print_out_of_focus_is_told_from_print_in_focus(card: Image.Image) -> None:
    from PIL import ImageFilter

    grey = card.convert("L")
    sharp, soft = sharpness_of(grey), sharpness_of(grey.filter(ImageFilter.GaussianBlur(4)))
    assert sharp is not None
    assert soft is not None
    assert (sharp > 0.4, soft < 0.3) == (True, True)
    assert sharpness_of(Image.new("L", (300, 400), 250)) is None
