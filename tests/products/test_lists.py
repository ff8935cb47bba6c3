"""My products: what a row shows, what is found, and that a long list costs no more queries (B3, B9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from medlem.products import actions as products
from medlem.products.models import Product, ProductModel
from medlem.products.queries import (
    Counts,
    counts_of,
    disputed,
    find_accounts,
    greyed_points,
    holders_of,
    product_of,
    products_of,
    row_of,
)
from tests import factories
from tests.people import Cast

TODAY = date(2026, 11, 23)


def product(cast: Cast, serial: str, *, code: str = "eos-r5", now: datetime, **changes: Any) -> Product:
    return products.add(
        account=cast.fjordlys,
        model=ProductModel.objects.get(code=code),
        details=factories.details(serial, **changes),
        by=cast.alice.as_member,
        now=now,
    )


def test_b9_a_list_of_products_costs_one_query(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    product(cast, "0012340", now=now)
    for length in (1, 3):
        with django_assert_num_queries(1):
            rows = [row_of(each) for each in products_of(cast.fjordlys, today=TODAY)]
            shown = [(row.product.model.name, row.points, row.allocated, row.missing) for row in rows]
        assert shown == [("EOS R5", 250, True, [])] * length
        product(cast, f"001234{length}", now=now)
        product(cast, f"001235{length}", now=now)


def test_b3_a_row_shows_allocated_points_or_greyed_ones_with_what_is_missing(
    cast: Cast, now: datetime
) -> None:
    product(cast, "0012340", code="imageprograf-pro-1000", now=now)
    product(cast, "0012341", code="imageprograf-pro-1000", dealer="", now=now + timedelta(hours=1))
    rows = [row_of(each) for each in products_of(cast.fjordlys, today=TODAY)]
    later = [row_of(each) for each in products_of(cast.fjordlys, today=date(2026, 12, 1))]
    assert [(row.points, row.allocated, row.missing) for row in rows] == [
        (60, False, ["dealer"]),
        (60, True, []),
    ]
    assert [(row.points, row.allocated, row.missing) for row in later] == [
        (0, False, ["dealer"]),
        (60, True, []),
    ]
    assert [greyed_points(cast.fjordlys, today=day) for day in (TODAY, date(2026, 12, 1))] == [60, 0]


def test_b3_after_withdrawing_the_points_are_greyed_again(cast: Cast, now: datetime) -> None:
    made = product(cast, "0012340", now=now)
    changed = products.change(
        product=made, details=factories.details("0012340", dealer=""), by=cast.alice.as_member, now=now
    )
    found = product_of(cast.fjordlys, changed.public_id, today=TODAY)
    assert found is not None
    assert (row_of(found).points, row_of(found).allocated) == (250, False)


def test_b9_products_are_found(cast: Cast, now: datetime) -> None:
    product(cast, "AB-0012340", dealer="Kamerabua Øst", now=now)
    product(cast, "0012341", code="rf-50mm-f1-2l-usm", dealer="", now=now)
    product(cast, "", code="eos-r6", now=now)

    def found(search: str = "", **filters: Any) -> list[str]:
        return [str(each) for each in products_of(cast.fjordlys, today=TODAY, search=search, **filters)]

    assert found() == ["EOS R6", "RF 50mm F1.2L USM 0012341", "EOS R5 AB-0012340"]
    assert found("eos") == ["EOS R6", "EOS R5 AB-0012340"]
    assert found("ab-00 123") == found("kamerabua") == ["EOS R5 AB-0012340"]
    assert found(needs_details=True) == ["EOS R6", "RF 50mm F1.2L USM 0012341"]
    assert found("rf 50mm", needs_details=True) == ["RF 50mm F1.2L USM 0012341"]
    assert found("%") == found("nothing") == []


def test_b3_products_are_counted_by_state(cast: Cast, now: datetime) -> None:
    product(cast, "0012340", now=now)
    product(cast, "0012341", dealer="", now=now)
    products.remove(product=product(cast, "0012342", now=now), by=cast.alice.as_member, now=now)
    products.add(
        account=cast.nordkapp,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details("0012340"),
        by=cast.charlie.as_member,
        now=now,
    )
    assert counts_of(cast.fjordlys) == Counts(complete=1, incomplete=1, disputed=0)
    assert counts_of(cast.nordkapp) == Counts(complete=0, incomplete=0, disputed=1)
    assert (counts_of(cast.fjordlys).total, counts_of(cast.nordkapp).total) == (2, 1)


def test_a_strangers_product_does_not_exist(cast: Cast, now: datetime) -> None:
    made = product(cast, "0012340", now=now)
    assert product_of(cast.fjordlys, made.public_id, today=TODAY) == made
    assert product_of(cast.nordkapp, made.public_id, today=TODAY) is None


def test_e4_disputes_and_their_holders_cost_two_queries(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    def disputes(serial: str) -> None:
        product(cast, serial, now=now)
        products.add(
            account=cast.nordkapp,
            model=ProductModel.objects.get(code="eos-r5"),
            details=factories.details(serial),
            by=cast.charlie.as_member,
            now=now,
        )

    disputes("0012340")
    for length in (1, 3):
        with django_assert_num_queries(2):
            claims = list(disputed())
            holders = holders_of(claims)
            shown = [(claim.account.name, holders[claim.pk].account.name) for claim in claims]
        assert shown == [("Nordkapp Film AS", "Fjordlys Foto AS")] * length
        disputes(f"001235{length}")
        disputes(f"001236{length}")


def test_e4_support_finds_an_account_by_what_people_have_at_hand(cast: Cast, now: datetime) -> None:
    product(cast, "AB-0012340", now=now)
    membership = factories.member(cast.fjordlys, now=now)
    for at_hand in (
        "fjordlys",
        cast.fjordlys.number,
        "974 760 673",
        membership.number.lower(),
        "alice@",
        "faktura@fjordlys",
        "ab-0012 340",
    ):
        assert list(find_accounts(at_hand)) == [cast.fjordlys], at_hand
    assert list(find_accounts("")) == [cast.nordkapp, cast.fjordlys]
    assert list(find_accounts("nobody")) == []
