"""An applicant who was asked for more and does not answer: reminded after 7 and 21 days, closed after 60 (A8, A11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from medlem.applications import deciding, erasing, figures
from medlem.applications.models import Application
from medlem.applications.queries import applications_to_erase
from medlem.applications.silence import go_on, unanswered_due
from medlem.events.models import Event, Mail
from tests.applications.applying import validating
from tests.people import Cast

DAY = timedelta(days=1)


@pytest.fixture
def asked(register_up: None, cast: Cast, now: datetime) -> Application:
    return deciding.ask_for_more(
        application=validating(now=now), text="Who is Åse?", by=cast.vera.as_staff, now=now
    )


def done_by(application: Application, now: datetime) -> list[str]:
    """What the ticks of a moment do: twice, as in two workers."""
    for _ in range(2):
        for key in unanswered_due(now):
            go_on(application_id=key, now=now)
    names = ["application.reminded", "application.closed"]
    found = Event.objects.filter(subject_id=application.public_id, name__in=names, at=now).order_by("id")
    return list(found.values_list("name", flat=True))


def test_a8_whoever_does_not_answer_is_reminded_twice_and_then_closed(
    asked: Application, now: datetime
) -> None:
    happened = {day: said for day in range(62) if (said := done_by(asked, now + day * DAY))}
    assert happened == {
        7: ["application.reminded"],
        21: ["application.reminded"],
        60: ["application.closed"],
    }
    asked.refresh_from_db()
    decision = asked.decision
    assert (asked.status, decision.automatic, decision.decided_by_id) == ("declined", True, None)
    assert decision.reason.endswith("23 Nov 2026.")
    reminders = list(Mail.objects.filter(template="more_wanted_reminder").order_by("id"))
    assert [mail.values["closes_on"] for mail in reminders] == ["2027-01-22"] * 2
    assert {mail.values["text"] for mail in reminders} == {"Who is Åse?"}
    assert Mail.objects.filter(template="application_closed", to=asked.email).count() == 1


def test_a8_a_late_tick_reminds_before_it_closes(asked: Application, now: datetime) -> None:
    """After 97 days in which nothing ran: once reminded, a fortnight later again, closed 39 days after that."""
    days = {day: said for day in range(97, 155) if (said := done_by(asked, now + day * DAY))}
    assert list(days) == [97, 111, 150]
    assert days[150] == ["application.closed"]


def test_a8_an_answer_ends_the_silence_and_another_question_begins_anew(
    asked: Application, cast: Cast, now: datetime
) -> None:
    assert done_by(asked, now + 7 * DAY) == ["application.reminded"]
    deciding.answer(application=asked, text="It is me.", now=now + 8 * DAY)
    assert done_by(asked, now + 30 * DAY) == []
    again = now + 30 * DAY
    deciding.ask_for_more(application=asked, text="And who are you?", by=cast.vera.as_staff, now=again)
    assert [day for day in range(31, 53) if done_by(asked, now + day * DAY)] == [37, 51]


def test_a11_a_closed_application_is_erased_as_a_declined_one(asked: Application, now: datetime) -> None:
    for day in (7, 21, 60):
        done_by(asked, now + day * DAY)
    Mail.objects.update(sent_at=now)
    assert applications_to_erase(now + 89 * DAY) == []
    erasing.erase(application_id=asked.pk, now=now + 91 * DAY)
    asked.refresh_from_db()
    assert (asked.email, asked.erased_at, asked.evidence.exclude(filename="").count()) == (
        "",
        now + 91 * DAY,
        0,
    )


def test_a6_what_was_closed_is_in_no_figure_of_decisions(asked: Application, now: datetime) -> None:
    for day in (7, 21, 60):
        done_by(asked, now + day * DAY)
    assert figures.report(now + 61 * DAY).together.decided == 0
