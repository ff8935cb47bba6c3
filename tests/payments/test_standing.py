"""Membership and invoice pages say what is charged, how and on which day (C5, D2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from medlem.billing.models import Invoice
from medlem.billing.queries import invoices_of
from medlem.core.money import Money
from medlem.gateways.card import CardProviderUnavailable, SimulatedCards
from medlem.payments import actions as payments
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.queries import Standing, State, last_charge, standing, with_payments
from tests import factories
from tests.billing.invoices import issue
from tests.payments.conftest import Meet
from tests.payments.provider import Away
from tests.people import Cast

DUE = date(2026, 12, 23)
ALL = Money(148_750, "NOK")
NOTHING = Money(0, "NOK")


def stands(invoice: Invoice, today: date = DUE) -> Standing:
    return standing(with_payments(Invoice.objects.filter(pk=invoice.pk)).get(), today=today)


def charge(invoice: Invoice, day: date = DUE) -> CardCharge | None:
    return payments.charge(invoice_id=invoice.pk, now=datetime(day.year, day.month, day.day, 6, tzinfo=UTC))


def test_d2_by_bank_to_be_paid_by_the_due_date(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    assert stands(invoice) == Standing(State.TO_PAY, ALL, DUE)
    assert stands(invoice, DUE + timedelta(days=1)) == Standing(State.OVERDUE, ALL, DUE)


def test_d4_after_transfers_the_rest_and_then_the_day_of_payment(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    later = datetime(2026, 12, 1, 9, tzinfo=UTC)
    for minor, day in ((100_000, date(2026, 11, 23)), (48_750, date(2026, 11, 27))):
        payments.enter_bank_payment(
            invoice=invoice,
            amount=Money(minor, "NOK"),
            received_on=day,
            bank_reference="A1",
            by=cast.finn.as_staff,
            now=later,
        )
        if minor == 100_000:
            assert stands(invoice) == Standing(State.TO_PAY, Money(48_750, "NOK"), DUE)
    assert stands(invoice) == Standing(State.PAID, NOTHING, date(2026, 11, 27))


def test_d2_by_card_charged_on_the_due_date(invoice: Invoice) -> None:
    assert stands(invoice, date(2026, 11, 23)) == Standing(State.TO_CHARGE, ALL, DUE)
    made = charge(invoice)
    assert stands(invoice, date(2027, 1, 1)) == Standing(State.PAID, NOTHING, DUE, made)


def test_d5_without_an_answer_it_is_being_charged(invoice: Invoice, meet: Meet) -> None:
    meet(Away)
    with pytest.raises(CardProviderUnavailable):
        charge(invoice)
    assert stands(invoice) == Standing(State.CHARGING, ALL, DUE, last_charge(invoice))
    meet(SimulatedCards)
    assert stands(invoice) == Standing(State.CHARGING, ALL, DUE, last_charge(invoice))


def test_d5_a_declined_card_is_tried_again_until_it_is_given_up(cast: Cast, declined: Invoice) -> None:
    found = []
    for day in (23, 24, 26, 28):
        made = charge(declined, date(2026, 12, day))
        found.append((made, stands(declined, date(2026, 12, day))))
    on = [date(2026, 12, day) for day in (24, 26, 28)]
    assert [each for _made, each in found[:3]] == [
        Standing(State.TO_RETRY, ALL, next_on, made)
        for (made, _each), next_on in zip(found, on, strict=False)
    ]
    assert found[3][1] == Standing(State.DECLINED, ALL, date(2026, 12, 28), found[3][0])
    new_year = datetime(2027, 1, 1, 9, tzinfo=UTC)
    factories.saved_card(cast.fjordlys, now=new_year)
    assert stands(declined, date(2027, 1, 1)) == Standing(State.TO_CHARGE, ALL, date(2027, 1, 1), found[3][0])


def test_d7_a_payment_that_was_taken_back_is_no_day_of_payment(cast: Cast, now: datetime) -> None:
    invoice = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    later = datetime(2026, 12, 10, 9, tzinfo=UTC)

    def pay(day: date) -> BankPayment:
        return payments.enter_bank_payment(
            invoice=invoice,
            amount=ALL,
            received_on=day,
            bank_reference="A1",
            by=cast.finn.as_staff,
            now=later,
        )

    wrong = pay(date(2026, 12, 9))
    payments.take_back_bank_payment(payment=wrong, reason="a slip", by=cast.finn.as_staff, now=later)
    assert stands(invoice) == Standing(State.TO_PAY, ALL, DUE)
    pay(date(2026, 12, 4))
    assert stands(invoice) == Standing(State.PAID, NOTHING, date(2026, 12, 4))


def test_standings_of_a_list_cost_no_query_each(
    cast: Cast, now: datetime, declined: Invoice, django_assert_num_queries: Any
) -> None:
    charge(declined)
    for length in (1, 3):
        with django_assert_num_queries(4):
            states = [standing(each, today=DUE).state for each in with_payments(invoices_of(cast.fjordlys))]
        assert len(states) == length
        for _ in range(2):
            charge(issue(cast.fjordlys, card=declined.card, now=now))
