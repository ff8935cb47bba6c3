"""Every write to one product of a business: saving, removing. Many at once stand in `bulk.py`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import move, record
from medlem.events.actors import Actor
from medlem.products.bulk import NewProduct, Outcome, add_many
from medlem.products.completing import complete_if_so, reopen
from medlem.products.disputes import open_dispute, withdraw_dispute
from medlem.products.models import Product, ProductModel
from medlem.products.queries import details_of, eans_like
from medlem.products.removing import take_out
from medlem.products.rules import (
    IMPOSSIBLE_DAY,
    Details,
    SerialProblem,
    for_event,
    kept,
    missing_details,
    possible_purchase_date,
    problem_of,
)
from medlem.products.status import HOLDING, Gone, Missing, ProductStatus
from medlem.products.transfers import withdraw_offer
from medlem.programme import current

PROBLEMS = {
    SerialProblem.SHAPE: _(
        "A serial number has 4 to 20 letters, digits or hyphens. Copy it as it stands on the product."
    ),
    SerialProblem.ZEROS: _("Only zeros cannot be a serial number. Look for the number on the product."),
    SerialProblem.EAN: _(
        "This is the bar code of the model (EAN), the same on every box. The serial number stands on the product."
    ),
    IMPOSSIBLE_DAY: _("This day is in the future, or too far back."),
}
"""Why details cannot be kept, in words, by what `rules.problem_of` says."""


class WrongSerial(Refused):
    """What was typed cannot be a serial number (B4)."""


class OwnDuplicate(Refused):
    """The account has this very product already."""


@transaction.atomic
def add(
    *,
    account: Account,
    model: ProductModel,
    details: Details,
    public_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> Product:
    """Registers a product, complete or not (B2); its points follow its details (B3). `bulk.add_many` of one.

    A serial number that another account holds makes a disputed product without points (B4). A form that
    names the product's id beforehand registers it once, however often it is sent. Raises WrongSerial,
    OwnDuplicate, and Refused for a date that cannot be.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    if public_id and (registered := Product.objects.filter(account=account, public_id=public_id).first()):
        return registered
    item = NewProduct(model=model, details=details, public_id=public_id)
    (added,) = add_many(account=account, items=[item], by=by, now=now)
    if added.reason:
        raise _refusal(added.reason)
    if added.outcome == Outcome.OWN_DUPLICATE or added.product is None:
        raise _own_duplicate()
    return added.product


@transaction.atomic
def change(*, product: Product, details: Details, by: Actor, now: datetime) -> Product:
    """Saves the details of a product (B2, B3): completing allocates points, losing a detail withdraws them.

    A disputed product stays disputed until support settles it. Raises what `add` does.
    """
    details = _checked(details, now=now)
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.select_for_update(of=("self",)).select_related("model").get(pk=product.pk)
    if product.status == ProductStatus.REMOVED:
        raise Refused(_("This product was removed. Register it again."))
    before = details_of(product)
    if before == details:
        return product
    renumbered = before.serial_number != details.serial_number
    if renumbered:
        _refuse_own_duplicate(account, product, details.serial_number)
    if renumbered or missing_details(details):
        reopen(product, by=by, now=now, reason="details_changed")
    for name, value in asdict(details).items():
        setattr(product, name, value)
    if renumbered:
        _hold_or_dispute(product, by=by, now=now)
    _save(product, by=by, now=now)
    record(
        "product.changed",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        before=for_event(before),
        after=for_event(details),
    )
    complete_if_so(product, by=by, now=now)
    return product


@transaction.atomic
def remove(*, product: Product, gone: Gone = Gone.MISTAKE, by: Actor, now: datetime) -> None:
    """Removes a product; its points are withdrawn and its serial number is free again (B7, B8)."""
    Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.select_related("account").get(pk=product.pk)
    if product.status == ProductStatus.REMOVED:
        return
    withdraw_offer(product=product, by=by, now=now)
    take_out(product, gone=gone, by=by, now=now)


@transaction.atomic
def mark_missing(
    *, product: Product, missing_as: Missing, since_on: date, note: str, by: Actor, now: datetime
) -> Product:
    """Marks a product as lost or stolen since a day (B8). It stays the account's, and its points stay.

    Ends an offer of it. Raises Refused (field `since_on`) for a day that cannot be.
    """
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.get(pk=product.pk)
    if product.status == ProductStatus.REMOVED:
        raise Refused(_("This product was removed. Register it again."))
    if not possible_purchase_date(since_on, today=date_in(current().timezone, now)):
        raise Refused(PROBLEMS[IMPOSSIBLE_DAY], field="since_on")
    product.missing_as, product.missing_since_on, product.missing_note = missing_as, since_on, note.strip()
    product.save(update_fields=["missing_as", "missing_since_on", "missing_note"])
    withdraw_offer(product=product, by=by, now=now)
    record(
        "product.missing",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        after={"missing_as": missing_as, "since_on": since_on, "note": product.missing_note},
    )
    return product


@transaction.atomic
def mark_found(*, product: Product, by: Actor, now: datetime) -> None:
    """Takes the mark of a lost or stolen product away (B8). Nothing where it has none."""
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.get(pk=product.pk)
    if not product.missing_as:
        return
    before = product.missing_as
    product.missing_as, product.missing_since_on, product.missing_note = "", None, ""
    product.save(update_fields=["missing_as", "missing_since_on", "missing_note"])
    record(
        "product.found",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        before={"missing_as": before},
    )


def _checked(details: Details, *, now: datetime) -> Details:
    """The details as they are kept. Refuses a serial number or date that cannot be."""
    details = kept(details)
    problem = problem_of(
        details, known_eans=eans_like(details.serial_number), today=date_in(current().timezone, now)
    )
    if problem:
        raise _refusal(problem)
    return details


def _refusal(problem: str) -> Refused:
    if problem == IMPOSSIBLE_DAY:
        return Refused(PROBLEMS[problem], field="purchased_on")
    return WrongSerial(PROBLEMS[problem], field="serial_number")


def _own_duplicate() -> OwnDuplicate:
    return OwnDuplicate(
        _("You have registered this product already; it is in your list."), field="serial_number"
    )


def _refuse_own_duplicate(account: Account, product: Product, serial: str) -> None:
    own = Product.objects.of(account).filter(model=product.model, serial_number=serial)
    if serial and own.exclude(pk=product.pk).exists():
        raise _own_duplicate()


def _holder(product: Product) -> Product | None:
    """The product of another account that holds this serial number of this model (B4)."""
    if not product.serial_number:
        return None
    holding = Product.objects.filter(
        model=product.model, serial_number=product.serial_number, status__in=HOLDING
    )
    return holding.exclude(account=product.account).first()


def _hold_or_dispute(product: Product, *, by: Actor, now: datetime) -> None:
    """A new serial number opens a dispute, or ends one that a typing slip had opened (B4)."""
    holder = _holder(product)
    if product.status == ProductStatus.DISPUTED:
        withdraw_dispute(product=product, by=by, now=now)
        if holder:
            open_dispute(product=product, holder=holder, now=now)
        else:
            _end_dispute(product, by=by, now=now)
    elif holder:
        _dispute(product, holder, by=by, now=now)


def _end_dispute(product: Product, *, by: Actor, now: datetime) -> None:
    """Status and number go into the row together, as the number before is held elsewhere. Where somebody
    takes the new one at the same moment, another dispute begins."""
    try:
        with transaction.atomic():
            move(
                product,
                to=ProductStatus.INCOMPLETE,
                name="product.dispute_ended",
                by=by,
                now=now,
                account_id=product.account.public_id,
                fields={"serial_number": product.serial_number},
            )
    except IntegrityError:
        product.status = ProductStatus.DISPUTED
        if holder := _holder(product):
            open_dispute(product=product, holder=holder, now=now)


def _dispute(product: Product, holder: Product, *, by: Actor, now: datetime) -> None:
    open_dispute(product=product, holder=holder, now=now)
    move(
        product,
        to=ProductStatus.DISPUTED,
        name="product.disputed",
        by=by,
        now=now,
        account_id=product.account.public_id,
    )


def _save(product: Product, *, by: Actor, now: datetime) -> None:
    """Saves the details. The database's constraint decides who holds a serial number: of two accounts at
    the same moment, the second is disputed (B4)."""
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        holder = _holder(product)
        if product.status == ProductStatus.DISPUTED or holder is None:
            raise
        _dispute(product, holder, by=by, now=now)
        product.save()
