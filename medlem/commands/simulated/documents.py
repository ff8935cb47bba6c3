"""Invented evidence, for the demo and for tests: an invoice that shows a business, as PDF or as picture."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Literal

import typst
from PIL import Image, ImageFilter

PAGE = """
#set page(width: 210mm, height: 297mm, margin: 24mm)
#set text(size: 10.5pt, lang: "nb")
#let it = json(bytes(sys.inputs.it))
#grid(columns: (1fr, auto),
  [#text(size: 18pt, weight: "bold")[#it.name] \\ #it.street \\ #it.place],
  align(right)[#text(size: 18pt)[FAKTURA] \\ Nr. #it.invoice \\ Dato #it.date])
#v(14mm)
Kunde: Eksempelkunde AS, Prøvegata 1, 0150 OSLO
#v(8mm)
#table(columns: (1fr, auto, auto), stroke: none, align: (left, right, right),
  table.hline(), [*Beskrivelse*], [*Antall*], [*Beløp*], table.hline(stroke: 0.5pt),
  [Fotografering, én dag], [1], [#it.day], [Etterarbeid], [4], [#it.after], table.hline(stroke: 0.5pt),
  [MVA 25 %], [], [#it.vat], [*Å betale*], [], [*#it.total*])
#v(1fr)
#line(length: 100%, stroke: 0.5pt)
#it.name · Org.nr. #it.number
"""


RECENTLY = date(2026, 11, 2)


def invoice_pdf(*, name: str, number: str, address: str, dated_on: date = RECENTLY) -> bytes:
    """An invoice of that business, with a text layer. `number` as printed, such as `923 609 016 MVA`;
    `address` as street and place, divided by a slash."""
    return _made("pdf", name, number, address, dated_on)


def invoice_picture(*, name: str, number: str, address: str, dated_on: date = RECENTLY) -> bytes:
    """The same as a picture (PNG), which only a reader of pictures can read."""
    return _made("png", name, number, address, dated_on)


def blurred_picture(*, name: str, number: str, address: str, dated_on: date = RECENTLY) -> bytes:
    """The same as a photo (JPEG) so much out of focus that nobody can read it."""
    file = io.BytesIO()
    sharp = Image.open(io.BytesIO(_made("png", name, number, address, dated_on))).convert("RGB")
    sharp.filter(ImageFilter.GaussianBlur(6)).save(file, "JPEG", quality=80)
    return file.getvalue()


def _made(kind: Literal["pdf", "png"], name: str, number: str, address: str, dated_on: date) -> bytes:
    *street, place = address.split("/")
    values = {
        "name": name,
        "number": number,
        "street": ", ".join(street),
        "place": place,
        "date": f"{dated_on:%d.%m.%Y}",
        **_figures(number, dated_on),
    }
    made = typst.compile(
        PAGE.encode(), format=kind, ppi=110 if kind == "png" else None, sys_inputs={"it": json.dumps(values)}
    )
    if not isinstance(made, bytes):
        raise TypeError("one page gives one file")
    return made


def _figures(number: str, dated_on: date) -> dict[str, str]:
    """Figures that no other business sends: whose are the same, is copied (A7)."""
    own = int("".join(filter(str.isdecimal, number))[-5:])
    day, after = 4_000 + own % 9_000, 800 + own // 40
    vat = (day + after) // 4
    sums = {"day": day, "after": after, "vat": vat, "total": day + after + vat}
    printed = {name: f"{value:,},00".replace(",", " ", 1) for name, value in sums.items()}
    return {"invoice": f"{dated_on.year}-{100 + own % 900}", **printed}
