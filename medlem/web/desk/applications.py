"""The validators' queue, and what was decided (A8). The review of one application stands in `review.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.queries import names_of
from medlem.accounts.status import Role
from medlem.applications.models import Application, Check
from medlem.applications.queue import (
    DECIDED,
    MINE,
    UNCLAIMED,
    Filter,
    claim_is_live,
    decided,
    open_checks,
    queue,
    urgency_of,
    waiting,
)
from medlem.applications.rules import Urgency
from medlem.applications.status import ApplicationStatus
from medlem.applications.titles import title
from medlem.core import clock
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.templatetags.medlem import text

SEE = (Role.VALIDATOR, Role.SUPPORT, Role.MANAGER)
DECIDE = (Role.VALIDATOR, Role.MANAGER)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue, or of what was decided. `person` has it on the table, or decided it."""

    application: Application
    urgency: Urgency | None = None
    left: timedelta | None = None
    open_checks: tuple[str, ...] = ()
    person: str = ""


@staff(*SEE)
@require_safe
def applications(request: StaffRequest) -> HttpResponse:
    """What waits, the one to be answered first on top; or what was decided, and by whom."""
    now, by = clock.now(), request.user.public_id
    narrowed = _filter(request)
    over = narrowed.status in ("decided", *DECIDED)
    found = decided(narrowed) if over else queue(narrowed, by=by, now=now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    values = {
        "page": page,
        "rows": _decided_rows(page) if over else _waiting_rows(page, now),
        "over": over,
        "narrowed": narrowed,
        "filters": _filters(narrowed, over=over),
        "is_narrowed": any(each["value"] for each in _filters(narrowed, over=over)),
        "waiting": waiting(by=by, now=now),
        "may_decide": bool(request.roles & set(DECIDE)),
    }
    return render(request, "desk/applications.html", values)


def _filter(request: StaffRequest) -> Filter:
    chosen = request.GET
    return Filter(
        status=chosen.get("state", ""),
        urgency=chosen.get("urgency", ""),
        claimed=chosen.get("claimed", ""),
        country=chosen.get("country", ""),
        search=chosen.get("q", "").strip(),
    )


def _filters(narrowed: Filter, *, over: bool) -> list[dict[str, Any]]:
    """What the list can be narrowed by; urgency and claims are of what waits alone."""
    anything = ("", _("All"))
    urgencies = [
        (Urgency.OVERDUE.value, _("Past the deadline")),
        (Urgency.HALF_TIME.value, _("Half time")),
        (Urgency.IN_TIME.value, _("In time")),
    ]
    claims = [(MINE, _("Taken by me")), (UNCLAIMED, _("Not taken"))]
    countries = [(country.code, text(country.name)) for country in current().countries]
    filters = [{"name": "state", "label": _("State"), "options": _states(), "value": narrowed.status}]
    if not over:
        filters += [
            {
                "name": "urgency",
                "label": _("Urgency"),
                "options": [anything, *urgencies],
                "value": narrowed.urgency,
            },
            {
                "name": "claimed",
                "label": _("Taken"),
                "options": [anything, *claims],
                "value": narrowed.claimed,
            },
        ]
    if len(countries) > 1:
        options = [anything, *countries]
        filters.append(
            {"name": "country", "label": _("Country"), "options": options, "value": narrowed.country}
        )
    return filters


def _states() -> list[tuple[str, str]]:
    """What the list can be narrowed to."""
    narrowed = (ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
    return [
        ("", _("All that wait")),
        *((state.value, str(state.label)) for state in narrowed),
        ("decided", _("All that are decided")),
        *((state.value, str(state.label)) for state in DECIDED),
    ]


def _waiting_rows(found: Iterable[Application], now: datetime) -> list[Row]:
    applications = list(found)
    holders = {each.pk: each.claimed_by_id for each in applications if claim_is_live(each, now)}
    names = names_of(holders.values())
    return [
        Row(
            application=each,
            urgency=urgency_of(each, now),
            left=left_of(each, now),
            open_checks=_one_for_each_reason(open_checks(each)),
            person=names.get(holders.get(each.pk), ""),
        )
        for each in applications
    ]


SOON = timedelta(days=1)


def left_of(application: Application, now: datetime) -> timedelta | None:
    """How long until it is to be answered, where that is within a day; None while it waits for the applicant."""
    if application.status == ApplicationStatus.MORE_WANTED or application.answer_by_at is None:
        return None
    left = application.answer_by_at - now
    return left if timedelta(0) < left < SOON else None


def _one_for_each_reason(checks: Iterable[Check]) -> tuple[str, ...]:
    """The titles of checks, where several did not pass for one reason that of the first; what is required first."""
    first: dict[str, str] = {}
    for check in sorted(checks, key=lambda each: not each.required):
        first.setdefault(check.reason, str(title(check.code, check.outcome, check.reason)))
    return tuple(dict.fromkeys(first.values()))


def _decided_rows(found: Iterable[Application]) -> list[Row]:
    applications = list(found)
    names = names_of(each.decision.decided_by_id for each in applications)
    return [Row(application=each, person=names.get(each.decision.decided_by_id, "")) for each in applications]
