"""Bar codes in pictures of boxes (B5): any rotation, several kinds, and pictures that have none."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from medlem.gateways.barcodes import Code, Symbology, UnreadablePicture, read

from .pictures import code, photo_of_box

EAN, SERIAL = "2900000000032", "012021000345"
BOX = {Code(Symbology.EAN13, EAN), Code(Symbology.CODE128, SERIAL)}


def both(codes: object) -> bool:
    return len(list(codes)) == 2  # type: ignore[call-overload]


@pytest.mark.parametrize("turn", [0, 17, 24, 33, 45, 68, 90, 135, 180, 207, 270, 301])
def test_b5_bar_codes_are_read_in_any_rotation(turn: int) -> None:
    content = photo_of_box(code(EAN, "EAN13"), code(SERIAL), turn=turn)
    assert set(read(content, enough=both, thorough=True)) == BOX


@pytest.mark.parametrize(
    ("text", "symbology", "found"),
    [
        ("036000291452", "UPCA", Code(Symbology.EAN13, "0036000291452")),
        ("S/N 012021000345", "QRCode", Code(Symbology.QR, "S/N 012021000345")),
        ("012021000345", "DataMatrix", Code(Symbology.DATAMATRIX, "012021000345")),
    ],
)
def test_b5_the_kinds_of_codes_on_boxes(text: str, symbology: str, found: Code) -> None:
    assert read(photo_of_box(code(text, symbology)), enough=bool, thorough=True) == [found]


def test_b5_codes_without_check_digit_are_not_read() -> None:
    """Code 39 is found in gratings and in text; a number from there would be invented."""
    assert read(photo_of_box(code(SERIAL, "Code39")), enough=bool, thorough=True) == []


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_b5_pictures_of_boxes_may_be_of_other_kinds(kind: str) -> None:
    content = photo_of_box(code(EAN, "EAN13"), kind=kind)
    assert read(content, enough=bool, thorough=False) == [Code(Symbology.EAN13, EAN)]


def test_b5_a_small_code_in_a_large_picture_is_found_when_looked_for_thoroughly() -> None:
    picture = Image.new("L", (3200, 2400), 200)
    picture.paste(code(EAN, "EAN13").resize((240, 110)), (2000, 1500))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    assert read(file.getvalue(), enough=bool, thorough=False) == []
    assert read(file.getvalue(), enough=bool, thorough=True) == [Code(Symbology.EAN13, EAN)]


def test_b5_a_picture_that_cannot_be_opened_is_said_to_be_so() -> None:
    whole = photo_of_box(code(EAN, "EAN13"))
    for broken in (b"", b"%PDF-1.7", whole[:2000], b"\xff\xd8\xff" + bytes(500)):
        with pytest.raises(UnreadablePicture):
            read(broken, enough=bool, thorough=True)
    file = io.BytesIO()
    Image.new("1", (12_000, 6_000)).save(file, "PNG")
    with pytest.raises(UnreadablePicture):
        read(file.getvalue(), enough=bool, thorough=True)
