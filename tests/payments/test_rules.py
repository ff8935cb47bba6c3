"""When a card is charged (D2, D5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.payments.rules import charge_on

DUE = date(2026, 12, 23)


def december(*days: int) -> list[date]:
    return [date(2026, 12, day) for day in days]


@pytest.mark.parametrize(
    ("tried_on", "next_on"),
    [
        (december(), december(23)),
        (december(23), december(24)),
        (december(23, 24), december(26)),
        (december(23, 24, 26), december(28)),
        (december(23, 24, 26, 28), []),
        # After a stop: at once, and then no more than once a day.
        (december(30), december(31)),
        (december(23, 30), december(31)),
        (december(23, 24, 28), december(29)),
    ],
)
def test_d5_the_schedule_of_retries(tried_on: list[date], next_on: list[date]) -> None:
    assert charge_on(DUE, tried_on=tried_on, retry_days=[1, 3, 5]) == (next_on[0] if next_on else None)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.lists(st.integers(0, 5), max_size=8))
def test_d5_whenever_the_tick_runs_there_are_four_attempts_on_days_of_their_own(
    due: date, pauses: list[int]
) -> None:
    tried_on: list[date] = []
    today = due - timedelta(days=2)
    for pause in (*pauses, *[1] * 20):
        today += timedelta(days=pause)
        next_on = charge_on(due, tried_on=tried_on, retry_days=[1, 3, 5])
        if next_on is not None and next_on <= today:
            tried_on.append(today)
    assert len(set(tried_on)) == len(tried_on) == 4
    assert all(
        day >= wanted
        for day, wanted in zip(tried_on, (due + timedelta(days=d) for d in (0, 1, 3, 5)), strict=True)
    )
