"""What an uploaded file really is (A3), and its text (A4)."""

from __future__ import annotations

import io
import random
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from medlem.gateways.documents import (
    BrokenFile,
    DisguisedFile,
    Document,
    EmptyFile,
    EncryptedFile,
    Kind,
    PageText,
    TooLargePicture,
    UnknownKind,
    UnreadableFile,
    look,
    pages_of,
    text_of,
)

from .samples import SHARED, locked_pdf, pdf, picture

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
    assert look(content, "evidence") == Document(
        kind=kind,
        media_type=f"image/{name.lower()}",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        pages=1,
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


# --- its text -------------------------------------------------------------------------------------


def test_text_page_by_page() -> None:
    text = text_of(pdf("Ærlig Øyblikk\n923 609 016", "Åse"))
    assert text == [PageText(1, "Ærlig Øyblikk\n923 609 016"), PageText(2, "Åse")]


def test_ten_pages_are_read() -> None:
    content = pdf(*(f"page {number}" for number in range(1, 53)))
    assert look(content, "long.pdf").pages == 52
    assert [page.page for page in text_of(content)] == list(range(1, 11))


def test_what_has_no_text_is_left_to_a_person() -> None:
    scanned = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(scanned, "PDF")
    for content in (picture("JPEG"), scanned.getvalue()):
        assert pages_of(look(content, "scan"), content) is None
    written = pdf("certificate")
    assert pages_of(look(written, "certificate.pdf"), written) == (PageText(1, "certificate"),)


@pytest.mark.parametrize(
    ("content", "refusal"), [(locked_pdf(b"password"), EncryptedFile), (b"%PDF-", BrokenFile)]
)
def test_text_of_what_cannot_be_opened(content: bytes, refusal: type[UnreadableFile]) -> None:
    with pytest.raises(refusal):
        text_of(content)


def test_threads_read_in_turns() -> None:
    contents = [pdf(f"document {number}") for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(text_of, contents))
    assert texts == [[PageText(1, f"document {number}")] for number in range(8)]
