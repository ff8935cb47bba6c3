"""Invented evidence, for the demo and for tests: an invoice that shows a business, as PDF or as picture."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Literal

import typst
from PIL import Image, ImageFilter

WORDS = {
    "NO": ("nb", "FAKTURA", "Nr.", "Dato", "Kunde", "Beskrivelse", "Antall", "Beløp",
           "Fotografering, én dag", "Etterarbeid", "MVA 25 %", "Å betale", "Org.nr."),
    "DK": ("da", "FAKTURA", "Nr.", "Dato", "Kunde", "Beskrivelse", "Antal", "Beløb",
           "Fotografering, en dag", "Efterbehandling", "Moms 25 %", "At betale", "CVR-nr."),
    "DE": ("de", "RECHNUNG", "Nr.", "Datum", "Kunde", "Leistung", "Menge", "Betrag",
           "Fotografie, ein Tag", "Bildbearbeitung", "USt. 19 %", "Zu zahlen", "USt-IdNr."),
    "FR": ("fr", "FACTURE", "N°", "Date", "Client", "Désignation", "Quantité", "Montant",
           "Photographie, une journée", "Retouche", "TVA 20 %", "À payer", "N° TVA"),
    "GB": ("en", "INVOICE", "No.", "Date", "Customer", "Description", "Quantity", "Amount",
           "Photography, one day", "Editing", "VAT 20%", "To pay", "VAT No."),
}  # fmt: skip
"""What an invoice of each country calls things, in the order of `NAMES`; where none is named, as in Norway."""
NAMES = (
    "lang", "invoice_word", "no", "date_word", "customer", "what", "count", "sum",
    "work", "editing", "vat_word", "to_pay", "number_word",
)  # fmt: skip
VAT_PERCENT = {"NO": 25, "DK": 25, "DE": 19, "FR": 20, "GB": 20}

PAGE = """
#set page(width: 210mm, height: 297mm, margin: 24mm)
#let it = json(bytes(sys.inputs.it))
#set text(size: 10.5pt, lang: it.lang)
#grid(columns: (1fr, auto),
  [#text(size: 18pt, weight: "bold")[#it.name] \\ #it.street \\ #it.place],
  align(right)[#text(size: 18pt)[#it.invoice_word] \\ #it.no #it.invoice \\ #it.date_word #it.date])
#v(14mm)
#it.customer: Eksempelkunde AS, Prøvegata 1, 0150 OSLO
#v(8mm)
#table(columns: (1fr, auto, auto), stroke: none, align: (left, right, right),
  table.hline(), [*#it.what*], [*#it.count*], [*#it.sum*], table.hline(stroke: 0.5pt),
  [#it.work], [1], [#it.day], [#it.editing], [4], [#it.after], table.hline(stroke: 0.5pt),
  [#it.vat_word], [], [#it.vat], [*#it.to_pay*], [], [*#it.total*])
#v(1fr)
#line(length: 100%, stroke: 0.5pt)
#it.name · #it.number_word #it.number
"""


RECENTLY = date(2026, 11, 2)


def invoice_pdf(
    *, name: str, number: str, address: str, dated_on: date = RECENTLY, country: str = "NO"
) -> bytes:
    """An invoice of that business, with a text layer. `number` as printed, such as `923 609 016 MVA`;
    `address` as street and place, divided by a slash."""
    return _made("pdf", name, number, address, dated_on, country)


def invoice_picture(
    *, name: str, number: str, address: str, dated_on: date = RECENTLY, country: str = "NO"
) -> bytes:
    """The same as a picture (PNG), which only a reader of pictures can read."""
    return _made("png", name, number, address, dated_on, country)


def blurred_picture(
    *, name: str, number: str, address: str, dated_on: date = RECENTLY, country: str = "NO"
) -> bytes:
    """The same as a photo (JPEG) so much out of focus that nobody can read it."""
    file = io.BytesIO()
    sharp = Image.open(io.BytesIO(_made("png", name, number, address, dated_on, country))).convert("RGB")
    sharp.filter(ImageFilter.GaussianBlur(6)).save(file, "JPEG", quality=80)
    return file.getvalue()


def _made(
    kind: Literal["pdf", "png"], name: str, number: str, address: str, dated_on: date, country: str
) -> bytes:
    written = country if country in WORDS else "NO"
    *street, place = address.split("/")
    values = {
        "name": name,
        "number": number,
        "street": ", ".join(street),
        "place": place,
        "date": f"{dated_on:%d/%m/%Y}" if written in {"FR", "GB"} else f"{dated_on:%d.%m.%Y}",
        **dict(zip(NAMES, WORDS[written], strict=True)),
        **_figures(number, dated_on, written),
    }
    made = typst.compile(
        PAGE.encode(), format=kind, ppi=110 if kind == "png" else None, sys_inputs={"it": json.dumps(values)}
    )
    if not isinstance(made, bytes):
        raise TypeError("one page gives one file")
    return made


def _figures(number: str, dated_on: date, country: str) -> dict[str, str]:
    """Figures that no other business sends: whose are the same, is copied (A7)."""
    own = int("".join(filter(str.isdecimal, number))[-5:])
    day, after = 4_000 + own % 9_000, 800 + own // 40
    vat = (day + after) * VAT_PERCENT[country] // 100
    sums = {"day": day, "after": after, "vat": vat, "total": day + after + vat}
    thousands, decimals = {"GB": (",", "."), "DE": (".", ","), "DK": (".", ",")}.get(country, (" ", ","))
    printed = {name: f"{value:,}".replace(",", thousands) + f"{decimals}00" for name, value in sums.items()}
    return {"invoice": f"{dated_on.year}-{100 + own % 900}", **printed}
