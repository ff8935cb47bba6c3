"""The outbox: what was sent to whom, what could not be, and trying it again (E1, E4)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.status import Role
from medlem.core import clock
from medlem.events.actions import send_again
from medlem.events.models import Mail
from medlem.events.queries import Post, outbox
from medlem.web.access import StaffRequest, staff

PAGE = 50

LETTERS = {
    "account_ready": gettext_lazy("The account is ready"),
    "application_declined": gettext_lazy("The application is declined"),
    "application_late": gettext_lazy("The answer to the application is late"),
    "application_received": gettext_lazy("The application is received"),
    "applications_half_time": gettext_lazy("Applications have used half of their time"),
    "applications_overdue": gettext_lazy("Applications are overdue"),
    "charge_failed": gettext_lazy("The card was declined"),
    "charge_succeeded": gettext_lazy("The card was charged"),
    "former_email": gettext_lazy("Is this former address yours?"),
    "invitation": gettext_lazy("Invitation to the programme"),
    "invoice": gettext_lazy("Invoice"),
    "more_wanted": gettext_lazy("More is wanted for the application"),
    "password_link": gettext_lazy("Link to set a password"),
    "person_added": gettext_lazy("Somebody was added to the account"),
    "resume": gettext_lazy("Link to continue the application"),
    "welcome": gettext_lazy("Welcome as a member"),
}
"""What the letters are about; one that is not named here goes by its template's name."""


@staff(Role.SUPPORT, Role.MANAGER)
@require_safe
def mail(request: StaffRequest) -> HttpResponse:
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    page = Paginator(outbox(post=state, search=search), PAGE).get_page(request.GET.get("page"))
    states = [
        ("", _("All")),
        (Post.WAITING.value, _("Not sent yet")),
        (Post.GIVEN_UP.value, _("Given up")),
        (Post.SENT.value, _("Sent")),
    ]
    rows = [(each, LETTERS.get(each.template, each.template)) for each in page]
    values = {"page": page, "rows": rows, "state": state, "states": states, "search": search}
    return render(request, "desk/mail.html", values)


@staff(Role.SUPPORT, Role.MANAGER)
@require_POST
def again(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Back into the outbox; the worker sends it within a minute."""
    found = send_again(
        mail=get_object_or_404(Mail, public_id=public_id), by=request.user.as_staff, now=clock.now()
    )
    messages.success(request, _("The mail to %(to)s is tried again now.") % {"to": found.to})
    return redirect("desk:mail")
