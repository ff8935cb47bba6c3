"""The ledger of every invoice sums to its state (D7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medlem.billing import ledger
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.billing.status import EntryKind
from medlem.core.errors import Refused
from medlem.core.money import CurrencyMismatch, Money
from medlem.events.actors import SYSTEM
from medlem.events.models import Event
from tests.billing.invoices import issue
from tests.people import Cast

PAID_ON = date(2026, 11, 23)


def pay(invoice: Invoice, minor: int, *, now: datetime, **changes: Any) -> LedgerEntry:
    count = LedgerEntry.objects.filter(invoice=invoice).count()
    values: dict[str, Any] = {"kind": EntryKind.BANK_PAYMENT, "reference": f"bank:{invoice.number}:{count}"}
    return ledger.settle(
        invoice=invoice,
        amount=Money(minor, changes.pop("currency", "NOK")),
        on=PAID_ON,
        by=SYSTEM,
        now=now,
        **{**values, **changes},
    )


def state(invoice: Invoice) -> tuple[str, int]:
    invoice.refresh_from_db()
    return invoice.status, balance_of(invoice).minor


def names_of_events(invoice: Invoice) -> list[str]:
    return list(
        Event.objects.filter(subject_id=invoice.public_id).order_by("id").values_list("name", flat=True)
    )


def test_d7_an_invoice_is_paid_when_nothing_is_left(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    assert state(invoice) == ("open", 148_750)
    pay(invoice, 148_750, now=now)
    assert state(invoice) == ("paid", 0)
    assert names_of_events(invoice) == ["invoice.issued", "invoice.paid"]


def test_d7_part_payments_add_up(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    states = []
    for minor in (100_000, 48_749, 1):
        pay(invoice, minor, now=now)
        states.append(state(invoice))
    assert states == [("open", 48_750), ("open", 1), ("paid", 0)]
    assert names_of_events(invoice) == [
        "invoice.issued",
        "invoice.paid_in_part",
        "invoice.paid_in_part",
        "invoice.paid",
    ]


@pytest.mark.parametrize("minor", [0, -1, 148_751])
def test_d7_a_sum_that_cannot_be_is_refused(cast: Cast, now: datetime, minor: int) -> None:
    invoice = issue(cast.fjordlys, now=now)
    with pytest.raises(ledger.MoreThanOpen if minor > 0 else ledger.WrongSum) as refused:
        pay(invoice, minor, now=now)
    assert refused.value.field == "amount"
    assert state(invoice) == ("open", 148_750)


def test_d7_another_currency_is_refused(cast: Cast, now: datetime) -> None:
    invoice = issue(cast.fjordlys, now=now)
    with pytest.raises(CurrencyMismatch):
        pay(invoice, 148_750, currency="SEK", now=now)
    assert state(invoice) == ("open", 148_750)


def test_d7_nothing_is_taken_for_a_paid_invoice(cast: Cast, now: datetime, english: None) -> None:
    invoice = issue(cast.fjordlys, now=now)
    pay(invoice, 148_750, now=now)
    with pytest.raises(ledger.MoreThanOpen, match=r"NOK 0.01 is more than what is open, NOK 0.00\."):
        pay(invoice, 1, now=now)
    assert state(invoice) == ("paid", 0)


@pytest.mark.parametrize(
    ("by_bank", "before", "after", "event"),
    [
        (148_750, ("paid", 0), ("paid", -148_750), "invoice.overpaid"),
        (50_000, ("open", 98_750), ("paid", -50_000), "invoice.paid"),
    ],
)
def test_d7_a_card_that_crossed_a_transfer_shows_what_is_owed_back(
    cast: Cast, now: datetime, by_bank: int, before: tuple[str, int], after: tuple[str, int], event: str
) -> None:
    invoice = issue(cast.fjordlys, now=now)
    pay(invoice, by_bank, now=now)
    assert state(invoice) == before
    pay(invoice, 148_750, kind=EntryKind.CARD_PAYMENT, more=True, now=now)
    assert state(invoice) == after
    assert names_of_events(invoice)[-1] == event
    assert ledgers_that_disagree() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments=st.lists(st.tuples(st.integers(-5, 160_000), st.booleans(), st.booleans()), max_size=5))
def test_d7_whatever_comes_in_and_is_taken_back_ledger_and_state_agree(
    cast: Cast, now: datetime, payments: list[tuple[int, bool, bool]]
) -> None:
    invoice = issue(cast.fjordlys, now=now)
    balance, booked = 148_750, [148_750]
    for minor, more, taken_back in payments:
        try:
            entry = pay(invoice, minor, more=more, now=now)
        except Refused:
            assert minor <= 0 or (not more and minor > balance)
            continue
        balance -= minor
        booked.append(-minor)
        if taken_back:
            with transaction.atomic():
                ledger.take_back(entry=entry, on=PAID_ON, reason="a slip", by=SYSTEM, now=now)
            balance += minor
            booked.append(minor)
    assert state(invoice) == ("open" if balance > 0 else "paid", balance)
    assert list(invoice.entries.values_list("amount_minor", flat=True)) == booked
    assert ledgers_that_disagree() == []


def test_d7_doctor_names_a_state_that_its_ledger_denies(cast: Cast, now: datetime) -> None:
    invoice, paid = issue(cast.fjordlys, now=now), issue(cast.fjordlys, now=now)
    pay(paid, 148_750, now=now)
    Invoice.objects.filter(pk=invoice.pk).update(status="paid")
    Invoice.objects.filter(pk=paid.pk).update(status="open")
    assert sorted(ledgers_that_disagree()) == [
        "invoice 10001 is paid, its ledger says 148750",
        "invoice 10002 is open, its ledger says 0",
    ]
