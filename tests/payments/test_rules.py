"""When a card is charged (D2, D5), and when what is not paid is reminded of, suspended and ended (C8, D6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.payments.rules import charge_on, end_on, step_due, suspend_on

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


STEPS = [3, 10, 30]


def run(mornings: list[int], *, starts_on: date = DUE) -> tuple[dict[int, date], date | None, date | None]:
    """The tick runs on these days after the due date: what was sent, and when it suspended and ended."""
    sent: dict[int, date] = {}
    suspended: date | None = None
    for today in (DUE + timedelta(days=days) for days in mornings):
        if (step := step_due(DUE, steps=STEPS, sent=sent, today=today)) is not None:
            sent[step] = today
        on = suspend_on(DUE, after_days=14, steps=STEPS, sent=sent, starts_on=starts_on, today=today)
        if suspended is None and on <= today:
            suspended = today
        if (
            suspended
            and end_on(DUE, suspended_on=suspended, suspend_after_days=14, end_after_days=60) <= today
        ):
            return sent, suspended, today
    return sent, suspended, None


def test_d6_c8_on_time_the_schedule_is_that_of_the_programme() -> None:
    sent, suspended, ended = run(list(range(80)))
    assert {step: (on - DUE).days for step, on in sent.items()} == {3: 3, 10: 10, 30: 30}
    assert (suspended, ended) == (DUE + timedelta(days=14), DUE + timedelta(days=60))


def test_c8_a_term_that_has_not_begun_is_not_suspended() -> None:
    assert run(list(range(80)), starts_on=DUE + timedelta(days=40))[1] == DUE + timedelta(days=40)


@given(st.sets(st.integers(0, 200), max_size=60))
def test_d6_c8_whenever_the_tick_runs_nobody_is_suspended_unwarned(mornings: set[int]) -> None:
    sent, suspended, ended = run(sorted(mornings))
    days = [sent[step] for step in STEPS if step in sent]
    assert days == sorted(set(days))
    assert all((on - DUE).days >= step for step, on in sent.items())
    if suspended:
        assert suspended >= max(DUE + timedelta(days=14), sent[10] + timedelta(days=4))
    if ended:
        assert suspended is not None
        assert ended >= max(DUE + timedelta(days=60), suspended + timedelta(days=46))


def test_c8_without_reminders_the_days_alone_count() -> None:
    on = suspend_on(DUE, after_days=14, steps=[], sent={}, starts_on=DUE, today=DUE)
    assert on == DUE + timedelta(days=14)
