"""When a card is charged: pure functions on dates (D2, D5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def charge_on(first_on: date, *, tried_on: Sequence[date], retry_days: Sequence[int]) -> date | None:
    """The day of the next attempt: the first day, then so many days after it; None when all were made.

    `tried_on` are the days of the attempts so far. After a stop the schedule lies in the past, and then
    there is still no more than one attempt a day.
    """
    attempts = len(tried_on)
    if attempts == 0:
        return first_on
    if attempts > len(retry_days):
        return None
    return max(first_on + timedelta(days=retry_days[attempts - 1]), max(tried_on) + timedelta(days=1))
