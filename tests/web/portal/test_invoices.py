"""The member's invoices: how they stand in words (C5, D2), the PDF (D3), another card (D5), and the letters (E1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation

from medlem.billing import actions as billing
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.providers import simulated_cards
from medlem.billing.status import Means
from medlem.core.money import Money
from medlem.events.models import Mail
from medlem.payments import actions as payments
from medlem.web import letters
from medlem.web.templatetags.medlem import day, money
from tests import factories
from tests.billing.invoices import issue
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

LIST = "/en/invoices/"
PAGE = "/en/invoices/10001/"
PDF = "/en/invoices/10001.pdf"
NEW_CARD = "/en/invoices/10001/new-card/"
SAVED = "/en/invoices/10001/card-saved/"
CONFIRM = "/en/invoices/10001/confirm/"
CONFIRMED = "/en/invoices/10001/confirmed/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def by_bank(cast: Cast, now: datetime) -> Invoice:
    return factories.invoice_of(factories.member(cast.fjordlys, now=now))


def by_card(cast: Cast, now: datetime, number: str = factories.SUCCEEDS) -> Invoice:
    card = factories.saved_card(cast.fjordlys, number=number, now=now)
    return factories.invoice_of(factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now))


def charge(invoice: Invoice, *days: date) -> None:
    for on in days:
        payments.charge(invoice_id=invoice.pk, now=datetime(on.year, on.month, on.day, 6, tzinfo=UTC))


def december(*days: int) -> list[date]:
    return [date(2026, 12, day) for day in days]


def test_d3_an_invoice_shows_all_that_was_billed_and_how_to_pay(
    alice: Client, cast: Cast, now: datetime
) -> None:
    by_bank(cast, now)
    assert (
        lacking(
            words(alice.get(PAGE)),
            [
                "Pay NOK 1,487.50 by 23 Dec 2026, with the KID.",
                "State Open to be paid by 23 Dec 2026",
                "Invoice date 23 Nov 2026",
                "Due date 23 Dec 2026",
                "Bill to Fjordlys Foto AS",
                "23 Nov 2026 to 22 Nov 2027 25% NOK 1,190.00",
                "VAT 25% of NOK 1,190.00 NOK 297.50",
                "Total NOK 1,487.50",
                "KID 0100 0160 0010 0011",
                "Account number 9999.05.43212",
                "Your bank may charge for the transfer.",
                "23 Nov 2026 Invoiced NOK 1,487.50",
                "Left to pay NOK 1,487.50",
            ],
        )
        == []
    )


def test_d2_a_card_that_is_charged_by_itself_shows_no_account_to_pay_to(
    alice: Client, cast: Cast, now: datetime
) -> None:
    by_card(cast, now)
    page = words(alice.get(PAGE))
    assert "NOK 1,487.50 is charged to Visa •••• 4242 on 23 Dec 2026. You do not have to do anything." in page
    assert ("Use another card" in page, "KID" in page.partition("Payments")[0]) == (True, False)
    assert "Open is charged to Visa •••• 4242 on 23 Dec 2026" in words(alice.get(LIST))


@pytest.mark.parametrize(
    ("number", "charged", "today", "said", "listed"),
    [
        (
            factories.SUCCEEDS,
            december(23),
            date(2026, 12, 24),
            "Paid on 23 Dec 2026 with Visa •••• 4242.",
            "Paid on 23 Dec 2026 with Visa •••• 4242",
        ),
        (
            factories.DECLINED,
            december(23, 24),
            date(2026, 12, 25),
            "Visa •••• 0002 was declined on 24 Dec 2026. The next attempt is on 26 Dec 2026. "
            "To pay sooner, use another card, or transfer with the KID.",
            "Declined next attempt on 26 Dec 2026",
        ),
        (
            factories.DECLINED,
            december(23, 24, 26, 28),
            date(2026, 12, 29),
            "Visa •••• 0002 was declined on 28 Dec 2026. There is no further attempt. "
            "Use another card, or transfer with the KID.",
            "Declined on 28 Dec 2026, no further attempt",
        ),
        (
            factories.NEEDS_AUTHENTICATION,
            december(23),
            date(2026, 12, 23),
            "The bank wants the cardholder to confirm NOK 1,487.50 with Visa •••• 3155. "
            "Confirm it now, use another card, or transfer with the KID.",
            "To be confirmed by the cardholder, Visa •••• 3155",
        ),
    ],
)
def test_d5_what_became_of_the_charge_stands_on_the_page(
    alice: Client,
    cast: Cast,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: str,
    charged: list[date],
    today: date,
    said: str,
    listed: str,
) -> None:
    charge(by_card(cast, now, number), *charged)
    moment = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    set_clock(moment, folder=tmp_path, monkeypatch=monkeypatch)
    assert (said in words(alice.get(PAGE)), listed in words(alice.get(LIST))) == (True, True)


def test_d4_a_transfer_is_seen_and_what_is_overdue_is_said(
    alice: Client, cast: Cast, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = by_bank(cast, now)
    payments.enter_bank_payment(
        invoice=invoice,
        amount=Money(100_000, "NOK"),
        received_on=date(2026, 11, 23),
        bank_reference="A1",
        by=cast.finn.as_staff,
        now=now,
    )
    set_clock(datetime(2026, 12, 24, 12, tzinfo=UTC), folder=tmp_path, monkeypatch=monkeypatch)
    expected = [
        "NOK 487.50 was to be paid by 23 Dec 2026. Pay it now, with the KID.",
        "Overdue since 23 Dec 2026",
        "23 Nov 2026 Paid by bank transfer A1 -NOK 1,000.00",
        "Left to pay NOK 487.50",
    ]
    assert lacking(words(alice.get(PAGE)).replace("NOK -", "-NOK "), expected) == []


def test_d3_the_pdf_is_the_buyers_own(alice: Client, cast: Cast, now: datetime) -> None:
    invoice = by_bank(cast, now)
    waiting = alice.get(PDF)
    assert (waiting.status_code, "The PDF is being made" in words(waiting)) == (202, True)
    billing.send_invoice(invoice_id=invoice.pk, now=now)
    pdf = alice.get(PDF)
    assert pdf.content.startswith(b"%PDF-")
    assert {name: pdf.headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="10001.pdf"',
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    }


def test_d5_another_card_takes_the_place_of_the_one_that_was_refused(
    alice: Client, cast: Cast, now: datetime
) -> None:
    invoice = by_card(cast, now, factories.DECLINED)
    session = alice.post(NEW_CARD).headers["Location"].rstrip("/").rpartition("/")[2]
    back = simulated_cards().open_session(session).return_url
    simulated_cards().complete_session(session, "5555555555554444")
    for _ in range(2):  # loading it again does no harm
        assert alice.get(urlsplit(back).path).headers["Location"] == PAGE
    assert "Mastercard •••• 4444 is saved. What is open is charged to it." in words(alice.get(PAGE))
    invoice.refresh_from_db()
    assert (str(invoice.card), SavedCard.objects.count()) == ("Mastercard •••• 4444", 2)


def test_d5_leaving_the_card_page_changes_nothing(alice: Client, cast: Cast, now: datetime) -> None:
    by_card(cast, now)
    assert alice.get(SAVED).headers["Location"] == PAGE  # nothing was begun
    session = alice.post(NEW_CARD).headers["Location"].rstrip("/").rpartition("/")[2]
    simulated_cards().cancel_session(session)
    alice.get(SAVED)
    assert "You left the card page, so no card was saved." in words(alice.get(PAGE))
    assert SavedCard.objects.count() == 1


def to_confirm(cast: Cast, now: datetime) -> Invoice:
    """On the due date the bank wants the cardholder."""
    invoice = by_card(cast, now, factories.NEEDS_AUTHENTICATION)
    charge(invoice, date(2026, 12, 23))
    return invoice


@pytest.mark.parametrize(
    ("answer", "said", "status"),
    [
        (True, "NOK 1,487.50 was charged to Visa •••• 3155.", "paid"),
        (False, "The payment was not confirmed, so nothing was charged to Visa •••• 3155.", "open"),
        (None, "The payment was not confirmed, so nothing was charged to Visa •••• 3155.", "open"),
    ],
)
def test_d5_the_cardholder_confirms_on_the_providers_page(
    alice: Client, cast: Cast, now: datetime, answer: bool | None, said: str, status: str
) -> None:
    invoice = to_confirm(cast, now)
    page = alice.get(PAGE)
    expected = ["Confirm the payment", "Use another card", "KID 0100 0160 0010 0011"]
    assert lacking(words(page), expected) == []
    assert "Confirm the payment with your bank" in words(alice.get("/en/overview/"))
    session = alice.post(CONFIRM).headers["Location"].rstrip("/").rpartition("/")[2]
    back = simulated_cards().open_confirmation(session).return_url
    if answer is not None:
        simulated_cards().answer_confirmation(session, confirmed=answer)
    for _ in range(2):  # loading it again does no harm
        assert alice.get(urlsplit(back).path).headers["Location"] == PAGE
    assert said in words(alice.get(PAGE))
    invoice.refresh_from_db()
    assert (invoice.status, invoice.entries.count()) == (status, 2 if status == "paid" else 1)


def test_d5_with_nothing_to_confirm_there_is_no_button(alice: Client, cast: Cast, now: datetime) -> None:
    by_card(cast, now)
    assert CONFIRM not in alice.get(PAGE).text
    assert [alice.post(CONFIRM).headers["Location"], alice.get(CONFIRMED).headers["Location"]] == [PAGE] * 2
    assert "There is nothing to confirm any more." in words(alice.get(PAGE))
    assert alice.get(CONFIRM).status_code == 405


@pytest.mark.parametrize("address", [PAGE, PDF, NEW_CARD, SAVED, CONFIRM, CONFIRMED])
def test_a_stranger_finds_nothing(cast: Cast, now: datetime, address: str) -> None:
    by_card(cast, now)
    method = "post" if address in {NEW_CARD, CONFIRM} else "get"
    assert getattr(signed_in(cast.finn), method)(address).status_code == 404
    assert "/sign-in/" in getattr(Client(), method)(address).headers["Location"]
    assert getattr(signed_in(cast.charlie), method)(address).status_code == 404


def test_another_card_is_asked_for_by_a_button_only(alice: Client, cast: Cast, now: datetime) -> None:
    by_card(cast, now)
    assert alice.get(NEW_CARD).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    alice: Client, cast: Cast, now: datetime, django_assert_num_queries: Any, rows: int
) -> None:
    card = factories.saved_card(cast.fjordlys, number=factories.DECLINED, now=now)
    for _ in range(rows):
        charge(issue(cast.fjordlys, card=card, now=now), date(2026, 12, 23))
    with django_assert_num_queries(8):
        page = words(alice.get(LIST))
    assert page.count("Declined") == rows


def test_before_the_first_invoice_the_page_says_when_it_comes(alice: Client, cast: Cast) -> None:
    assert "The first invoice comes within minutes of joining." in words(alice.get(LIST))


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    ("number", "template", "expected", "on"),
    [
        ("", "invoice", ["9999.05.43212", "0100016000100011"], "2026-12-23"),
        (factories.SUCCEEDS, "invoice", ["Visa •••• 4242"], "2026-12-23"),
        (factories.SUCCEEDS, "charge_succeeded", ["Visa •••• 4242"], ""),
        (factories.DECLINED, "charge_failed", ["Visa •••• 0002", "0100016000100011"], "2026-12-24"),
        (factories.NEEDS_AUTHENTICATION, "charge_to_confirm", ["Visa •••• 3155", "0100016000100011"], ""),
    ],
)
def test_e1_the_letters_say_what_is_paid_how_and_when(
    cast: Cast, now: datetime, language: str, number: str, template: str, expected: list[str], on: str
) -> None:
    invoice = by_card(cast, now, number) if number else by_bank(cast, now)
    billing.send_invoice(invoice_id=invoice.pk, now=now)
    charge(invoice, date(2026, 12, 23))
    mail = Mail.objects.get(template=template)
    mail.language = language
    letter = letters.write(mail)
    with translation.override(language):
        expected = [money(Money(148_750, "NOK")), f"/{language}/invoices/10001/", *expected]
        expected += [day(date.fromisoformat(on))] if on else []
    assert (lacking(str(letter.body), expected), "10001" in letter.subject) == ([], True)
