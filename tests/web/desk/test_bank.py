"""The bank page: transfers are entered by their KID (D4, E4)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of
from medlem.payments.models import BankPayment
from tests.billing.invoices import issue
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/desk/bank/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def finn(cast: Cast) -> Client:
    return signed_in(cast.finn)


def enter(client: Client, invoice: Invoice, **changes: str) -> Any:
    typed = {"kid": invoice.kid, "amount": "1487.50", "received_on": "2026-11-23", "bank_reference": "A1"}
    return client.post(PAGE, {**typed, **changes})


def test_d4_the_kid_finds_the_invoice(finn: Client, cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    spaced = " ".join([invoice.kid[:7], invoice.kid[7:]])
    assert enter(finn, invoice, kid=spaced).headers["Location"] == PAGE
    expected = [
        "NOK 1,487.50 is entered for invoice 10001, Fjordlys Foto AS.",
        "23 Nov 2026 A1 10001 Fjordlys Foto AS Finn Vik NOK 1,487.50",
    ]
    assert lacking(words(finn.get(PAGE)), expected) == []
    assert Invoice.objects.get().status == "paid"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kid": "0100016000100012"}, "The KID has a typing slip: its last digit does not fit the others."),
        ({"kid": "0100016000100029"}, "No invoice has this KID."),
        ({"kid": "fish"}, "The KID has a typing slip"),
        ({"amount": "1487,50"}, "This is no sum of money. Write it like NOK 1,487.50."),
        ({"amount": "375.005"}, "If you mean NOK 375,005.00, write 375005.00."),
        ({"amount": "2000"}, "NOK 2,000.00 is more than what is open, NOK 1,487.50."),
    ],
)
def test_d4_what_was_wrong_stays_typed(
    finn: Client, cast: Cast, now: datetime, changes: dict[str, str], said: str
) -> None:
    answer = enter(finn, issue(cast.fjordlys, now=now), **changes)
    assert (answer.status_code, said in words(answer), BankPayment.objects.count()) == (422, True, 0)
    assert lacking(answer.text, [f'value="{typed}"' for typed in (*changes.values(), "A1")]) == []


def test_d4_a_norwegian_types_the_sum_as_norwegians_do(finn: Client, cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    typed = {"kid": invoice.kid, "amount": "1 487,50", "received_on": "2026-11-23", "bank_reference": "A1"}
    assert finn.post("/nb/desk/bank/", typed).status_code == 302
    assert BankPayment.objects.get().amount == invoice.gross


def test_d4_in_norwegian_the_question_is_the_same(finn: Client, cast: Cast, now: datetime) -> None:
    typed = {"kid": issue(cast.fjordlys, now=now).kid, "received_on": "2026-11-23", "bank_reference": "A1"}
    for amount in ("375.005", "375,005"):
        answer = finn.post("/nb/desk/bank/", {**typed, "amount": amount})
        asked = "375\xa0005,00\xa0kr" in answer.text
        assert (answer.status_code, asked, "375005,00" in answer.text) == (422, True, True)
    assert BankPayment.objects.count() == 0


def test_d7_a_second_transfer_for_a_paid_invoice_is_owed_back(
    finn: Client, cast: Cast, now: datetime
) -> None:
    invoice = issue(cast.fjordlys, now=now)
    enter(finn, invoice)
    asked = enter(finn, invoice, bank_reference="A2")
    assert (asked.status_code, 'name="more"' in asked.text) == (422, True)
    assert enter(finn, invoice, bank_reference="A2", more="on").status_code == 302
    assert balance_of(invoice).minor == -148_750


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    finn: Client, cast: Cast, now: datetime, django_assert_num_queries: Any, rows: int
) -> None:
    for reference in range(rows):
        enter(finn, issue(cast.fjordlys, now=now), bank_reference=f"A{reference}")
    finn.get(PAGE)  # says what was entered, once
    with django_assert_num_queries(7):
        page = words(finn.get(PAGE))
    assert page.count("Finn Vik") == rows


def test_a_stranger_finds_nothing(cast: Cast) -> None:
    others = (cast.alice, cast.vera, cast.sara, cast.mona)
    assert [signed_in(person).get(PAGE).status_code for person in others] == [404] * 4
    assert "/sign-in/" in Client().get(PAGE).headers["Location"]
