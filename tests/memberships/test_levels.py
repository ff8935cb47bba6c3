"""All levels are shown, those in reach to choose, and what they cost (C2, C3, C4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from medlem.accounts.models import Account
from medlem.core.money import Money
from medlem.memberships.queries import LevelOffer, Price, fee_for, levels_for, offer, price_for
from medlem.programme import current
from tests.factories import give_points
from tests.people import Cast

LEVELS = ("silver", "gold", "platinum", "business-a", "business-b", "business-c")
MISSING = [
    (0, (500, 1_000, 1_600, 2_501, 2_501, 2_501)),
    (499, (1, 501, 1_101, 2_002, 2_002, 2_002)),
    (500, (0, 500, 1_100, 2_001, 2_001, 2_001)),
    (999, (0, 1, 601, 1_502, 1_502, 1_502)),
    (1_000, (0, 0, 600, 1_501, 1_501, 1_501)),
    (1_600, (0, 0, 0, 901, 901, 901)),
    (2_000, (0, 0, 0, 501, 501, 501)),
    (2_500, (0, 0, 0, 1, 1, 1)),
    (2_501, (0, 0, 0, 0, 0, 0)),
]
"""Points, and what each level then lacks; a level that lacks nothing can be chosen."""


@pytest.mark.parametrize(("points", "missing"), MISSING)
def test_c2_what_is_missing_for_each_level(points: int, missing: tuple[int, ...]) -> None:
    levels = [current().level(code) for code in LEVELS]
    assert tuple(level.missing(points) for level in levels) == missing
    assert [level.in_reach(points) for level in levels] == [lacks == 0 for lacks in missing]


@pytest.mark.parametrize(("points", "missing"), MISSING)
def test_c3_all_individual_levels_are_shown(
    cast: Cast, now: datetime, points: int, missing: tuple[int, ...]
) -> None:
    give_points(cast.fjordlys, points, now=now)
    shown = levels_for(cast.fjordlys, business=False)
    assert [(each.level.code, each.in_reach, each.missing) for each in shown.offers] == [
        (code, lacks == 0, lacks) for code, lacks in zip(LEVELS[:3], missing[:3], strict=True)
    ]
    assert (shown.points, shown.business) == (points, False)


@pytest.mark.parametrize(
    ("points", "there", "codes"), [(2_500, False, LEVELS[:3]), (2_501, True, LEVELS[3:])]
)
def test_c3_the_switch_changes_to_business_levels_above_2500_only(
    cast: Cast, now: datetime, points: int, there: bool, codes: tuple[str, ...]
) -> None:
    give_points(cast.fjordlys, points, now=now)
    off, on = (levels_for(cast.fjordlys, business=business) for business in (False, True))
    assert (off.switch_offered, off.business, on.switch_offered, on.business) == (there, False, there, there)
    assert tuple(each.level.code for each in off.offers) == LEVELS[:3]
    assert tuple(each.level.code for each in on.offers) == codes


def test_c2_business_levels_cover_products() -> None:
    assert [current().level(code).covers_products for code in LEVELS] == [None, None, None, 25, 100, 250]


@pytest.mark.parametrize(
    ("level", "months", "minor"),
    [
        ("silver", 12, 119_000),
        ("gold", 12, 239_000),
        ("platinum", 12, 419_000),
        ("business-a", 12, 1_190_000),
        ("business-b", 12, 2_990_000),
        ("business-c", 12, 5_990_000),
        ("silver", 24, 226_100),
        ("silver", 36, 321_300),
        ("business-c", 36, 16_173_000),
    ],
)
def test_c4_fee_of_a_term(cast: Cast, level: str, months: int, minor: int) -> None:
    assert fee_for(cast.fjordlys, level=level, months=months) == Money(minor, "NOK")


@pytest.mark.parametrize(
    ("country", "price"),
    [
        ("NO", Price(Money(239_000, "NOK"), 2_500, Money(59_750, "NOK"))),
        ("SE", Price(Money(239_000, "SEK"), 0, Money(0, "SEK"))),
        ("FI", Price(Money(19_900, "EUR"), 0, Money(0, "EUR"))),
        ("IS", Price(Money(29_900, "ISK"), 0, Money(0, "ISK"))),
    ],
)
def test_c4_price_in_the_countrys_currency(cast: Cast, country: str, price: Price) -> None:
    Account.objects.filter(pk=cast.nordkapp.pk).update(country=country)
    account = Account.objects.get(pk=cast.nordkapp.pk)
    assert price_for(account, level="gold", months=12) == price
    assert price.to_pay == price.fee + price.vat


def test_c4_offers_show_the_fee_of_a_year(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        shown = levels_for(cast.fjordlys, business=False)
    assert [each.fee for each in shown.offers] == [
        Money(119_000, "NOK"),
        Money(239_000, "NOK"),
        Money(419_000, "NOK"),
    ]
    assert offer(current().level("gold"), 999, account=cast.fjordlys) == LevelOffer(
        level=current().level("gold"), in_reach=False, missing=1, fee=Money(239_000, "NOK")
    )
