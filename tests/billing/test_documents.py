"""The PDF of an invoice: what the law wants is printed, made once, kept and mailed (D2, D3)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from medlem.accounts.models import Account
from medlem.billing import actions as billing
from medlem.billing.models import Invoice
from medlem.billing.queries import invoices_to_send
from medlem.events.models import Event, Mail
from medlem.gateways.storage import files
from tests.billing.invoices import issue, line
from tests.factories import saved_card
from tests.people import Cast
from tests.together import together


def sent(invoice: Invoice, *, now: datetime) -> Invoice:
    assert billing.send_invoice(invoice_id=invoice.pk, now=now)
    invoice.refresh_from_db()
    return invoice


def printed(invoice: Invoice) -> str:
    """The text of the stored PDF, with single plain blanks."""
    with files().open(invoice.pdf) as stored:
        document = pdfium.PdfDocument(stored.read())
    try:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return re.sub(r"\s+", " ", text)


def lacks(text: str, expected: list[str]) -> list[str]:
    return [words for words in expected if words not in text]


def test_d3_an_english_invoice_has_all_that_the_bookkeeping_rules_want(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, lines=[line(), line(10_000, rate=1_500, description="Frakt")], now=now)
    text = printed(sent(invoice, now=now))
    assert (
        lacks(
            text,
            [
                "Invoice 10001",
                "Invoice number 10001",
                "Invoice date 23 November 2026",
                "Due date 23 December 2026",
                "Customer number 100016",
                "Eksempel Kamera Norge AS",
                "Eksempelgata 1",
                "0190 Oslo",
                "Organisation number NO 123 456 785 MVA · Foretaksregisteret",
                "Fjordlys Foto AS Storgata 1 0155 Oslo",
                "Organisation number NO 974 760 673 MVA",
                "CPS Silver",
                "Membership from 23 November 2026 to 22 November 2027",
                "Frakt",
                "Sum before VAT NOK 1,290.00",
                "VAT 25% of NOK 1,190.00 NOK 297.50",
                "VAT 15% of NOK 100.00 NOK 15.00",
                "To pay NOK 1,602.50",
                "Pay NOK 1,602.50 by 23 December 2026 with the KID.",
                "Account number 9999.05.43212",
                "IBAN NO54 9999 0543 212",
                "BIC EXMPNOK1",
                "KID 0100016000100011",
            ],
        )
        == []
    ), text


def test_d3_a_norwegian_invoice_has_all_that_the_bookkeeping_rules_want(cast: Cast, now: datetime) -> None:
    Account.objects.filter(pk=cast.fjordlys.pk).update(language="nb")
    account = Account.objects.get(pk=cast.fjordlys.pk)
    text = printed(sent(issue(account, now=now), now=now))
    with translation.override("nb"):
        assert (
            lacks(
                text,
                [
                    "Faktura 10001",
                    f"{_('Invoice number')} 10001",
                    f"{_('Invoice date')} 23. november 2026",
                    "Forfallsdato 23. desember 2026",
                    "Eksempel Kamera Norge AS",
                    "NO 123 456 785 MVA · Foretaksregisteret",
                    "Fjordlys Foto AS Storgata 1 0155 Oslo",
                    "Organisasjonsnummer NO 974 760 673 MVA",
                    "CPS Silver",
                    _("Membership from %(first)s to %(last)s")
                    % {"first": "23. november 2026", "last": "22. november 2027"},
                    f"{_('Sum before VAT')} 1 190,00 kr",
                    _("VAT {rate} of {basis}").format(rate="25 %", basis="1 190,00 kr") + " 297,50 kr",
                    "Å betale 1 487,50 kr",
                    f"{_('Account number')} 9999.05.43212",
                    "KID 0100016000100011",
                ],
            )
            == []
        ), text


def test_d3_reverse_charge_is_said(cast: Cast, now: datetime) -> None:
    Account.objects.filter(pk=cast.nordkapp.pk).update(country="SE", vat_number="SE556036079301")
    abroad = Account.objects.get(pk=cast.nordkapp.pk)
    invoice = sent(issue(abroad, lines=[line(rate=0, currency="SEK")], now=now), now=now)
    assert (
        lacks(
            printed(invoice),
            [
                "Storgata 1 0155 Oslo Sweden",
                "VAT number SE556036079301",
                "VAT 0% of SEK 1,190.00 SEK 0.00",
                "To pay SEK 1,190.00",
                "Reverse charge: the buyer accounts for the VAT.",
            ],
        )
        == []
    )


def test_d2_an_invoice_by_card_says_what_is_charged_to_which_card_on_which_day(
    cast: Cast, now: datetime
) -> None:
    invoice = issue(cast.fjordlys, card=saved_card(cast.fjordlys, now=now), now=now)
    text = printed(sent(invoice, now=now))
    assert "NOK 1,487.50 is charged to Visa •••• 4242 on 23 December 2026." in text
    assert "Account number" not in text


def test_d2_the_pdf_is_kept_and_mailed(cast: Cast, now: datetime) -> None:
    invoice = sent(issue(cast.fjordlys, now=now), now=now)
    with files().open(invoice.pdf) as stored:
        content = stored.read()
    assert content.startswith(b"%PDF-")
    assert (invoice.pdf_sha256, invoice.sent_at) == (hashlib.sha256(content).hexdigest(), now)
    columns = (
        "to",
        "language",
        "account_id",
        "attachment",
        "attachment_name",
        "queued_at",
        "sent_at",
        "values",
    )
    assert list(Mail.objects.filter(template="invoice").values(*columns)) == [
        {
            "to": "faktura@fjordlys.example",
            "language": "en",
            "account_id": cast.fjordlys.public_id,
            "attachment": invoice.pdf,
            "attachment_name": "10001.pdf",
            "queued_at": now,
            "sent_at": None,
            "values": {
                "number": 10_001,
                "minor": 148_750,
                "currency": "NOK",
                "due_on": "2026-12-23",
                "means": "bank",
                "card": "",
                "kid": "0100016000100011",
                "bank_account": "9999.05.43212",
                "link": {"page": "portal:invoice", "purpose": "", "thing": "", "kwargs": {"number": "10001"}},
            },
        }
    ]


def test_d2_an_invoice_is_sent_once(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    assert invoices_to_send() == [invoice.pk]
    first = sent(invoice, now=now)
    assert billing.send_invoice(invoice_id=invoice.pk, now=now) is False
    assert invoices_to_send() == []
    assert (Invoice.objects.get().pdf, Mail.objects.filter(template="invoice").count()) == (first.pdf, 1)


@pytest.mark.usefixtures("committing")
@pytest.mark.parametrize("by_card", [False, True])
def test_d2_two_workers_send_an_invoice_once(cast: Cast, now: datetime, settings: Any, by_card: bool) -> None:
    card = saved_card(cast.fjordlys, now=now) if by_card else None
    invoice = issue(cast.fjordlys, card=card, now=now)
    given = together(*[lambda: billing.send_invoice(invoice_id=invoice.pk, now=now)] * 2)
    assert sorted(given) == [False, True]
    stored = [path for path in (settings.DATA / "files").rglob("*") if path.is_file()]
    assert [path.name for path in stored] == [Invoice.objects.get().pdf]
    assert Mail.objects.filter(template="invoice").count() == 1
    assert Event.objects.filter(name="invoice.sent").count() == 1
