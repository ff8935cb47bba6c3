"""Thousands of damaged and forged files through everything that opens documents: none may crash, hang, or raise
what nobody foresaw (A3).

Foreseen are the refusals that a sender is told (`UnreadableFile`). The seeds are files of every kind, small ones
so that many fit into a minute; each is changed in one of several ways, the same ways every time.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import house

house.build()

import pikepdf  # noqa: E402
from PIL import Image  # noqa: E402

from medlem.gateways.documents import (  # noqa: E402
    Address,
    NoSuchPage,
    StuckFile,
    UnreadableFile,
    findings,
    look,
    pages_of,
    picture_of,
)
from tests.corpus import papers, wear  # noqa: E402
from tests.corpus.businesses import norwegian  # noqa: E402

FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
chance = random.Random(20_261_123)
SENDER = norwegian(7)


def seeds() -> list[bytes]:
    """One small file of each kind and manner."""
    pdf = papers.invoice(SENDER)
    page = wear.scan(pdf).resize((310, 438))
    return [
        pdf,
        papers.two_pages(SENDER),
        unpacked(pdf),
        wear.locked(pdf),
        wear.scanned_pdf(page),
        wear.text_under_picture(papers.letter(), pdf),
        wear.jpeg(page),
        wear.jpeg(page, turned_to=6),
        wear.png(page),
        wear.png(page.convert("P")),
        wear.png(page.convert("LA")),
        wear.tiff(page, page, page),
        wear.webp(page),
        saved(page, "WEBP", lossless=True),
        saved(page, "TIFF", compression="tiff_lzw"),
        saved(page, "TIFF", compression="jpeg"),
        *heic(),
    ]


def saved(page: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    page.save(file, kind, **options)
    return file.getvalue()


def unpacked(pdf: bytes) -> bytes:
    """A PDF whose streams can be changed word by word."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = io.BytesIO()
        document.save(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all)
        return file.getvalue()


def heic() -> list[bytes]:
    """A photo of a phone, where the samples are; nothing here writes HEIC."""
    path = house.ROOT.parent / "shared" / "samples" / "photos" / "mei_IMG_2927.HEIC"
    return [path.read_bytes()] if path.exists() else []


# --- the ways in which a file is changed ------------------------------------------------------------

NUMBERS = [b"0", b"-1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999", b"1e38", b"null"]
WORDS = [
    b"/Type",
    b"/Kids",
    b"/Count",
    b"/Length",
    b"/Filter",
    b"/Width",
    b"/Height",
    b"/MediaBox",
    b"obj",
    b"stream",
]


def bits(content: bytearray) -> None:
    for _ in range(chance.choice((1, 4, 30, 300))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def cut(content: bytearray) -> None:
    del content[chance.randrange(1, len(content)) :]


def holes(content: bytearray) -> None:
    start = chance.randrange(len(content))
    del content[start : start + chance.choice((1, 16, 400, 5_000))]


def doubled(content: bytearray) -> None:
    start = chance.randrange(len(content))
    piece = content[start : start + chance.choice((8, 200, 4_000))]
    content[start:start] = piece * chance.choice((1, 3, 50))


def lengths(content: bytearray) -> None:
    """Lengths and sizes of binary formats: the largest and smallest there are."""
    for _ in range(chance.choice((1, 3))):
        at = chance.randrange(max(1, len(content) - 4))
        content[at : at + 4] = chance.choice(
            (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\x80\0\0\0")
        )


def numbers(content: bytearray) -> None:
    """A number of a text format behind a word that matters."""
    places = [at for word in WORDS if (at := content.find(word, chance.randrange(len(content)))) >= 0]
    if not places:
        return lengths(content)
    at = chance.choice(places)
    content[at + 6 : at + 6 + chance.randrange(12)] = b" " + chance.choice(NUMBERS) + b" "
    return None


def swapped(content: bytearray) -> None:
    """The head of one kind on the body of another."""
    other = chance.choice(SEEDS)
    content[: chance.choice((4, 16, 64))] = other[: chance.choice((4, 16, 64))]


def spliced(content: bytearray) -> None:
    other = chance.choice(SEEDS)
    content[chance.randrange(len(content)) :] = other[chance.randrange(len(other)) :]


WAYS = (bits, bits, cut, holes, doubled, lengths, numbers, numbers, swapped, spliced)


def opened(content: bytes) -> str:
    """Everything that is done with a document before a person sees it."""
    document = look(content, "faktura.pdf")
    read = pages_of(document, content)
    findings(
        read.text,
        number=SENDER.number,
        vat_number=SENDER.vat_number,
        name=SENDER.name,
        address=Address((SENDER.street,), SENDER.postcode),
        today=house.NOW.date(),
    )
    for page in {1, document.pages}:
        picture_of(content, document.kind, page=page, width=300, turn=chance.choice((0, 90)))
    return "opened"


SEEDS = seeds()
for seed in SEEDS:
    try:
        opened(seed)
    except UnreadableFile as refusal:
        assert type(refusal).__name__ == "EncryptedFile", refusal  # noqa: PT017 - the locked one
outcomes: Counter[str] = Counter()
failures: Counter[str] = Counter()
slowest = 0.0
began = time.perf_counter()
for number in range(FILES):
    content = bytearray(SEEDS[number % len(SEEDS)])
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(WAYS)(content)
        content = content or bytearray(b"\0")
    started = time.perf_counter()
    try:
        outcomes[opened(bytes(content))] += 1
    except (UnreadableFile, NoSuchPage) as refusal:
        outcomes[type(refusal).__name__] += 1
        if isinstance(refusal, StuckFile):
            kept = Path(tempfile.mkdtemp(prefix="medlem-stuck-")) / str(number)
            kept.write_bytes(content)
            print(f"file {number} is stuck; it is kept as {kept}")
    except Exception:
        failures[traceback.format_exc().splitlines()[-1]] += 1
        print(f"file {number}:\n{traceback.format_exc()}")
    slowest = max(slowest, time.perf_counter() - started)

print(f"  {FILES} files in {time.perf_counter() - began:.0f} s, the slowest {slowest:.2f} s")
for outcome, count in outcomes.most_common():
    print(f"  {outcome:20}{count:>8}")
house.figure("evidence.fuzz_files", FILES, "")
house.figure("evidence.fuzz_failures", failures.total(), "")
house.figure("evidence.fuzz_stuck", outcomes["StuckFile"], "")
