"""What happens when an invoice is not paid: reminders (D6), and then its membership is suspended and ended (C8).

The tick asks `queries` what is due, and each item is done once, under the invoice's lock.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from medlem.billing import ledger
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import balance_of
from medlem.core.clock import date_in
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM
from medlem.memberships import suspending
from medlem.payments.models import Reminder
from medlem.payments.queries import ends_on, next_charge_on, step_due_of, suspends_on
from medlem.programme import current


@transaction.atomic
def remind(*, invoice_id: int, now: datetime) -> Reminder | None:
    """Sends the reminder of an unpaid invoice that is due, each step of the schedule once (D6).

    Locks the invoice; writes its fee into the ledger where the schedule has one, the reminder and the event,
    and queues the mail. Returns None when there is none to send.
    """
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("account").get(pk=invoice_id)
    today = date_in(current().timezone, now)
    step = step_due_of(invoice, today)
    if step is None:
        return None
    fee = _fee(invoice, step=step, now=now)
    rest = balance_of(invoice)
    reminder = Reminder.objects.create(
        invoice=invoice,
        after_due_days=step,
        sent_on=today,
        sent_at=now,
        open_minor=rest.minor,
        fee=fee,
    )
    record(
        "invoice.reminded",
        by=SYSTEM,
        now=now,
        subject=invoice,
        account_id=invoice.account.public_id,
        after={"step": step, "fee_minor": fee.amount_minor if fee else 0, "currency": invoice.currency},
    )
    _write(invoice, rest=rest, fee=fee, today=today, now=now)
    return reminder


def _fee(invoice: Invoice, *, step: int, now: datetime) -> LedgerEntry | None:
    schedule = current().payment.reminders_for(invoice.due_on)
    minor = next(row for row in schedule if row.after_due_days == step).fees.get(invoice.currency, 0)
    if not minor:
        return None
    return ledger.add_reminder_fee(
        invoice=invoice,
        fee=Money(minor, invoice.currency),
        reminder_id=uuid7(),
        on=date_in(current().timezone, now),
        now=now,
    )


def _write(invoice: Invoice, *, rest: Money, fee: LedgerEntry | None, today: date, now: datetime) -> None:
    """The letter says what is open, how to pay it, and from when the membership would be suspended."""
    next_on, suspended_from = next_charge_on(invoice), suspends_on(invoice, today)
    queue_mail(
        "reminder",
        to=invoice.account.invoice_email,
        language=invoice.language,
        now=now,
        account_id=invoice.account.public_id,
        number=invoice.number,
        minor=rest.minor,
        fee_minor=fee.amount_minor if fee else 0,
        currency=invoice.currency,
        due_on=invoice.due_on.isoformat(),
        next_on=next_on.isoformat() if next_on else "",
        suspended_from=suspended_from.isoformat() if suspended_from else "",
        kid=invoice.kid,
        bank_account=invoice.bank_account,
        link=link("portal:invoice", number=str(invoice.number)),
    )


@transaction.atomic
def suspend(*, invoice_id: int, now: datetime) -> bool:
    """Suspends the membership that an unpaid invoice is for, when its day has come (C8); restored by payment.

    Locks the invoice, then the membership. Returns whether this call did it.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    today = date_in(current().timezone, now)
    on = suspends_on(invoice, today)
    if on is None or on > today:
        return False
    return suspending.suspend(invoice=invoice, now=now)


@transaction.atomic
def end(*, invoice_id: int, now: datetime) -> bool:
    """Ends the membership that an unpaid invoice is for, when it was suspended long enough (C8).

    What is owed stays open. Locks the invoice, then the membership. Returns whether this call did it.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    on = ends_on(invoice)
    if on is None or on > date_in(current().timezone, now):
        return False
    return suspending.end_unpaid(invoice=invoice, now=now)
