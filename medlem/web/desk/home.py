"""The desk's first page: what waits for me, by my roles, the overdue first (E4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.applications.queue import MINE, waiting
from medlem.applications.rules import Urgency
from medlem.billing.queries import InvoiceFilter, find_invoices
from medlem.core import clock
from medlem.events.queries import Post, mails_given_up
from medlem.products.former_names import kept_waiting
from medlem.products.queries import disputed
from medlem.programme import current
from medlem.web.access import StaffRequest, staff


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of thing that waits: how much of it, where it is done, and why it presses, if it does."""

    label: str
    count: int
    address: str
    presses: str = ""


@staff()
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Only what there is: an empty page says that nothing waits."""
    work = [each for each in _work(request) if each.count]
    work.sort(key=lambda each: not each.presses)
    return render(request, "desk/home.html", {"work": work})


def _work(request: StaffRequest) -> list[Work]:
    roles = request.roles
    work: list[Work] = []
    if roles & {Role.VALIDATOR, Role.MANAGER}:
        work += _applications(request)
    if roles & {Role.SUPPORT, Role.MANAGER}:
        work += _support()
    if roles & {Role.FINANCE, Role.MANAGER}:
        work += _invoices()
    return work


def _applications(request: StaffRequest) -> list[Work]:
    counts = waiting(by=request.user.public_id, now=clock.now())
    address = reverse("desk:applications")
    return [
        Work(
            _("Applications past their answer-by moment"),
            counts.overdue,
            f"{address}?urgency={Urgency.OVERDUE}",
            _("Overdue"),
        ),
        Work(_("Applications that I have taken"), counts.mine, f"{address}?claimed={MINE}"),
        Work(_("Applications that wait for a decision"), counts.waiting - counts.overdue, address),
        Work(
            _("Applications that wait for the applicant"),
            counts.with_applicant,
            f"{address}?state=more_wanted",
        ),
    ]


def _support() -> list[Work]:
    return [
        Work(
            _("Mails that could not be sent"),
            mails_given_up(),
            f"{reverse('desk:mail')}?state={Post.GIVEN_UP}",
            _("Given up"),
        ),
        Work(_("Products that two businesses claim"), disputed().count(), reverse("desk:disputes")),
        Work(
            _("Former products that wait for a business until we know their model"),
            kept_waiting(),
            reverse("desk:legacy"),
        ),
    ]


def _invoices() -> list[Work]:
    address, today = reverse("desk:invoices"), clock.today(current().timezone)
    overdue = find_invoices(search="", status=InvoiceFilter.OVERDUE, today=today).count()
    to_pay = find_invoices(search="", status=InvoiceFilter.OPEN, today=today).count() - overdue
    return [
        Work(
            _("Invoices past their due date"),
            overdue,
            f"{address}?status={InvoiceFilter.OVERDUE}",
            presses=_("Overdue"),
        ),
        Work(_("Invoices to be paid"), to_pay, f"{address}?status={InvoiceFilter.OPEN}"),
    ]
