"""Reach, the switch and the length of terms: values in, values out (C1 to C5)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.memberships.rules import (
    grace_ends_on,
    invited,
    months_later,
    next_level,
    reminder_due,
    renewable_from,
    switch_offered,
)
from medlem.programme import current

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(0, 120)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 11, 23), 24, date(2028, 11, 23)),
        (date(2026, 11, 23), 36, date(2029, 11, 23)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 5, 17), 0, date(2026, 5, 17)),
    ],
)
def test_c5_a_term_ends_on_the_same_day_of_its_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(DAYS, MONTHS)
def test_c5_the_day_of_the_month_stays_or_is_the_last(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == min(day.day, last)


@given(DAYS, st.sampled_from([12, 24, 36]))
def test_c5_whoever_joins_later_is_a_member_for_as_long(day: date, months: int) -> None:
    assert months_later(day, months) <= months_later(day + timedelta(days=1), months)
    assert months_later(day, months) == months_later(months_later(day, 12), months - 12)


@pytest.mark.parametrize(("points", "comes"), [(0, False), (499, False), (500, True), (510, True)])
def test_c1_invitation_comes_at_500(points: int, comes: bool) -> None:
    assert invited(points, threshold=current().membership.invitation_points) is comes


@pytest.mark.parametrize(("points", "there"), [(0, False), (2_499, False), (2_500, False), (2_501, True)])
def test_c3_the_switch_is_there_above_2500(points: int, there: bool) -> None:
    assert switch_offered(points, above=current().membership.business_switch_above) is there


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (0, "silver"),
        (500, "gold"),
        (999, "gold"),
        (1_000, "platinum"),
        (1_600, "business-a"),
        (2_500, "business-a"),
        (2_501, None),
    ],
)
def test_b7_the_next_level(points: int, code: str | None) -> None:
    level = next_level(current().levels, points)
    assert (level.code if level else None) == code


ENDS = date(2027, 11, 23)


@pytest.mark.parametrize(
    ("days_before", "sent", "due"),
    [
        (61, set(), None),
        (60, set(), 60),
        (60, {60}, None),
        (30, {60}, 30),
        (29, set(), 30),
        (7, {60, 30}, 7),
        (1, set(), 7),
        (0, set(), None),
        (-3, set(), None),
    ],
)
def test_c7_of_several_reminders_that_are_due_the_latest_is_sent(
    days_before: int, sent: set[int], due: int | None
) -> None:
    today = ENDS - timedelta(days=days_before)
    assert reminder_due(ENDS, days=[60, 30, 7], sent=sent, today=today) == due


def test_c7_from_the_first_reminder_to_the_end_of_grace() -> None:
    assert renewable_from(ENDS, days=[60, 30, 7]) == date(2027, 9, 24)
    assert renewable_from(ENDS, days=[]) == ENDS
    assert grace_ends_on(ENDS, grace_days=14) == date(2027, 12, 7)
