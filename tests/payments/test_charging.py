"""The card is charged on the due date, not before, and again on a schedule when declined (D2, D5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict

from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.billing.status import Means
from medlem.commands.tick import tick
from medlem.core.clock import date_in
from medlem.core.money import Money
from medlem.events.models import Event, Mail
from medlem.payments import actions as payments
from medlem.payments.models import CardCharge
from medlem.payments.queries import invoices_to_charge
from tests import factories
from tests.payments.conftest import by_card
from tests.payments.provider import booked
from tests.people import Cast

DUE = date(2026, 12, 23)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


def charged_by_tick(*, now: datetime) -> int:
    """How many cards a tick charged; nothing may have gone wrong."""
    report = tick(now=now)
    assert report.trouble == []
    return report.done["cards charged"]


def attempts(first: date, *, days: int) -> list[tuple[date, str]]:
    """The tick runs every morning of so many days: on which of them a card was charged, and the outcome."""
    for past in range(days):
        charged_by_tick(now=morning(first + timedelta(days=past)))
    charges = CardCharge.objects.order_by("id")
    return [(date_in("Europe/Oslo", each.intended_at), each.status) for each in charges]


def told() -> list[tuple[str, str, str]]:
    """The mails about charges: which, with what outcome, and when the next attempt is."""
    mails = Mail.objects.filter(template__startswith="charge_").order_by("id")
    return [(mail.template, mail.values["outcome"], mail.values["next_on"]) for mail in mails]


def test_d2_not_charged_a_minute_before_the_due_date(invoice: Invoice) -> None:
    assert charged_by_tick(now=datetime(2026, 12, 22, 22, 59, tzinfo=UTC)) == 0  # 23:59 in Oslo
    assert (CardCharge.objects.count(), booked()) == (0, [])
    assert charged_by_tick(now=datetime(2026, 12, 22, 23, 0, tzinfo=UTC)) == 1  # midnight in Oslo
    assert [outcome for _key, outcome, _minor, _currency in booked()] == ["succeeded"]


def test_d2_charged_on_the_due_date(cast: Cast, invoice: Invoice) -> None:
    on_time = morning(DUE)
    assert [charged_by_tick(now=on_time) for _ in range(3)] == [1, 0, 0]
    charge = CardCharge.objects.get()
    invoice.refresh_from_db()
    assert model_to_dict(charge, exclude=["id", "provider_reference"]) == {
        "invoice": invoice.pk,
        "card": invoice.card_id,
        "attempt": 1,
        "amount_minor": 148_750,
        "status": "succeeded",
        "confirming_at": None,
        "intended_at": on_time,
        "answered_at": on_time,
        "reason": "",
    }
    assert booked() == [(str(charge.public_id), "succeeded", 148_750, "NOK")]
    assert (invoice.status, balance_of(invoice)) == ("paid", Money(0, "NOK"))
    columns = ("kind", "amount_minor", "on", "reference", "text")
    assert invoice.entries.values_list(*columns).last() == (
        "card_payment",
        -148_750,
        DUE,
        f"card:{charge.public_id}",
        "Visa •••• 4242",
    )
    events = Event.objects.filter(at=on_time).exclude(name="invoice.sent").order_by("id")
    assert list(events.values_list("name", "actor_kind", "after")) == [
        ("charge.succeeded", "system", {"status": "succeeded", "invoice": 10_001, "amount_minor": 148_750}),
        (
            "invoice.paid",
            "system",
            {"status": "paid", "amount_minor": 148_750, "currency": "NOK", "kind": "card_payment"},
        ),
    ]


def test_d2_the_business_is_told_of_the_charge(cast: Cast, invoice: Invoice) -> None:
    charged_by_tick(now=morning(DUE))
    columns = ("template", "to", "language", "account_id", "values")
    assert list(Mail.objects.filter(template__startswith="charge_").values_list(*columns)) == [
        (
            "charge_succeeded",
            "faktura@fjordlys.example",
            "en",
            cast.fjordlys.public_id,
            {
                "number": 10_001,
                "minor": 148_750,
                "currency": "NOK",
                "card": "Visa •••• 4242",
                "outcome": "succeeded",
                "next_on": "",
                "kid": invoice.kid,
                "bank_account": "9999.05.43212",
                "link": {"page": "portal:invoice", "purpose": "", "thing": "", "kwargs": {"number": "10001"}},
            },
        )
    ]


@pytest.mark.parametrize(
    ("number", "outcome", "reason"),
    [
        (factories.DECLINED, "declined", "card_declined"),
        ("4000000000009995", "declined", "insufficient_funds"),
    ],
)
def test_d5_a_refused_card_is_tried_again_on_the_schedule_and_then_no_more(
    cast: Cast, now: datetime, number: str, outcome: str, reason: str
) -> None:
    invoice = by_card(cast, number, now=now)
    tried = attempts(date(2026, 12, 21), days=12)
    assert tried == [(date(2026, 12, day), outcome) for day in (23, 24, 26, 28)]
    assert [each[1] for each in booked()] == [outcome] * 4
    assert set(CardCharge.objects.values_list("reason", flat=True)) == {reason}
    assert told() == [
        ("charge_failed", outcome, next_on) for next_on in ("2026-12-24", "2026-12-26", "2026-12-28", "")
    ]
    invoice.refresh_from_db()
    assert (invoice.status, balance_of(invoice).minor, ledgers_that_disagree()) == ("open", 148_750, [])


def test_d5_after_a_weeks_stop_a_refused_card_is_tried_once_a_day(declined: Invoice) -> None:
    week_later = morning(DUE + timedelta(days=7))
    assert [charged_by_tick(now=week_later + timedelta(minutes=minute)) for minute in range(3)] == [1, 0, 0]
    tried = attempts(date(2026, 12, 31), days=6)
    assert [day for day, _outcome in tried] == [
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
    ]


def test_d5_a_replaced_card_is_charged_on_the_day_it_came(cast: Cast, declined: Invoice) -> None:
    attempts(DUE, days=2)
    factories.saved_card(cast.fjordlys, number="5555555555554444", now=morning(date(2026, 12, 25)))
    assert charged_by_tick(now=morning(date(2026, 12, 25))) == 1
    last = CardCharge.objects.latest("id")
    declined.refresh_from_db()
    assert (str(last.card), last.attempt, last.status, declined.status) == (
        "Mastercard •••• 4444",
        3,
        "succeeded",
        "paid",
    )


def test_d5_a_new_card_has_the_whole_schedule_to_itself(cast: Cast, declined: Invoice) -> None:
    attempts(DUE, days=10)
    new = factories.saved_card(cast.fjordlys, number=factories.DECLINED, now=morning(date(2027, 1, 10)))
    tried = attempts(date(2027, 1, 10), days=10)
    assert [day for day, _outcome in tried[4:]] == [date(2027, 1, day) for day in (10, 11, 13, 15)]
    assert set(CardCharge.objects.filter(attempt__gt=4).values_list("card", flat=True)) == {new.pk}


def test_d5_a_card_replaced_before_the_due_date_is_the_one_charged(cast: Cast, declined: Invoice) -> None:
    factories.saved_card(cast.fjordlys, number=factories.SUCCEEDS, now=morning(date(2026, 12, 1)))
    assert attempts(date(2026, 12, 20), days=5) == [(DUE, "succeeded")]


def test_d4_what_was_transferred_before_is_not_charged(cast: Cast, now: datetime, invoice: Invoice) -> None:
    def pay(minor: int, reference: str) -> None:
        payments.enter_bank_payment(
            invoice=invoice,
            amount=Money(minor, "NOK"),
            received_on=date(2026, 11, 23),
            bank_reference=reference,
            by=cast.finn.as_staff,
            now=now,
        )

    pay(100_000, "A1")
    charged_by_tick(now=morning(DUE))
    assert [minor for _key, _outcome, minor, _currency in booked()] == [48_750]
    invoice.refresh_from_db()
    assert (invoice.status, balance_of(invoice).minor) == ("paid", 0)


def test_d4_a_paid_invoice_is_not_charged(cast: Cast, now: datetime, invoice: Invoice) -> None:
    payments.enter_bank_payment(
        invoice=invoice,
        amount=Money(148_750, "NOK"),
        received_on=date(2026, 11, 23),
        bank_reference="A1",
        by=cast.finn.as_staff,
        now=now,
    )
    assert (charged_by_tick(now=morning(DUE)), booked()) == (0, [])
    assert payments.charge(invoice_id=invoice.pk, now=morning(DUE)) is None


def test_d1_an_invoice_by_bank_is_never_charged(cast: Cast, now: datetime) -> None:
    factories.saved_card(cast.fjordlys, now=now)
    invoice = factories.invoice_of(factories.member(cast.fjordlys, means=Means.BANK, now=now))
    assert (charged_by_tick(now=morning(DUE)), booked()) == (0, [])
    assert payments.charge(invoice_id=invoice.pk, now=morning(DUE)) is None


def test_finding_what_is_due_costs_the_same_for_one_and_three(
    cast: Cast, now: datetime, invoice: Invoice, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        assert invoices_to_charge(DUE) == [invoice.pk]
    made = [invoice.pk]
    for _ in range(2):
        Invoice.objects.update(sent_at=now)
        membership = cast.fjordlys.memberships.get(status="active")
        membership.status = "ended"
        membership.save()
        card = invoice.card
        made.append(
            factories.invoice_of(factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)).pk
        )
    with django_assert_num_queries(4):
        assert invoices_to_charge(DUE) == made
