"""Whom a planned change would lift or drop, before it is published (B7, C1, C2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from medlem.accounts.models import Account
from medlem.memberships.queries import points_of
from medlem.products import actions as products
from medlem.products.catalogue import Change, compare
from medlem.products.models import Product, ProductModel
from medlem.products.planning import Thresholds, Waiting, WhatIf, what_if
from medlem.programme import current
from medlem.programme.catalogue import DatedPoints
from tests import factories
from tests.people import Cast
from tests.rows import rows

TODAY = date(2026, 11, 23)
LATER = date(2027, 6, 1)


def thresholds(*, invitation: int = 500, **levels: int) -> Thresholds:
    planned = [
        level.model_copy(update={"points": levels.get(level.code, level.points)})
        for level in current().levels
    ]
    return Thresholds(invitation=invitation, levels=tuple(planned))


def plan(code: str, *, points: int | None = None, until: date | None = None) -> list[Change]:
    model = next(each for each in current().catalogue if each.code == code)
    values = (*model.points, DatedPoints(LATER, points)) if points else model.points
    known = {each.code: each for each in ProductModel.objects.prefetch_related("points")}
    return list(compare([replace(model, points=values, qualifies_until=until)], known, today=TODAY))


def own(account: Account, code: str, count: int, *, now: datetime, **changes: Any) -> list[Product]:
    return [
        products.add(
            account=account,
            model=ProductModel.objects.get(code=code),
            details=factories.details(f"{account.number}{code[-4:]}{n}".upper(), **changes),
            by=factories.super_user(account),
            now=now,
        )
        for n in range(count)
    ]


def weighed(changes: list[Change], **then: Any) -> WhatIf:
    return what_if(changes, now=thresholds(), then=thresholds(**then), today=TODAY)


def moved(effect: Any) -> dict[str, tuple[int, int, int, int]]:
    """By level: how many reach it now, are lifted, dropped, and reach it then; nothing where nobody does."""
    return {
        step.level.code if step.level else "invitation": (step.now, step.lifted, step.dropped, step.then)
        for step in effect.steps
        if step.now or step.then
    }


def concerned(effect: Any) -> list[tuple[int, int, int, str, str]]:
    return [
        (
            each.account_id,
            each.points_now,
            each.points_then,
            each.level_now.code if each.level_now else "",
            each.level_then.code if each.level_then else "",
        )
        for each in effect.concerned
    ]


def test_b7_a_lower_value_takes_nobodys_points_and_is_weighed_for_the_long_run(
    cast: Cast, now: datetime
) -> None:
    own(cast.fjordlys, "eos-r5", 4, now=now)  # 1,000
    own(cast.nordkapp, "eos-r1", 1, now=now)  # 500
    result = weighed(plan("eos-r5", points=100))
    assert moved(result.from_now) == {
        "invitation": (2, 0, 0, 2),
        "silver": (2, 0, 0, 2),
        "gold": (1, 0, 0, 1),
    }
    assert concerned(result.from_now) == []
    assert moved(result.anew) == {
        "invitation": (2, 0, 1, 1),
        "silver": (2, 0, 1, 1),
        "gold": (1, 0, 1, 0),
    }
    assert concerned(result.anew) == [(cast.fjordlys.pk, 1000, 400, "gold", "")]


def test_b7_an_end_takes_points_when_it_comes(cast: Cast, now: datetime) -> None:
    own(cast.fjordlys, "eos-r5", 2, now=now)
    own(cast.fjordlys, "eos-r1", 1, now=now)
    result = weighed(plan("eos-r5", until=LATER))
    assert concerned(result.from_now) == [(cast.fjordlys.pk, 1000, 500, "gold", "silver")]
    assert concerned(result.anew) == concerned(result.from_now)


def test_b7_products_are_weighed_at_what_they_were_given(cast: Cast, now: datetime) -> None:
    """EOS R3 counted 400 before July 2026, and 350 since."""
    own(cast.fjordlys, "eos-r3", 1, now=now - timedelta(days=300))
    own(cast.nordkapp, "eos-r3", 1, now=now)
    (up,) = plan("eos-r3", points=500)
    result = weighed([up])
    assert concerned(result.anew) == [
        (cast.nordkapp.pk, 350, 500, "", "silver"),
        (cast.fjordlys.pk, 400, 500, "", "silver"),
    ]


def test_c2_thresholds_act_at_once(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 950, now=now)
    factories.give_points(cast.nordkapp, 450, now=now)
    result = weighed([], gold=900, silver=600, invitation=450)
    assert moved(result.from_now) == {
        "invitation": (1, 1, 0, 2),
        "silver": (1, 0, 0, 1),
        "gold": (0, 1, 0, 1),
    }
    assert concerned(result.from_now) == [(cast.fjordlys.pk, 950, 950, "silver", "gold")]


def test_c2_business_levels_need_more_than_their_figure(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 2_500, now=now)
    assert "business-a" not in moved(weighed([]).from_now)
    lower = {"business-a": 2_499, "business-b": 2_499, "business-c": 2_499}
    assert moved(weighed([], **lower).from_now)["business-a"] == (0, 1, 0, 1)


def test_b7_greyed_products_are_told_apart(cast: Cast, now: datetime) -> None:
    own(cast.fjordlys, "eos-r5", 3, now=now, dealer="")
    assert weighed(plan("eos-r5", points=100)).waiting == Waiting(products=3, points_now=750, points_then=300)


def test_b7_accounts_that_are_closed_do_not_count(cast: Cast, now: datetime) -> None:
    own(cast.fjordlys, "eos-r1", 1, now=now)
    Account.objects.filter(pk=cast.fjordlys.pk).update(status="closed")
    assert moved(weighed(plan("eos-r1", points=1)).anew) == {}


@pytest.mark.parametrize("many", [1, 3])
def test_b7_many_accounts_cost_no_more_queries_and_nothing_is_written(
    cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for account in (cast.fjordlys, cast.nordkapp)[: 1 + many // 2]:
        own(account, "eos-r5", many, now=now)
    changes, before = plan("eos-r5", points=1), rows()
    with django_assert_num_queries(3):
        weighed(changes)
    assert rows() == before
    assert points_of(cast.fjordlys) == 250 * many
