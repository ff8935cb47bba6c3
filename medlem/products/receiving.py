"""Taking a product that another account offers: it and its points change hands at once (B7, B8)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import move, record
from medlem.events.actors import SYSTEM, Actor
from medlem.products.completing import complete_if_so
from medlem.products.disputes import withdraw_dispute
from medlem.products.models import Product, Transfer
from medlem.products.queries import details_of
from medlem.products.removing import take_out
from medlem.products.rules import for_event
from medlem.products.status import Gone, ProductStatus, TransferStatus
from medlem.products.transfers import NotToBeGiven, check_to_be_given, tell_owner
from medlem.programme import current


@transaction.atomic
def accept(*, transfer: Transfer, dealer: str, by: Actor, now: datetime) -> Product:
    """Takes an offered product (B8). Returns what the receiver has of it.

    Locks both accounts in the order of their keys. The owner's product is removed as given, its points are
    withdrawn; the receiver's has the same model and serial number, is bought today from `dealer` in the
    receiver's country, and is complete with the points in force today. A claim of the receiver to the very
    piece becomes that product. Of two acceptances at once the second is told. Raises NotToBeGiven, and
    Refused (field `dealer`).
    """
    dealer = " ".join(dealer.split())
    if not dealer:
        raise Refused(_("Say from whom you have it."), field="dealer")
    accounts = {transfer.product.account_id, transfer.to_account_id}
    locked = {
        each.pk: each for each in Account.objects.select_for_update().filter(pk__in=accounts).order_by("pk")
    }
    transfer = Transfer.objects.select_for_update().get(pk=transfer.pk)
    today = date_in(current().timezone, now)
    if transfer.status != TransferStatus.OFFERED or transfer.expires_on < today:
        raise NotToBeGiven(_("This offer was answered, taken back, or has run out."))
    given = Product.objects.select_related("model", "account").get(pk=transfer.product_id)
    receiver = locked[transfer.to_account_id]
    check_to_be_given(given, to=receiver)
    # Whoever accepts for the receiver is not named in the owner's history.
    take_out(given, gone=Gone.GIVEN, by=SYSTEM, now=now)
    received = _claimed(given, receiver, by=by, now=now) or _registered(
        given, receiver, dealer, by=by, now=now
    )
    complete_if_so(received, by=by, now=now)
    move(
        transfer,
        to=TransferStatus.ACCEPTED,
        name="transfer.accepted",
        by=by,
        now=now,
        account_id=receiver.public_id,
        fields={"received_as": received, "answered_at": now},
    )
    tell_owner(transfer, "accepted", now=now)
    return received


def _claimed(given: Product, account: Account, *, by: Actor, now: datetime) -> Product | None:
    """The receiver's own claim to the piece, where it had registered it before: it holds the number now."""
    claim = (
        Product.objects.of(account)
        .select_related("model", "account")
        .filter(model=given.model, serial_number=given.serial_number)
        .first()
    )
    if claim is None:
        return None
    withdraw_dispute(product=claim, by=by, now=now)
    move(
        claim,
        to=ProductStatus.INCOMPLETE,
        name="product.dispute_ended",
        by=by,
        now=now,
        account_id=account.public_id,
    )
    return claim


def _registered(given: Product, account: Account, dealer: str, *, by: Actor, now: datetime) -> Product:
    product = Product.objects.create(
        account=account,
        model=given.model,
        serial_number=given.serial_number,
        purchased_on=date_in(current().timezone, now),
        purchase_country=account.country,
        dealer=dealer,
        added_at=now,
    )
    record(
        "product.received",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        after={"model": given.model.name, **for_event(details_of(product))},
    )
    return product
