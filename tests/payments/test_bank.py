"""Transfers that finance saw on the account (D4, D7)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.forms.models import model_to_dict

from medlem.billing.ledger import MoreThanOpen, NoReason, TakenBackAlready, WrongSum
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.core.errors import Refused
from medlem.core.money import Money
from medlem.events.models import Event
from medlem.payments import actions as payments
from medlem.payments.models import BankPayment
from medlem.payments.queries import payments_entered
from tests import factories
from tests.people import Cast
from tests.together import together

LATER = datetime(2026, 12, 10, 8, tzinfo=UTC)


@pytest.fixture
def transferred(cast: Cast, now: datetime) -> Invoice:
    """An invoice of NOK 1,487.50 that is paid by bank transfer."""
    return factories.invoice_of(factories.member(cast.fjordlys, now=now))


def enter(cast: Cast, invoice: Invoice, minor: int, **changes: Any) -> BankPayment:
    values: dict[str, Any] = {
        "amount": Money(minor, "NOK"),
        "received_on": date(2026, 12, 9),
        "bank_reference": "  NB-77120 ",
        "by": cast.finn.as_staff,
        "now": LATER,
    }
    return payments.enter_bank_payment(invoice=invoice, **{**values, **changes})


def state(invoice: Invoice) -> tuple[str, int]:
    invoice.refresh_from_db()
    return invoice.status, balance_of(invoice).minor


def test_d4_a_transfer_pays_the_invoice(cast: Cast, transferred: Invoice) -> None:
    payment = enter(cast, transferred, 148_750)
    assert state(transferred) == ("paid", 0)
    assert model_to_dict(payment, exclude=["id"]) == {
        "taken_back_at": None,
        "entry": payment.entry_id,
        "received_on": date(2026, 12, 9),
        "bank_reference": "NB-77120",
        "entered_by_id": cast.finn.public_id,
    }
    assert model_to_dict(payment.entry, exclude=["id"]) == {
        "invoice": transferred.pk,
        "kind": "bank_payment",
        "amount_minor": -148_750,
        "on": date(2026, 12, 9),
        "booked_at": LATER,
        "reference": f"bank:{payment.public_id}",
        "text": "NB-77120",
        "reverses": None,
    }
    event = Event.objects.get(name="invoice.paid")
    assert (event.actor_kind, event.actor_id, event.at, event.account_id) == (
        "staff",
        cast.finn.public_id,
        LATER,
        cast.fjordlys.public_id,
    )
    assert list(payments_entered()) == [payment]


def test_d4_a_part_leaves_the_rest_open(cast: Cast, transferred: Invoice) -> None:
    enter(cast, transferred, 100_000)
    assert state(transferred) == ("open", 48_750)
    enter(cast, transferred, 48_750, bank_reference="NB-77121")
    assert state(transferred) == ("paid", 0)
    assert [payment.bank_reference for payment in payments_entered()] == ["NB-77121", "NB-77120"]


REFUSED: list[tuple[int, dict[str, Any], type[Refused], str, str]] = [
    (
        148_751,
        {},
        MoreThanOpen,
        "amount",
        "NOK 1,487.51 is more than what is open, NOK 1,487.50. Check the sum and the invoice.",
    ),
    (0, {}, WrongSum, "amount", "The sum has to be more than zero."),
    (0, {"more": True}, WrongSum, "amount", "The sum has to be more than zero."),
    (
        148_750,
        {"received_on": date(2026, 12, 11)},
        payments.NotThatDay,
        "received_on",
        "11 Dec 2026 has not come yet; today is 10 Dec 2026.",
    ),
    (
        148_750,
        {"received_on": date(2026, 11, 22)},
        payments.NotThatDay,
        "received_on",
        "A payment of 22 Nov 2026 cannot be for invoice 10001, which was issued on 23 Nov 2026. "
        "Check the day, and which invoice it is for.",
    ),
]


@pytest.mark.parametrize(("minor", "changes", "refusal", "field", "words"), REFUSED)
def test_d4_what_cannot_be_is_refused(
    cast: Cast,
    transferred: Invoice,
    english: None,
    minor: int,
    changes: dict[str, Any],
    refusal: type[Refused],
    field: str,
    words: str,
) -> None:
    with pytest.raises(Refused) as refused:
        enter(cast, transferred, minor, **changes)
    assert (type(refused.value), refused.value.field, str(refused.value)) == (refusal, field, words)
    assert (state(transferred), BankPayment.objects.count()) == (("open", 148_750), 0)


def test_d4_the_day_is_the_one_in_oslo(cast: Cast, transferred: Invoice) -> None:
    before_midnight_utc = datetime(2026, 12, 10, 23, 30, tzinfo=UTC)
    enter(cast, transferred, 148_750, received_on=date(2026, 12, 11), now=before_midnight_utc)
    assert state(transferred) == ("paid", 0)


def test_d4_the_same_transfer_is_never_booked_twice(cast: Cast, now: datetime, transferred: Invoice) -> None:
    other = factories.invoice_of(factories.member(cast.nordkapp, now=now))
    enter(cast, transferred, 50_000)
    for invoice in (transferred, other):
        with pytest.raises(payments.EnteredAlready) as refused:
            enter(cast, invoice, 50_000, bank_reference="NB-77120")
        assert refused.value.field == "bank_reference"
    enter(cast, transferred, 50_000, received_on=date(2026, 12, 10))
    assert (state(transferred), state(other)) == (("open", 48_750), ("open", 148_750))


def test_d7_more_than_is_open_is_booked_when_it_is_right_and_owed_back(
    cast: Cast, transferred: Invoice
) -> None:
    enter(cast, transferred, 150_000, more=True)
    assert (state(transferred), ledgers_that_disagree()) == (("paid", -1_250), [])
    with pytest.raises(MoreThanOpen):
        enter(cast, transferred, 148_750, bank_reference="NB-77121")
    enter(cast, transferred, 148_750, bank_reference="NB-77121", more=True)  # paid twice
    assert (state(transferred), ledgers_that_disagree()) == (("paid", -150_000), [])
    names = Event.objects.filter(subject_id=transferred.public_id).values_list("name", flat=True)
    assert list(names.order_by("id"))[-2:] == ["invoice.paid", "invoice.overpaid"]


def take_back(cast: Cast, payment: BankPayment, reason: str = " Wrong invoice ") -> BankPayment:
    return payments.take_back_bank_payment(payment=payment, reason=reason, by=cast.finn.as_staff, now=LATER)


def test_d7_a_payment_is_taken_back_by_another_entry_and_both_stay(cast: Cast, transferred: Invoice) -> None:
    payment = enter(cast, transferred, 148_750)
    before = list(transferred.entries.values())
    take_back(cast, payment)
    assert list(transferred.entries.values())[:2] == before
    reversal = transferred.entries.get(kind="reversal")
    assert model_to_dict(reversal, exclude=["id"]) == {
        "invoice": transferred.pk,
        "kind": "reversal",
        "amount_minor": 148_750,
        "on": date(2026, 12, 10),
        "booked_at": LATER,
        "reference": f"reversal:{payment.entry.public_id}",
        "text": "Wrong invoice",
        "reverses": payment.entry_id,
    }
    assert (state(transferred), ledgers_that_disagree()) == (("open", 148_750), [])
    event = Event.objects.get(name="invoice.payment_taken_back")
    assert (event.actor_id, event.before, event.after) == (
        cast.finn.public_id,
        {"status": "paid"},
        {"status": "open", "amount_minor": 148_750, "currency": "NOK", "reason": "Wrong invoice"},
    )


def test_d7_what_was_taken_back_can_be_entered_where_it_belongs(
    cast: Cast, now: datetime, transferred: Invoice
) -> None:
    other = factories.invoice_of(factories.member(cast.nordkapp, now=now))
    take_back(cast, enter(cast, transferred, 148_750))
    enter(cast, other, 148_750)
    assert (state(transferred), state(other)) == (("open", 148_750), ("paid", 0))
    with pytest.raises(payments.EnteredAlready):
        enter(cast, transferred, 148_750)


def test_d7_taking_back_what_was_over_leaves_the_invoice_paid(cast: Cast, transferred: Invoice) -> None:
    enter(cast, transferred, 148_750)
    twice = enter(cast, transferred, 148_750, bank_reference="NB-77121", more=True)
    take_back(cast, twice)
    assert (state(transferred), ledgers_that_disagree()) == (("paid", 0), [])


def test_d7_a_payment_is_taken_back_once_and_with_a_reason(cast: Cast, transferred: Invoice) -> None:
    payment = enter(cast, transferred, 148_750)
    with pytest.raises(NoReason) as refused:
        take_back(cast, payment, "  ")
    assert refused.value.field == "reason"
    take_back(cast, payment)
    with pytest.raises(TakenBackAlready):
        take_back(cast, payment)
    assert (state(transferred), LedgerEntry.objects.filter(kind="reversal").count()) == (("open", 148_750), 1)


@pytest.mark.usefixtures("committing")
def test_d7_two_clicks_at_once_take_back_once(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    payment = enter(cast, invoice, 148_750)
    given = together(*[lambda: take_back(cast, payment)] * 2)
    assert {type(each) for each in given} == {BankPayment, TakenBackAlready}
    assert state(invoice) == ("open", 148_750)


@pytest.mark.usefixtures("committing")
def test_d4_two_clicks_at_once_book_one_transfer(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    given = together(*[lambda: enter(cast, invoice, 50_000)] * 2)
    assert {type(each) for each in given} == {BankPayment, payments.EnteredAlready}
    assert state(invoice) == ("open", 98_750)
    assert LedgerEntry.objects.filter(kind="bank_payment").count() == 1


@pytest.mark.usefixtures("committing")
def test_d4_two_transfers_at_once_do_not_take_more_than_is_open(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    given = together(
        lambda: enter(cast, invoice, 100_000, bank_reference="A"),
        lambda: enter(cast, invoice, 100_000, bank_reference="B"),
    )
    assert {type(each) for each in given} == {BankPayment, MoreThanOpen}
    assert state(invoice) == ("open", 48_750)
