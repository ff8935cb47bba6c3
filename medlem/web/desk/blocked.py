"""Contacts whose applications are never approved automatically: who, why, by whom, and letting them go (A7)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.queries import names_of
from medlem.applications.blocking import unblock as take_off
from medlem.applications.queries import blocked_contacts
from medlem.core import clock
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import DECIDE

PAGE = 50


@staff(*DECIDE)
@require_safe
def blocked(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    page = Paginator(blocked_contacts(search), PAGE).get_page(request.GET.get("page"))
    names = names_of(contact.blocked_by_id for contact in page)
    rows = [(contact, names.get(contact.blocked_by_id, "")) for contact in page]
    return render(request, "desk/applications_blocked.html", {"page": page, "rows": rows, "search": search})


@staff(*DECIDE)
@require_POST
def unblock(request: StaffRequest, key: int) -> HttpResponse:
    contact = take_off(contact_id=key, by=request.user.as_staff, now=clock.now())
    if contact:
        messages.success(request, _("%(email)s is no longer blocked.") % {"email": contact.email})
    return redirect("desk:blocked")
