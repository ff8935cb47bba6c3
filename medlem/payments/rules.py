"""When a card is charged, when an unpaid invoice is reminded of, and when its membership is suspended and
ended: pure functions on dates (C8, D2, D5, D6).

After a stop of the house every schedule lies in the past. Nothing is left out then: what was late is done on
the day, one step a day, and what follows keeps its distance, so that nobody is suspended unwarned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta


def charge_on(first_on: date, *, tried_on: Sequence[date], retry_days: Sequence[int]) -> date | None:
    """The day of the next attempt: the first day, then so many days after it; None when all were made.

    `tried_on` are the days of the attempts so far.
    """
    attempts = len(tried_on)
    if attempts == 0:
        return first_on
    if attempts > len(retry_days):
        return None
    return max(first_on + timedelta(days=retry_days[attempts - 1]), max(tried_on) + timedelta(days=1))


def step_due(due_on: date, *, steps: Sequence[int], sent: Mapping[int, date], today: date) -> int | None:
    """The reminder that is to be sent today, as its days after the due date; None when there is none (D6).

    `sent` are the days on which steps were sent. The next step is due on its day, and not on the day of the
    one before.
    """
    step = next((step for step in sorted(steps) if step not in sent), None)
    if step is None:
        return None
    on = due_on + timedelta(days=step)
    if sent:
        on = max(on, max(sent.values()) + timedelta(days=1))
    return step if on <= today else None


def suspend_on(
    due_on: date,
    *,
    after_days: int,
    steps: Sequence[int],
    sent: Mapping[int, date],
    starts_on: date,
    today: date,
) -> date:
    """The day on which the membership of an invoice is suspended if it stays unpaid (C8).

    Not before the term that is unpaid has begun (`starts_on`), and at least as long after the last reminder as
    the schedule has it; reminders that were not sent yet are reckoned with from today on.
    """
    on = max(due_on + timedelta(days=after_days), starts_on)
    reminded_on = None
    for step in sorted(step for step in steps if step <= after_days):
        if step in sent:
            reminded_on = sent[step]
            continue
        earliest = reminded_on + timedelta(days=1) if reminded_on else today
        reminded_on = max(due_on + timedelta(days=step), earliest, today)
        on = max(on, today + timedelta(days=1))
    if reminded_on is not None:
        last = max(step for step in steps if step <= after_days)
        on = max(on, reminded_on + timedelta(days=after_days - last))
    return on


def end_on(due_on: date, *, suspended_on: date, suspend_after_days: int, end_after_days: int) -> date:
    """The day on which a membership that stays unpaid is ended (C8)."""
    suspended_for = timedelta(days=end_after_days - suspend_after_days)
    return max(due_on + timedelta(days=end_after_days), suspended_on + suspended_for)
