"""The figures of the queue: median and 95th percentile in working time, automatic ones, late ones (A6, A7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from medlem.applications import deciding
from medlem.applications.figures import WEEKS, Figures, report
from medlem.applications.models import Application, Decision
from tests.applications.applying import NORDVIK, checked, sent, validating
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MINUTE = timedelta(minutes=1)


def decided(number: int, *, at: datetime, seconds: int, automatic: bool = False, late: bool = False) -> None:
    """A decision as it is in the books; what is around it does not matter here."""
    due = at - MINUTE if late else at + MINUTE
    application = Application.objects.create(
        number=f"{number}",
        status="declined",
        language="nb",
        country="NO",
        started_at=at,
        saved_at=at,
        declared_at=at,
        sent_at=at,
        answer_by_at=due,
    )
    Decision.objects.create(
        application=application,
        verdict="approved" if automatic else "declined",
        reason="No.",
        automatic=automatic,
        decided_by_id=None if automatic else application.public_id,
        working_seconds=seconds,
        at=at,
    )


def test_a6_by_week_and_together(now: datetime) -> None:
    for n in range(20):  # one to twenty minutes; every fourth automatic
        decided(n, at=now, seconds=60 * (n + 1), automatic=n % 4 == 0, late=n == 19)
    decided(90, at=now - timedelta(days=7), seconds=7200)
    decided(91, at=now - timedelta(weeks=WEEKS), seconds=1)  # before all of them
    found = report(now)
    assert found.weeks[0] == Figures(
        week=date(2026, 11, 23), decided=20, automatic=5, late=1, median=10 * MINUTE, most=19 * MINUTE
    )
    assert found.weeks[1] == Figures(
        week=date(2026, 11, 16), decided=1, median=120 * MINUTE, most=120 * MINUTE
    )
    assert found.weeks[2:] == [Figures(week=date(2026, 11, 23) - timedelta(weeks=n)) for n in range(2, WEEKS)]
    assert (found.together.decided, found.together.median, found.together.most) == (
        21,
        11 * MINUTE,
        20 * MINUTE,
    )
    assert (found.by_people.decided, found.by_people.automatic) == (16, 0)
    assert found.together.automatic_basis_points == 2400


def test_a6_where_nothing_was_decided_there_are_no_times(now: datetime) -> None:
    found = report(now)
    assert found.together == found.by_people == Figures(week=None)
    assert found.together.automatic_basis_points == 0


def test_a6_a_week_begins_at_midnight_where_the_programme_is(now: datetime) -> None:
    sunday_evening = datetime.fromisoformat("2026-11-22T22:30:00+00:00")
    decided(1, at=sunday_evening, seconds=1)
    decided(2, at=sunday_evening + timedelta(hours=1), seconds=1)  # Monday, half past midnight in Oslo
    assert [week.decided for week in report(now).weeks[:2]] == [1, 1]


@pytest.mark.parametrize("rows", [1, 30])
def test_a6_the_figures_cost_the_same_however_much_was_decided(
    now: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    for n in range(rows):
        decided(n, at=now - timedelta(days=n), seconds=n)
    with django_assert_num_queries(6):
        report(now)


def test_a6_a_decision_knows_how_much_working_time_it_took(cast: Cast, now: datetime) -> None:
    quick = checked(sent(now=now), now=now + timedelta(seconds=40))
    slow = validating(NORDVIK, now=now)  # on Monday
    deciding.ask_for_more(application=slow, text="?", by=cast.vera.as_staff, now=now + timedelta(hours=2))
    deciding.answer(application=slow, text="!", now=now + timedelta(days=3))
    slow = deciding.decline(
        application=slow, reason="No.", by=cast.vera.as_staff, now=now + timedelta(days=7)
    )
    assert quick.decision.working_seconds == 40
    # Two hours on Monday; Thursday at ten to Monday at ten, less the weekend.
    assert slow.decision.working_seconds == 3600 * (2 + 48)
    assert report(now + timedelta(days=7)).together.late == 0


def test_a6_declined_while_the_applicant_was_asked_is_not_late(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)
    deciding.ask_for_more(application=application, text="?", by=cast.vera.as_staff, now=now)
    later = now + timedelta(days=30)
    deciding.decline(application=application, reason="No answer.", by=cast.vera.as_staff, now=later)
    assert report(later).together.late == 0
