"""What moves the balance of an issued invoice: money that came, money taken back, fees of reminders (D6, D7).

Every movement is a row that stays. What was wrong is reversed by another row, with its reason.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import balance_of
from medlem.billing.status import EntryKind, InvoiceStatus
from medlem.core.errors import Refused
from medlem.core.money import Money, format_money
from medlem.core.words import reader
from medlem.events.actions import move, record
from medlem.events.actors import Actor


class WrongSum(Refused):
    """A sum that is not above zero."""


class MoreThanOpen(Refused):
    """More than what is open, also where nothing is: booked only by somebody who says that it is right."""


def settle(
    *,
    invoice: Invoice,
    amount: Money,
    kind: EntryKind,
    on: date,
    reference: str,
    text: str = "",
    more: bool = False,
    by: Actor,
    now: datetime,
) -> LedgerEntry:
    """Books money that came in, in the caller's transaction; the invoice is paid when nothing is left.

    Writes the ledger entry (negative) and, on reaching zero, the status with its event. `reference` is
    unique, so the same payment is never booked twice. `more` books also what is over, such as a card charge
    that crossed a bank transfer: then the ledger shows what is owed back. Raises WrongSum and MoreThanOpen.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    open_sum, nothing = balance_of(invoice), Money(0, invoice.currency)
    if amount <= nothing:
        raise WrongSum(_("The sum has to be more than zero."), field="amount")
    if not more and amount > open_sum:
        sums = {"sum": format_money(amount, reader()), "open": format_money(max(open_sum, nothing), reader())}
        said = _("%(sum)s is more than what is open, %(open)s. Check the sum and the invoice.")
        raise MoreThanOpen(said % sums, field="amount")
    entry = LedgerEntry.objects.create(
        invoice=invoice,
        kind=kind,
        amount_minor=-amount.minor,
        on=on,
        booked_at=now,
        reference=reference,
        text=text,
    )
    after = {"amount_minor": amount.minor, "currency": amount.currency, "kind": kind}
    is_paid = amount >= open_sum and invoice.status == InvoiceStatus.OPEN
    if is_paid:
        name = "invoice.paid"
    else:
        name = "invoice.overpaid" if amount > open_sum else "invoice.paid_in_part"
    _tell(name, invoice, to=InvoiceStatus.PAID if is_paid else None, by=by, now=now, after=after)
    return entry


class NoReason(Refused):
    """Taking back needs a reason, as it stays in the books."""


class TakenBackAlready(Refused):
    """The payment was taken back before."""


def take_back(*, entry: LedgerEntry, on: date, reason: str, by: Actor, now: datetime) -> LedgerEntry:
    """Reverses a payment by an entry of the same sum, in the caller's transaction (D7).

    Writes the reversal and, where money is missing again, opens the paid invoice; one event either way. The
    entry itself stays as it was. Raises NoReason and TakenBackAlready.
    """
    if not reason.strip():
        raise NoReason(_("Give the reason; it stays in the books."), field="reason")
    invoice = Invoice.objects.select_for_update().get(pk=entry.invoice_id)
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise TakenBackAlready(_("This payment was taken back already."))
    reversal = LedgerEntry.objects.create(
        invoice=invoice,
        kind=EntryKind.REVERSAL,
        amount_minor=-entry.amount_minor,
        on=on,
        booked_at=now,
        reference=f"reversal:{entry.public_id}",
        text=reason.strip(),
        reverses=entry,
    )
    after = {
        "amount_minor": reversal.amount_minor,
        "currency": invoice.currency,
        "reason": reversal.text,
    }
    name, is_open = "invoice.payment_taken_back", balance_of(invoice).minor > 0
    reopened = is_open and invoice.status == InvoiceStatus.PAID
    _tell(name, invoice, to=InvoiceStatus.OPEN if reopened else None, by=by, now=now, after=after)
    return reversal


def add_reminder_fee(
    *, invoice: Invoice, fee: Money, reminder_id: UUID, on: date, now: datetime
) -> LedgerEntry:
    """Adds the fee of a reminder to what is open, in the caller's transaction, who tells of it (D6).

    The invoice itself stays as it was issued; the fee carries no VAT.
    """
    return LedgerEntry.objects.create(
        invoice=invoice,
        kind=EntryKind.REMINDER_FEE,
        amount_minor=fee.minor,
        on=on,
        booked_at=now,
        reference=f"reminder:{reminder_id}",
    )


def _tell(
    name: str,
    invoice: Invoice,
    *,
    to: InvoiceStatus | None,
    by: Actor,
    now: datetime,
    after: dict[str, Any],
) -> None:
    """The one event of a movement, with the status where that moves too."""
    account_id = invoice.account.public_id
    if to:
        move(invoice, to=to, name=name, by=by, now=now, account_id=account_id, **after)
    else:
        record(name, by=by, now=now, subject=invoice, account_id=account_id, after=after)
