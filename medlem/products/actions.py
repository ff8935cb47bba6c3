"""Every write to one product of a business: saving, removing. Many at once stand in `bulk.py`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7, uuid7_within
from medlem.events.actions import move, record
from medlem.events.actors import Actor
from medlem.products.bulk import NewProduct, Outcome, add_many
from medlem.products.completing import complete_if_so, reopen
from medlem.products.disputes import open_dispute, withdraw_dispute
from medlem.products.models import Product, ProductModel
from medlem.products.queries import details_of, eans_like
from medlem.products.removing import take_out
from medlem.products.rules import (
    DayProblem,
    Details,
    Problem,
    SerialProblem,
    day_problem,
    fingerprint,
    for_event,
    kept,
    missing_details,
    problems_of,
)
from medlem.products.status import HOLDING, Gone, Missing, ProductStatus
from medlem.products.transfers import withdraw_offer
from medlem.programme import current

PROBLEMS: dict[str, Any] = {
    SerialProblem.SHAPE: _(
        "A serial number has 4 to 20 letters, digits or hyphens. Copy it as it stands on the product."
    ),
    SerialProblem.ZEROS: _("Only zeros cannot be a serial number. Look for the number on the product."),
    SerialProblem.EAN: _(
        "This is the bar code of the model (EAN), the same on every box. The serial number stands on the product."
    ),
    DayProblem.FUTURE: _("This date is in the future."),
    DayProblem.EARLY: _("This date is too long ago."),
}
"""Why details cannot be kept, in words, by what `rules.problems_of` says."""


class WrongSerial(Refused):
    """What was typed cannot be a serial number (B4)."""


class OwnDuplicate(Refused):
    """The account has this very product already: `product`."""

    def __init__(self, message: Any, *, product: Product) -> None:
        super().__init__(message, field="serial_number")
        self.product = product


def refusals(details: Details, *, now: datetime) -> list[Refused]:
    """What saving these details would be refused for, each thing with its field, so that a form can say all of
    it at once (B2, B4)."""
    details = kept(details)
    today = date_in(current().timezone, now)
    problems = problems_of(details, known_eans=eans_like(details.serial_number), today=today)
    return [_refusal(problem) for problem in problems]


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
    names the product's id beforehand registers it once, however often it is sent; sent again with something
    else in it, it registers another. Raises WrongSerial, OwnDuplicate, and Refused for a date that cannot be.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    details = _checked(details, now=now)
    if public_id:
        registered, public_id = _of_form(account, public_id, model, details)
        if registered:
            return registered
    item = NewProduct(model=model, details=details, public_id=public_id)
    (added,) = add_many(account=account, items=[item], by=by, now=now)
    assert added.product is not None, "details were checked before"
    if added.outcome == Outcome.OWN_DUPLICATE:
        raise _own_duplicate(added.product)
    return added.product


def _of_form(
    account: Account, public_id: UUID, model: ProductModel, details: Details
) -> tuple[Product | None, UUID]:
    """What a form has registered with this very content; else the id that its product is to have.

    A browser that goes back shows the form as it was, with its id: what is in it then is another piece, whose
    id follows from the form's and its content. A removed product is registered anew.
    """
    content = f"{model.pk} {details}"
    for each in (public_id, uuid7_within(public_id, content)):
        there = Product.objects.filter(account=account, public_id=each).select_related("model").first()
        if there is None:
            return None, each
        if there.status != ProductStatus.REMOVED and (there.model, details_of(there)) == (model, details):
            return there, each
    return None, uuid7()


class ChangedMeanwhile(Refused):
    """Somebody else saved other details since the form was opened: `details`."""

    def __init__(self, details: Details) -> None:
        super().__init__(
            _(
                "These details were changed since you opened them. Nothing of yours is lost: compare, and save again."
            )
        )
        self.details = details


@transaction.atomic
def change(*, product: Product, details: Details, seen: str = "", by: Actor, now: datetime) -> Product:
    """Saves the details of a product (B2, B3): completing allocates points, losing a detail withdraws them.

    A correction of a product that stays complete leaves its points and the moment of its completion alone (B7);
    another serial number ends an offer of it. A disputed product stays disputed until support settles it.
    `seen` is the fingerprint of the details that the change began with. Raises what `add` does, and
    ChangedMeanwhile where others were saved since.
    """
    details = _checked(details, now=now)
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.select_for_update(of=("self",)).select_related("model").get(pk=product.pk)
    if product.status == ProductStatus.REMOVED:
        raise Refused(_("This product was removed. Register it again."))
    before = details_of(product)
    if before == details:
        return product
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile(before)
    renumbered = before.serial_number != details.serial_number
    if renumbered:
        _refuse_own_duplicate(account, product, details.serial_number)
        withdraw_offer(product=product, by=by, now=now)
    if missing_details(details):
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
    if problem := day_problem(since_on, today=date_in(current().timezone, now)):
        raise Refused(PROBLEMS[problem], field="since_on")
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
    for refused in refusals(details, now=now):
        raise refused
    return kept(details)


def _refusal(problem: Problem) -> Refused:
    if isinstance(problem, DayProblem):
        return Refused(PROBLEMS[problem], field="purchased_on")
    return WrongSerial(PROBLEMS[problem], field="serial_number")


def _own_duplicate(product: Product) -> OwnDuplicate:
    return OwnDuplicate(_("You have registered this product already; it is in your list."), product=product)


def _refuse_own_duplicate(account: Account, product: Product, serial: str) -> None:
    own = Product.objects.of(account).filter(model=product.model, serial_number=serial)
    if serial and (there := own.exclude(pk=product.pk).first()):
        raise _own_duplicate(there)


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
    reopen(product, by=by, now=now, reason="disputed")
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
