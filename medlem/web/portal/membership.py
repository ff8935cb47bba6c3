"""The membership: all levels with what is in reach (C1 to C3), the one that is held (C5), and its card (C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from medlem.accounts.models import Account
from medlem.accounts.queries import may_bind, super_user_of
from medlem.billing.queries import invoices_of
from medlem.billing.status import InvoiceStatus
from medlem.core import clock
from medlem.memberships.models import Membership, Term
from medlem.memberships.queries import (
    Renewal,
    card_code,
    current_term,
    last_term,
    levels_for,
    live_membership,
    renewal_of,
)
from medlem.payments.queries import with_payments
from medlem.products.queries import greyed_points
from medlem.programme import current
from medlem.programme.schema import Level
from medlem.web.access import MemberRequest, member
from medlem.web.invoices import InvoiceRow, row_of


@dataclass(frozen=True, slots=True)
class Held:
    """The membership that a business has, as its pages show it."""

    membership: Membership
    term: Term
    level: Level
    bill: InvoiceRow | None
    # The term that follows, once renewed; and whether it can be renewed now (C7).
    next_term: Term | None
    next_level: Level | None
    renewal: Renewal | None
    has_ended: bool


@member
def membership(request: MemberRequest) -> HttpResponse:
    """What is held, and all levels of one family; `?group=business` is the switch (C3)."""
    today = clock.today(current().timezone)
    held = held_by(request.account, today=today)
    group = request.GET.get("group") or (held.level.group if held else "individual")
    may_choose = may_bind(request.account, request.user.public_id)
    levels = levels_for(request.account, business=group == "business")
    context = {
        "held": held,
        "levels": levels,
        "greyed": greyed_points(request.account, today=today),
        "may_join": may_choose and held is None,
        "may_renew": may_choose and held is not None and held.renewal is not None,
        "super_user": super_user_of(request.account),
        "questions": current().faq_on("membership"),
    }
    return render(request, "portal/membership.html", context)


@member
def card(request: MemberRequest) -> HttpResponse:
    """The digital card, to show on a phone or to print (C6)."""
    held = held_by(request.account, today=clock.today(current().timezone))
    if held is None:
        return redirect("portal:membership")
    number = held.membership.number
    address = settings.BASE_URL + reverse("public:verify", args=[number, card_code(number)])
    return render(request, "portal/card.html", {"held": held, "address": address, "code": qr(address)})


def held_by(account: Account, *, today: date) -> Held | None:
    """The live membership with its present term and how that is paid; None before joining."""
    found = live_membership(account)
    term, last = (current_term(found, today), last_term(found)) if found else (None, None)
    if found is None or term is None or last is None:
        return None
    return Held(
        membership=found,
        term=term,
        level=current().level(term.level),
        bill=_bill(account, found, today=today),
        next_term=last if last != term else None,
        next_level=current().level(last.level) if last != term else None,
        renewal=renewal_of(found, today),
        has_ended=last.ends_on <= today,
    )


def _bill(account: Account, membership: Membership, *, today: date) -> InvoiceRow | None:
    """The oldest invoice of the membership that is open, or the newest."""
    invoices = list(with_payments(invoices_of(account)).filter(term__membership=membership))
    still_open = [invoice for invoice in invoices if invoice.status == InvoiceStatus.OPEN]
    shown = next(iter([*reversed(still_open), *invoices]), None)
    return row_of(shown, today=today) if shown else None


def qr(address: str) -> SafeString:
    """The address as an inline drawing, in the colours of the card; without style attributes, which CSP refuses."""
    drawn = segno.make(address, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None, border=0)
    return mark_safe(drawn)  # noqa: S308  # segno escapes nothing because it draws the text instead of writing it
