"""Invoice numbers are an unbroken series, assigned at issue (D3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from medlem.billing import actions as billing
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import gaps_in_the_series
from medlem.billing.status import Means
from medlem.core.identifiers import uuid7
from tests.billing.invoices import issue, line
from tests.factories import super_user
from tests.people import Cast
from tests.together import together


class Crash(Exception):
    """What happens to a worker in the middle of its work."""


def numbers() -> list[int]:
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


@pytest.mark.usefixtures("committing")
def test_d3_fifty_at_once_leave_an_unbroken_series(cast: Cast, now: datetime) -> None:
    at_once = 50 if connection.vendor == "postgresql" else 15

    def one(place: int) -> Callable[[], int]:
        def act() -> int:
            with transaction.atomic():
                invoice = issue(cast.fjordlys if place % 2 else cast.nordkapp, now=now)
                if place % 5 == 0:
                    raise Crash
            return invoice.number

        return act

    given = together(*(one(place) for place in range(at_once)))
    issued = sorted(number for number in given if isinstance(number, int))
    crashed = [error for error in given if not isinstance(error, int)]
    assert [type(error) for error in crashed] == [Crash] * (at_once // 5)
    assert issued == numbers() == list(range(10_001, 10_001 + at_once - at_once // 5))
    assert gaps_in_the_series() == []


def test_d3_a_number_that_was_rolled_back_is_given_again(cast: Cast, now: datetime) -> None:
    first = issue(cast.fjordlys, now=now)
    with pytest.raises(Crash), transaction.atomic():  # noqa: PT012 - both in one transaction
        issue(cast.fjordlys, now=now)
        raise Crash
    second = issue(cast.nordkapp, now=now)
    assert (first.number, second.number) == (10_001, 10_002)
    assert gaps_in_the_series() == []


@pytest.mark.usefixtures("committing")
def test_d3_refuses_outside_of_a_transaction(cast: Cast, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="in the transaction of what it is for"):
        billing.issue(
            account=cast.fjordlys,
            lines=[line()],
            means=Means.BANK,
            card=None,
            subject_id=uuid7(),
            by=super_user(cast.fjordlys),
            now=now,
        )
    assert (numbers(), LedgerEntry.objects.count()) == ([], 0)


def test_d3_the_same_thing_is_never_invoiced_twice(cast: Cast, now: datetime) -> None:
    term = uuid7()
    issue(cast.fjordlys, subject_id=term, now=now)
    with pytest.raises(IntegrityError):
        issue(cast.fjordlys, subject_id=term, now=now)
    assert (numbers(), issue(cast.fjordlys, now=now).number) == ([10_001], 10_002)


@pytest.mark.usefixtures("committing")
def test_d3_two_workers_invoice_the_same_thing_once(cast: Cast, now: datetime) -> None:
    term = uuid7()
    given = together(*[lambda: issue(cast.fjordlys, subject_id=term, now=now).number] * 2)
    assert sorted(type(each).__name__ for each in given) == ["IntegrityError", "int"]
    assert numbers() == [10_001]


def test_d3_doctor_names_a_gap(cast: Cast, now: datetime) -> None:
    made = [issue(cast.fjordlys, now=now) for _ in range(3)]
    Invoice.objects.filter(pk=made[1].pk).update(number=20_000)
    assert gaps_in_the_series() == [
        "invoice numbers 10002 to 10002 are missing",
        "invoice numbers 10004 to 19999 are missing",
    ]
