"""Looking a serial number up: who holds it, whether it is lost, stolen or disputed, and what happened (B4, B8)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.products.contested import about_serial
from medlem.web.access import StaffRequest, staff
from medlem.web.countries import country_name
from medlem.web.desk.timeline import timeline

SEE = (Role.VALIDATOR, Role.SUPPORT, Role.MANAGER)


@staff(*SEE)
@require_safe
def serial(request: StaffRequest) -> HttpResponse:
    """By the whole serial number, in groups or not. Nothing typed shows the field alone."""
    search = request.GET.get("q", "").strip()
    found = about_serial(search) if search else None
    values = {
        "search": search,
        "found": found,
        "products": [(each, country_name(each.purchase_country)) for each in found.products] if found else [],
        "history": timeline(found.events) if found else [],
        "may_settle": bool(request.roles & {Role.SUPPORT, Role.MANAGER}),
    }
    return render(request, "desk/serial.html", values)
