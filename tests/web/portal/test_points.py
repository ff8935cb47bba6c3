"""The points page: the total explained to the last point, and the way to the next level (B7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.memberships import actions as memberships
from medlem.products import actions as products
from medlem.products.models import Product, ProductModel
from medlem.products.queries import model_bringing
from medlem.products.status import Gone
from medlem.web.portal.points import fewest
from medlem.web.templatetags.medlem import number, scale, signed
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/points/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def test_b7_every_entry_has_its_rule_its_moment_and_the_total_that_it_led_to(
    alice: Client, cast: Cast, now: datetime
) -> None:
    kept = factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    sold = factories.product(cast.fjordlys, points=200, serial="023021000485", now=now + timedelta(hours=1))
    products.remove(product=sold, gone=Gone.SOLD, by=cast.alice.as_member, now=now + timedelta(hours=2))
    memberships.adjust(
        account=cast.fjordlys,
        points=-10,
        reason="Counted twice by mistake",
        by=cast.sara.as_staff,
        now=now + timedelta(hours=3),
    )
    page = alice.get(PAGE)
    rows = [
        "23 Nov 2026, 13:00 Adjusted by staff Counted twice by mistake −10 300",
        f"23 Nov 2026, 12:00 {sold.model.name} Removed: it was sold −200 310",
        f"23 Nov 2026, 11:00 {sold.model.name} Complete; value in force from 1 Jan 2020 +200 510",
        f"23 Nov 2026, 10:00 {kept.model.name} Complete; value in force from 1 Jan 2020 +310 310",
    ]
    assert " ".join(rows) in words(page)
    assert "300 points" in words(page)
    assert page.text.count(f'href="/en/products/{kept.public_id}/"') == 1
    assert str(sold.public_id) not in page.text


def test_b7_the_greyed_products_that_would_reach_the_next_level_are_named(
    alice: Client, cast: Cast, now: datetime
) -> None:
    factories.give_points(cast.fjordlys, 500, now=now)
    for place, value in enumerate((310, 200, 120)):
        factories.product(cast.fjordlys, points=value, serial=f"02302100048{place}", dealer="", now=now)
    page = words(alice.get(PAGE))
    assert "500 points to Gold The first 2 of these would take you there" in page
    assert page.index("( 310" if "( 310" in page else "(310") < page.index("(200") < page.index("(120")


def test_b7_one_greyed_product_may_be_enough_or_not(alice: Client, cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 700, now=now)
    product = factories.product(cast.fjordlys, points=310, serial="023021000484", dealer="", now=now)
    assert f"{product.model.name} alone would take you there" in words(alice.get(PAGE))
    factories.give_points(cast.fjordlys, -100, now=now)
    assert "Products whose details are missing would bring 310 of them." in words(alice.get(PAGE))


def test_b7_with_all_greyed_products_it_is_said_what_is_short_and_what_would_bring_it(
    alice: Client, cast: Cast, now: datetime
) -> None:
    name, value = model_bringing(500, today=now.date()) or ("", 0)
    said = f"Each product that you register brings points: {name}, for example, {value}."
    assert (said in words(alice.get(PAGE)), value) == (True, 500)
    factories.product(cast.fjordlys, points=310, serial="023021000484", dealer="", now=now)
    page = words(alice.get(PAGE))
    assert "would bring 310 of them. Then 190 would still be to go." in page
    name, value = model_bringing(190, today=now.date()) or ("", 0)
    assert (f"One more {name}, for example, brings {value}." in page, value >= 190) == (True, True)


def test_b7_the_smallest_set_may_be_larger_than_what_is_shown(
    alice: Client, cast: Cast, now: datetime
) -> None:
    model = ProductModel.objects.get(name="RF 50mm F1.8 STM")  # 15 points
    Product.objects.bulk_create(Product(account=cast.fjordlys, model=model, added_at=now) for _ in range(40))
    page = alice.get(PAGE)
    assert "500 points to Silver The first 34 of these would take you there" in words(page)
    assert page.text.count("View product</a>") == 25
    assert "See all 40 that need details" in words(page)


def test_b7_the_total_is_made_of_models_and_adjustments_to_the_last_point(
    alice: Client, cast: Cast, now: datetime
) -> None:
    for place, value in enumerate((310, 310, 200)):
        factories.product(cast.fjordlys, points=value, serial=f"02302100048{place}", now=now)
    gone = factories.product(cast.fjordlys, points=500, serial="023021000489", now=now)
    products.remove(product=gone, by=cast.alice.as_member, now=now)
    factories.give_points(cast.fjordlys, -7, now=now)
    page = words(alice.get(PAGE))
    made_of = page[page.index("What they are made of") : page.index("All that came and went")]
    assert "EF 300mm f/2.8L IS II USM 310 each, in force from 1 Jan 2020 2 620" in made_of
    assert "EOS R6 Mark II 200 each, in force from 1 Jan 2020 1 200" in made_of
    assert made_of.rstrip().endswith("Adjusted by staff −7 In all 813")
    assert "EOS R1" not in made_of


def test_b7_many_models_are_summed_up_and_can_be_listed(alice: Client, cast: Cast, now: datetime) -> None:
    for place, model in enumerate(ProductModel.objects.filter(kind="lens").order_by("name")[:10]):
        products.add(
            account=cast.fjordlys,
            model=model,
            details=factories.details(f"02302100{place:04d}"),
            by=cast.alice.as_member,
            now=now,
        )
    page, whole = (words(alice.get(PAGE, asked)) for asked in ({}, {"models": "all"}))
    assert "2 more models" in page
    assert "more models" not in whole
    assert whole.count(" each, in force from ") == 10


def test_b7_at_the_top_there_is_no_way_up(alice: Client, cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 2_500, now=now)
    assert "1 points to" in words(alice.get(PAGE))
    factories.give_points(cast.fjordlys, 1, now=now)
    assert "points to " not in words(alice.get(PAGE))


def test_no_points_yet(alice: Client) -> None:
    page = words(alice.get(PAGE))
    assert (
        lacking(page, ["0 points", "500 points to Silver", "They come with the first product that has all"])
        == []
    )


@pytest.mark.parametrize(("points", "reached"), [(2_499, 3), (2_500, 3), (2_501, 4)])
def test_c2_business_is_reached_with_more_than_its_figure(points: int, reached: int) -> None:
    from medlem.web.portal.points import thresholds

    assert sum(mark.reached for mark in scale(points, thresholds()).marks) == reached


@pytest.mark.parametrize(
    ("to_go", "values", "count"),
    [(310, [310], 1), (311, [310, 200], 2), (100, [310, 200], 1), (600, [310, 200], 0), (1, [], 0)],
)
def test_the_fewest_products_that_reach_a_level(to_go: int, values: list[int], count: int) -> None:
    assert fewest(to_go, values) == count


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_entry_as_for_three(
    alice: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    factories.give_points(cast.fjordlys, 380 - many * 120, now=now)
    for place in range(many):
        factories.product(cast.fjordlys, points=120, serial=f"02302100048{place}", now=now)
        factories.product(cast.fjordlys, points=120, serial=f"02302100049{place}", dealer="", now=now)
    alice.get(PAGE)
    with django_assert_num_queries(12):
        alice.get(PAGE)


def test_a_stranger_sees_his_own_points(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 310, now=now)
    assert "0 points" in words(signed_in(cast.charlie).get(PAGE))
    assert signed_in(cast.finn).get(PAGE).status_code == 404


def test_b7_what_falls_away_is_foretold_with_what_is_left(alice: Client, cast: Cast, now: datetime) -> None:
    assert "What falls away" not in words(alice.get(PAGE))
    factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    ending = ProductModel.objects.get(code="imageprograf-pro-1000")
    for place in range(2):
        products.add(
            account=cast.fjordlys,
            model=ending,
            details=factories.details(f"AB1234{place}"),
            by=cast.alice.as_member,
            now=now,
        )
    page = words(alice.get(PAGE))
    assert "What falls away These models count no longer after the day named." in page
    assert f"{ending.name} 30 Nov 2026 2 −120 310" in page


def test_b7_a_total_below_nothing_has_the_sign_of_the_ledger(english: None) -> None:
    assert (number(-1240), signed(-1240)) == ("−1,240", "−1,240")
