"""Accounts: finding one by whatever people have at hand, and helping it (A5, A9, B7, E4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from medlem.accounts.actions import request_password
from medlem.accounts.models import Account
from medlem.accounts.queries import account_by_id
from medlem.accounts.status import Role
from medlem.billing.queries import invoices_of
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.queries import account_history
from medlem.memberships.actions import adjust
from medlem.memberships.queries import current_term, entries_of, invitation_of, live_membership, points_of
from medlem.payments.queries import with_payments
from medlem.products.former import (
    FormerAddress,
    Waiting,
    about_address,
    claims_of,
    taken_among,
    waiting_of,
)
from medlem.products.migration import link_former_email
from medlem.products.queries import counts_of, find_accounts, products_of, row_of
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.account_forms import FormerAddressForm, PointsForm
from medlem.web.desk.timeline import timeline
from medlem.web.invoices import row_of as invoice_row
from medlem.web.points import entry_row
from medlem.web.templatetags.medlem import number

SEE = (Role.VALIDATOR, Role.SUPPORT, Role.FINANCE, Role.MANAGER)
ADJUST = (Role.SUPPORT, Role.MANAGER)
HELP = (Role.SUPPORT,)
LOOK = (Role.VALIDATOR, Role.SUPPORT, Role.MANAGER)
PAGE, PRODUCTS, LATEST = 50, 50, 20


@staff(*SEE)
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """By name, account, registration or member number, e-mail address or serial number."""
    search = request.GET.get("q", "").strip()
    page = Paginator(find_accounts(search), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/accounts.html", {"page": page, "search": search})


# --- one account ------------------------------------------------------------------------------------


@staff(*SEE)
@require_safe
def account(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _account(public_id))


@staff(*ADJUST)
def adjust_points(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Adds or takes points with a reason; the ledger keeps both (B7). A large sum is shown before it is booked."""
    found, form = _account(public_id), PointsForm(request.POST, prefix="points")
    if request.method != "POST":  # a refused page that is opened again, such as in the other language
        return redirect("desk:account", found.public_id)
    if not form.is_valid():
        return _page(request, found, points_form=form, status=422)
    points, total = form.cleaned_data["points"], points_of(found)
    if form.is_large and not form.was_shown and total + points >= 0:
        return _page(request, found, points_form=form.shown(), adjusted=(total, total + points))
    try:
        adjust(account=found, **form.said(), by=request.user.as_staff, now=clock.now())
    except Refused as error:
        form.refuse(error)
        return _page(request, found, points_form=form, status=422)
    messages.success(request, _("The points are adjusted."))
    return redirect("desk:account", found.public_id)


@staff(*HELP)
def link_former_address(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Support vouches for a former address, so that its products can be migrated (A5, B6): shows first what stands
    under it and who else gave it."""
    found, form = _account(public_id), FormerAddressForm(request.POST, prefix="former")
    if request.method != "POST":
        return redirect("desk:account", found.public_id)
    if not form.is_valid():
        return _page(request, found, former_form=form, status=422)
    stands = about_address(found, form.cleaned_data["email"])
    if not form.was_shown:
        return _page(request, found, former_form=form.shown(), stands=stands)
    try:
        link_former_email(account=found, **form.said(), by=request.user.as_staff, now=clock.now())
    except Refused as error:
        form.refuse(error)
        return _page(request, found, former_form=form, stands=stands, status=422)
    messages.success(request, _linked(stands, waiting_of(found)))
    return redirect("desk:account", found.public_id)


def _linked(stands: FormerAddress, waiting: Waiting) -> str:
    """What is true after an address was linked."""
    if not stands.products:
        return _("The address is linked. No former product stands under it, so there is nothing to migrate.")
    if not stands.waiting:
        return _("The address is linked. Its products were migrated before, so nothing is left.")
    if not waiting.known:
        return _("The address is linked. Its products wait until somebody says which models they are.")
    count = waiting.known
    said = ngettext(
        "The address is linked. The business can migrate %(count)s product now.",
        "The address is linked. The business can migrate %(count)s products now.",
        count,
    )
    return said % {"count": number(count)}


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
    adjusted: tuple[int, int] | None = None,
    stands: FormerAddress | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today(current().timezone)
    claims = list(claims_of(found))
    taken = taken_among(claims)
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
        "adjusted": adjusted,
        "claims": [(claim, taken.get(claim.pk)) for claim in claims],
        "stands": stands,
        "former": waiting_of(found),
        "former_form": former_form or FormerAddressForm(prefix="former"),
        "history": timeline(account_history(found.public_id)[:LATEST]),
        "may_adjust": bool(request.roles & set(ADJUST)),
        "may_link": bool(request.roles & set(HELP)),
        "may_look": bool(request.roles & set(LOOK)),
        "may_name": bool(request.roles & set(ADJUST)),
        "may_mail": bool(request.roles & {Role.VALIDATOR, *ADJUST}),
        "may_invoice": bool(request.roles & {Role.FINANCE, Role.MANAGER}),
    }
    return render(request, "desk/account.html", values, status=status)


def _membership(found: Account) -> dict[str, Any]:
    membership = live_membership(found)
    if membership is None:
        return {"membership": None, "invitation": invitation_of(found)}
    term = current_term(membership, clock.today(current().timezone))
    level = next((each for each in current().levels if term and each.code == term.level), None)
    return {"membership": membership, "term": term, "level": level.name if level else term and term.level}


def _trade(found: Account) -> Any:
    trade = next((each for each in current().trades if each.code == found.trade), None)
    return trade.name if trade else found.trade
