"""Reach and terms: pure functions on values (C1 to C7). What a level needs stands on it (`programme.schema.Level`)."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from medlem.programme.schema import Level


def switch_offered(points: int, *, above: int) -> bool:
    """Whether business levels can be switched on: with more than `above` points, not at it (C3)."""
    return points > above


def next_level(levels: Iterable[Level], points: int) -> Level | None:
    """The nearest level that is still out of reach, or None at the top (B7)."""
    out_of_reach = [level for level in levels if not level.in_reach(points)]
    return min(out_of_reach, key=lambda level: level.points_to_reach, default=None)


def invited(points: int, *, threshold: int) -> bool:
    """Whether the invitation comes with so many points (C1)."""
    return points >= threshold


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def renewable_from(ends_on: date, *, days: Collection[int]) -> date:
    """The first day on which a term can be renewed: that of the first reminder (C7)."""
    return ends_on - timedelta(days=max(days, default=0))


def grace_ends_on(ends_on: date, *, grace_days: int) -> date:
    """The first day on which a term that was not renewed can be renewed no more (C7)."""
    return ends_on + timedelta(days=grace_days)


def reminder_due(ends_on: date, *, days: Collection[int], sent: Collection[int], today: date) -> int | None:
    """Of how many days before the end is to be reminded today; None when nothing is (C7).

    After a stop of the house only the latest is sent: nobody needs to hear twice on a day that a term ends.
    """
    begun = [each for each in days if ends_on - timedelta(days=each) <= today]
    latest = min(begun, default=None)
    return latest if today < ends_on and latest not in sent else None
