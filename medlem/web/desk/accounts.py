"""Accounts: finding one by whatever people have at hand, and helping it (A5, A9, B7, E4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.actions import request_password
from medlem.accounts.models import Account
from medlem.accounts.queries import account_by_id
from medlem.accounts.status import Role
from medlem.billing.queries import invoices_of
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.queries import account_history
from medlem.memberships.actions import adjust
from medlem.memberships.queries import current_term, entries_of, live_membership, points_of
from medlem.payments.queries import with_payments
from medlem.products.former import claims_of, waiting_of
from medlem.products.migration import link_former_email
from medlem.products.queries import counts_of, find_accounts, products_of, row_of
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.timeline import timeline
from medlem.web.forms import Form
from medlem.web.invoices import row_of as invoice_row
from medlem.web.points import entry_row

SEE = (Role.VALIDATOR, Role.SUPPORT, Role.FINANCE, Role.MANAGER)
ADJUST = (Role.SUPPORT, Role.MANAGER)
HELP = (Role.SUPPORT,)
PAGE, PRODUCTS, LATEST = 50, 50, 20


@staff(*SEE)
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """By name, account, registration or member number, e-mail address or serial number."""
    search = request.GET.get("q", "").strip()
    page = Paginator(find_accounts(search), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/accounts.html", {"page": page, "search": search})


# --- one account ------------------------------------------------------------------------------------


class PointsForm(Form):
    """What staff add or take; `public_id` is the entry's id, so that sending twice adjusts once."""

    public_id = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid7, required=False)
    points = forms.IntegerField(
        label=gettext_lazy("Points to add"),
        help_text=gettext_lazy("Write a minus before it to take points away, such as -40."),
        min_value=-100_000,
        max_value=100_000,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("The member reads it."), max_length=200
    )
    widths = {"points": "short"}

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError(_("Nothing would change. Give a number of points."))
        return points


class FormerAddressForm(Form):
    email = forms.EmailField(label=gettext_lazy("Former e-mail address"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("How do you know that the address was theirs?"),
        max_length=200,
    )
    autocomplete = {"email": "off"}


@staff(*SEE)
@require_safe
def account(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _account(public_id))


@staff(*ADJUST)
def adjust_points(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Adds or takes points with a reason; the ledger keeps both (B7)."""
    found, form = _account(public_id), PointsForm(request.POST, prefix="points")
    if request.method != "POST":  # a refused page that is opened again, such as in the other language
        return redirect("desk:account", found.public_id)
    if form.is_valid():
        try:
            adjust(account=found, **form.cleaned_data, by=request.user.as_staff, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The points are adjusted."))
            return redirect("desk:account", found.public_id)
    return _page(request, found, points_form=form, status=422)


@staff(*HELP)
def link_former_address(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Support vouches for a former address, so that its products can be migrated (A5, B6)."""
    found, form = _account(public_id), FormerAddressForm(request.POST, prefix="former")
    if request.method != "POST":
        return redirect("desk:account", found.public_id)
    if form.is_valid():
        try:
            link_former_email(account=found, **form.cleaned_data, by=request.user.as_staff, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The address is linked. The business can migrate its products now."))
            return redirect("desk:account", found.public_id)
    return _page(request, found, former_form=form, status=422)


@staff(Role.VALIDATOR, *ADJUST)
@require_POST
def password_link(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Mails one of the account's people a new link to set a password; the former ones end (A9)."""
    found = _account(public_id)
    person = get_object_or_404(
        found.people.select_related("user"), user__public_id=_uuid(request.POST.get("person", ""))
    )
    request_password(email=person.user.email, by=request.user.as_staff, now=clock.now())
    messages.success(request, _("A new password link is on its way to %(to)s.") % {"to": person.user.email})
    return redirect("desk:account", found.public_id)


def _account(public_id: UUID) -> Account:
    found = account_by_id(public_id)
    if found is None:
        raise Http404
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _page(
    request: StaffRequest,
    found: Account,
    *,
    points_form: PointsForm | None = None,
    former_form: FormerAddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today(current().timezone)
    values = {
        "account": found,
        "trade": _trade(found),
        "people": found.people.select_related("user").order_by("id"),
        "points": points_of(found),
        "entries": [entry_row(entry) for entry in entries_of(found)[:LATEST]],
        "points_form": points_form or PointsForm(prefix="points"),
        "counts": counts_of(found),
        "products": [row_of(product) for product in products_of(found, today=today)[:PRODUCTS]],
        **_membership(found),
        "invoices": [
            invoice_row(invoice, today=today) for invoice in with_payments(invoices_of(found))[:LATEST]
        ],
        "claims": claims_of(found),
        "former": waiting_of(found),
        "former_form": former_form or FormerAddressForm(prefix="former"),
        "history": timeline(account_history(found.public_id)[:LATEST]),
        "may_adjust": bool(request.roles & set(ADJUST)),
        "may_link": bool(request.roles & set(HELP)),
        "may_name": bool(request.roles & set(ADJUST)),
        "may_mail": bool(request.roles & {Role.VALIDATOR, *ADJUST}),
        "may_invoice": bool(request.roles & {Role.FINANCE, Role.MANAGER}),
    }
    return render(request, "desk/account.html", values, status=status)


def _membership(found: Account) -> dict[str, Any]:
    membership = live_membership(found)
    if membership is None:
        return {"membership": None}
    term = current_term(membership, clock.today(current().timezone))
    level = next((each for each in current().levels if term and each.code == term.level), None)
    return {"membership": membership, "term": term, "level": level.name if level else term and term.level}


def _trade(found: Account) -> Any:
    trade = next((each for each in current().trades if each.code == found.trade), None)
    return trade.name if trade else found.trade
