"""The demo's calendar: moved forward, it does what is due on every day that passes (E7, D2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from medlem.billing.status import InvoiceStatus, Means
from medlem.core import clock
from medlem.memberships.models import Membership
from tests import factories
from tests.conftest import NOW
from tests.people import Cast

JSON = {"accept": "application/json"}


def moved(client: Client, **values: Any) -> dict[str, Any]:
    answer = client.post("/demo/clock/", values, headers=JSON)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


@pytest.fixture
def by_card(cast: Cast) -> Membership:
    card = factories.saved_card(cast.fjordlys, now=NOW)
    return factories.member(cast.fjordlys, level="gold", means=Means.CARD, card=card, now=NOW)


def test_e7_d2_the_due_date_can_be_seen_to_charge(client: Client, by_card: Membership) -> None:
    invoice = factories.invoice_of(by_card)

    before = moved(client, days=29)
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.OPEN
    on_the_day = moved(client, days=1)
    invoice.refresh_from_db()

    assert invoice.status == InvoiceStatus.PAID
    assert [each["on"] for each in before["days"]][::28] == ["2026-11-24", "2026-12-22"]
    assert on_the_day["today"] == "2026-12-23"
    assert on_the_day["days"][0]["done"]["cards charged"] == 1


def test_a_day_keeps_the_time_of_day_and_a_moment_is_exact(client: Client, db: None) -> None:
    days = moved(client, to="2026-11-25")["days"]
    assert [each["on"] for each in days] == ["2026-11-24", "2026-11-25"]
    assert abs(clock.now() - (NOW + timedelta(days=2))) < timedelta(seconds=30)

    moved(client, to="2026-11-27T06:00")
    assert abs(clock.now() - NOW.replace(day=27, hour=5)) < timedelta(seconds=30)

    moved(client, to="2026-11-28T06:00:00+00:00")
    assert abs(clock.now() - NOW.replace(day=28, hour=6)) < timedelta(seconds=30)


def test_no_days_do_what_is_due_now(client: Client, db: None) -> None:
    assert [each["on"] for each in moved(client, days=0)["days"]] == ["2026-11-23"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "Give either “days” or “to”."),
        ({"days": "1", "to": "2026-12-01"}, "Give either “days” or “to”."),
        ({"to": "2026-11-20"}, "The calendar only moves forward. Choose a later day."),
        ({"to": "christmas"}, "“christmas” is no day. Write it as 2026-12-24, or as 2026-12-24T06:00."),
        ({"to": "2026-02-30"}, "“2026-02-30” is no day. Write it as 2026-12-24, or as 2026-12-24T06:00."),
        ({"to": "2029-01-01"}, "That is too far. Move 400 days at most at a time."),
        ({"days": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"days": "soon"}, "Enter a whole number."),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    client: Client, db: None, values: dict[str, str], why: str
) -> None:
    answer = client.post("/demo/clock/?language=en", values, headers=JSON)
    page = client.post("/demo/clock/?language=en", values)

    assert (answer.status_code, json.loads(answer.content)) == (422, {"error": why})
    assert page.status_code == 422
    assert why in page.content.decode()
    assert clock.now() - NOW < timedelta(minutes=1)


def test_the_page_shows_what_was_done_once(client: Client, by_card: Membership) -> None:
    answer = client.post("/demo/clock/?language=en", {"days": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/demo/clock/")

    first, second = client.get("/demo/clock/"), client.get("/demo/clock/")

    assert "Invoices sent: 1" in first.content.decode()
    assert "What was done" not in second.content.decode()


def test_the_page_shows_the_month_and_what_is_coming(client: Client, by_card: Membership) -> None:
    shown = " ".join(client.get("/demo/clock/?language=en&month=2026-12").content.decode().split())

    assert "December 2026" in shown
    assert 'value="2026-12-23"' in shown
    assert "Fjordlys Foto AS" in shown


def test_scripts_move_it_without_a_token_of_the_page(db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    assert moved(client, days=1)["today"] == "2026-11-24"
    assert json.loads(client.get("/demo/clock/", headers=JSON).content)["today"] == "2026-11-24"
