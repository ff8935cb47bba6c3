"""Suspending, restoring and ending a membership (C7, C8). `payments` says when an invoice is unpaid for too long.

Each is one step of the caller's transaction, who holds the lock of what led to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from medlem.accounts.queries import super_user_of
from medlem.billing.models import Invoice
from medlem.billing.status import InvoiceStatus
from medlem.core.clock import date_in
from medlem.events.actions import link, move, queue_mail
from medlem.events.actors import SYSTEM
from medlem.memberships.models import Membership, Term
from medlem.memberships.status import MembershipStatus
from medlem.programme import current


def suspend(*, invoice: Invoice, now: datetime) -> bool:
    """Suspends the active membership that an invoice is for (C8). Returns whether this call did it."""
    membership = _locked_membership_of(invoice)
    if membership is None or membership.status != MembershipStatus.ACTIVE:
        return False
    move(
        membership,
        to=MembershipStatus.SUSPENDED,
        name="membership.suspended",
        by=SYSTEM,
        now=now,
        account_id=membership.account.public_id,
        fields={"suspended_on": date_in(current().timezone, now)},
        invoice=invoice.number,
    )
    _write("membership_suspended", membership, now=now, **_bill(invoice))
    return True


def restore(*, invoice: Invoice, now: datetime) -> bool:
    """Restores the suspended membership of an invoice that is paid now, unless another of its invoices is
    unpaid for as long (C8). Returns whether this call did it."""
    membership = _locked_membership_of(invoice)
    if membership is None or membership.status != MembershipStatus.SUSPENDED:
        return False
    programme = current()
    today = date_in(programme.timezone, now)
    too_long = today - timedelta(days=programme.payment.suspend_after_days)
    unpaid = Term.objects.filter(membership=membership, invoice__status=InvoiceStatus.OPEN)
    if unpaid.filter(invoice=invoice).exists() or unpaid.filter(invoice__due_on__lte=too_long).exists():
        return False
    move(
        membership,
        to=MembershipStatus.ACTIVE,
        name="membership.restored",
        by=SYSTEM,
        now=now,
        account_id=membership.account.public_id,
        fields={"suspended_on": None},
        invoice=invoice.number,
    )
    _write("membership_restored", membership, now=now)
    return True


def end_unpaid(*, invoice: Invoice, now: datetime) -> bool:
    """Ends the suspended membership that an invoice is for (C8). Returns whether this call did it."""
    membership = _locked_membership_of(invoice)
    if membership is None or membership.status != MembershipStatus.SUSPENDED:
        return False
    end(membership=membership, reason="unpaid", now=now)
    return True


def end(*, membership: Membership, reason: str, now: datetime) -> None:
    """Ends a membership whose lock the caller holds: `reason` is not_renewed or unpaid (C7, C8)."""
    move(
        membership,
        to=MembershipStatus.ENDED,
        name="membership.ended",
        by=SYSTEM,
        now=now,
        account_id=membership.account.public_id,
        fields={"ended_on": date_in(current().timezone, now)},
        reason=reason,
    )
    _write("membership_ended", membership, now=now, reason=reason)


def _locked_membership_of(invoice: Invoice) -> Membership | None:
    found = Membership.objects.select_for_update(of=("self",)).select_related("account")
    return found.filter(terms__invoice=invoice).first()


def _bill(invoice: Invoice) -> dict[str, Any]:
    """What the letter needs, so that the invoice can be paid from it."""
    return {
        "invoice": invoice.number,
        "kid": invoice.kid,
        "bank_account": invoice.bank_account,
        "link": link("portal:invoice", number=str(invoice.number)),
    }


def _write(template: str, membership: Membership, *, now: datetime, **values: Any) -> None:
    person = super_user_of(membership.account)
    if person is None:
        return
    queue_mail(
        template,
        to=person.email,
        language=person.language,
        now=now,
        account_id=membership.account.public_id,
        **{
            "name": person.first_name,
            "number": membership.number,
            "link": link("portal:membership"),
            **values,
        },
    )
