"""Invented evidence, for the demo and for tests: an invoice that shows a business, as PDF or as picture."""

from __future__ import annotations

import io
import json
from typing import Literal

import typst
from PIL import Image, ImageFilter

PAGE = """
#set page(width: 210mm, height: 297mm, margin: 24mm)
#set text(size: 10.5pt, lang: "nb")
#let it = json(bytes(sys.inputs.it))
#grid(columns: (1fr, auto),
  [#text(size: 18pt, weight: "bold")[#it.name] \\ #it.street \\ #it.place],
  align(right)[#text(size: 18pt)[FAKTURA] \\ Nr. 2026-114 \\ Dato 02.11.2026])
#v(14mm)
Kunde: Eksempelkunde AS, Prøvegata 1, 0150 OSLO
#v(8mm)
#table(columns: (1fr, auto, auto), stroke: none, align: (left, right, right),
  table.hline(), [*Beskrivelse*], [*Antall*], [*Beløp*], table.hline(stroke: 0.5pt),
  [Fotografering, én dag], [1], [12 000,00], [Etterarbeid], [4], [3 200,00], table.hline(stroke: 0.5pt),
  [MVA 25 %], [], [3 800,00], [*Å betale*], [], [*19 000,00*])
#v(1fr)
#line(length: 100%, stroke: 0.5pt)
#it.name · Org.nr. #it.number
"""


def invoice_pdf(*, name: str, number: str, address: str) -> bytes:
    """An invoice of that business, with a text layer. `number` as printed, such as `923 609 016 MVA`;
    `address` as street and place, divided by a slash."""
    return _made("pdf", name, number, address)


def invoice_picture(*, name: str, number: str, address: str) -> bytes:
    """The same as a picture (PNG), which only a reader of pictures can read."""
    return _made("png", name, number, address)


def blurred_picture(*, name: str, number: str, address: str) -> bytes:
    """The same as a photo (JPEG) so much out of focus that nobody can read it."""
    file = io.BytesIO()
    sharp = Image.open(io.BytesIO(_made("png", name, number, address))).convert("RGB")
    sharp.filter(ImageFilter.GaussianBlur(6)).save(file, "JPEG", quality=80)
    return file.getvalue()


def _made(kind: Literal["pdf", "png"], name: str, number: str, address: str) -> bytes:
    *street, place = address.split("/")
    values = {"name": name, "number": number, "street": ", ".join(street), "place": place}
    made = typst.compile(
        PAGE.encode(), format=kind, ppi=110 if kind == "png" else None, sys_inputs={"it": json.dumps(values)}
    )
    if not isinstance(made, bytes):
        raise TypeError("one page gives one file")
    return made
