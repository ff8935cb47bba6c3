"""Invoices at the desk: finding them, and entering what came in (D3, D4, E4)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.billing import actions as billing
from medlem.billing.models import Invoice
from medlem.payments.models import BankPayment
from tests import factories
from tests.billing.invoices import issue
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

LIST = "/en/desk/invoices/"
PAGE = "/en/desk/invoices/10001/"
PDF = "/en/desk/invoices/10001.pdf"
ANSWERS = {"amount": "1,487.50", "received_on": "2026-11-23", "bank_reference": "A1"}


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def finn(cast: Cast) -> Client:
    return signed_in(cast.finn)


@pytest.fixture
def invoice(cast: Cast, now: datetime) -> Invoice:
    return factories.invoice_of(factories.member(cast.fjordlys, now=now))


def numbers(client: Client, **query: str) -> list[str]:
    page = words(client.get(LIST, query))
    return [number for number in ("10001", "10002", "10003") if f" {number} " in page]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["10001", "10002"]),
        ("10002", ["10002"]),
        ("0100016000100011", ["10001"]),
        ("0100 0160 0010 0011", ["10001"]),
        ("923 609 016", ["10002"]),
        ("nordkapp", ["10002"]),
        ("0100016000100012", []),
        ("nobody", []),
        ("9" * 40, []),
    ],
)
def test_e4_invoices_are_found_by_number_kid_and_business(
    finn: Client, cast: Cast, now: datetime, search: str, found: list[str]
) -> None:
    issue(cast.fjordlys, now=now)
    issue(cast.nordkapp, now=now)
    assert numbers(finn, q=search) == found


def test_e4_invoices_are_found_by_how_they_stand(
    finn: Client, cast: Cast, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(cast.fjordlys, now=now)
    issue(cast.nordkapp, now=now)
    later = datetime(2026, 12, 24, 12, tzinfo=UTC)
    set_clock(later, folder=tmp_path, monkeypatch=monkeypatch)
    issue(cast.nordkapp, now=later)
    finn.post("/en/desk/invoices/10002/", ANSWERS)
    found = {status: numbers(finn, status=status) for status in ("", "open", "overdue", "paid", "made up")}
    everything = ["10001", "10002", "10003"]
    assert found == {
        "": everything,
        "open": ["10001", "10003"],
        "overdue": ["10001"],
        "paid": ["10002"],
        "made up": everything,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    finn: Client, cast: Cast, now: datetime, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        issue(cast.fjordlys, card=factories.saved_card(cast.fjordlys, now=now), now=now)
    with django_assert_num_queries(8):
        page = words(finn.get(LIST))
    assert page.count("is charged to Visa •••• 4242 on 23 Dec 2026") == rows


@pytest.mark.usefixtures("invoice")
def test_d4_finance_enters_a_transfer(finn: Client) -> None:
    assert 'name="amount" value="1487.50"' in finn.get(PAGE).text
    assert finn.post(PAGE, ANSWERS).headers["Location"] == PAGE
    page = words(finn.get(PAGE))
    expected = [
        "NOK 1,487.50 is entered for invoice 10001, Fjordlys Foto AS.",
        "State Paid on 23 Nov 2026 by bank transfer",
        "23 Nov 2026 Paid by bank transfer A1 -NOK 1,487.50",
        "Left to pay NOK 0.00",
    ]
    assert (lacking(page, expected), "Enter payment" in page) == ([], False)


@pytest.mark.usefixtures("invoice")
def test_d4_a_part_may_be_entered(finn: Client) -> None:
    finn.post(PAGE, {**ANSWERS, "amount": "1000"})
    page = finn.get(PAGE)
    assert "Left to pay NOK 487.50" in words(page)
    assert 'value="487.50"' in page.text


@pytest.mark.usefixtures("invoice")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "1 487,50"}, "This is no sum of money. Write it like NOK 1,487.50."),
        ({"amount": "14,87.50"}, "This is no sum of money."),
        ({"amount": "1487.505"}, "This is no sum of money."),
        ({"amount": "1,487"}, "Thousands or decimals? If you mean NOK 1,487.00, write 1487.00."),
        (
            {"amount": "375,005"},
            "If you mean NOK 375,005.00, write 375005.00.",
        ),
        ({"amount": "1487.51"}, "NOK 1,487.51 is more than what is open, NOK 1,487.50."),
        ({"amount": "0"}, "The sum has to be more than zero."),
        ({"amount": "-5"}, "The sum has to be more than zero."),
        ({"received_on": "2026-11-24"}, "24 Nov 2026 has not come yet; today is 23 Nov 2026."),
        (
            {"received_on": "2026-11-22"},
            "A payment of 22 Nov 2026 cannot be for invoice 10001, which was issued",
        ),
        ({"received_on": "yesterday"}, "Enter a valid date."),
        ({"bank_reference": ""}, "Fill this in."),
    ],
)
def test_d4_what_was_wrong_stays_typed(finn: Client, changes: dict[str, str], said: str) -> None:
    answer = finn.post(PAGE, {**ANSWERS, **changes})
    assert (answer.status_code, said in words(answer), BankPayment.objects.count()) == (422, True, 0)
    assert (
        lacking(answer.text, [f'value="{typed}"' for typed in {**ANSWERS, **changes}.values() if typed]) == []
    )


@pytest.mark.usefixtures("invoice")
def test_d4_the_same_transfer_is_entered_once(finn: Client) -> None:
    finn.post(PAGE, {**ANSWERS, "amount": "700"})
    answer = finn.post(PAGE, {**ANSWERS, "amount": "700"})
    said = "A payment with this reference was already entered for this day."
    assert (answer.status_code, said in words(answer), BankPayment.objects.count()) == (422, True, 1)
    finn.post(PAGE, {**ANSWERS, "amount": "787.50", "bank_reference": "A2"})
    settled = finn.post(PAGE, {**ANSWERS, "bank_reference": "A3"})
    assert (settled.status_code, "more than what is open, NOK 0.00." in words(settled)) == (422, True)


@pytest.mark.usefixtures("invoice")
def test_d7_more_than_is_open_is_asked_about_and_then_owed_back(finn: Client) -> None:
    typed = {**ANSWERS, "amount": "1500"}
    assert 'name="more"' not in finn.get(PAGE).text
    asked = finn.post(PAGE, typed)
    assert (asked.status_code, 'name="more"' in asked.text, 'value="1500"' in asked.text) == (422, True, True)
    assert "The sum and the invoice are right: more came in" in words(asked)
    assert finn.post(PAGE, {**typed, "more": "on"}).status_code == 302
    assert "Owed back NOK 12.50" in words(finn.get(PAGE))


def take_back(client: Client, reason: str) -> Any:
    payment = BankPayment.objects.latest("id")
    address = f"/en/desk/bank/{payment.public_id}/take-back/"
    return client.post(address, {f"take-back-{payment.public_id}-reason": reason})


@pytest.mark.usefixtures("invoice")
def test_d7_finance_takes_a_payment_back_with_a_reason(finn: Client, cast: Cast) -> None:
    finn.post(PAGE, ANSWERS)
    refused = take_back(finn, " ")
    assert (refused.status_code, "Fill this in." in words(refused)) == (422, True)
    assert take_back(finn, "Another invoice was meant").headers["Location"] == PAGE
    page = words(finn.get(PAGE))
    expected = [
        "The payment of NOK 1,487.50 is taken back.",
        "23 Nov 2026 Paid by bank transfer A1 -NOK 1,487.50",
        "23 Nov 2026 Taken back Another invoice was meant NOK 1,487.50",
        "Left to pay NOK 1,487.50",
    ]
    assert (lacking(page, expected), "Take back" in page) == ([], False)
    twice = take_back(finn, "Again")
    assert (twice.status_code, Invoice.objects.get().entries.count()) == (422, 3)
    assert "Taken back" in words(finn.get("/en/desk/bank/"))
    finn.post(PAGE, ANSWERS)
    assert take_back(signed_in(cast.mona), "No").status_code == 404


@pytest.mark.usefixtures("invoice")
def test_e4_the_manager_sees_invoices_and_enters_nothing(cast: Cast) -> None:
    mona = signed_in(cast.mona)
    assert "Enter payment" not in words(mona.get(PAGE))
    assert (mona.post(PAGE, ANSWERS).status_code, BankPayment.objects.count()) == (404, 0)


def test_d3_the_pdf_is_the_one_that_was_sent(finn: Client, invoice: Invoice, now: datetime) -> None:
    assert finn.get(PDF).headers["Location"] == PAGE
    billing.send_invoice(invoice_id=invoice.pk, now=now)
    assert finn.get(PDF).content.startswith(b"%PDF-")


@pytest.mark.usefixtures("invoice")
@pytest.mark.parametrize("address", [LIST, PAGE, PDF])
def test_a_stranger_finds_nothing(cast: Cast, address: str) -> None:
    assert [signed_in(person).get(address).status_code for person in (cast.alice, cast.vera, cast.sara)] == [
        404
    ] * 3
    assert "/sign-in/" in Client().get(address).headers["Location"]
    assert signed_in(cast.finn).get("/en/desk/invoices/10009/").status_code == 404
