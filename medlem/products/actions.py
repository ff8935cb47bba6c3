"""Every write to what a business owns: saving, removing. Migration stands in `migration.py`."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import move, record
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.products.models import Product, ProductModel
from medlem.products.queries import details_of, eans_like
from medlem.products.rules import (
    Details,
    SerialProblem,
    missing_details,
    normalised_serial,
    possible_purchase_date,
    serial_problem,
)
from medlem.products.status import HOLDING, ProductStatus
from medlem.programme import current

SERIAL_PROBLEMS = {
    SerialProblem.SHAPE: _(
        "A serial number has 4 to 20 letters, digits or hyphens. Copy it as it stands on the product."
    ),
    SerialProblem.ZEROS: _("Only zeros cannot be a serial number. Look for the number on the product."),
    SerialProblem.EAN: _(
        "This is the bar code of the model (EAN), the same on every box. The serial number stands on the product."
    ),
}


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
    """Registers a product, complete or not (B2); its points follow its details (B3).

    Writes the product, its event, and points when it is complete. A serial number that another account
    holds makes a disputed product without points (B4). A form that names the product's id beforehand
    registers it once, however often it is sent. Raises WrongSerial, OwnDuplicate, and Refused for a date
    that cannot be.
    """
    details = _checked(details, now=now)
    Account.objects.select_for_update().get(pk=account.pk)
    if public_id and (registered := Product.objects.filter(account=account, public_id=public_id).first()):
        return registered
    _refuse_own_duplicate(account, model, details.serial_number, than=None)
    product = Product(account=account, model=model, added_at=now, **asdict(details))
    if public_id:
        product.public_id = public_id
    if _held_elsewhere(product):
        product.status = ProductStatus.DISPUTED
    _save(product, by=by, now=now)
    record(
        "product.disputed" if product.status == ProductStatus.DISPUTED else "product.added",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        after={"model": model.name, **_for_event(details)},
    )
    _complete_if_so(product, by=by, now=now)
    return product


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
        _refuse_own_duplicate(account, product.model, details.serial_number, than=product)
    if renumbered or missing_details(details):
        _reopen(product, by=by, now=now, reason="details_changed")
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
        before=_for_event(before),
        after=_for_event(details),
    )
    _complete_if_so(product, by=by, now=now)
    return product


@transaction.atomic
def remove(*, product: Product, by: Actor, now: datetime) -> None:
    """Removes a product; its points are withdrawn and its serial number is free again (B7)."""
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.status == ProductStatus.REMOVED:
        return
    memberships.withdraw(account=account, product_id=product.public_id, reason="product_removed", now=now)
    move(
        product,
        to=ProductStatus.REMOVED,
        name="product.removed",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"removed_at": now},
    )


def _checked(details: Details, *, now: datetime) -> Details:
    """The details as they are kept. Refuses a serial number or date that cannot be."""
    serial = normalised_serial(details.serial_number)
    if serial and (problem := serial_problem(serial, known_eans=eans_like(serial))):
        raise WrongSerial(SERIAL_PROBLEMS[problem], field="serial_number")
    today = date_in(current().timezone, now)
    if details.purchased_on and not possible_purchase_date(details.purchased_on, today=today):
        raise Refused(_("This day is in the future, or too far back."), field="purchased_on")
    return replace(
        details,
        serial_number=serial,
        dealer=" ".join(details.dealer.split()),
        # An estimate of nothing is nothing.
        purchased_on_estimated=details.purchased_on_estimated and details.purchased_on is not None,
        purchase_country_estimated=details.purchase_country_estimated and bool(details.purchase_country),
        dealer_estimated=details.dealer_estimated and bool(details.dealer.strip()),
    )


def _refuse_own_duplicate(
    account: Account, model: ProductModel, serial: str, *, than: Product | None
) -> None:
    if not serial:
        return
    own = Product.objects.of(account).filter(model=model, serial_number=serial)
    if than:
        own = own.exclude(pk=than.pk)
    if own.exists():
        raise OwnDuplicate(
            _("You have registered this product already; it is in your list."), field="serial_number"
        )


def _held_elsewhere(product: Product) -> bool:
    """Whether another product of the same model holds this serial number (B4)."""
    if not product.serial_number:
        return False
    holding = Product.objects.filter(
        model=product.model, serial_number=product.serial_number, status__in=HOLDING
    )
    return holding.exclude(pk=product.pk).exists()


def _hold_or_dispute(product: Product, *, by: Actor, now: datetime) -> None:
    """A new serial number opens a dispute, or ends one that a typing slip had opened (B4)."""
    elsewhere = _held_elsewhere(product)
    if elsewhere and product.status != ProductStatus.DISPUTED:
        _dispute(product, by=by, now=now)
    elif not elsewhere and product.status == ProductStatus.DISPUTED:
        _end_dispute(product, by=by, now=now)


def _end_dispute(product: Product, *, by: Actor, now: datetime) -> None:
    """Status and number go into the row together, as the number before is held elsewhere. Where somebody
    takes the new one at the same moment, the dispute goes on."""
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


def _dispute(product: Product, *, by: Actor, now: datetime) -> None:
    move(
        product,
        to=ProductStatus.DISPUTED,
        name="product.disputed",
        by=by,
        now=now,
        account_id=product.account.public_id,
    )


def _save(product: Product, *, by: Actor, now: datetime) -> None:
    """Saves the product. The database's constraint decides who holds a serial number: of two accounts at
    the same moment, the second is disputed (B4)."""
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        if not product.serial_number or product.status == ProductStatus.DISPUTED:
            raise
        if product._state.adding:
            product.status = ProductStatus.DISPUTED
        else:
            _dispute(product, by=by, now=now)
        product.save()


def _complete_if_so(product: Product, *, by: Actor, now: datetime) -> None:
    """Completes a product that has all its details, with the points in force that day (B3, B7)."""
    if product.status != ProductStatus.INCOMPLETE or missing_details(details_of(product)):
        return
    today = date_in(current().timezone, now)
    value = product.model.points.filter(from_on__lte=today).order_by("-from_on").first()
    move(
        product,
        to=ProductStatus.COMPLETE,
        name="product.completed",
        by=by,
        now=now,
        account_id=product.account.public_id,
        fields={"completed_at": now},
        points=value.points if value else 0,
    )
    memberships.allocate(
        account=product.account,
        product_id=product.public_id,
        product_name=product.model.name,
        points=value.points if value else 0,
        value_from_on=value.from_on if value else today,
        now=now,
    )


def _reopen(product: Product, *, by: Actor, now: datetime, reason: str) -> None:
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


def _for_event(details: Details) -> dict[str, object]:
    return {name: value for name, value in asdict(details).items() if value}
