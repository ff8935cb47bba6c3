"""Points are an append-only ledger with the balance beside it (B7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.models import Event
from medlem.memberships import actions as memberships
from medlem.memberships.models import PointsBalance, PointsEntry
from medlem.memberships.queries import balances_that_disagree, entries_of, points_of
from tests.people import Cast
from tests.together import together

VALUE_FROM = date(2020, 1, 1)
PRODUCTS = [uuid7() for _ in range(3)]


def allocate(cast: Cast, product_id: UUID, points: int, *, now: datetime) -> PointsEntry:
    return memberships.allocate(
        account=cast.fjordlys,
        product_id=product_id,
        product_name="EOS R5",
        points=points,
        value_from_on=VALUE_FROM,
        now=now,
    )


def withdraw(cast: Cast, product_id: UUID, *, now: datetime) -> None:
    memberships.withdraw(account=cast.fjordlys, product_id=product_id, reason="product_removed", now=now)


def adjust(cast: Cast, points: int, *, reason: str = "Goodwill", now: datetime) -> PointsEntry:
    return memberships.adjust(
        account=cast.fjordlys, points=points, reason=reason, by=cast.mona.as_staff, now=now
    )


def test_b7_each_entry_says_what_for_how_many_and_by_which_rule(cast: Cast, now: datetime) -> None:
    product = uuid7()
    allocated = allocate(cast, product, 250, now=now)
    withdraw(cast, product, now=now)
    adjust(cast, 40, reason="  Not registered by us  ", now=now)
    columns = ("kind", "points", "product_id", "product_name", "value_from_on", "reason", "at", "reverses")
    assert list(entries_of(cast.fjordlys).values_list(*columns)) == [
        ("adjusted", 40, None, "", None, "Not registered by us", now, None),
        ("withdrawn", -250, product, "EOS R5", None, "product_removed", now, allocated.pk),
        ("allocated", 250, product, "EOS R5", VALUE_FROM, "", now, None),
    ]
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (40, 0)


def test_b7_what_was_withdrawn_is_not_withdrawn_again(cast: Cast, now: datetime) -> None:
    product, other = uuid7(), uuid7()
    allocate(cast, product, 250, now=now)
    allocate(cast, other, 100, now=now)
    withdraw(cast, product, now=now)
    withdraw(cast, product, now=now)
    assert (points_of(cast.fjordlys), PointsEntry.objects.count()) == (100, 3)
    allocate(cast, product, 200, now=now)
    withdraw(cast, product, now=now)
    assert (points_of(cast.fjordlys), PointsEntry.objects.count()) == (100, 5)


def test_b7_staff_adjust_with_a_reason(cast: Cast, now: datetime) -> None:
    adjust(cast, 120, now=now)
    adjust(cast, -20, reason="Too many", now=now)
    events = Event.objects.filter(name="points.adjusted").order_by("id")
    assert list(events.values_list("actor_kind", "actor_id", "account_id", "before", "after")) == [
        (
            "staff",
            cast.mona.public_id,
            cast.fjordlys.public_id,
            {"total": 0},
            {"total": 120, "reason": "Goodwill"},
        ),
        (
            "staff",
            cast.mona.public_id,
            cast.fjordlys.public_id,
            {"total": 120},
            {"total": 100, "reason": "Too many"},
        ),
    ]
    with pytest.raises(Refused) as refused:
        adjust(cast, 5, reason="  ", now=now)
    assert (refused.value.field, points_of(cast.fjordlys)) == ("reason", 100)


def test_b7_entries_are_written_once(cast: Cast, now: datetime) -> None:
    allocate(cast, uuid7(), 250, now=now)
    with pytest.raises(TypeError, match="never changed"):
        entries_of(cast.fjordlys).update(points=500)
    with pytest.raises(TypeError, match="never removed"):
        entries_of(cast.fjordlys).delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "allocated", "points": -1, "product_id": PRODUCTS[0]},
        {"kind": "allocated", "points": 1},
        {"kind": "withdrawn", "points": -250},
        {"kind": "withdrawn", "points": 250, "reverses": True},
        {"kind": "adjusted", "points": 5},
        {"kind": "adjusted", "points": 5, "reason": "x", "reverses": True},
        {"kind": "found", "points": 5, "reason": "x"},
    ],
)
def test_b7_the_database_refuses_an_entry_that_is_not_of_its_kind(
    cast: Cast, now: datetime, wrong: dict[str, Any]
) -> None:
    allocated = allocate(cast, uuid7(), 250, now=now)
    if "reverses" in wrong:
        wrong = {**wrong, "reverses": allocated}
    with pytest.raises(IntegrityError), transaction.atomic():
        PointsEntry.objects.create(account=cast.fjordlys, at=now, **wrong)


def test_b7_the_database_refuses_to_withdraw_an_entry_twice(cast: Cast, now: datetime) -> None:
    product = uuid7()
    allocated = allocate(cast, product, 250, now=now)
    withdraw(cast, product, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PointsEntry.objects.create(
            account=cast.fjordlys,
            kind="withdrawn",
            points=-250,
            product_id=product,
            at=now,
            reverses=allocated,
        )


STEPS = st.one_of(
    st.tuples(st.just("allocate"), st.sampled_from(PRODUCTS), st.integers(0, 500)),
    st.tuples(st.just("withdraw"), st.sampled_from(PRODUCTS), st.just(0)),
    st.tuples(st.just("adjust"), st.just(None), st.integers(-300, 300)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
def test_b7_the_balance_beside_is_the_sum_of_the_ledger(
    cast: Cast, now: datetime, steps: list[tuple[str, UUID, int]]
) -> None:
    with transaction.atomic():
        expected, standing = 0, dict.fromkeys(PRODUCTS, 0)
        for step, product, points in steps:
            match step:
                case "allocate":
                    allocate(cast, product, points, now=now)
                    standing[product] += points
                    expected += points
                case "withdraw":
                    withdraw(cast, product, now=now)
                    expected -= standing[product]
                    standing[product] = 0
                case "adjust":
                    points = points if points > 0 else max(points, -max(expected, 0))
                    adjust(cast, points, now=now)
                    expected += points
        booked = sum(entries_of(cast.fjordlys).values_list("points", flat=True))
        assert points_of(cast.fjordlys) == booked == expected
        assert balances_that_disagree() == []
        transaction.set_rollback(True)


@pytest.mark.usefixtures("committing")
def test_b7_no_points_are_lost_when_products_complete_at_once(cast: Cast, now: datetime) -> None:
    def one() -> None:
        with transaction.atomic():
            allocate(cast, uuid7(), 30, now=now)

    assert together(*[one] * 10) == [None] * 10
    assert (points_of(cast.fjordlys), balances_that_disagree()) == (300, [])


def test_b7_doctor_names_a_balance_that_its_ledger_denies(cast: Cast, now: datetime) -> None:
    adjust(cast, 120, now=now)
    PointsBalance.objects.filter(account=cast.fjordlys).update(total=500)
    PointsBalance.objects.create(account=cast.nordkapp, total=10)
    assert sorted(balances_that_disagree()) == [
        "account 100016: 500 points, its ledger says 120",
        "account 100024: 10 points, its ledger says 0",
    ]
