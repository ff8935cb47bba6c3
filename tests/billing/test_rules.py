"""What an invoice comes to (D2, D3)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.billing.rules import Line, Totals, due_on, totals, vat_by_rate, vat_rate
from medlem.core.money import CurrencyMismatch, Money
from tests.billing.invoices import line

RATES = (0, 810, 1_200, 1_500, 2_500, 2_550)


def lines() -> st.SearchStrategy[list[Line]]:
    one = st.builds(
        lambda minor, rate: line(minor, rate=rate),
        st.integers(-(10**9), 10**9),
        st.sampled_from(RATES),
    )
    return st.lists(one, min_size=1, max_size=8)


@given(lines())
def test_d3_the_rates_add_up_to_the_totals(sold: list[Line]) -> None:
    rows = vat_by_rate(sold)
    assert totals(sold) == Totals(
        net=Money(sum(net.minor for _rate, net, _vat in rows), "NOK"),
        vat=Money(sum(vat.minor for _rate, _net, vat in rows), "NOK"),
    )
    assert totals(sold).gross == totals(sold).net + totals(sold).vat
    assert [rate for rate, _net, _vat in rows] == sorted(
        {each.vat_basis_points for each in sold}, reverse=True
    )


@given(lines())
def test_d3_vat_is_rounded_once_a_line(sold: list[Line]) -> None:
    for each in sold:
        exact = Fraction(each.net.minor * each.vat_basis_points, 10_000)
        assert abs(each.vat.minor - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("minor", "rate", "vat"),
    [
        (119_000, 2_500, 29_750),
        (239_000, 2_500, 59_750),
        (1, 2_500, 0),
        (2, 2_500, 1),  # half an øre goes up
        (-2, 2_500, -1),  # and away from zero on a credit
        (1_999, 1_500, 300),
        (119_000, 0, 0),
    ],
)
def test_d3_vat_of_a_line(minor: int, rate: int, vat: int) -> None:
    assert line(minor, rate=rate).vat == Money(vat, "NOK")


def test_d3_vat_stands_for_itself_at_each_rate() -> None:
    sold = [line(119_000), line(50_000, rate=0), line(333, rate=1_500), line(119_001)]
    assert vat_by_rate(sold) == [
        (2_500, Money(238_001, "NOK"), Money(59_500, "NOK")),
        (1_500, Money(333, "NOK"), Money(50, "NOK")),
        (0, Money(50_000, "NOK"), Money(0, "NOK")),
    ]
    assert totals(sold) == Totals(net=Money(288_334, "NOK"), vat=Money(59_550, "NOK"))


def test_an_invoice_has_a_line_and_one_currency() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        totals([])
    with pytest.raises(CurrencyMismatch):
        totals([line(), line(currency="SEK")])


def test_d3_reverse_charge_across_a_border() -> None:
    assert vat_rate(seller_country="NO", buyer_country="NO", home_rate=2_500) == 2_500
    assert vat_rate(seller_country="NO", buyer_country="SE", home_rate=2_500) == 0


@pytest.mark.parametrize(
    ("issued", "due"),
    [
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ],
)
def test_d2_due_thirty_days_after_issue(issued: date, due: date) -> None:
    assert due_on(issued, due_days=30) == due
