"""The figures of the queue: how long decisions take, how many are automatic, how many came late (A6, A7, E4)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.applications.figures import WEEKS, report
from medlem.applications.queue import waiting
from medlem.core import clock
from medlem.web.access import StaffRequest, staff


@staff(Role.VALIDATOR, Role.MANAGER)
@require_safe
def figures(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    values = {
        "report": report(now),
        "weeks": WEEKS,
        "waiting": waiting(by=request.user.public_id, now=now),
    }
    return render(request, "desk/applications_figures.html", values)
