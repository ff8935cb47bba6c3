"""Warning of the clock (A6): the validators at half time, the lead and the applicant when an answer is overdue.
The tick calls it.

One mail to each of the staff for all that has come up since the last tick. Of what is overdue the lead is reminded
each working day, in one mail of all of it, until it is answered; the applicant is told once. After an answer of the
applicant all of it begins anew. What waits for the applicant is nobody's delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from medlem.accounts.queries import staff_with
from medlem.accounts.status import Role
from medlem.applications.letters import mail_applicant
from medlem.applications.models import Application
from medlem.applications.queue import late_and_untold, to_warn_of
from medlem.events.actions import can_skip, link, queue_mail, record
from medlem.events.actors import SYSTEM

MOST_LINES = 20
"""So many applications a mail names; of the others it says how many there are."""


def warnings_due(now: datetime) -> list[int]:
    """Something to do for the tick, or nothing: all that is due is warned of at once."""
    return [0] if any(found.exists() for found in (*to_warn_of(now), late_and_untold(now))) else []


@transaction.atomic
def warn(*, now: datetime) -> int:
    """Marks what has come to half of its time, or is overdue, and mails those who have to know; returns how
    many. Of two ticks at once the second finds nothing, or what the first left."""
    half_time, overdue, late = (
        list(found.select_for_update(skip_locked=can_skip()))
        for found in (*to_warn_of(now), late_and_untold(now))
    )
    _warn(half_time, "half_time", role=Role.VALIDATOR, now=now)
    _warn(overdue, "overdue", role=Role.MANAGER, now=now)
    for application in late:
        _tell(application, now=now)
    return len({each.pk for each in (*half_time, *overdue, *late)})


def _tell(application: Application, *, now: datetime) -> None:
    """The promise is broken: the applicant hears it from us, and that there is nothing to do."""
    application.late_told_at = now
    application.save(update_fields=["late_told_at"])
    assert application.answer_by_at is not None  # a sent application has it
    mail_applicant(
        application, "application_late", now=now, answer_by_at=application.answer_by_at.isoformat()
    )
    record("application.late_told", by=SYSTEM, now=now, subject=application)


def _warn(applications: Sequence[Application], what: str, *, role: Role, now: datetime) -> None:
    people = staff_with(role)
    if not (applications and people):  # where there is nobody yet, they wait to be warned of
        return
    name = "application.overdue_warned" if what == "overdue" else "application.half_time_warned"
    for application in applications:
        is_first = getattr(application, f"{what}_warned_at") is None
        setattr(application, f"{what}_warned_at", now)
        application.save(update_fields=[f"{what}_warned_at"])
        if is_first:  # that the lead is reminded each morning is no news in a history
            record(name, by=SYSTEM, now=now, subject=application)
    lines = [
        {
            "business": application.business_name,
            "number": application.number,
            "answer_by_at": application.answer_by_at,
        }
        for application in applications[:MOST_LINES]
    ]
    for person in people:
        queue_mail(
            f"applications_{what}",
            to=person.email,
            language=person.language,
            now=now,
            name=person.first_name,
            count=len(applications),
            more=len(applications) - len(lines),
            applications=lines,
            link=link("desk:applications"),
        )
