"""A page of a document as a picture: upright, of bounded size, and nothing but pixels (A8)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from medlem.gateways.documents import BrokenFile, Kind, NoSuchPage, picture_of
from tests.gateways.samples import pdf, picture


def shown(content: bytes, kind: Kind, *, page: int = 1, width: int = 400, turn: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(picture_of(content, kind, page=page, width=width, turn=turn)))


def test_a_page_of_a_pdf_is_drawn_as_wide_as_asked() -> None:
    document = pdf("First", "Second")

    first, second = shown(document, Kind.PDF), shown(document, Kind.PDF, page=2)

    assert (first.format, first.width) == ("PNG", pytest.approx(400, abs=1))
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_kind_of_picture_is_shown(kind: str) -> None:
    assert shown(picture(kind, (640, 480)), Kind(kind.lower())).size == (400, 300)


def test_a_photo_stands_upright_and_leaves_behind_what_it_carried() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn a quarter to see it so
    exif[0x010E] = "where it was taken"
    file = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(file, "JPEG", exif=exif)

    photo = shown(file.getvalue(), Kind.JPEG, width=300)

    assert photo.size == (300, 400)
    assert dict(photo.getexif()) == {}
    assert photo.info == {}


def test_a_page_is_turned_clockwise() -> None:
    upright = picture("PNG", (40, 20))

    turned = shown(upright, Kind.PNG, turn=90)

    assert turned.size == (20, 40)
    assert turned.getpixel((19, 0)) == shown(upright, Kind.PNG).getpixel((0, 0))


def test_a_picture_never_grows_beyond_what_a_screen_needs() -> None:
    page = shown(pdf("A line\n" * 400), Kind.PDF, width=9000)

    assert page.width * page.height <= 8_100_000


@pytest.mark.parametrize(("page", "turn"), [(0, 0), (3, 0), (1, 45)])
def test_a_page_that_is_not_there_is_refused(page: int, turn: int) -> None:
    with pytest.raises(NoSuchPage):
        picture_of(pdf("First", "Second"), Kind.PDF, page=page, width=400, turn=turn)


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.JPEG, Kind.HEIC])
def test_a_damaged_file_is_refused(kind: Kind) -> None:
    with pytest.raises(BrokenFile):
        picture_of(b"%PDF-1.7 and no more", kind, page=1, width=400)
