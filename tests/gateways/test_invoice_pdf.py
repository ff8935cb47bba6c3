"""Invoices as PDF (D3): all that the law wants is printed, archival and accessible."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from medlem.gateways.documents import Kind, look, text_of
from medlem.gateways.invoice_pdf import (
    LABELS,
    Fact,
    InvoiceDocument,
    Line,
    Party,
    Payment,
    VatRow,
    render,
)

NORWEGIAN = {
    "title": "Faktura",
    "buyer": "Faktura til",
    "description": "Beskrivelse",
    "quantity": "Antall",
    "unit_price": "Pris",
    "vat": "MVA",
    "amount": "Beløp",
    "net": "Sum uten MVA",
    "vat_of": "MVA {rate} av {basis}",
    "total": "Å betale",
    "page": "Side {page} av {pages}",
}
INVOICE = InvoiceDocument(
    language="nb",
    number="10000042",
    issued_on=date(2026, 11, 22),
    wordmark="CPS",
    accent="#0a5c8a",
    seller=Party(
        "Eksempel Kamera Norge AS",
        ("Lysveien 1", "0484 Oslo"),
        (Fact("Org.nr.", "NO 310 003 913 MVA"), Fact("", "Foretaksregisteret")),
    ),
    buyer=Party(
        "Nordvik & Sønn Foto AS",
        ("Øvre Bryggesmug 3", "5003 Bergen"),
        (Fact("Org.nr.", "310 313 815"),),
    ),
    facts=(Fact("Fakturadato", "22.11.2026"), Fact("Forfallsdato", "22.12.2026")),
    lines=(
        Line(
            "CPS Gold, 12 måneder",
            quantity="1",
            unit_price="2 390,00",
            vat="25 %",
            amount="2 390,00",
            detail="22.11.2026 – 21.11.2027",
        ),
    ),
    net="2 390,00",
    vat_rows=(VatRow("25 %", "2 390,00", "597,50"),),
    total="2 987,50 kr",
    payment=Payment(
        "Betales med bankoverføring",
        "Betal innen 22.12.2026.",
        (Fact("KID", "0000017000000427"), Fact("Konto", "1503 20 12345")),
    ),
    labels=NORWEGIAN,
)


def printed(invoice: InvoiceDocument) -> str:
    """The text of all pages, with single blanks."""
    return " ".join(" ".join(page.text for page in text_of(render(invoice))).split())


def test_everything_is_printed() -> None:
    text = printed(INVOICE)
    missing = [
        expected
        for expected in (
            "Faktura 10000042",
            "Nordvik & Sønn Foto AS Øvre Bryggesmug 3 5003 Bergen Org.nr. 310 313 815",
            "Fakturadato 22.11.2026",
            "Forfallsdato 22.12.2026",
            "CPS Gold, 12 måneder",
            "22.11.2026 – 21.11.2027",
            "Sum uten MVA 2 390,00",
            "MVA 25 % av 2 390,00 597,50",
            "Å betale 2 987,50 kr",
            "KID 0000017000000427",
            "Eksempel Kamera Norge AS · Lysveien 1 · 0484 Oslo",
            "Org.nr. NO 310 003 913 MVA · Foretaksregisteret",
            "Side 1 av 1",
        )
        if expected not in text
    ]
    assert missing == [], text


def test_it_is_archival_accessible_and_says_its_language() -> None:
    pdf = render(INVOICE)
    for mark in (
        b"<pdfaid:part>3</pdfaid:part>",
        b"<pdfaid:conformance>A</pdfaid:conformance>",
        b"<pdfuaid:part>1</pdfuaid:part>",
        b"/Lang",
    ):
        assert mark in pdf
    assert look(pdf, "faktura.pdf").kind is Kind.PDF


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert render(INVOICE) == render(INVOICE)


def test_text_is_text_and_never_markup() -> None:
    name = '#panic("no") *bold* $x$ @reference <label> \\ // "quoted" [box]'
    assert name in printed(replace(INVOICE, buyer=Party(name, ("_Øvre_ `3`",))))


def test_long_invoices_repeat_their_head_and_count_their_pages() -> None:
    invoice = replace(INVOICE, lines=INVOICE.lines * 60, note="Eksempelpriser.")
    pages = text_of(render(invoice))
    assert len(pages) > 2
    assert all("Beskrivelse" in page.text for page in pages[:-1])
    assert "Faktura 10000042" in pages[-1].text
    assert f"Side {len(pages)} av {len(pages)}" in pages[-1].text
    assert "Eksempelpriser." in pages[-1].text


def test_three_rates_of_vat_and_a_card() -> None:
    rows = (
        VatRow("25 %", "100,00", "25,00"),
        VatRow("15 %", "100,00", "15,00"),
        VatRow("0 %", "100,00", "0,00"),
    )
    payment = Payment("Betales med kort", "340,00 kr trekkes fra Visa •••• 4242 den 22.12.2026.")
    text = printed(replace(INVOICE, vat_rows=rows, net="300,00", total="340,00 kr", payment=payment))
    assert "MVA 25 % av 100,00 25,00 MVA 15 % av 100,00 15,00 MVA 0 % av 100,00 0,00" in text
    assert "340,00 kr trekkes fra Visa •••• 4242 den 22.12.2026." in text


def test_threads_take_turns() -> None:
    invoices = [replace(INVOICE, number=str(number)) for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(printed, invoices))
    assert [f"Faktura {number} " in text for number, text in enumerate(texts)] == [True] * 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accent": "red"}, "accent is 'red'"),
        ({"language": "Norsk"}, "language is 'Norsk'"),
        ({"labels": {label: label for label in LABELS - {"net", "vat"}}}, "no label for net, vat"),
    ],
)
def test_what_cannot_be_printed_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(INVOICE, **change)
