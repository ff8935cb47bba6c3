"""The bank wants the cardholder: the charge waits, is confirmed on the provider's page, and is booked once (D5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from medlem.billing.actions import CardsUnavailable
from medlem.billing.models import Invoice
from medlem.billing.providers import simulated_cards
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.commands.tick import tick
from medlem.core.money import Money
from medlem.events.models import Event, Mail
from medlem.gateways.card import CardProviderUnavailable, ChargeResult, SimulatedCards
from medlem.payments import actions as payments
from medlem.payments import confirming
from medlem.payments.models import CardCharge
from medlem.payments.queries import (
    State,
    charges_being_confirmed,
    invoices_to_charge,
    standing,
    with_payments,
)
from tests import factories
from tests.payments.conftest import Meet, by_card
from tests.payments.provider import booked
from tests.people import Cast
from tests.together import together

DUE = date(2026, 12, 23)
ON_THE_DAY = datetime(2026, 12, 23, 6, tzinfo=UTC)
LATER = ON_THE_DAY + timedelta(hours=2)


@pytest.fixture
def waiting(cast: Cast, now: datetime) -> Invoice:
    """On the due date the bank wants the owner of the card."""
    invoice = by_card(cast, factories.NEEDS_AUTHENTICATION, now=now)
    payments.charge(invoice_id=invoice.pk, now=ON_THE_DAY)
    return invoice


def begin(invoice: Invoice) -> str:
    """The session of the provider's page to which the person is sent."""
    address = confirming.begin(invoice=invoice, return_url="https://x.example/", language="en", now=LATER)
    return address.rstrip("/").rpartition("/")[2]


def answer(session: str, *, confirmed: bool = True) -> ChargeResult:
    return simulated_cards().answer_confirmation(session, confirmed=confirmed)


def learn() -> CardCharge:
    return confirming.learn(charge_id=CardCharge.objects.latest("id").pk, now=LATER)


def state(invoice: Invoice) -> tuple[str, int]:
    invoice.refresh_from_db()
    return invoice.status, balance_of(invoice).minor


def how(invoice: Invoice, day: date = DUE) -> State:
    return standing(with_payments(Invoice.objects.filter(pk=invoice.pk)).get(), today=day).state


def outcomes() -> list[str]:
    return list(CardCharge.objects.order_by("id").values_list("status", flat=True))


def letters() -> list[str]:
    found = Mail.objects.filter(template__startswith="charge_").order_by("id")
    return list(found.values_list("template", flat=True))


def test_d5_the_charge_waits_and_is_not_tried_again(waiting: Invoice) -> None:
    for days in (0, 1, 3, 5, 6):
        payments.charge(invoice_id=waiting.pk, now=ON_THE_DAY + timedelta(days=days))
    assert invoices_to_charge(DUE + timedelta(days=5)) == []
    assert (outcomes(), letters()) == (["needs_authentication"], ["charge_to_confirm"])
    assert (state(waiting), how(waiting)) == (("open", 148_750), State.TO_CONFIRM)


def test_d5_confirmed_it_is_paid_once_and_told(waiting: Invoice) -> None:
    answer(begin(waiting))
    assert state(waiting) == ("open", 148_750)
    for _ in range(2):  # loading the page again does no harm
        assert learn().status == "succeeded"
    tick(now=LATER)
    assert (state(waiting), ledgers_that_disagree()) == (("paid", 0), [])
    assert [outcome for _key, outcome, *_ in booked()] == ["succeeded"]
    assert (letters(), how(waiting)) == (["charge_to_confirm", "charge_succeeded"], State.PAID)
    names = Event.objects.filter(name__startswith="charge.").order_by("id").values_list("name", flat=True)
    assert list(names) == ["charge.needs_authentication", "charge.succeeded"]


def test_d5_what_is_confirmed_is_learnt_though_nobody_comes_back(waiting: Invoice) -> None:
    assert charges_being_confirmed() == []  # nobody went there yet, so nobody is asked
    answer(begin(waiting))
    assert tick(now=LATER).done["confirmations asked"] == 1
    assert state(waiting) == ("paid", 0)
    assert charges_being_confirmed() == []


def test_d5_refused_the_schedule_goes_on(waiting: Invoice) -> None:
    answer(begin(waiting), confirmed=False)
    assert learn().reason == "authentication_failed"
    assert (state(waiting), how(waiting)) == (("open", 148_750), State.TO_RETRY)
    tick(now=ON_THE_DAY + timedelta(days=1))
    assert outcomes() == ["declined", "needs_authentication"]
    assert letters() == ["charge_to_confirm", "charge_failed", "charge_to_confirm"]


def test_d5_leaving_the_page_leaves_it_waiting(waiting: Invoice) -> None:
    begin(waiting)
    assert learn().status == "needs_authentication"
    assert (how(waiting), letters()) == (State.TO_CONFIRM, ["charge_to_confirm"])


def test_d5_another_card_takes_its_place_and_the_charge_is_withdrawn(cast: Cast, waiting: Invoice) -> None:
    session = begin(waiting)
    factories.saved_card(cast.fjordlys, now=LATER)
    assert (how(waiting), invoices_to_charge(DUE)) == (State.TO_CHARGE, [waiting.pk])
    tick(now=LATER)
    assert (outcomes(), state(waiting)) == (["withdrawn", "succeeded"], ("paid", 0))
    # The page that is still open somewhere charges nobody.
    assert answer(session).outcome == "withdrawn"
    tick(now=LATER + timedelta(minutes=1))
    assert (state(waiting), len(letters())) == (("paid", 0), 2)


def test_d5_confirmed_before_the_other_card_is_charged_it_counts(cast: Cast, waiting: Invoice) -> None:
    session = begin(waiting)
    factories.saved_card(cast.fjordlys, now=LATER)
    answer(session)
    tick(now=LATER)
    assert (outcomes(), state(waiting)) == (["succeeded"], ("paid", 0))


@pytest.mark.parametrize(("minor", "expected"), [(148_750, ["withdrawn"]), (48_750, ["withdrawn"])])
def test_d4_a_transfer_withdraws_what_waits(
    cast: Cast, waiting: Invoice, minor: int, expected: list[str]
) -> None:
    payments.enter_bank_payment(
        invoice=waiting,
        amount=Money(minor, "NOK"),
        received_on=DUE,
        bank_reference="A1",
        by=cast.finn.as_staff,
        now=LATER,
    )
    with pytest.raises(confirming.NothingToConfirm):
        begin(waiting)
    tick(now=LATER)
    assert (outcomes(), state(waiting)[1]) == (expected, 148_750 - minor)
    # What is left of it is asked of the card on the schedule.
    tick(now=ON_THE_DAY + timedelta(days=1))
    left = [each for _key, _outcome, each, _currency in booked()][1:]
    assert left == ([100_000] if minor == 48_750 else [])


def test_d5_there_is_nothing_to_confirm_twice(waiting: Invoice) -> None:
    answer(begin(waiting))
    with pytest.raises(confirming.NothingToConfirm):
        begin(waiting)  # the provider knows more than we do
    assert state(waiting) == ("paid", 0)
    with pytest.raises(confirming.NothingToConfirm):
        begin(waiting)


def test_d5_without_the_provider_it_waits_on(waiting: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(SimulatedCards):
        def begin_confirmation(self, idempotency_key: str, **asked: Any) -> str | None:
            raise CardProviderUnavailable("no answer")

        def find_charge(self, idempotency_key: str) -> ChargeResult | None:
            raise CardProviderUnavailable("no answer")

    simulated = simulated_cards()
    monkeypatch.setattr(simulated, "__class__", Away)
    with pytest.raises(CardsUnavailable):
        begin(waiting)
    with pytest.raises(CardsUnavailable):
        learn()
    assert how(waiting) == State.TO_CONFIRM


def test_d5_the_database_knows_one_charge_that_waits(waiting: Invoice) -> None:
    (charge,) = CardCharge.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        CardCharge.objects.create(
            invoice=waiting, card=charge.card, attempt=2, amount_minor=1, intended_at=LATER
        )


@pytest.mark.usefixtures("committing")
def test_d5_two_windows_and_a_worker_at_once_book_one_payment(cast: Cast, now: datetime, meet: Meet) -> None:
    invoice = by_card(cast, factories.NEEDS_AUTHENTICATION, now=now)
    payments.charge(invoice_id=invoice.pk, now=ON_THE_DAY)
    answer(begin(invoice))
    made = together(learn, learn, lambda: tick(now=LATER))
    assert made[0] == made[1] == CardCharge.objects.get()
    assert (state(invoice), letters().count("charge_succeeded")) == (("paid", 0), 1)
    assert ledgers_that_disagree() == []
