"""The overview: one thing to do next, the points, the products, the membership, and what happened last."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.accounts.queries import may_bind, super_user_of
from medlem.billing.queries import invoices_of
from medlem.billing.status import InvoiceStatus
from medlem.core import clock
from medlem.memberships.queries import invitation_of, points_of, unfinished_intention
from medlem.payments.queries import with_payments
from medlem.products.former import MigrationState, migration_offer
from medlem.products.queries import contested_count, counts_of, greyed_points
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.history import events_of, history
from medlem.web.invoices import row_of
from medlem.web.portal.membership import held_by
from medlem.web.portal.next_step import Situation, next_step
from medlem.web.portal.points import thresholds

LATEST = 5


@member
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Where one comes to after signing in; the invitation is here as long as it is open (C1)."""
    found = situation(request)
    context = {
        "step": next_step(found),
        "situation": found,
        "thresholds": thresholds(),
        "history": history(events_of(request.account)[:LATEST]),
    }
    return render(request, "portal/overview.html", context)


def situation(request: MemberRequest) -> Situation:
    """How the business stands today."""
    account, today = request.account, clock.today(current().timezone)
    still_open = with_payments(invoices_of(account)).filter(status=InvoiceStatus.OPEN).order_by("due_on")
    super_user = super_user_of(account)
    may_choose = may_bind(account, request.user.public_id)
    return Situation(
        points=points_of(account),
        invited=invitation_of(account) is not None,
        chooser="" if may_choose or super_user is None else super_user.name,
        held=held_by(account, today=today),
        counts=counts_of(account),
        greyed=greyed_points(account, today=today),
        contested=contested_count(account),
        to_migrate=_to_migrate(account),
        open_invoices=[row_of(invoice, today=today) for invoice in still_open],
        unfinished=unfinished_intention(account, now=clock.now()),
    )


def _to_migrate(account: Account) -> int:
    """How many products the blue button would move; none while it does (B6)."""
    offer = migration_offer(account)
    return offer.waiting if offer.state == MigrationState.READY else 0
