"""Figures of the queue (A6, A7): how long decisions take, how many are automatic, how many came late.

Computed in the database, in so many queries however much was decided. Time is working time, as it was written
with each decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber, TruncWeek

from medlem.applications.models import Decision
from medlem.applications.status import Verdict
from medlem.core.clock import date_in
from medlem.programme import current

WEEKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was decided in a week, or in all of them. The times are None where nothing was."""

    week: date | None
    decided: int = 0
    automatic: int = 0
    late: int = 0
    median: timedelta | None = None
    most: timedelta | None = None

    @property
    def automatic_basis_points(self) -> int:
        """The share that was decided automatically, in whole percents."""
        return 100 * round(100 * self.automatic / self.decided) if self.decided else 0


@dataclass(frozen=True, slots=True)
class Report:
    """The last weeks one by one, the present one first; all of them together; and what people decided of it."""

    weeks: list[Figures]
    together: Figures
    by_people: Figures


def report(now: datetime) -> Report:
    """The figures of the last weeks, in the programme's time."""
    zone = ZoneInfo(current().timezone)
    today = date_in(current().timezone, now)
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    # Closed for lack of an answer is nothing that anybody decided.
    decisions = Decision.objects.filter(at__gte=since).exclude(automatic=True, verdict=Verdict.DECLINED)
    weekly = decisions.annotate(week=TruncWeek("at", tzinfo=zone))
    by_week = {each.week: each for each in _figures(weekly)}
    mondays = [monday - timedelta(weeks=n) for n in range(WEEKS)]
    return Report(
        weeks=[by_week.get(day, Figures(week=day)) for day in mondays],
        together=_whole(decisions),
        by_people=_whole(decisions.filter(automatic=False)),
    )


def _whole(decisions: QuerySet[Decision]) -> Figures:
    return next(
        iter(_figures(decisions.annotate(week=Value(None, output_field=DateTimeField())))), Figures(week=None)
    )


def _figures(decisions: QuerySet[Any]) -> Iterable[Figures]:
    """The figures of each `week`: the counts in one query, the times at two places of its order in another."""
    counts = decisions.values("week").annotate(
        decided=Count("pk"),
        automatically=Count("pk", filter=Q(automatic=True)),
        # Declined while the applicant was asked is not late: the clock stood still.
        late=Count("pk", filter=Q(at__gt=F("application__answer_by_at"), application__asked_at=None)),
    )
    found = {
        row["week"]: Figures(
            week=_day(row["week"]), decided=row["decided"], automatic=row["automatically"], late=row["late"]
        )
        for row in counts
    }
    places = {week: (_place(each.decided, 50), _place(each.decided, 95)) for week, each in found.items()}
    for week, place, seconds in _at(decisions, {place for both in places.values() for place in both}):
        took = timedelta(seconds=seconds)
        if place == places[week][0]:
            found[week] = replace(found[week], median=took)
        if place == places[week][1]:
            found[week] = replace(found[week], most=took)
    return found.values()


def _at(decisions: QuerySet[Any], places: set[int]) -> Iterable[tuple[Any, int, int]]:
    """Week, place and time of the decisions at these places, the quickest of each week being the first."""
    place = Window(RowNumber(), partition_by=["week"], order_by=["working_seconds", "pk"])
    ordered = decisions.annotate(place=place).filter(place__in=places)
    return list(ordered.values_list("week", "place", "working_seconds"))


def _place(count: int, percent: int) -> int:
    """The place of a percentile by the nearest-rank method: the first with at least so many at or below it."""
    return -(-count * percent // 100)


def _day(week: datetime | None) -> date | None:
    return week.date() if week else None
