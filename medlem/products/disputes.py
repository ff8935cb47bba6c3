"""Disputes: two accounts say that one piece of equipment is theirs (B4). Whatever makes one product disputed
opens one here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from medlem.events.actions import move
from medlem.events.actors import Actor
from medlem.products.models import Dispute, Product
from medlem.products.status import DisputeStatus


def open_dispute(*, product: Product, holder: Product, now: datetime) -> Dispute:
    """Keeps that `product` claims the serial number that `holder` holds, in the caller's transaction.

    The event is the product's own, `product.disputed`.
    """
    return open_disputes([(product, holder)], now=now)[0]


def open_disputes(claims: Iterable[tuple[Product, Product]], *, now: datetime) -> list[Dispute]:
    """Opens a dispute for each claim and the product that holds its serial number."""
    return Dispute.objects.bulk_create(
        Dispute(product=product, holder=holder, serial_number=product.serial_number, opened_at=now)
        for product, holder in claims
    )


def withdraw_dispute(*, product: Product, by: Actor, now: datetime) -> None:
    """The product claims the serial number no longer: it has another one, or is gone. Nothing where none is open."""
    dispute = Dispute.objects.select_for_update().filter(product=product, status=DisputeStatus.OPEN).first()
    if dispute:
        move(
            dispute,
            to=DisputeStatus.WITHDRAWN,
            name="dispute.withdrawn",
            by=by,
            now=now,
            account_id=product.account.public_id,
            fields={"settled_at": now},
        )
