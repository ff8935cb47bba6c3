"""An applicant who was asked for more and does not answer: reminded, and in the end closed (A8). The tick calls it.

Closed is declined by nobody: a decision of its own, with its reason, erased as any other (A11). Late steps keep their
distances, as in docs/decisions/no-answer-closes.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from medlem.applications import rules
from medlem.applications.claiming import NOBODYS
from medlem.applications.letters import mail_applicant
from medlem.applications.models import Application, Decision
from medlem.applications.status import ApplicationStatus, Verdict
from medlem.core.clock import date_in
from medlem.core.words import format_day
from medlem.events.actions import move, record
from medlem.events.actors import SYSTEM
from medlem.events.models import Event
from medlem.programme import current

REMINDED = "application.reminded"


def unanswered_due(now: datetime) -> list[int]:
    """Keys of applications of which an applicant has to be reminded, or that are to be closed, oldest first."""
    asked = Application.objects.filter(status=ApplicationStatus.MORE_WANTED, asked_at__lte=now)
    applications = list(asked.order_by("asked_at", "id"))
    reminded = _reminded(applications)
    return [each.pk for each in applications if _due_at(each, reminded[each.public_id]) <= now]


@transaction.atomic
def go_on(*, application_id: int, now: datetime) -> None:
    """Reminds, or closes after the last reminder; nothing where the applicant has answered meanwhile."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.status != ApplicationStatus.MORE_WANTED:
        return
    reminded = _reminded([application])[application.public_id]
    if _due_at(application, reminded) > now:
        return
    if len(reminded) < len(current().deadlines.remind_asked_days):
        _remind(application, len(reminded) + 1, now=now)
    else:
        _close(application, now=now)


def _reminded(applications: Iterable[Application]) -> dict[Any, list[datetime]]:
    """When each was reminded of the question that stands, by their outside ids."""
    asked = {each.public_id: each.asked_at for each in applications}
    found: dict[Any, list[datetime]] = defaultdict(list)
    events = Event.objects.filter(name=REMINDED, subject_id__in=asked).order_by("id")
    for public_id, at in events.values_list("subject_id", "at"):
        if asked[public_id] and at >= asked[public_id]:
            found[public_id].append(at)
    return found


def _due_at(application: Application, reminded: list[datetime]) -> datetime:
    assert application.asked_at is not None  # this state carries it
    deadlines = current().deadlines
    days = [*deadlines.remind_asked_days, deadlines.close_asked_days]
    return rules.next_after_silence(application.asked_at, reminded, days=days)


def _remind(application: Application, which: int, *, now: datetime) -> None:
    days = [*current().deadlines.remind_asked_days, current().deadlines.close_asked_days]
    closes_at = now + (days[-1] - days[which - 1]) * rules.DAY
    asked = application.messages.filter(from_staff=True).order_by("-id").first()
    record("application.reminded", by=SYSTEM, now=now, subject=application, after={"reminder": which})
    mail_applicant(
        application,
        "more_wanted_reminder",
        now=now,
        text=asked.text if asked else "",
        closes_on=date_in(current().country(application.country).timezone, closes_at).isoformat(),
    )


def _close(application: Application, *, now: datetime) -> None:
    """Writes the decision, the status with its event, and the mail, in this order."""
    assert application.sent_at is not None
    assert application.asked_at is not None
    country = current().country(application.country)
    with override(application.language):
        day = format_day(date_in(country.timezone, application.asked_at), application.language)
        reason = _("We had no answer to what we asked on %(day)s.") % {"day": day}
    turns = [rules.Turn(turn.from_staff, turn.at) for turn in application.messages.all()]
    taken = rules.time_taken(application.sent_at, now, turns, country=country.code, zone=country.timezone)
    Decision.objects.create(
        application=application,
        verdict=Verdict.DECLINED,
        automatic=True,
        reason=reason,
        at=now,
        working_seconds=round(taken.total_seconds()),
    )
    move(
        application,
        to=ApplicationStatus.DECLINED,
        name="application.closed",
        by=SYSTEM,
        now=now,
        fields=NOBODYS,
    )
    mail_applicant(application, "application_closed", now=now, reason=reason)
