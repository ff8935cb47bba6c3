"""The cardholder confirms a charge on the provider's page, where the bank wants it (3-D Secure; D5).

The charge stays the one that was made: confirmed on two pages, or while a worker asks, it succeeds once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.billing.actions import cards_unavailable
from medlem.billing.models import Invoice
from medlem.billing.providers import card_provider
from medlem.core.errors import Refused
from medlem.gateways.card import CardProviderUnavailable
from medlem.payments.actions import book
from medlem.payments.models import CardCharge
from medlem.payments.queries import charge_to_confirm


class NothingToConfirm(Refused):
    """The charge was confirmed or refused meanwhile, or is no longer wanted."""


def begin(*, invoice: Invoice, return_url: str, language: str, now: datetime) -> str:
    """The address of the provider's page on which the charge of the invoice is confirmed.

    Writes that somebody went there before the provider is asked, so that what is confirmed is learnt even if
    nobody comes back. Raises NothingToConfirm and CardsUnavailable.
    """
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        waiting = charge_to_confirm(invoice)
        if waiting is None:
            raise _nothing()
        waiting.confirming_at = now
        waiting.save(update_fields=["confirming_at"])
    key = str(waiting.public_id)
    try:
        address = card_provider().begin_confirmation(key, return_url=return_url, language=language)
    except CardProviderUnavailable as error:
        raise cards_unavailable() from error
    if address is None:
        learn(charge_id=waiting.pk, now=now)
        raise _nothing()
    return address


def _nothing() -> NothingToConfirm:
    return NothingToConfirm(_("There is nothing to confirm any more. See below how the invoice stands."))


def learn(*, charge_id: int, now: datetime) -> CardCharge:
    """Asks what became of a charge that somebody went to confirm, and books it; asked again, nothing changes.

    Raises CardsUnavailable.
    """
    made = CardCharge.objects.get(pk=charge_id)
    try:
        result = card_provider().find_charge(str(made.public_id))
    except CardProviderUnavailable as error:
        raise cards_unavailable() from error
    return book(charge_id=made.pk, result=result, now=now) if result else made
