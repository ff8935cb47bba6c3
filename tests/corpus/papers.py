"""The papers that businesses send, typeset: invoices, VAT certificates, licences, register extracts.

In the words that each country's papers use; every one is a PDF with a text layer. `wear.py` makes scans and
photos of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import typst

from tests.corpus.businesses import Applicant

PAGE = """
#set page(width: 210mm, height: 297mm, margin: 22mm)
#set text(size: 10.5pt)
#let it = json(bytes(sys.inputs.it))
#for block in it.blocks [
  #if block.kind == "head" [#text(size: 17pt, weight: "bold")[#block.text] #v(2mm)]
  #if block.kind == "line" [#block.text \\ ]
  #if block.kind == "gap" [#v(8mm)]
  #if block.kind == "small" [#text(size: 8.5pt)[#block.text] \\ ]
  #if block.kind == "white" [#text(fill: white)[#block.text] \\ ]
  #if block.kind == "page" [#pagebreak()]
  #if block.kind == "rows" [
    #table(columns: (1fr, auto), stroke: 0.4pt + gray, align: (left, right), ..block.rows.flatten())
  ]
]
"""

type Block = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """What an invoice is called and says in one country, and how money is written there."""

    invoice: str
    number: str
    date: str
    customer: str
    what: str
    vat: str
    vat_rate: int
    total: str
    label: str
    own_label: str
    day: str
    money: tuple[str, str]

    def sum(self, minor: int) -> str:
        thousands, unit = self.money
        whole, cents = divmod(minor, 100)
        return f"{whole:,}".replace(",", thousands) + f",{cents:02d}{unit}"


WORDS = {
    "NO": Words(
        "FAKTURA", "Fakturanr.", "Fakturadato", "Kunde", "Fotografering, én dag", "MVA 25 %", 25, "Å betale",
        "Org.nr.", "Org.nr.", "{d:02d}.{m:02d}.{y}", (" ", ""),
    ),
    "DK": Words(
        "FAKTURA", "Fakturanr.", "Fakturadato", "Kunde", "Fotografering, en dag", "Moms 25 %", 25, "I alt",
        "CVR-nr.", "CVR-nr.", "{d:02d}-{m:02d}-{y}", (".", ""),
    ),
    "DE": Words(
        "RECHNUNG", "Rechnungsnummer", "Rechnungsdatum", "Kunde", "Fotoarbeiten, ein Tag", "USt. 19 %", 19,
        "Gesamtbetrag", "USt-IdNr.", "Steuernummer", "{d:02d}.{m:02d}.{y}", (".", " €"),
    ),
    "FR": Words(
        "FACTURE", "Facture n°", "Date de facture", "Client", "Prise de vues, une journée", "TVA 20 %", 20,
        "Total TTC", "N° TVA intracommunautaire", "SIREN", "{d:02d}/{m:02d}/{y}", (" ", " €"),
    ),
}  # fmt: skip

CUSTOMERS = {
    "NO": "Prøvekunden Eksempel AS, Prøvegata 1, 0150 OSLO",
    "DK": "Prøvekunden ApS, Prøvevej 1, 1050 København K",
    "DE": "Musterkunde GmbH, Musterweg 1, 20095 Hamburg",
    "FR": "Client Exemple SARL, 1 rue du Modèle, 75001 PARIS",
}


@lru_cache(maxsize=512)
def _made(blocks: str) -> bytes:
    made = typst.compile(PAGE.encode(), format="pdf", sys_inputs={"it": blocks})
    assert isinstance(made, bytes)
    return made


def typeset(blocks: list[Block]) -> bytes:
    return _made(json.dumps({"blocks": [_block(kind, value) for kind, value in blocks]}))


def _block(kind: str, value: object) -> dict[str, object]:
    return {"kind": kind, "rows" if kind == "rows" else "text": value}


def printed(number: str, manner: int = 0) -> str:
    """A number as people print it, in one of four manners."""
    digits = number.removesuffix("MVA")
    if len(digits) == 9 and digits.isdecimal():
        groups = [digits[:3], digits[3:6], digits[6:]]
        body = (" ".join(groups), "".join(groups), ".".join(groups), "\u00a0".join(groups))[manner % 4]
        if number.endswith("MVA"):
            return (f"NO {body} MVA", f"{body} MVA", f"NO{body}MVA", f"{body} mva")[manner % 4]
        return body
    prefix, body = number[:2], number[2:]
    if prefix.isalpha():
        return (f"{prefix} {body}", f"{prefix}{body}", f"{prefix} {body[:2]} {body[2:5]} {body[5:]}", number)[
            manner % 4
        ]
    return number


def called(applicant: Applicant, manner: int = 0) -> str:
    """A business's name as its own papers print it: seldom in the register's capitals."""
    return (applicant.name, applicant.name.title(), applicant.name.replace(" AS", " A/S"), applicant.name)[
        manner % 4
    ]


def invoice(
    applicant: Applicant,
    *,
    manner: int = 0,
    day: tuple[int, int, int] = (2026, 11, 2),
    vat: bool | None = None,
) -> bytes:
    """An invoice that the business sent. `vat` prints its VAT number; without, its plain number."""
    words = WORDS[applicant.country]
    shows_vat = bool(applicant.vat_number) if vat is None else vat
    if shows_vat:
        own = f"{words.label} {printed(applicant.vat_number, manner)}"
    else:
        own = f"{words.own_label} {printed(applicant.number, manner)}"
    y, m, d = day
    # No two businesses send the same figures: whose are the same, is copied (A7).
    own_figure = int("".join(filter(str.isdecimal, applicant.number))[-5:])
    net = 100_000 + 37 * own_figure
    vat_sum = net * words.vat_rate // 100 if shows_vat else 0
    return typeset(
        [
            ("head", called(applicant, manner)),
            ("line", applicant.street),
            ("line", f"{applicant.postcode} {applicant.place}"),
            ("gap", ""),
            ("head", words.invoice),
            ("line", f"{words.number} 2026-{100 + own_figure % 9_000 + manner}"),
            ("line", f"{words.date} {words.day.format(d=d, m=m, y=y)}"),
            ("gap", ""),
            ("line", f"{words.customer}: {CUSTOMERS[applicant.country]}"),
            ("gap", ""),
            ("rows", [[words.what, words.sum(net)]]),
            ("line", f"{words.vat} {words.sum(vat_sum)}" if shows_vat else ""),
            ("line", f"{words.total} {words.sum(net + vat_sum)}"),
            ("gap", ""),
            ("small", f"{called(applicant, manner)} · {own}"),
        ]
    )


def two_pages(applicant: Applicant) -> bytes:
    """Terms first, and who it is on the second page only."""
    terms = [
        ("line", f"§ {n}. Oppdraget utføres etter avtale, og prøvebilder sendes innen ti dager.")
        for n in range(1, 9)
    ]
    return typeset(
        [
            ("head", "Avtalevilkår"),
            *terms,
            ("page", ""),
            ("head", called(applicant)),
            ("line", applicant.street),
            ("line", f"{applicant.postcode} {applicant.place}"),
            ("head", "FAKTURA"),
            ("line", "Fakturadato 02.11.2026"),
            ("line", f"Org.nr. {printed(applicant.vat_number or applicant.number)}"),
        ]
    )


def vat_certificate(applicant: Applicant) -> bytes:
    return typeset(
        [
            ("head", "Bekreftelse på registrering i Merverdiavgiftsregisteret"),
            ("line", "Dato 14.03.2025"),
            ("gap", ""),
            ("line", f"Navn: {applicant.name}"),
            ("line", f"Organisasjonsnummer: {printed(applicant.vat_number)}"),
            ("line", f"Forretningsadresse: {applicant.street}, {applicant.postcode} {applicant.place}"),
            ("gap", ""),
            ("line", "Virksomheten er registrert i Merverdiavgiftsregisteret fra 1. januar 2024."),
        ]
    )


def registration(applicant: Applicant) -> bytes:
    return typeset(
        [
            ("head", "Registerutskrift fra Enhetsregisteret"),
            ("line", "Brønnøysundregistrene, 12.10.2026"),
            ("gap", ""),
            ("line", f"Organisasjonsnummer: {printed(applicant.number)}"),
            ("line", f"Navn/foretaksnavn: {applicant.name}"),
            ("line", f"Organisasjonsform: {applicant.form}"),
            ("line", f"Forretningsadresse: {applicant.street}"),
            ("line", f"{applicant.postcode} {applicant.place}"),
        ]
    )


def licence(applicant: Applicant) -> bytes:
    return typeset(
        [
            ("head", "Bevilling / handelsbrev"),
            ("line", "Utstedt 03.06.2025 av Eksempel kommune"),
            ("gap", ""),
            ("line", f"{applicant.name} har bevilling til å drive næring som fotograf."),
            ("line", f"Adresse: {applicant.street}, {applicant.postcode} {applicant.place}"),
        ]
    )


def white_on_white(applicant: Applicant, other: Applicant) -> bytes:
    """Shows one business to people, and another to whoever reads the text layer."""
    return typeset(
        [
            ("head", called(other)),
            ("line", f"{other.street}, {other.postcode} {other.place}"),
            ("head", "FAKTURA"),
            ("line", "Fakturadato 02.11.2026"),
            ("small", f"Org.nr. {printed(other.vat_number)}"),
            ("white", called(applicant)),
            ("white", f"{applicant.street}, {applicant.postcode} {applicant.place}"),
            ("white", f"Org.nr. {printed(applicant.vat_number)}"),
        ]
    )


def letter() -> bytes:
    """A page that shows no business at all."""
    return typeset([("head", "Notat"), ("line", "Husk å kjøpe melk, og å ringe om fredag.")])


def empty() -> bytes:
    return typeset([("gap", "")])
