"""A product leaves its account: what goes with it, whatever the reason (B7, B8)."""

from __future__ import annotations

from datetime import datetime

from medlem.events.actions import move
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.products.disputes import withdraw_dispute
from medlem.products.models import Product
from medlem.products.status import Gone, ProductStatus


def take_out(product: Product, *, gone: Gone, by: Actor, now: datetime) -> None:
    """Removes a product in the caller's transaction, which holds the account's lock: its points are withdrawn,
    a claim of it ends, and its serial number is free again."""
    account = product.account
    memberships.withdraw(account=account, product_id=product.public_id, reason=f"removed_{gone}", now=now)
    withdraw_dispute(product=product, by=by, now=now)
    move(
        product,
        to=ProductStatus.REMOVED,
        name="product.removed",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"removed_at": now, "removed_as": gone},
        removed_as=gone,
    )
