"""Every write of money arriving: charging cards on the due date, and payments that finance enters.

What the cardholder confirms is `confirming`, what does not arrive `overdue`.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.billing import ledger
from medlem.billing.models import Invoice
from medlem.billing.providers import card_provider
from medlem.billing.queries import balance_of
from medlem.billing.status import EntryKind, InvoiceStatus, Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from medlem.core.words import format_day, reader
from medlem.events.actions import link, move, queue_mail
from medlem.events.actors import SYSTEM, Actor
from medlem.gateways.card import ChargeResult
from medlem.memberships import suspending
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.queries import is_superseded, next_charge_on, waiting_charge
from medlem.payments.status import ChargeStatus
from medlem.programme import current


def charge(*, invoice_id: int, now: datetime) -> CardCharge | None:
    """Charges the card of an invoice that is due, exactly once however often it is asked (D2, D5).

    First the intention is committed, then the provider is asked with the intention's id as idempotency
    key, then its answer is booked. A crash in between leaves the intention: the next tick asks again with
    the same key, and the provider answers what it did. A charge that waits in vain for its cardholder, as
    another card or sum took its place, is withdrawn before the next is made. Returns None when there was
    nothing to charge.
    """
    intention = _intend(invoice_id=invoice_id, now=now)
    if intention is None:
        return None
    result = _ask(intention)
    if result is None:
        return None
    made = book(charge_id=intention.pk, result=result, now=now)
    if made.status == ChargeStatus.WITHDRAWN:
        return charge(invoice_id=invoice_id, now=now) or made
    return made


def _ask(intention: CardCharge) -> ChargeResult | None:
    """The provider's answer. An invoice that was paid since is charged no more: then only what the provider
    may have done before is asked, and None means that it did nothing."""
    key = str(intention.public_id)
    if intention.status == ChargeStatus.NEEDS_AUTHENTICATION:
        return card_provider().withdraw(key)
    if intention.invoice.status != InvoiceStatus.OPEN:
        return card_provider().find_charge(key)
    return card_provider().charge(
        card_reference=intention.card.reference,
        amount=Money(intention.amount_minor, intention.invoice.currency),
        idempotency_key=key,
        description=str(intention.invoice.number),
    )


@transaction.atomic
def _intend(*, invoice_id: int, now: datetime) -> CardCharge | None:
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("card").get(pk=invoice_id)
    under_way = invoice.charges.filter(status=ChargeStatus.INTENDED).select_related("invoice", "card").first()
    if under_way:
        return under_way
    waiting = waiting_charge(invoice)
    if waiting:
        return waiting if is_superseded(waiting, invoice) else None
    if invoice.status != InvoiceStatus.OPEN or invoice.means != Means.CARD or invoice.card is None:
        return None
    next_on = next_charge_on(invoice)
    if next_on is None or next_on > date_in(current().timezone, now):
        return None
    return CardCharge.objects.create(
        invoice=invoice,
        card=invoice.card,
        attempt=invoice.charges.count() + 1,
        amount_minor=balance_of(invoice).minor,
        intended_at=now,
    )


@transaction.atomic
def book(*, charge_id: int, result: ChargeResult, now: datetime) -> CardCharge:
    """Books the provider's answer to a charge; the same answer, or none yet, changes nothing.

    Locks the invoice; writes the charge with its event, then what it paid, and queues the mail.
    """
    Invoice.objects.select_for_update().get(charges=charge_id)
    made = CardCharge.objects.select_related("invoice__account", "card").get(pk=charge_id)
    outcome = ChargeStatus(result.outcome)
    if outcome not in CardCharge.TRANSITIONS[made.status]:
        return made  # another worker asked with the same key and booked the same answer
    move(
        made,
        to=outcome,
        name=f"charge.{outcome}",
        by=SYSTEM,
        now=now,
        account_id=made.invoice.account.public_id,
        fields={
            "answered_at": now,
            "provider_reference": result.provider_reference,
            "reason": result.decline_reason,
        },
        invoice=made.invoice.number,
        amount_minor=made.amount_minor,
    )
    if made.status == ChargeStatus.SUCCEEDED:
        ledger.settle(
            invoice=made.invoice,
            amount=Money(made.amount_minor, made.invoice.currency),
            kind=EntryKind.CARD_PAYMENT,
            on=date_in(current().timezone, now),
            reference=f"card:{made.public_id}",
            text=str(made.card),
            more=True,
            by=SYSTEM,
            now=now,
        )
        suspending.restore(invoice=made.invoice, now=now)
    if made.status != ChargeStatus.WITHDRAWN:
        _tell(made, now=now)
    return made


LETTERS = {
    ChargeStatus.SUCCEEDED: "charge_succeeded",
    ChargeStatus.DECLINED: "charge_failed",
    ChargeStatus.NEEDS_AUTHENTICATION: "charge_to_confirm",
}


def _tell(made: CardCharge, *, now: datetime) -> None:
    invoice = made.invoice
    invoice.refresh_from_db(fields=["status"])  # the charge may have settled it
    next_on = next_charge_on(invoice)
    queue_mail(
        LETTERS[ChargeStatus(made.status)],
        to=invoice.account.invoice_email,
        language=invoice.language,
        now=now,
        account_id=invoice.account.public_id,
        number=invoice.number,
        minor=made.amount_minor,
        currency=invoice.currency,
        card=str(made.card),
        outcome=made.status,
        next_on=next_on.isoformat() if next_on else "",
        kid=invoice.kid,
        bank_account=invoice.bank_account,
        link=link("portal:invoice", number=str(invoice.number)),
    )


class EnteredAlready(Refused):
    """A bank payment with this reference was entered for this day."""


class NotThatDay(Refused):
    """A day on which this invoice cannot have been paid."""


@transaction.atomic
def enter_bank_payment(
    *,
    invoice: Invoice,
    amount: Money,
    received_on: date,
    bank_reference: str,
    more: bool = False,
    by: Actor,
    now: datetime,
) -> BankPayment:
    """Books a bank transfer that finance saw on the account: all, a part, or with `more` also what is over,
    which is then owed back (D4, D7).

    Locks the invoice; writes the ledger entry, the invoice's status and event, then the payment; a suspended
    membership is restored when it is paid. Raises WrongSum, MoreThanOpen, EnteredAlready and NotThatDay.
    """
    _check_day(received_on, invoice=invoice, today=date_in(current().timezone, now))
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    public_id, bank_reference = uuid7(), bank_reference.strip()
    try:
        with transaction.atomic():
            entry = ledger.settle(
                invoice=invoice,
                amount=amount,
                kind=EntryKind.BANK_PAYMENT,
                on=received_on,
                reference=f"bank:{public_id}",
                text=bank_reference,
                more=more,
                by=by,
                now=now,
            )
            payment = BankPayment.objects.create(
                public_id=public_id,
                entry=entry,
                received_on=received_on,
                bank_reference=bank_reference,
                entered_by_id=by.person_id,
            )
    except IntegrityError as error:
        raise EnteredAlready(
            _("A payment with this reference was already entered for this day."), field="bank_reference"
        ) from error
    suspending.restore(invoice=invoice, now=now)
    return payment


def _check_day(received_on: date, *, invoice: Invoice, today: date) -> None:
    received, issued, now_on = (
        format_day(each, reader()) for each in (received_on, invoice.issued_on, today)
    )
    if received_on > today:
        said = _("%(received)s has not come yet; today is %(today)s.")
        raise NotThatDay(said % {"received": received, "today": now_on}, field="received_on")
    if received_on < invoice.issued_on:
        said = _(
            "A payment of %(received)s cannot be for invoice %(number)s, which was issued on %(issued)s. "
            "Check the day, and which invoice it is for."
        )
        values = {"received": received, "number": invoice.number, "issued": issued}
        raise NotThatDay(said % values, field="received_on")


@transaction.atomic
def take_back_bank_payment(*, payment: BankPayment, reason: str, by: Actor, now: datetime) -> BankPayment:
    """Takes back a payment that was entered wrongly: the books keep it, and its reversal beside it (D7).

    Locks the invoice; writes the reversal, the invoice's status and event, and marks the payment, whose
    reference may then be entered anew. Raises NoReason and TakenBackAlready.
    """
    Invoice.objects.select_for_update().get(pk=payment.entry.invoice_id)
    today = date_in(current().timezone, now)
    ledger.take_back(entry=payment.entry, on=today, reason=reason, by=by, now=now)
    payment.taken_back_at = now
    payment.save(update_fields=["taken_back_at"])
    return payment
