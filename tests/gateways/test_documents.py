"""What an uploaded file really is (A3), and its text (A4)."""

from __future__ import annotations

import gc
import io
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from medlem.gateways.documents import (
    BrokenFile,
    DisguisedFile,
    Document,
    EmptyFile,
    EncryptedFile,
    Kind,
    TooLargePicture,
    UnknownKind,
    UnreadableFile,
    look,
    pages_of,
    picture_of,
    text_of,
)

from .samples import SHARED, locked_pdf, merged, pdf, picture, scanned

PICTURES = {"JPEG": Kind.JPEG, "PNG": Kind.PNG, "TIFF": Kind.TIFF, "WEBP": Kind.WEBP}


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as this."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


# --- what a file is -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), PICTURES.items())
def test_pictures(name: str, kind: Kind) -> None:
    content = picture(name)
    document = look(content, "evidence")
    assert document == Document(
        kind=kind,
        media_type=f"image/{name.lower()}",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        pages=1,
        likeness=document.likeness,
    )


def test_pdf(tmp_path: Path) -> None:
    path = tmp_path / "faktura.pdf"
    path.write_bytes(pdf("first", "second"))
    document = look(path, path.name)
    assert (document.kind, document.media_type, document.pages) == (Kind.PDF, "application/pdf", 2)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_real_files() -> None:
    names = {
        "photos/mei_IMG_2927.HEIC": Kind.HEIC,
        "photos/exiftool_Apple.jpg": Kind.JPEG,
        "photos/mei_Issue_508.jpg": Kind.JPEG,  # eight pixels wide
        "documents/AmazonWebServices.pdf": Kind.PDF,
        "documents/NetpresseInvoice.pdf": Kind.PDF,
        "documents/AmazonWebServices.png": Kind.PNG,
    }
    assert {name: look(SHARED / name, name).kind for name in names} == names


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_a_heic_that_was_cut_off_is_broken() -> None:
    content = (SHARED / "photos" / "mei_IMG_2927.HEIC").read_bytes()
    with pytest.raises(BrokenFile):
        look(content[:-1000], "bilde.heic")


def test_the_content_counts_and_not_the_name() -> None:
    assert look(picture("JPEG"), "scan.pdf").kind is Kind.JPEG
    assert look(b"From: me\r\n\r\n" + pdf("a mail's head before it"), "noname").kind is Kind.PDF


@pytest.mark.parametrize(
    ("content", "filename", "refusal"),
    [
        (b"", "faktura.pdf", EmptyFile),
        (b"MZ\x90\x00 program", "faktura.exe", UnknownKind),
        (b"MZ\x90\x00 program", "faktura.PDF", DisguisedFile),
        (b"<html>invoice</html>", "faktura.jpg", DisguisedFile),
        (b"%PDF-1.7 and nothing else", "faktura.pdf", BrokenFile),
        (b"%PDF-1.7\n%%EOF", "faktura.pdf", BrokenFile),
        (picture("JPEG", (400, 400))[:-200], "bilde.jpg", BrokenFile),
        (picture("PNG", (400, 400))[:-200], "bilde.png", BrokenFile),
        (picture("WEBP", (400, 400))[:-200], "bilde.webp", BrokenFile),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1", "bilde.heic", BrokenFile),
        (locked_pdf(b"password"), "faktura.pdf", EncryptedFile),
        (bomb(10_000, 6_001), "bilde.png", TooLargePicture),
        (bomb(60_000, 60_000), "bilde.png", TooLargePicture),
    ],
)
def test_refusals(content: bytes, filename: str, refusal: type[UnreadableFile]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        look(content, filename)
    assert type(refused.value) is refusal
    assert (refused.value.field, refused.value.filename) == ("evidence", filename)
    assert refused.value.message


def test_a_pdf_that_only_its_owner_may_change_is_open() -> None:
    document = look(locked_pdf(b""), "certificate.pdf")
    assert (document.kind, document.pages) == (Kind.PDF, 1)


def test_mutated_uploads_are_read_or_refused_and_never_crash() -> None:
    chance = random.Random(818)
    originals = [picture(name) for name in PICTURES] + [pdf("NO 923 609 016 MVA"), locked_pdf(b"x")]
    heic = SHARED / "photos" / "exiftool_QuickTime.heic"
    originals += [heic.read_bytes()] if heic.exists() else []
    outcomes: set[str] = set()
    for number in range(350):
        content = bytearray(originals[number % len(originals)])
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            del content[chance.randrange(len(content)) :]
        try:
            document = look(bytes(content), "upload.pdf")
            pages_of(document, bytes(content))
            outcomes.add("read")
        except UnreadableFile as refusal:
            outcomes.add(type(refusal).__name__)
    assert {"read", "BrokenFile", "DisguisedFile"} <= outcomes


def nested(depth: int) -> bytes:
    """A PDF whose page holds an array in an array in an array…"""
    body = b"[" * depth + b"]" * depth
    return plain_pdf(
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/MediaBox[0 0 9 9]/X " + body + b">>"
    )


def repeated(pages: int) -> bytes:
    """A PDF of very many pages, all of them the same."""
    kids = b"3 0 R " * pages
    return plain_pdf(
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages, b"<</Type/Page/MediaBox[0 0 9 9]>>"
    )


def plain_pdf(*objects: bytes) -> bytes:
    listed = [b"<</Type/Catalog/Pages 2 0 R>>", *objects]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(listed, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(listed) + 1)


@pytest.mark.parametrize("content", [nested(50_000), repeated(100_000)], ids=["nested", "repeated"])
def test_a3_a_pdf_made_to_exhaust_is_opened_or_refused_in_bounded_time(content: bytes) -> None:
    try:
        document = look(content, "faktura.pdf")
    except UnreadableFile:
        return
    assert len(pages_of(document, content).text) <= 10


def test_a3_the_pages_of_a_tiff_are_counted_to_an_end() -> None:
    frames = [Image.new("1", (8, 8), 1) for _ in range(600)]
    file = io.BytesIO()
    frames[0].save(file, "TIFF", save_all=True, append_images=frames[1:])
    content = file.getvalue()
    gc.collect()  # Pillow's writer of TIFFs closes its file late, and warns when that is gone
    document = look(content, "faks.tif")
    assert (document.pages, pages_of(document, content).unread) == (500, (1, 2, 3, 4, 5))


def test_a3_pictures_of_every_manner_are_seen_on_white_paper() -> None:
    clear = Image.new("LA", (300, 200), (0, 0))
    clear.paste((0, 255), (100, 80, 200, 120))
    deep = Image.new("I;16", (300, 200), 60_000)
    deep.paste(1_000, (100, 80, 200, 120))
    seen = []
    for image in (clear, deep):
        file = io.BytesIO()
        image.save(file, "PNG")
        seen.append(Image.open(io.BytesIO(picture_of(file.getvalue(), Kind.PNG, page=1, width=300))))
    assert [(each.getpixel((150, 100)), each.getpixel((10, 10))) for each in seen] == [
        ((0, 0, 0), (255, 255, 255))
    ] * 2


# --- its text -------------------------------------------------------------------------------------


def texts(content: bytes) -> list[tuple[int, str]]:
    return [(page.page, page.text) for page in text_of(content)]


def test_a4_text_page_by_page() -> None:
    assert texts(pdf("Ærlig Øyblikk\n923 609 016", "Åse")) == [(1, "Ærlig Øyblikk\n923 609 016"), (2, "Åse")]


def test_a4_each_word_has_its_place_on_the_upright_page() -> None:
    (page,) = text_of(pdf("Faktura\n923 609 016"))
    first, *_, last = page.words
    assert [page.text[word.start : word.end] for word in page.words] == ["Faktura", "923", "609", "016"]
    left, top, right, bottom = first.box
    assert 0.1 < left < right < 0.3
    assert 0 < top < bottom < last.box[1] < 0.2
    assert (page.reader, page.turn, page.width, page.height) == ("text", 0, 454, 842)


def test_a4_a_page_that_its_pdf_turns_has_its_words_where_they_are_shown() -> None:
    with pikepdf.open(io.BytesIO(pdf("Faktura"))) as document:
        document.pages[0].rotate(90, relative=False)
        file = io.BytesIO()
        document.save(file)
    ((word,),) = (page.words for page in text_of(file.getvalue()))
    left, top, right, bottom = word.box
    assert 0.85 < left < right < 1  # the upper left corner went to the upper right
    assert 0 < top < bottom < 0.3


def test_a4_text_that_nobody_sees_counts_for_nothing() -> None:
    with pikepdf.open(io.BytesIO(pdf("Synlig"))) as document:
        page = document.pages[0]
        font = next(iter(page.Resources.Font.keys()))
        for hidden in (f"3 Tr {font} 12 Tf 50 50 Td", f"{font} 12 Tf -500 50 Td"):  # invisible; off the page
            page.contents_add(f"q BT {hidden} <0001> Tj ET Q".encode())
        file = io.BytesIO()
        document.save(file)
    assert texts(file.getvalue()) == [(1, "Synlig")]


def test_a4_ten_pages_are_read() -> None:
    content = pdf(*(f"page {number}" for number in range(1, 53)))
    assert look(content, "long.pdf").pages == 52
    assert [page.page for page in text_of(content)] == list(range(1, 11))


def pages(content: bytes) -> tuple[list[str], tuple[int, ...], tuple[int, ...]]:
    found = pages_of(look(content, "scan"), content)
    return [page.text for page in found.text], found.unread, found.pictured


def test_a4_what_has_no_text_is_left_to_a_reader_of_pictures() -> None:
    assert pages(picture("JPEG")) == ([], (1,), ())
    assert pages(scanned("first", "second")) == ([], (1, 2), ())
    assert pages(pdf("certificate")) == (["certificate"], (), ())
    texts_of_terms, *_ = pages(pdf("Terms " * 50))
    assert pages(merged(pdf("Terms " * 50), scanned("invoice"))) == (texts_of_terms, (2,), ())


def test_a4_a_text_with_a_picture_beside_it_may_say_more_in_the_picture() -> None:
    letter = merged(pdf("Faktura " * 50))
    with pikepdf.open(io.BytesIO(letter)) as document, pikepdf.open(io.BytesIO(scanned("logo"))) as logo:
        page = pikepdf.Page(document.pages[0])
        page.add_overlay(pikepdf.Page(logo.pages[0]), pikepdf.Rectangle(0, 0, 100, 60))
        file = io.BytesIO()
        document.save(file)
    assert pages(file.getvalue())[1:] == ((), (1,))


def test_a4_a_scan_with_a_stamp_is_a_scan() -> None:
    with pikepdf.open(io.BytesIO(pdf("Side 1"))) as document, pikepdf.open(io.BytesIO(scanned("x"))) as scan:
        pikepdf.Page(document.pages[0]).add_underlay(pikepdf.Page(scan.pages[0]))
        file = io.BytesIO()
        document.save(file)
    assert pages(file.getvalue()) == (["Side 1"], (1,), ())


def test_a4_an_empty_page_is_read_as_such() -> None:
    assert pages(pdf("")) == ([""], (), ())


@pytest.mark.parametrize(
    ("content", "refusal"), [(locked_pdf(b"password"), EncryptedFile), (b"%PDF-", BrokenFile)]
)
def test_text_of_what_cannot_be_opened(content: bytes, refusal: type[UnreadableFile]) -> None:
    with pytest.raises(refusal):
        text_of(content)


def test_threads_take_turns() -> None:
    contents = [pdf(f"document {number}") for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(text_of, contents))
    assert [[page.text for page in each] for each in texts] == [[f"document {number}"] for number in range(8)]
