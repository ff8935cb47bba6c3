"""Every write of money arriving: charging cards on the due date, and payments that finance enters."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.billing import actions as billing
from medlem.billing.models import Invoice
from medlem.billing.providers import card_provider
from medlem.billing.queries import balance_of
from medlem.billing.status import EntryKind, InvoiceStatus, Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.money import Money
from medlem.events.actions import link, move, queue_mail
from medlem.events.actors import SYSTEM, Actor
from medlem.gateways.card import ChargeResult
from medlem.payments.models import BankPayment, CardCharge
from medlem.payments.queries import next_charge_on
from medlem.payments.status import ChargeStatus
from medlem.programme import current


def charge(*, invoice_id: int, now: datetime) -> CardCharge | None:
    """Charges the card of an invoice that is due, exactly once however often it is asked (D2, D5).

    First the intention is committed, then the provider is asked with the intention's id as idempotency
    key, then its answer is booked. A crash in between leaves the intention: the next tick asks again with
    the same key, and the provider answers what it did. Returns None when there was nothing to charge.
    """
    intention = _intend(invoice_id=invoice_id, now=now)
    if intention is None:
        return None
    result = _ask(intention)
    return _book(charge_id=intention.pk, result=result, now=now) if result else None


def _ask(intention: CardCharge) -> ChargeResult | None:
    """The provider's answer. An invoice that was paid since is charged no more: then only what the provider
    may have done before is asked, and None means that it did nothing."""
    key = str(intention.public_id)
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
def _book(*, charge_id: int, result: ChargeResult, now: datetime) -> CardCharge:
    Invoice.objects.select_for_update().get(charges=charge_id)
    made = CardCharge.objects.select_related("invoice__account", "card").get(pk=charge_id)
    if made.status != ChargeStatus.INTENDED:
        return made  # another worker asked with the same key and booked the same answer
    move(
        made,
        to=ChargeStatus(result.outcome),
        name=f"charge.{result.outcome}",
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
        billing.settle(
            invoice=made.invoice,
            amount=Money(made.amount_minor, made.invoice.currency),
            kind=EntryKind.CARD_PAYMENT,
            on=date_in(current().timezone, now),
            reference=f"card:{made.public_id}",
            text=str(made.card),
            taken=True,
            by=SYSTEM,
            now=now,
        )
    _tell(made, now=now)
    return made


def _tell(made: CardCharge, *, now: datetime) -> None:
    invoice = made.invoice
    invoice.refresh_from_db(fields=["status"])  # the charge may have settled it
    next_on = next_charge_on(invoice)
    queue_mail(
        "charge_succeeded" if made.status == ChargeStatus.SUCCEEDED else "charge_failed",
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


@transaction.atomic
def enter_bank_payment(
    *,
    invoice: Invoice,
    amount: Money,
    received_on: date,
    bank_reference: str,
    by: Actor,
    now: datetime,
) -> BankPayment:
    """Books a bank transfer that finance saw on the account (D4).

    Locks the invoice; writes the ledger entry, the invoice's status and event, then the payment. Raises
    NothingToPay, WrongSum, EnteredAlready, and Refused (field `received_on`) for a day in the future.
    """
    if received_on > date_in(current().timezone, now):
        raise Refused(_("This day has not come yet."), field="received_on")
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    bank_reference = bank_reference.strip()
    reference = f"bank:{received_on.isoformat()}:{bank_reference}"
    try:
        with transaction.atomic():
            entry = billing.settle(
                invoice=invoice,
                amount=amount,
                kind=EntryKind.BANK_PAYMENT,
                on=received_on,
                reference=reference,
                text=bank_reference,
                by=by,
                now=now,
            )
    except IntegrityError as error:
        raise EnteredAlready(
            _("A payment with this reference was already entered for this day."), field="bank_reference"
        ) from error
    return BankPayment.objects.create(
        entry=entry, received_on=received_on, bank_reference=bank_reference, entered_by_id=by.person_id
    )
