"""The validators' queue: the one to be answered first on top, the applicant's own last (A8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from medlem.applications import claiming, deciding
from medlem.applications.models import Application
from medlem.applications.queries import evidence_by_id, for_review, others_of
from medlem.applications.queue import (
    Filter,
    Waiting,
    before_in_queue,
    decided,
    open_checks,
    queue,
    urgency_of,
    waiting,
)
from medlem.applications.rules import CLAIM_LASTS, Urgency
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
    house: dict[str, Application], cast: Cast, now: datetime
) -> None:
    def found(**narrowed: str) -> list[str]:
        return names(house, queue(Filter(**narrowed), by=cast.vera.public_id, now=now))

    assert found() == ["late", "open", "new", "asked"]
    assert found(status="more_wanted") == ["asked"]
    assert found(status="approved") == ["late", "open", "new", "asked"]  # no state of the queue
    assert found(search="310 313 815") == ["open"]
    assert found(search=house["new"].number) == ["new"]
    assert found(search="skarphet") == ["late"]
    assert found(search="SØNN") == found(search="sønn") == ["open"]
    assert found(country="NO") == ["late", "open", "new", "asked"]
    assert found(country="SE") == []
    assert names(house, decided(Filter())) == ["approved", "declined"]
    assert names(house, decided(Filter(status="declined"))) == ["declined"]
    assert names(house, decided(Filter(country="SE"))) == []


def test_a8_the_queue_is_narrowed_by_how_near_the_moment_is(
    house: dict[str, Application], cast: Cast, now: datetime
) -> None:
    later = now + timedelta(hours=26)  # Tuesday noon; what came on Sunday is due on Wednesday at four

    def found(urgency: str, at: datetime) -> list[str]:
        return names(house, queue(Filter(urgency=urgency), by=cast.vera.public_id, now=at))

    assert [found(each, now) for each in Urgency] == [["asked"], ["open", "new"], [], ["late"]]
    assert [found(each, later + timedelta(hours=4)) for each in Urgency] == [
        ["asked"],
        [],
        ["open", "new"],
        ["late"],
    ]
    assert found("nonsense", now) == []
    for at in (now, later):
        rows = list(queue(Filter(), by=cast.vera.public_id, now=at))
        assert {row.pk: urgency_of(row, at) for row in rows} == {
            row.pk: each
            for each in Urgency
            for row in queue(Filter(urgency=each), by=cast.vera.public_id, now=at)
        }


def test_a8_the_queue_is_narrowed_by_who_has_it_on_the_table(
    house: dict[str, Application], cast: Cast, now: datetime
) -> None:
    claiming.claim(application=house["open"], by=cast.vera.as_staff, now=now)
    claiming.claim(application=house["late"], by=cast.mona.as_staff, now=now - CLAIM_LASTS)  # run out

    def found(claimed: str) -> list[str]:
        return names(house, queue(Filter(claimed=claimed), by=cast.vera.public_id, now=now))

    assert (found("mine"), found("unclaimed")) == (["open"], ["late"])


def test_a8_what_waits_is_counted(house: dict[str, Application], cast: Cast, now: datetime) -> None:
    claiming.claim(application=house["open"], by=cast.vera.as_staff, now=now)
    found = waiting(by=cast.vera.public_id, now=now)
    assert replace(found, first=None, next=None, asked=None) == Waiting(
        overdue=1, waiting=3, mine=1, with_applicant=1
    )
    assert found.first is not None
    assert found.next is not None
    assert found.first < now <= found.next
    assert found.asked is not None


def test_a8_the_reviewer_goes_back_to_the_one_before(house: dict[str, Application]) -> None:
    assert before_in_queue(house["open"]) == house["late"]
    assert before_in_queue(house["late"]) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_a8_the_queue_costs_two_queries_however_long(
    cast: Cast, now: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    for number in (NORDVIK, SKARPHET, BRENNVIDDE)[:rows]:
        validating(number, now=now)
    with django_assert_num_queries(2):
        found = queue(Filter(), by=cast.vera.public_id, now=now)
        assert [open_checks(each)[0].code for each in found] == ["document_shows_business"] * rows


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
