"""Reads of charges: which invoices are charged today, what became of them, and how an invoice stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from medlem.billing.models import Invoice
from medlem.billing.status import InvoiceStatus, Means
from medlem.core.clock import date_in
from medlem.core.money import Money
from medlem.memberships.queries import term_of
from medlem.memberships.status import MembershipStatus
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.rules import charge_on, end_on, step_due, suspend_on
from medlem.payments.status import ChargeStatus
from medlem.programme import current


def invoices_to_charge(today: date) -> list[int]:
    """Keys of open invoices whose card is to be charged today, of all whose last attempt has no answer, also
    where a transfer came in between, and of those where a charge waits in vain for its cardholder (D2, D5)."""
    unanswered = CardCharge.objects.filter(status=ChargeStatus.INTENDED).order_by("id")
    to_ask = list(unanswered.values_list("invoice_id", flat=True))
    waiting = CardCharge.objects.filter(status=ChargeStatus.NEEDS_AUTHENTICATION).values("invoice_id")
    may_be_due = Invoice.objects.filter(
        Q(status=InvoiceStatus.OPEN, means=Means.CARD, due_on__lte=today) | Q(pk__in=waiting)
    )
    to_charge = [
        invoice.pk
        for invoice in with_payments(may_be_due.exclude(pk__in=to_ask)).order_by("due_on", "number")
        if _is_due(invoice, today)
    ]
    return to_ask + to_charge


def charges_being_confirmed() -> list[int]:
    """Keys of charges that somebody went to confirm, and whose answer did not come back yet (D5)."""
    waiting = CardCharge.objects.filter(status=ChargeStatus.NEEDS_AUTHENTICATION)
    return list(waiting.exclude(confirming_at=None).order_by("id").values_list("pk", flat=True))


def with_payments(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The invoices with what `standing` asks of each, in a number of queries that does not grow."""
    return invoices.select_related("card").prefetch_related("charges__card", "entries")


def rest_of(invoice: Invoice) -> Money:
    """What is open, from the entries that `with_payments` brought along (D7)."""
    return Money(sum(entry.amount_minor for entry in invoice.entries.all()), invoice.currency)


def next_charge_on(invoice: Invoice) -> date | None:
    """The day on which the card is charged next; None when it is not to be (C5, D2).

    A card that was saved after the due date is charged on the day on which it came, and has the whole
    schedule of retries to itself: what another card did does not count against it. While a charge waits for
    its cardholder there is no other.
    """
    if invoice.status != InvoiceStatus.OPEN or invoice.means != Means.CARD or invoice.card is None:
        return None
    if charge_to_confirm(invoice):
        return None
    programme = current()
    tried_on = [
        date_in(programme.timezone, charge.intended_at)
        for charge in invoice.charges.all()
        if charge.card_id == invoice.card_id
    ]
    first_on = max(invoice.due_on, date_in(programme.timezone, invoice.card.saved_at))
    return charge_on(first_on, tried_on=tried_on, retry_days=programme.payment.card_retry_days)


def charge_to_confirm(invoice: Invoice) -> CardCharge | None:
    """The charge that waits for its cardholder, and is still wanted (D5)."""
    waiting = waiting_charge(invoice)
    return waiting if waiting and not is_superseded(waiting, invoice) else None


def waiting_charge(invoice: Invoice) -> CardCharge | None:
    """The charge that waits for its cardholder; the database knows one at most."""
    needing = ChargeStatus.NEEDS_AUTHENTICATION
    return next((charge for charge in invoice.charges.all() if charge.status == needing), None)


def is_superseded(charge: CardCharge, invoice: Invoice) -> bool:
    """Whether a charge that waits is no longer wanted: another card is to be charged, or another sum, or none."""
    wanted = (InvoiceStatus.OPEN, charge.card_id, charge.amount_minor)
    return (invoice.status, invoice.card_id, rest_of(invoice).minor) != wanted


def last_charge(invoice: Invoice) -> CardCharge | None:
    return max(invoice.charges.all(), key=lambda charge: charge.attempt, default=None)


def _is_due(invoice: Invoice, today: date) -> bool:
    waiting = waiting_charge(invoice)
    if waiting and is_superseded(waiting, invoice):
        return True
    next_on = next_charge_on(invoice)
    return next_on is not None and next_on <= today


def payments_entered() -> QuerySet[BankPayment]:
    """The bank transfers that finance entered, newest first, those taken back too (D4, D7)."""
    return BankPayment.objects.select_related("entry__invoice__account").order_by("-id")


def payments_of(invoice: Invoice) -> QuerySet[BankPayment]:
    """The bank transfers of an invoice that were not taken back, oldest first (D7)."""
    found = BankPayment.objects.filter(entry__invoice=invoice, taken_back_at=None)
    return found.select_related("entry__invoice").order_by("id")


class State(StrEnum):
    """How an invoice stands, for the one who is to pay it."""

    TO_CHARGE = "to_charge"
    CHARGING = "charging"
    TO_CONFIRM = "to_confirm"
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

    @property
    def owed_back(self) -> Money | None:
        """What came in beyond what was to be paid (D7)."""
        return -self.open if self.open.minor < 0 else None


def standing(invoice: Invoice, *, today: date) -> Standing:
    """How the invoice stands today; from `with_payments` it costs no query."""
    rest, last, next_on = rest_of(invoice), last_charge(invoice), next_charge_on(invoice)
    if invoice.status == InvoiceStatus.CREDITED:
        return Standing(State.CREDITED, rest, list(invoice.entries.all())[-1].on)
    if invoice.status == InvoiceStatus.PAID:
        return Standing(State.PAID, rest, _paid_on(invoice), last)
    if invoice.means == Means.BANK:
        return Standing(State.OVERDUE if invoice.is_overdue(today) else State.TO_PAY, rest, invoice.due_on)
    if last is not None and last.status == ChargeStatus.INTENDED:
        return Standing(State.CHARGING, rest, today, last)
    if to_confirm := charge_to_confirm(invoice):
        return Standing(State.TO_CONFIRM, rest, invoice.due_on, to_confirm)
    if next_on is None:
        assert last is not None
        return Standing(State.DECLINED, rest, date_in(current().timezone, last.intended_at), last)
    if last is not None and last.card_id == invoice.card_id:
        return Standing(State.TO_RETRY, rest, next_on, last)
    return Standing(State.TO_CHARGE, rest, next_on, last)


def _paid_on(invoice: Invoice) -> date:
    """The day of the last payment that was not taken back."""
    entries = list(invoice.entries.all())
    taken_back = {entry.reverses_id for entry in entries}
    paid: list[date] = [
        entry.on for entry in entries if entry.amount_minor < 0 and entry.pk not in taken_back
    ]
    return max(paid)


# --- what is not paid (C8, D6) -----------------------------------------------------------------------


def invoices_to_remind(today: date) -> list[int]:
    """Keys of open invoices of which a reminder is due today, the oldest first (D6)."""
    return [invoice.pk for invoice in _overdue(today) if step_due_of(invoice, today) is not None]


def invoices_to_suspend(today: date) -> list[int]:
    """Keys of open invoices whose membership is to be suspended today (C8)."""
    active = _overdue(today).filter(term__membership__status=MembershipStatus.ACTIVE)
    return [invoice.pk for invoice in active if _has_come(suspends_on(invoice, today), today)]


def invoices_to_end(today: date) -> list[int]:
    """Keys of open invoices whose suspended membership is to be ended today (C8)."""
    suspended = _overdue(today).filter(term__membership__status=MembershipStatus.SUSPENDED)
    return [invoice.pk for invoice in suspended if _has_come(ends_on(invoice), today)]


def _overdue(today: date) -> QuerySet[Invoice]:
    overdue = Invoice.objects.filter(status=InvoiceStatus.OPEN, due_on__lt=today)
    with_terms = with_payments(overdue).select_related("card", "term__membership")
    return with_terms.prefetch_related("reminders").order_by("due_on", "number")


def _has_come(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def step_due_of(invoice: Invoice, today: date) -> int | None:
    """The reminder that is due today, as its days after the due date (D6).

    None while it is not known whether the card was charged, and in the days in which a card is tried by itself:
    nobody is asked to pay twice.
    """
    if not invoice.is_overdue(today) or _is_under_way(invoice):
        return None
    payment = current().payment
    tried_until = invoice.due_on + timedelta(days=max(payment.card_retry_days, default=0))
    if invoice.means == Means.CARD and today <= tried_until and not charge_to_confirm(invoice):
        return None
    return step_due(invoice.due_on, steps=_steps(invoice), sent=_sent(invoice), today=today)


def suspends_on(invoice: Invoice, today: date) -> date | None:
    """The day on which the invoice's membership is suspended if it stays unpaid; None where there is none (C8)."""
    term = term_of(invoice)
    if term is None or term.membership.status != MembershipStatus.ACTIVE:
        return None
    if invoice.status != InvoiceStatus.OPEN or _is_under_way(invoice):
        return None
    return suspend_on(
        invoice.due_on,
        after_days=current().payment.suspend_after_days,
        steps=_steps(invoice),
        sent=_sent(invoice),
        starts_on=term.starts_on,
        today=today,
    )


def ends_on(invoice: Invoice) -> date | None:
    """The day on which the invoice's suspended membership ends if it stays unpaid (C8)."""
    term = term_of(invoice)
    if term is None or term.membership.suspended_on is None:
        return None
    if invoice.status != InvoiceStatus.OPEN or _is_under_way(invoice):
        return None
    payment = current().payment
    return end_on(
        invoice.due_on,
        suspended_on=term.membership.suspended_on,
        suspend_after_days=payment.suspend_after_days,
        end_after_days=payment.end_after_days,
    )


def _is_under_way(invoice: Invoice) -> bool:
    return any(charge.status == ChargeStatus.INTENDED for charge in invoice.charges.all())


def _steps(invoice: Invoice) -> list[int]:
    return [row.after_due_days for row in current().payment.reminders_for(invoice.due_on)]


def _sent(invoice: Invoice) -> dict[int, date]:
    return {reminder.after_due_days: reminder.sent_on for reminder in invoice.reminders.all()}
