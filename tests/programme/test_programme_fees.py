"""Fees of a term (C4) and the schedule of reminders (D6): figures out of figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.core.money import Money
from medlem.programme.schema import Payment, Programme, Reminder, Term


@pytest.mark.parametrize(
    ("level", "currency", "months", "fee"),
    [
        ("silver", "NOK", 12, Money(119_000, "NOK")),
        ("silver", "NOK", 24, Money(226_100, "NOK")),
        ("silver", "NOK", 36, Money(321_300, "NOK")),
        ("platinum", "GBP", 24, Money(58_710, "GBP")),
        # Krónur have no minor unit: 14 900 a year, twice, less 5 % is 28 310.
        ("silver", "ISK", 24, Money(28_310, "ISK")),
    ],
)
def test_c4_longer_terms_are_discounted(
    cps: Programme, level: str, currency: str, months: int, fee: Money
) -> None:
    assert cps.fee(level, currency, months) == fee


@given(yearly=st.integers(0, 10**9), years=st.integers(1, 10), discount=st.integers(0, 10_000))
def test_c4_a_fee_is_rounded_once_and_by_half_a_unit_at_most(
    cps: Programme, yearly: int, years: int, discount: int
) -> None:
    level = cps.levels[0].model_copy(update={"code": "x", "fees": {"NOK": yearly}})
    term = Term(months=12 * years, discount_basis_points=discount)
    programme = cps.model_copy(update={"levels": (level,), "terms": (term,)})
    exact = Fraction(yearly * years * (10_000 - discount), 10_000)
    assert abs(programme.fee("x", "NOK", 12 * years).minor - exact) <= Fraction(1, 2)


def payment(*reminders: Reminder) -> Payment:
    return Payment(
        due_days=30,
        means=("card",),
        card_retry_days=(),
        suspend_after_days=14,
        end_after_days=60,
        reminders=reminders,
    )


def test_d6_a_newer_row_takes_over_from_its_day() -> None:
    old = Reminder(from_on=date(2025, 1, 1), after_due_days=14, fees={"NOK": 3500})
    new = Reminder(from_on=date(2026, 1, 1), after_due_days=14, fees={"NOK": 3800})
    first = Reminder(from_on=date(2025, 1, 1), after_due_days=3)
    rows = payment(new, old, first)
    assert rows.reminders_for(date(2024, 12, 31)) == ()
    assert rows.reminders_for(date(2025, 12, 31)) == (first, old)
    assert rows.reminders_for(date(2026, 1, 1)) == (first, new)
