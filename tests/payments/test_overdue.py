"""What is not paid: reminders on the schedule, then suspended, restored by payment, or ended (C8, D6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem import programme
from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.billing.status import Means
from medlem.commands.tick import jobs, tick
from medlem.core.money import Money
from medlem.events.models import Event, Mail
from medlem.gateways.card import CardProviderUnavailable
from medlem.memberships.models import Membership
from medlem.payments import actions as payments
from medlem.payments import overdue
from medlem.payments.models import Reminder
from medlem.payments.queries import invoices_to_end, invoices_to_remind, invoices_to_suspend
from tests import factories
from tests.payments.conftest import Meet, by_card
from tests.payments.provider import Away
from tests.people import Cast, open_account
from tests.together import together

DUE = date(2026, 12, 23)


def morning(days: int) -> datetime:
    """Seven o'clock so many days after the due date."""
    return datetime(2026, 12, 23, 6, tzinfo=UTC) + timedelta(days=days)


JOBS = (
    "cards charged", "invoices reminded", "memberships suspended", "unpaid memberships ended",
    "memberships ended",
)  # fmt: skip


def days_pass(first: int, last: int) -> None:
    """What the tick does about money in the mornings from one day after the due date to another: every morning
    in which something may be due, with those before and after it."""
    doing = [job for job in jobs() if job.name in JOBS]
    for days in sorted({first, *(day for day in MORNINGS if first < day < last), last}):
        for job in doing:
            for key in job.due(morning(days)):
                job.do(key, morning(days))


@pytest.fixture
def membership(cast: Cast, now: datetime) -> Membership:
    """Joined at Silver by bank transfer: NOK 1,487.50 by 23 December."""
    return factories.member(cast.fjordlys, now=now)


@pytest.fixture
def unpaid(membership: Membership) -> Invoice:
    return factories.invoice_of(membership)


def pay(cast: Cast, invoice: Invoice, *, days: int, minor: int = 148_750, reference: str = "A1") -> Any:
    return payments.enter_bank_payment(
        invoice=invoice,
        amount=Money(minor, "NOK"),
        received_on=DUE + timedelta(days=days),
        bank_reference=reference,
        by=cast.finn.as_staff,
        now=morning(days),
    )


def sent() -> list[tuple[int, int]]:
    """Which step of the schedule went out how many days after the due date."""
    found = Reminder.objects.order_by("id").values_list("after_due_days", "sent_on")
    return [(step, (on - DUE).days) for step, on in found]


def told(*templates: str) -> list[str]:
    found = Mail.objects.filter(template__in=["reminder", *templates]).order_by("id")
    return list(found.values_list("template", flat=True))


def status(membership: Membership) -> str:
    membership.refresh_from_db()
    return membership.status


MORNINGS = [day + by for day in (0, 3, 5, 10, 14, 21, 25, 30, 60, 71) for by in (-1, 0, 1)]
ALL = ("membership_suspended", "membership_restored", "membership_ended")


def test_d6_each_step_of_the_schedule_is_sent_once_on_its_day(unpaid: Invoice) -> None:
    for days in range(14):
        days_pass(days, days)
        days_pass(days, days)
    assert sent() == [(3, 3), (10, 10)]
    reminder = Reminder.objects.first()
    assert reminder is not None
    assert model_to_dict(reminder, exclude=["id"]) == {
        "invoice": unpaid.pk,
        "after_due_days": 3,
        "sent_on": date(2026, 12, 26),
        "sent_at": morning(3),
        "open_minor": 148_750,
        "fee": None,
    }
    event = Event.objects.filter(name="invoice.reminded").earliest("id")
    assert (event.subject_id, event.after) == (
        unpaid.public_id,
        {"step": 3, "fee_minor": 0, "currency": "NOK"},
    )
    mail = Mail.objects.filter(template="reminder").earliest("id")
    assert (mail.to, mail.values["minor"], mail.values["kid"], mail.values["suspended_from"]) == (
        "faktura@fjordlys.example",
        148_750,
        unpaid.kid,
        "2027-01-06",
    )


def test_d6_what_was_paid_is_not_reminded_of(cast: Cast, unpaid: Invoice) -> None:
    days_pass(1, 5)
    pay(cast, unpaid, days=6)
    days_pass(6, 70)
    assert (sent(), told(*ALL)) == ([(3, 3)], ["reminder"])


def test_d6_after_a_stop_one_reminder_a_day_is_sent_and_nobody_suspended_unwarned(
    membership: Membership, unpaid: Invoice
) -> None:
    for _ in range(3):
        days_pass(20, 20)
    assert (sent(), status(membership)) == ([(3, 20)], "active")
    days_pass(21, 24)
    assert (sent(), status(membership)) == ([(3, 20), (10, 21)], "active")
    days_pass(25, 25)  # four days after the last reminder, as the schedule has it
    assert status(membership) == "suspended"
    days_pass(26, 90)
    assert (sent(), status(membership)) == ([(3, 20), (10, 21), (30, 30)], "ended")


def test_c8_unpaid_for_14_days_the_membership_is_suspended_after_the_reminders(
    cast: Cast, membership: Membership, unpaid: Invoice
) -> None:
    days_pass(1, 13)
    assert status(membership) == "active"
    days_pass(14, 20)
    assert (status(membership), membership.suspended_on) == ("suspended", date(2027, 1, 6))
    assert told(*ALL) == ["reminder", "reminder", "membership_suspended"]
    event = Event.objects.get(name="membership.suspended")
    assert (event.subject_id, event.account_id, event.after) == (
        membership.public_id,
        cast.fjordlys.public_id,
        {"status": "suspended", "invoice": 10_001},
    )
    mail = Mail.objects.get(template="membership_suspended")
    assert (mail.to, mail.values["invoice"]) == ("alice@fjordlys.example", 10_001)


def test_c8_payment_restores_it_at_once(cast: Cast, membership: Membership, unpaid: Invoice) -> None:
    days_pass(1, 20)
    pay(cast, unpaid, days=20, minor=100_000)
    assert status(membership) == "suspended"
    pay(cast, unpaid, days=20, minor=48_750, reference="A2")
    assert (status(membership), membership.suspended_on) == ("active", None)
    assert told(*ALL)[-1] == "membership_restored"
    days_pass(20, 90)
    assert (status(membership), told(*ALL)[-1]) == ("active", "membership_restored")


def test_c8_a_payment_that_is_taken_back_leaves_it_unpaid_as_before(
    cast: Cast, membership: Membership, unpaid: Invoice
) -> None:
    days_pass(1, 20)
    payment = pay(cast, unpaid, days=20)
    payments.take_back_bank_payment(payment=payment, reason="a slip", by=cast.finn.as_staff, now=morning(20))
    assert status(membership) == "active"
    days_pass(20, 20)
    assert status(membership) == "suspended"


def test_c8_unpaid_for_60_days_it_is_ended(membership: Membership, unpaid: Invoice) -> None:
    days_pass(1, 59)
    assert status(membership) == "suspended"
    days_pass(60, 70)
    assert (status(membership), membership.ended_on) == ("ended", DUE + timedelta(days=60))
    assert told(*ALL) == ["reminder", "reminder", "membership_suspended", "reminder", "membership_ended"]
    assert Mail.objects.get(template="membership_ended").values["reason"] == "unpaid"
    unpaid.refresh_from_db()
    assert (unpaid.status, balance_of(unpaid).minor, ledgers_that_disagree()) == ("open", 148_750, [])


def test_c8_by_card_nobody_is_reminded_while_the_card_is_tried_by_itself(cast: Cast, now: datetime) -> None:
    by_card(cast, factories.DECLINED, now=now)
    days_pass(0, 15)
    assert sent() == [(3, 6), (10, 10)]  # the last attempt was on the fifth day
    membership = Membership.objects.get()
    assert status(membership) == "suspended"
    factories.saved_card(cast.fjordlys, now=morning(16))
    days_pass(16, 16)
    assert status(membership) == "active"


def test_c8_while_nobody_knows_whether_the_card_was_charged_nothing_is_done(
    cast: Cast, now: datetime, meet: Meet
) -> None:
    by_card(cast, factories.SUCCEEDS, now=now)
    meet(Away)
    with pytest.raises(CardProviderUnavailable):
        days_pass(0, 0)
    for days in (3, 10, 14, 30, 60, 61):
        tick(now=morning(days))
    assert (sent(), Membership.objects.get().status) == ([], "active")


def test_d6_a_charge_that_waits_for_the_cardholder_is_reminded_of(cast: Cast, now: datetime) -> None:
    by_card(cast, factories.NEEDS_AUTHENTICATION, now=now)
    days_pass(0, 14)
    assert (sent(), Membership.objects.get().status) == ([(3, 3), (10, 10)], "suspended")


def with_fee(minor: int, *, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programme takes a fee for one step of its schedule."""
    known = programme.current()
    rows = tuple(
        row.model_copy(update={"fees": {"NOK": minor}}) if row.after_due_days == step else row
        for row in known.payment.reminders
    )
    changed = known.model_copy(update={"payment": known.payment.model_copy(update={"reminders": rows})})
    monkeypatch.setattr(overdue, "current", lambda: changed)


def test_d6_a_fee_is_taken_only_where_the_schedule_says_so_and_stands_in_the_ledger(
    cast: Cast, membership: Membership, unpaid: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_fee(3_500, step=10, monkeypatch=monkeypatch)
    days_pass(1, 13)
    assert list(unpaid.entries.values_list("kind", "amount_minor")) == [
        ("invoiced", 148_750),
        ("reminder_fee", 3_500),
    ]
    second = Reminder.objects.latest("id")
    assert (second.open_minor, second.fee) == (152_250, unpaid.entries.get(kind="reminder_fee"))
    mails = Mail.objects.filter(template="reminder").order_by("id")
    assert [(mail.values["minor"], mail.values["fee_minor"]) for mail in mails] == [
        (148_750, 0),
        (152_250, 3_500),
    ]
    days_pass(14, 14)
    pay(cast, unpaid, days=14)
    assert (status(membership), balance_of(unpaid).minor) == ("suspended", 3_500)
    pay(cast, unpaid, days=14, minor=3_500, reference="A2")
    assert (status(membership), balance_of(unpaid).minor, ledgers_that_disagree()) == ("active", 0, [])
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.gross_minor) == ("paid", 148_750)


def test_d6_the_database_knows_each_step_once(unpaid: Invoice) -> None:
    days_pass(3, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(
            invoice=unpaid, after_due_days=3, sent_on=DUE, sent_at=morning(3), open_minor=1
        )


@pytest.mark.usefixtures("committing")
def test_d6_four_ticks_at_once_send_one_reminder_and_suspend_once(cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, means=Means.BANK, now=now)
    together(*[lambda: tick(now=morning(3))] * 4)
    assert (sent(), told()) == ([(3, 3)], ["reminder"])
    days_pass(10, 10)
    together(*[lambda: tick(now=morning(14))] * 4)
    assert (status(membership), told("membership_suspended").count("membership_suspended")) == (
        "suspended",
        1,
    )


@pytest.mark.usefixtures("committing")
def test_c8_a_payment_and_the_suspension_at_once_leave_it_active(cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, now=now)
    invoice = factories.invoice_of(membership)
    days_pass(3, 3)
    days_pass(10, 10)
    together(
        lambda: overdue.suspend(invoice_id=invoice.pk, now=morning(14)),
        lambda: pay(cast, invoice, days=14),
    )
    assert status(membership) == "active"


def test_finding_what_is_overdue_costs_the_same_for_one_and_three(
    cast: Cast, now: datetime, unpaid: Invoice, django_assert_num_queries: Any
) -> None:
    def found(days: int) -> list[int]:
        on = DUE + timedelta(days=days)
        return [len(find(on)) for find in (invoices_to_remind, invoices_to_suspend, invoices_to_end)]

    days_pass(3, 3)
    for many in (1, 3):
        with django_assert_num_queries(9):
            assert found(10) == [many, 0, 0]
        for email, number in (("dag@dokk.example", "985589712"), ("kari@kyst.example", "912345675")):
            if many == 1:
                account = open_account(name=email, number=number, email=email, language="en", now=now)
                factories.member(account, now=now)
        days_pass(3, 3)
