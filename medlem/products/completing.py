"""A product becomes complete with its points, or loses them: what every other write of it ends with (B3, B7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.events.actions import Happened, move, move_many, record_many
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.memberships.queries import first_allocations
from medlem.products.models import Product
from medlem.products.queries import details_of, values_in_force
from medlem.products.rules import Details, missing_details
from medlem.products.status import ProductStatus
from medlem.programme import current


def complete_if_so(product: Product, *, by: Actor, now: datetime) -> None:
    """Completes a product that has all its details (B3), in the transaction of what made it so."""
    complete_those_that_are(product.account, [product], by=by, now=now)


def complete_those_that_are(
    account: Account, products: Sequence[Product], *, by: Actor, now: datetime
) -> list[Product]:
    """Completes those of an account's incomplete products that have all their details, and returns them (B3, B7).

    Writes their status, an event for each, and the points in force that day in one entry each; a product that was
    complete before gets the value that it got then, whatever the model is worth now. Where none are in force, as
    before the first value and after the model's qualifying life, nothing goes into the ledger.
    """
    ready = [
        product
        for product in products
        if product.status == ProductStatus.INCOMPLETE and not missing_details(details_of(product))
    ]
    if not ready:
        return []
    values = values_in_force((product.model_id for product in ready), on=date_in(current().timezone, now))
    before = first_allocations(account, [product.public_id for product in ready])
    status = ProductStatus.COMPLETE
    Product.objects.filter(pk__in=[product.pk for product in ready]).update(status=status, completed_at=now)
    happened, allocations = [], []
    for product in ready:
        product.status, product.completed_at = status, now
        in_force = values.get(product.model_id)
        points, since = 0, None
        if in_force:
            points, since = before.get(product.public_id) or (in_force.points, in_force.from_on)
        happened.append(
            Happened(
                name="product.completed",
                subject=product,
                before={"status": ProductStatus.INCOMPLETE},
                after={"status": status, "points": points},
            )
        )
        if since:
            allocations.append(
                memberships.Allocation(
                    product_id=product.public_id,
                    product_name=product.model.name,
                    points=points,
                    value_from_on=since,
                )
            )
    record_many(happened, by=by, now=now, account_id=account.public_id)
    memberships.allocate_many(account=account, allocations=allocations, now=now)
    return ready


def reopen(product: Product, *, by: Actor, now: datetime, reason: str) -> None:
    """A complete product becomes incomplete: its points go, and its moment of completion (B3, B7)."""
    if product.status != ProductStatus.COMPLETE:
        return
    memberships.withdraw(account=product.account, product_id=product.public_id, reason=reason, now=now)
    move(
        product,
        to=ProductStatus.INCOMPLETE,
        name="product.reopened",
        by=by,
        now=now,
        account_id=product.account.public_id,
        fields={"completed_at": None},
    )


def reopen_those_that_lack(
    account: Account, wanted: Sequence[tuple[Product, Details]], *, by: Actor, now: datetime
) -> None:
    """Reopens those of an account's complete products that lack a detail with the details that they are about
    to have: their points go, as `reopen` does it, in a few statements (B3, B7)."""
    lacking = [
        product
        for product, details in wanted
        if product.status == ProductStatus.COMPLETE and missing_details(details)
    ]
    if not lacking:
        return
    memberships.withdraw_many(
        account=account,
        product_ids=[product.public_id for product in lacking],
        reason="change_undone",
        now=now,
    )
    move_many(
        lacking,
        to=ProductStatus.INCOMPLETE,
        name="product.reopened",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"completed_at": None},
    )
    for product in lacking:
        product.completed_at = None
