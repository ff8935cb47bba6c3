"""Reads of charges: which invoices are charged today, what became of them, and how an invoice stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from medlem.billing.models import Invoice
from medlem.billing.status import InvoiceStatus, Means
from medlem.core.clock import date_in
from medlem.core.money import Money
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.rules import charge_on
from medlem.payments.status import ChargeStatus
from medlem.programme import current


def invoices_to_charge(today: date) -> list[int]:
    """Keys of open invoices whose card is to be charged today, and of all whose last attempt has no answer,
    also where a transfer came in between (D2, D5)."""
    unanswered = CardCharge.objects.filter(status=ChargeStatus.INTENDED).order_by("id")
    to_ask = list(unanswered.values_list("invoice_id", flat=True))
    due = Invoice.objects.filter(status=InvoiceStatus.OPEN, means=Means.CARD, due_on__lte=today)
    to_charge = [
        invoice.pk
        for invoice in with_payments(due.exclude(pk__in=to_ask)).order_by("due_on", "number")
        if _is_due(invoice, today)
    ]
    return to_ask + to_charge


def with_payments(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The invoices with what `standing` asks of each, in a number of queries that does not grow."""
    return invoices.select_related("card").prefetch_related("charges__card", "entries")


def next_charge_on(invoice: Invoice) -> date | None:
    """The day on which the card is charged next; None when it is not to be (C5, D2).

    A card that was saved after the due date is charged on the day on which it came, and has the whole
    schedule of retries to itself: what another card did does not count against it.
    """
    if invoice.status != InvoiceStatus.OPEN or invoice.means != Means.CARD or invoice.card is None:
        return None
    programme = current()
    tried_on = [
        date_in(programme.timezone, charge.intended_at)
        for charge in invoice.charges.all()
        if charge.card_id == invoice.card_id
    ]
    first_on = max(invoice.due_on, date_in(programme.timezone, invoice.card.saved_at))
    return charge_on(first_on, tried_on=tried_on, retry_days=programme.payment.card_retry_days)


def last_charge(invoice: Invoice) -> CardCharge | None:
    return max(invoice.charges.all(), key=lambda charge: charge.attempt, default=None)


def _is_due(invoice: Invoice, today: date) -> bool:
    next_on = next_charge_on(invoice)
    return next_on is not None and next_on <= today


def payments_entered() -> QuerySet[BankPayment]:
    """The bank transfers that finance entered, newest first (D4)."""
    return BankPayment.objects.select_related("entry__invoice__account").order_by("-id")


class State(StrEnum):
    """How an invoice stands, for the one who is to pay it."""

    TO_CHARGE = "to_charge"
    CHARGING = "charging"
    TO_RETRY = "to_retry"
    DECLINED = "declined"
    TO_PAY = "to_pay"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an invoice is open, and what happens or happened on which day with which card (C5, D2).

    `on` is the day of the next charge, the due date, the day of payment, or of the last refusal.
    """

    state: State
    open: Money
    on: date
    last: CardCharge | None = None


def standing(invoice: Invoice, *, today: date) -> Standing:
    """How the invoice stands today; from `with_payments` it costs no query."""
    entries = list(invoice.entries.all())
    rest = Money(sum(entry.amount_minor for entry in entries), invoice.currency)
    last, next_on = last_charge(invoice), next_charge_on(invoice)
    if invoice.status == InvoiceStatus.CREDITED:
        return Standing(State.CREDITED, rest, entries[-1].on)
    if invoice.status == InvoiceStatus.PAID:
        return Standing(State.PAID, rest, max(entry.on for entry in entries if entry.amount_minor < 0), last)
    if invoice.means == Means.BANK:
        return Standing(State.OVERDUE if invoice.is_overdue(today) else State.TO_PAY, rest, invoice.due_on)
    if last is not None and last.status == ChargeStatus.INTENDED:
        return Standing(State.CHARGING, rest, today, last)
    if next_on is None:
        assert last is not None
        return Standing(State.DECLINED, rest, date_in(current().timezone, last.intended_at), last)
    if last is not None and last.card_id == invoice.card_id:
        return Standing(State.TO_RETRY, rest, next_on, last)
    return Standing(State.TO_CHARGE, rest, next_on, last)
