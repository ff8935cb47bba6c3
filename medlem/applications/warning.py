"""Warning of the clock (A6): the validators at half time, the lead when an answer is overdue. The tick calls it.

One mail to each of them for all that has come up since the last tick, and one warning of each application; after
an answer of the applicant it may be warned of anew. What waits for the applicant is nobody's delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from medlem.accounts.queries import staff_with
from medlem.accounts.status import Role
from medlem.applications.models import Application
from medlem.applications.queue import to_warn_of
from medlem.events.actions import can_skip, link, queue_mail, record
from medlem.events.actors import SYSTEM

MOST_LINES = 20
"""So many applications a mail names; of the others it says how many there are."""


def warnings_due(now: datetime) -> list[int]:
    """Something to do for the tick, or nothing: all that is due is warned of at once."""
    return [0] if any(found.exists() for found in to_warn_of(now)) else []


@transaction.atomic
def warn(*, now: datetime) -> int:
    """Marks what has come to half of its time, or is overdue, and mails those who have to know; returns how
    many. Of two ticks at once the second finds nothing, or what the first left."""
    half_time, overdue = (list(found.select_for_update(skip_locked=can_skip())) for found in to_warn_of(now))
    _warn(half_time, "half_time", role=Role.VALIDATOR, now=now)
    _warn(overdue, "overdue", role=Role.MANAGER, now=now)
    return len(half_time) + len(overdue)


def _warn(applications: Sequence[Application], what: str, *, role: Role, now: datetime) -> None:
    people = staff_with(role)
    if not (applications and people):  # where there is nobody yet, they wait to be warned of
        return
    name = "application.overdue_warned" if what == "overdue" else "application.half_time_warned"
    for application in applications:
        setattr(application, f"{what}_warned_at", now)
        application.save(update_fields=[f"{what}_warned_at"])
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
