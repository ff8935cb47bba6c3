"""The validators' queue: the one to be answered first on top, the applicant's own last (A8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from medlem.applications import deciding
from medlem.applications.models import Application
from medlem.applications.queries import (
    Waiting,
    decided,
    evidence_by_id,
    for_review,
    next_in_queue,
    open_checks,
    others_of,
    queue,
    waiting,
)
from tests.applications.applying import BLATIMEN, NORDVIK, checked, draft_of, sent, validating
from tests.people import Cast

pytestmark = pytest.mark.django_db

SKARPHET, BRENNVIDDE = "312420198", "312459582"


@pytest.fixture
def house(cast: Cast, now: datetime) -> dict[str, Application]:
    """Something in every state."""
    made = {
        "late": validating(SKARPHET, now=now - timedelta(days=7)),
        "asked": validating(BRENNVIDDE, now=now - timedelta(days=8)),
        "new": sent("311980815", now=now),
        "open": validating(NORDVIK, now=now - timedelta(days=1)),
        "declined": validating("313354067", now=now - timedelta(days=2)),
        "approved": checked(sent(BLATIMEN, now=now - timedelta(days=3)), now=now),
        "draft": draft_of(BLATIMEN, now=now),
    }
    deciding.ask_for_more(application=made["asked"], text="?", by=cast.vera.as_staff, now=now)
    deciding.decline(application=made["declined"], reason="No.", by=cast.vera.as_staff, now=now)
    return made


def names(house: dict[str, Application], found: Any) -> list[str]:
    by_key = {application.pk: name for name, application in house.items()}
    return [by_key[application.pk] for application in found]


def test_a8_the_one_to_be_answered_first_is_on_top_and_those_with_the_applicant_last(
    house: dict[str, Application],
) -> None:
    assert names(house, queue()) == ["late", "open", "new", "asked"]
    assert names(house, queue(status="more_wanted")) == ["asked"]
    assert names(house, queue(status="approved")) == ["late", "open", "new", "asked"]  # no state of the queue
    assert names(house, queue(search="310 313 815")) == ["open"]
    assert names(house, queue(search=house["new"].number)) == ["new"]
    assert names(house, queue(search="skarphet")) == ["late"]
    assert names(house, decided()) == ["approved", "declined"]
    assert names(house, decided(status="declined")) == ["declined"]


def test_a8_what_waits_is_counted(house: dict[str, Application], now: datetime) -> None:
    assert waiting(now) == Waiting(overdue=1, waiting=3, with_applicant=1)


def test_a8_the_reviewer_goes_on_to_the_next(
    house: dict[str, Application], cast: Cast, now: datetime
) -> None:
    assert next_in_queue(house["late"]) == house["open"]
    assert next_in_queue(house["open"]) == house["late"]  # the last: back to the first of all
    deciding.approve(application=house["late"], reason="", by=cast.vera.as_staff, now=now)
    deciding.approve(application=house["open"], reason="", by=cast.vera.as_staff, now=now)
    assert next_in_queue(house["open"]) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_a8_the_queue_costs_two_queries_however_long(
    now: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    for number in (NORDVIK, SKARPHET, BRENNVIDDE)[:rows]:
        validating(number, now=now)
    with django_assert_num_queries(2):
        assert [[check.code for check in open_checks(each)] for each in queue()] == [
            ["document_shows_business"]
        ] * rows


def test_a8_drafts_are_the_applicants_own(house: dict[str, Application]) -> None:
    assert for_review(house["draft"].public_id) is None
    assert evidence_by_id(house["draft"].evidence.get().public_id) is None
    assert for_review(house["open"].public_id) == house["open"]
    assert evidence_by_id(house["open"].evidence.get().public_id) == house["open"].evidence.get()


def test_a10_other_applications_of_the_business_or_the_contact_are_shown(
    house: dict[str, Application], now: datetime
) -> None:
    same_business = sent(NORDVIK, now=now, email="other@x.example")
    same_contact = sent("314169042", now=now + timedelta(hours=1), email=house["open"].email.upper())
    assert list(others_of(house["open"])) == [same_contact, same_business]
    assert list(others_of(house["late"])) == []
