"""No crash, retry or double worker charges twice (D5)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of, ledgers_that_disagree
from medlem.commands.tick import tick
from medlem.core.money import Money
from medlem.events.models import Event, Mail
from medlem.gateways.card import SimulatedCards
from medlem.payments import actions as payments
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.queries import invoices_to_charge
from tests import factories
from tests.payments.conftest import Meet
from tests.payments.provider import AnswerLost, Away, Crowded, booked
from tests.people import Cast
from tests.together import together

ON_THE_DAY = datetime(2026, 12, 23, 6, tzinfo=UTC)
A_MINUTE_LATER = ON_THE_DAY + timedelta(minutes=1)
DUE = date(2026, 12, 23)


def charged_by_tick(*, now: datetime) -> tuple[int, list[str]]:
    """How many cards a tick charged, and the kinds of trouble that it had."""
    report = tick(now=now)
    trouble = [each.split(": ")[1] for each in report.trouble]
    return report.done["cards charged"], trouble


def assert_charged_once(invoice: Invoice) -> None:
    """The provider's books and ours have the one charge, and its mail was queued once."""
    invoice.refresh_from_db()
    charge = CardCharge.objects.get()
    assert booked() == [(str(charge.public_id), "succeeded", 148_750, "NOK")]
    assert (charge.status, invoice.status, balance_of(invoice).minor) == ("succeeded", "paid", 0)
    assert list(invoice.entries.values_list("kind", "amount_minor")) == [
        ("invoiced", 148_750),
        ("card_payment", -148_750),
    ]
    assert Mail.objects.filter(template="charge_succeeded").count() == 1
    assert Event.objects.filter(name="invoice.paid").count() == 1


@pytest.mark.parametrize("failure", [Away, AnswerLost])
def test_d5_without_an_answer_the_next_tick_asks_with_the_same_key(
    invoice: Invoice, meet: Meet, failure: type[SimulatedCards]
) -> None:
    meet(failure)
    assert charged_by_tick(now=ON_THE_DAY) == (0, ["CardProviderUnavailable"])
    intended = CardCharge.objects.get()
    assert (intended.status, intended.answered_at) == ("intended", None)
    assert Mail.objects.filter(template__startswith="charge_").count() == 0
    assert charged_by_tick(now=A_MINUTE_LATER) == (0, ["CardProviderUnavailable"])
    meet(SimulatedCards)
    assert charged_by_tick(now=ON_THE_DAY + timedelta(days=2)) == (1, [])
    assert CardCharge.objects.get().public_id == intended.public_id
    assert_charged_once(invoice)


def test_d5_a_lost_refusal_is_learnt_and_counts_as_the_attempt(declined: Invoice, meet: Meet) -> None:
    meet(AnswerLost)
    charged_by_tick(now=ON_THE_DAY)
    meet(SimulatedCards)
    assert charged_by_tick(now=A_MINUTE_LATER) == (1, [])
    assert (CardCharge.objects.get().status, len(booked())) == ("declined", 1)
    assert charged_by_tick(now=A_MINUTE_LATER + timedelta(minutes=1)) == (0, [])


def test_d5_the_card_that_was_asked_answers_though_another_took_its_place(
    cast: Cast, invoice: Invoice, meet: Meet
) -> None:
    meet(AnswerLost)
    charged_by_tick(now=ON_THE_DAY)
    factories.saved_card(cast.fjordlys, number="5555555555554444", now=ON_THE_DAY)
    meet(SimulatedCards)
    assert charged_by_tick(now=A_MINUTE_LATER) == (1, [])
    assert_charged_once(invoice)
    assert str(CardCharge.objects.get().card) == "Visa •••• 4242"


def transfer(cast: Cast, invoice: Invoice) -> None:
    payments.enter_bank_payment(
        invoice=invoice,
        amount=Money(148_750, "NOK"),
        received_on=DUE,
        bank_reference="A1",
        by=cast.finn.as_staff,
        now=ON_THE_DAY,
    )


def test_d7_a_lost_charge_that_crossed_a_transfer_is_learnt_and_owed_back(
    cast: Cast, invoice: Invoice, meet: Meet
) -> None:
    meet(AnswerLost)
    charged_by_tick(now=ON_THE_DAY)
    transfer(cast, invoice)
    meet(SimulatedCards)
    charged_by_tick(now=A_MINUTE_LATER)
    invoice.refresh_from_db()
    assert (CardCharge.objects.get().status, len(booked())) == ("succeeded", 1)
    assert (invoice.status, balance_of(invoice).minor, ledgers_that_disagree()) == ("paid", -148_750, [])
    assert Event.objects.filter(subject_id=invoice.public_id).latest("id").name == "invoice.overpaid"
    assert invoices_to_charge(DUE) == []


def test_d7_a_card_that_was_never_asked_is_left_alone_after_a_transfer(
    cast: Cast, invoice: Invoice, meet: Meet
) -> None:
    meet(Away)
    charged_by_tick(now=ON_THE_DAY)
    transfer(cast, invoice)
    meet(SimulatedCards)
    charged_by_tick(now=A_MINUTE_LATER)
    invoice.refresh_from_db()
    assert (booked(), invoice.status, balance_of(invoice).minor) == ([], "paid", 0)


@pytest.mark.usefixtures("committing")
def test_d5_two_workers_in_the_provider_at_once_charge_once(invoice: Invoice, meet: Meet) -> None:
    provider = meet(Crowded)
    assert isinstance(provider, Crowded)
    provider.ready = Barrier(2)
    first, second = together(*[lambda: payments.charge(invoice_id=invoice.pk, now=ON_THE_DAY)] * 2)
    assert first == second == CardCharge.objects.get()
    assert_charged_once(invoice)


@pytest.mark.usefixtures("committing")
def test_d5_four_ticks_at_once_charge_once(invoice: Invoice) -> None:
    done = together(*[lambda: charged_by_tick(now=ON_THE_DAY)] * 4)
    assert [trouble for _charged, trouble in done] == [[]] * 4
    assert_charged_once(invoice)


@pytest.mark.usefixtures("committing")
def test_d5_a_card_and_a_transfer_at_once_are_both_in_the_ledger(cast: Cast, invoice: Invoice) -> None:
    together(
        lambda: payments.charge(invoice_id=invoice.pk, now=ON_THE_DAY),
        lambda: transfer(cast, invoice),
    )
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    # Whoever comes last may find nothing left to pay; what did come is in the ledger, all of it.
    came = len(booked()) + BankPayment.objects.count()
    assert came in (1, 2)
    assert balance_of(invoice).minor == 148_750 * (1 - came)
    assert ledgers_that_disagree() == []


def test_d5_the_database_knows_one_charge_under_way_or_done(invoice: Invoice, meet: Meet) -> None:
    meet(Away)
    charged_by_tick(now=ON_THE_DAY)
    intended = CardCharge.objects.get()
    copies = {"invoice": invoice, "card": intended.card, "amount_minor": 148_750, "intended_at": ON_THE_DAY}
    for status, attempt in (("intended", 2), ("succeeded", 2), ("declined", 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CardCharge.objects.create(**copies, status=status, attempt=attempt)
    CardCharge.objects.create(**copies, status="declined", attempt=2)


CHARGES_AND_HANGS = """
import sys
from datetime import datetime
import django
django.setup()
from medlem.billing.providers import simulated_cards
from medlem.gateways.card import SimulatedCards
from medlem.payments import actions as payments

class Hangs(SimulatedCards):
    def charge(self, **asked):
        if sys.argv[3] == "after":
            super().charge(**asked)
        print(sys.argv[3], flush=True)
        sys.stdin.read()

simulated_cards().__class__ = Hangs
payments.charge(invoice_id=int(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]))
"""


def _worker_environment() -> dict[str, str]:
    """Another process in the same house: the tests' database and files."""
    database = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    return {
        **os.environ,
        "DATABASE_URL": url,
        "MEDLEM_DATA": str(settings.DATA),
        "MEDLEM_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "medlem.settings",
    }


@pytest.mark.usefixtures("committing")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_d5_a_worker_killed_while_charging_charges_once(invoice: Invoice, moment: str) -> None:
    command = [sys.executable, "-c", CHARGES_AND_HANGS, str(invoice.pk), ON_THE_DAY.isoformat(), moment]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    house = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, env=_worker_environment(), cwd=house, **pipes) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == moment
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(20) == -signal.SIGKILL
    assert CardCharge.objects.get().status == "intended"
    assert [outcome for _key, outcome, *_ in booked()] == {"before": [], "after": ["succeeded"]}[moment]
    assert charged_by_tick(now=A_MINUTE_LATER) == (1, [])
    assert charged_by_tick(now=A_MINUTE_LATER) == (0, [])
    assert_charged_once(invoice)
