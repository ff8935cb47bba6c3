"""The validators' queue, and what was decided (A8). The review of one application stands in `review.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.queries import names_of
from medlem.accounts.status import Role
from medlem.applications.models import Application
from medlem.applications.queries import DECIDED, decided, open_checks, queue, waiting
from medlem.applications.rules import Urgency, urgency
from medlem.applications.sentences import CHECK_NAMES
from medlem.applications.status import ApplicationStatus
from medlem.core import clock
from medlem.web.access import StaffRequest, staff

SEE = (Role.VALIDATOR, Role.SUPPORT, Role.MANAGER)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue, or of what was decided."""

    application: Application
    urgency: Urgency | None = None
    open_checks: tuple[str, ...] = ()
    decided_by: str = ""


@staff(*SEE)
@require_safe
def applications(request: StaffRequest) -> HttpResponse:
    """What waits, the one to be answered first on top; or what was decided, and by whom."""
    state, search, now = request.GET.get("state", ""), request.GET.get("q", "").strip(), clock.now()
    over = state in ("decided", *DECIDED)
    found = decided(status=state, search=search) if over else queue(status=state, search=search)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    values = {
        "page": page,
        "rows": _decided_rows(page) if over else [_waiting_row(each, now) for each in page],
        "over": over,
        "search": search,
        "state": state,
        "states": _states(),
        "waiting": waiting(now),
    }
    return render(request, "desk/applications.html", values)


def _states() -> list[tuple[str, str]]:
    """What the list can be narrowed to."""
    narrowed = (ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
    return [
        ("", _("All that wait")),
        *((state.value, str(state.label)) for state in narrowed),
        ("decided", _("All that are decided")),
        *((state.value, str(state.label)) for state in DECIDED),
    ]


def _waiting_row(application: Application, now: datetime) -> Row:
    return Row(
        application=application,
        urgency=urgency_of(application, now),
        open_checks=tuple(str(CHECK_NAMES[check.code]) for check in open_checks(application)),
    )


def urgency_of(application: Application, now: datetime) -> Urgency:
    """How near its answer-by moment a sent application is (A6)."""
    assert application.sent_at is not None  # a sent application has both
    assert application.answer_by_at is not None
    paused = application.status == ApplicationStatus.MORE_WANTED
    return urgency(sent_at=application.sent_at, answer_by_at=application.answer_by_at, paused=paused, now=now)


def _decided_rows(found: Iterable[Application]) -> list[Row]:
    applications = list(found)
    names = names_of(each.decision.decided_by_id for each in applications)
    return [
        Row(application=each, decided_by=names.get(each.decision.decided_by_id, "")) for each in applications
    ]
