"""Who has an application on the table: staying at it, and going on to the next (A8). Claiming, giving back and taking
over stand in `review.py`, as they keep what was typed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medlem.applications import claiming
from medlem.applications.models import Application
from medlem.applications.queries import for_review
from medlem.core import clock
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import DECIDE


@staff(*DECIDE)
@require_POST
def stay(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The page of whoever has it on the table says that somebody is at work there."""
    found = for_review(public_id)
    if found is None:
        raise Http404
    claiming.stay(application=found, by=request.user.as_staff, now=clock.now())
    return HttpResponse(status=204)


@staff(*DECIDE)
@require_POST
def next_application(request: StaffRequest) -> HttpResponse:
    """Puts the next application on my table and shows it; the one that I leave goes back to the queue."""
    left = request.POST.get("leaving", "")
    return go_on(request, leaving=for_review(UUID(left)) if _is_uuid(left) else None)


def go_on(request: StaffRequest, *, leaving: Application | None) -> HttpResponse:
    """To the next application, or to the list where none is free any more."""
    following = claiming.claim_next(leaving=leaving, by=request.user.as_staff, now=clock.now())
    if following is None:
        messages.info(request, _("No other application waits for you now."))
        return redirect("desk:applications")
    return redirect("desk:application", following.public_id)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
