"""Every write to invoices and the saved cards; what moves an invoice's ledger after issue is `ledger`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.billing.documents import invoice_document
from medlem.billing.models import Invoice, InvoiceLine, InvoiceSeries, LedgerEntry, SavedCard
from medlem.billing.providers import card_provider
from medlem.billing.rules import Line, due_on, totals
from medlem.billing.status import EntryKind, InvoiceStatus, Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import kid_for
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.gateways.card import CardProviderUnavailable, SetupDeclined
from medlem.gateways.card import SavedCard as ProviderCard
from medlem.gateways.invoice_pdf import render
from medlem.gateways.storage import files
from medlem.programme import current

SERIES = "invoices"


def issue(
    *,
    account: Account,
    lines: Sequence[Line],
    means: Means,
    card: SavedCard | None,
    subject_id: UUID,
    by: Actor,
    now: datetime,
) -> Invoice:
    """Issues an invoice with the next number of the unbroken series (D2, D3).

    Writes series, invoice, lines, the ledger's first entry and the event, in this order, and queues the
    documents. Takes the series' lock until commit, so nothing slow may follow in the transaction; refuses
    to run outside of one, as a number given to nothing would be a gap. `subject_id` is what is invoiced:
    the same thing is never invoiced twice (unique).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an invoice is issued in the transaction of what it is for")
    from medlem.billing.tasks import send_invoice

    programme = current()
    sums = totals(lines)
    today = date_in(programme.timezone, now)
    number = _next_invoice_number(first=programme.invoices.first_number)
    invoice = Invoice.objects.create(
        account=account,
        series=SERIES,
        number=number,
        issued_on=today,
        issued_at=now,
        due_on=due_on(today, due_days=programme.payment.due_days),
        means=means,
        card=card if means == Means.CARD else None,
        kid=kid_for(account=int(account.number), invoice=number),
        language=account.language,
        currency=sums.gross.currency,
        net_minor=sums.net.minor,
        vat_minor=sums.vat.minor,
        gross_minor=sums.gross.minor,
        seller=_seller(),
        buyer=_buyer(account),
        subject_id=subject_id,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            description=line.description,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            net_minor=line.net.minor,
            vat_basis_points=line.vat_basis_points,
            vat_minor=line.vat.minor,
        )
        for position, line in enumerate(lines, start=1)
    )
    LedgerEntry.objects.create(
        invoice=invoice,
        kind=EntryKind.INVOICED,
        amount_minor=invoice.gross_minor,
        on=today,
        booked_at=now,
        reference=f"invoice:{invoice.public_id}",
    )
    record(
        "invoice.issued",
        by=by,
        now=now,
        subject=invoice,
        account_id=account.public_id,
        after={
            "number": number,
            "gross_minor": invoice.gross_minor,
            "currency": invoice.currency,
            "due_on": invoice.due_on,
            "means": means,
        },
    )
    send_invoice.enqueue(invoice.pk)
    return invoice


def _next_invoice_number(*, first: int) -> int:
    InvoiceSeries.objects.get_or_create(name=SERIES, defaults={"next": first})
    row = InvoiceSeries.objects.select_for_update().get(name=SERIES)
    taken = row.next
    row.next = taken + 1
    row.save(update_fields=["next"])
    return taken


def _seller() -> dict[str, str | bool]:
    brand = current().brand
    seller = brand.seller
    return {
        "name": seller.name,
        "registration_number": seller.organisation_number,
        "vat_number": seller.vat_number,
        "foretaksregisteret": seller.foretaksregisteret,
        "street": seller.address.street,
        "postcode": seller.address.postcode,
        "place": seller.address.place,
        "country": seller.address.country,
        "email": brand.support.email,
        "phone": brand.support.phone,
        "bank_account": seller.bank.bban,
        "iban": seller.bank.iban,
        "bic": seller.bank.bic,
    }


def _buyer(account: Account) -> dict[str, str]:
    return {
        "number": account.number,
        "name": account.name,
        "registration_number": account.registration_number,
        "vat_number": account.vat_number,
        "street": account.street,
        "postcode": account.postcode,
        "place": account.place,
        "country": account.country,
    }


@transaction.atomic
def send_invoice(*, invoice_id: int, now: datetime) -> bool:
    """Makes the PDF of an issued invoice and queues the mail that carries it (D2, D3); once.

    The file is written before the row that names it: a crash in between leaves a file nobody knows,
    never a row without its file. Returns whether this call did it.
    """
    invoice = (
        Invoice.objects.select_for_update(of=("self",)).select_related("account", "card").get(pk=invoice_id)
    )
    if invoice.sent_at is not None:
        return False
    pdf = render(invoice_document(invoice))
    invoice.pdf = files().put(pdf)
    invoice.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    invoice.sent_at = now
    invoice.save(update_fields=["pdf", "pdf_sha256", "sent_at"])
    queue_mail(
        "invoice",
        to=invoice.account.invoice_email,
        language=invoice.language,
        now=now,
        account_id=invoice.account.public_id,
        attachment=invoice.pdf,
        attachment_name=f"{invoice.number}.pdf",
        number=invoice.number,
        minor=invoice.gross_minor,
        currency=invoice.currency,
        due_on=invoice.due_on.isoformat(),
        means=invoice.means,
        card=str(invoice.card or ""),
        kid=invoice.kid,
        bank_account=invoice.bank_account,
        link=link("portal:invoice", number=str(invoice.number)),
    )
    record("invoice.sent", by=SYSTEM, now=now, subject=invoice, account_id=invoice.account.public_id)
    return True


class CardNotSaved(Refused):
    """The provider did not accept the card, or its page was left."""


class CardsUnavailable(Refused):
    """The provider gives no answer; nothing was saved and nothing charged."""


NOT_SAVED = {
    "cancelled": _("You left the card page, so no card was saved. Try again, or choose bank transfer."),
    "expired_card": _("The card has expired. Use another one, or choose bank transfer."),
    "authentication_failed": _(
        "Your bank got no confirmation, so the card was not saved. Try again, or choose bank transfer."
    ),
    "card_declined": _("The bank refused the card. Use another one, or choose bank transfer."),
}


def begin_card(*, reference: UUID, return_url: str, language: str) -> tuple[str, str]:
    """Asks the provider for a page on which the card is entered; returns its address and session (D5).

    Raises CardsUnavailable.
    """
    try:
        page = card_provider().begin_setup(reference=str(reference), return_url=return_url, language=language)
    except CardProviderUnavailable as error:
        raise cards_unavailable() from error
    return page.url, page.session


@transaction.atomic
def save_card(*, account: Account, session: str, by: Actor, now: datetime) -> SavedCard:
    """Keeps the card that was entered on the provider's page, in place of the one before (D5).

    Asked again for the same session it returns the same card. Raises CardNotSaved and CardsUnavailable.
    """
    try:
        result = card_provider().setup_result(session)
    except CardProviderUnavailable as error:
        raise cards_unavailable() from error
    if isinstance(result, SetupDeclined):
        other = _("The card was not saved. Try again, or choose bank transfer.")
        raise CardNotSaved(NOT_SAVED.get(result.reason, other))
    return _keep(result, provider=settings.MEDLEM_CARD_PROVIDER, account=account, by=by, now=now)


def cards_unavailable() -> CardsUnavailable:
    """What is said where the provider gives no answer."""
    return CardsUnavailable(
        _("The card page does not answer just now. Try again in a minute, or choose bank transfer.")
    )


def _keep(card: ProviderCard, *, provider: str, account: Account, by: Actor, now: datetime) -> SavedCard:
    Account.objects.select_for_update().get(pk=account.pk)
    known = SavedCard.objects.filter(provider=provider, reference=card.card_reference).first()
    if known and known.account_id != account.pk:
        raise CardNotSaved(_("The card was not saved. Try again, or choose bank transfer."))
    if known:
        return known
    account.cards.filter(replaced_at=None).update(replaced_at=now)
    saved = SavedCard.objects.create(
        account=account,
        provider=provider,
        reference=card.card_reference,
        brand=card.brand,
        last4=card.last4,
        expires_month=card.expiry_month,
        expires_year=card.expiry_year,
        saved_at=now,
    )
    # Open invoices are charged to the card that the business has now.
    Invoice.objects.filter(account=account, status=InvoiceStatus.OPEN, means=Means.CARD).update(card=saved)
    record(
        "card.saved",
        by=by,
        now=now,
        subject=saved,
        account_id=account.public_id,
        after={"brand": card.brand, "last4": card.last4},
    )
    return saved
