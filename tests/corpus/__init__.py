"""A corpus of evidence that applicants might send, honest, wrong and hostile, made anew whenever it is asked for.

`SPECIMENS` lists it; nothing is made before `content` is called. The bench drives all of it through the real
pipeline (`bench/evidence.py`), the tests a slice.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tests.corpus import papers, wear
from tests.corpus.businesses import Applicant, foreign, norwegian, register_answer


class Kind(StrEnum):
    """What ought to become of an application with this document."""

    HONEST = "honest"  # in Norway: approved without a person
    PUBLIC = "public"  # honest, but nothing ties the applicant to the business: a person decides
    ABROAD = "abroad"  # honest, from a country whose registers may say too little for a machine
    WRONG = "wrong"  # may be sent, and must never be approved without a person
    HOSTILE = "hostile"  # refused as a file, or else never approved


@dataclass(frozen=True, slots=True)
class Specimen:
    """A document and who sends it. `register` changes what the register says of the business; `twin` is the
    name of a specimen that has to be sent before this one."""

    name: str
    kind: Kind
    applicant: Applicant
    filename: str
    content: Callable[[], bytes]
    register: tuple[tuple[str, Any], ...] = ()
    twin: str = ""

    def register_answer(self) -> dict[str, Any]:
        return register_answer(self.applicant, **dict(self.register))


def specimens() -> Iterator[Specimen]:
    """All of them, each business once but for the twins."""
    place = iter(range(10_000))

    def one(
        kind: Kind, name: str, filename: str, make: Callable[[Applicant], bytes], **more: Any
    ) -> Specimen:
        applicant = more.pop("applicant", None) or norwegian(next(place), vat=more.pop("vat", True))
        applicant = replace(applicant, **more.pop("writes", {}))
        return Specimen(
            f"{name}-{applicant.number[-4:]}", kind, applicant, filename, lambda: make(applicant), **more
        )

    yield from _clean(one)
    yield from _worn(one)
    yield from _abroad(one)
    yield from _wrong(one, place)
    yield from _hostile(one)


UNKNOWN = (("home_page", "https://www.bildene.example/om"),)


KNOWN = (("home_page", "https://www.bildene.example/om"),)


def _clean(one: Callable[..., Specimen]) -> Iterator[Specimen]:
    """PDFs with a text layer, as accounting programs and registers make them."""
    for manner in range(24):
        yield one(Kind.HONEST, "invoice", "faktura.pdf", lambda a, m=manner: papers.invoice(a, manner=m))
    for _ in range(6):
        yield one(Kind.HONEST, "vat-certificate", "mva-bekreftelse.pdf", papers.vat_certificate)
    for person in ("ase", "ole"):  # anybody can get a print of the register, but not write from the business
        writes = {"email": f"{person}@bildene.example", "known": KNOWN}
        yield one(
            Kind.HONEST,
            "registration-known",
            "firmaattest.pdf",
            papers.registration,
            vat=False,
            writes=writes,
        )
    for person in ("ase", "ole", "mia"):
        writes = {"email": f"{person}.foto@gmail.com", "known": ()}
        yield one(
            Kind.PUBLIC, "registration", "firmaattest.pdf", papers.registration, vat=False, writes=writes
        )
        writes = {"email": f"{person}.film@gmail.com", "known": ()}
        yield one(Kind.PUBLIC, "free-mail", "faktura.pdf", papers.invoice, writes=writes)
    for _ in range(3):
        yield one(Kind.HONEST, "licence", "bevilling.pdf", papers.licence, vat=False)
    for _ in range(3):
        yield one(Kind.HONEST, "invoice-no-vat", "faktura.pdf", papers.invoice, vat=False)
    for _ in range(2):
        yield one(Kind.HONEST, "second-page", "avtale.pdf", papers.two_pages)


def _worn(one: Callable[..., Specimen]) -> Iterator[Specimen]:
    """The same papers scanned, photographed and turned."""
    for seed in range(6):
        yield one(
            Kind.HONEST, "scanned-pdf", "skann.pdf",
            lambda a, s=seed: wear.scanned_pdf(wear.scan(papers.invoice(a, manner=s), s)),
        )  # fmt: skip
    for seed in range(6):
        yield one(
            Kind.HONEST,
            "photo",
            "IMG_0412.jpg",
            lambda a, s=seed: wear.jpeg(wear.photo(papers.invoice(a), s)),
        )
    for turned, quarter in ((8, 270), (6, 90)):
        yield one(
            Kind.HONEST, "turned-phone", "IMG_0413.jpg",
            lambda a, t=turned, q=quarter: wear.jpeg(wear.photo(papers.invoice(a)).rotate(q, expand=True), turned_to=t),
        )  # fmt: skip
    for quarter in (90, 180):
        yield one(
            Kind.HONEST, "upside-down", "skann.png",
            lambda a, q=quarter: wear.png(wear.scan(papers.invoice(a)).rotate(q, expand=True)),
        )  # fmt: skip
    yield one(Kind.HONEST, "fax", "faks.tif", lambda a: wear.tiff(wear.scan(papers.invoice(a))))
    yield one(Kind.HONEST, "webp", "skann.webp", lambda a: wear.webp(wear.scan(papers.vat_certificate(a))))
    yield one(
        Kind.HONEST, "fax-second-page", "faks.tif",
        lambda a: wear.tiff(wear.picture(papers.letter()), wear.scan(papers.invoice(a))),
    )  # fmt: skip


def _abroad(one: Callable[..., Specimen]) -> Iterator[Specimen]:
    for country in ("DK", "DE", "FR"):
        for at in range(6):
            yield one(
                Kind.ABROAD, f"{country.lower()}-invoice", "invoice.pdf",
                lambda a, m=at: papers.invoice(a, manner=m), applicant=foreign(country, at),
            )  # fmt: skip
        for at in (6, 7):
            yield one(
                Kind.ABROAD, f"{country.lower()}-scan", "scan.pdf",
                lambda a: wear.scanned_pdf(wear.scan(papers.invoice(a))), applicant=foreign(country, at),
            )  # fmt: skip


def _wrong(one: Callable[..., Specimen], place: Iterator[int]) -> Iterator[Specimen]:
    other = norwegian(140)
    wrong = Kind.WRONG
    for manner in range(6):
        yield one(
            wrong,
            "someone-elses",
            "faktura.pdf",
            lambda _a, m=manner: papers.invoice(norwegian(120 + m), manner=m),
        )
    for email in ("svindler@gmail.com", "post@bilder-norge.example", "kontakt@foto.example"):
        # Without a flaw, and made from what the register tells everybody.
        yield one(wrong, "made-up", "faktura.pdf", papers.invoice, writes={"email": email, "known": ()})
    for _ in range(3):
        yield one(wrong, "no-vat-number", "faktura.pdf", lambda a: papers.invoice(a, vat=False))
    for _ in range(3):
        yield one(wrong, "letter", "notat.pdf", lambda _a: papers.letter())
    for seed in range(4):
        yield one(
            wrong, "text-under-picture", "faktura.pdf",
            lambda a, s=seed: wear.text_under_picture(papers.invoice(norwegian(130 + s)), papers.invoice(a)),
        )  # fmt: skip
    for year in (2016, 2019):
        yield one(
            wrong, "day-under-picture", "faktura.pdf",
            lambda a, y=year: wear.text_under_picture(papers.invoice(a, day=(y, 3, 6)), papers.invoice(a)),
        )  # fmt: skip
    for _ in range(3):
        yield one(wrong, "white-on-white", "faktura.pdf", lambda a: papers.white_on_white(a, other))
    for _ in range(2):
        yield one(
            wrong, "blurred", "IMG_0500.jpg", lambda a: wear.jpeg(wear.blurred(wear.photo(papers.invoice(a))))
        )
    for dpi in (36, 48):
        yield one(wrong, "tiny", "skann.png", lambda a, d=dpi: wear.png(wear.picture(papers.invoice(a), d)))
    for _ in range(2):
        yield one(wrong, "empty", "tom.pdf", lambda _a: papers.empty())
    for _ in range(3):
        yield one(wrong, "old", "faktura.pdf", lambda a: papers.invoice(a, day=(2017, 3, 6)))
    for said in ({"name": "HELT ANNEN VIRKSOMHET AS"}, {"vat": False}):
        yield one(wrong, "register-differs", "faktura.pdf", papers.invoice, register=tuple(said.items()))
    for state in ("bankrupt", "dissolving", "deleted"):
        yield one(wrong, state, "faktura.pdf", papers.invoice, register=(("state", _state(state)),))
    sent = norwegian(next(place))
    yield one(Kind.HONEST, "twin-first", "faktura.pdf", papers.invoice, applicant=sent)
    yield one(
        wrong,
        "same-bytes",
        "faktura.pdf",
        lambda _a: papers.invoice(sent),
        twin=f"twin-first-{sent.number[-4:]}",
    )
    yield one(
        wrong, "same-picture", "IMG_1.jpg",
        lambda _a: wear.jpeg(wear.scan(papers.invoice(sent))), twin=f"twin-first-{sent.number[-4:]}",
    )  # fmt: skip


def _state(name: str) -> Any:
    from medlem.commands.simulated.businesses import State

    return State(name)


def _hostile(one: Callable[..., Specimen]) -> Iterator[Specimen]:
    hostile = Kind.HOSTILE
    yield one(hostile, "locked", "faktura.pdf", lambda a: wear.locked(papers.invoice(a)))
    yield one(hostile, "cut-off-pdf", "faktura.pdf", lambda a: papers.invoice(a)[:4_000])
    yield one(
        hostile, "cut-off-jpeg", "IMG_1.jpg", lambda a: wear.jpeg(wear.photo(papers.invoice(a)))[:20_000]
    )
    yield one(hostile, "program", "faktura.pdf", lambda _a: b"MZ\x90\x00" + bytes(4_096))
    yield one(hostile, "script", "faktura.pdf", lambda _a: b"<html><script>alert(1)</script></html>")
    yield one(
        hostile, "svg", "faktura.png", lambda _a: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
    )
    yield one(hostile, "nothing", "faktura.pdf", lambda _a: b"")
    yield one(hostile, "png-bomb", "skann.png", lambda _a: _png_bomb(30_000, 30_000))
    yield one(hostile, "huge-page", "faktura.pdf", lambda a: wear.huge_page(papers.invoice(a, vat=False)))
    yield one(hostile, "many-pages", "faktura.pdf", lambda _a: wear.many_pages(papers.letter(), 2_000))
    yield one(hostile, "archive", "faktura.pdf", lambda _a: b"PK\x03\x04" + bytes(512))
    yield one(hostile, "tail-only", "faktura.pdf", lambda a: b"%PDF-1.7\n" + papers.invoice(a)[-900:])


def _png_bomb(width: int, height: int) -> bytes:
    """Nine hundred million white pixels in a megabyte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    squeezed, lines = io.BytesIO(), zlib.compressobj(9)
    row = bytes(1 + width // 8)
    for _ in range(height):
        squeezed.write(lines.compress(row))
    squeezed.write(lines.flush())
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", squeezed.getvalue())
        + chunk(b"IEND", b"")
    )


SPECIMENS = tuple(specimens())
