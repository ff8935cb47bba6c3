"""Changing many products of an account at once, and undoing the latest change (B9).

Each change is a few statements, however many products it touches, and a row that remembers what stood there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import Happened, move_many, record, record_many
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.products.actions import PROBLEMS
from medlem.products.completing import complete_those_that_are, reopen_those_that_lack
from medlem.products.disputes import open_disputes
from medlem.products.models import BulkChange, Dispute, Product, Transfer
from medlem.products.queries import Piece, details_of, pieces_of
from medlem.products.rules import Details, day_problem, for_event, kept
from medlem.products.status import HOLDING, DisputeStatus, Gone, ProductStatus, TransferStatus
from medlem.programme import current

CHUNK = 5_000
UNDONE_WITHIN = timedelta(days=1)
DETAILS, REMOVED = "details", "removed"

CHANGED = ("purchased_on", "purchase_country", "dealer")
"""What can be changed for many at once; each has its estimate beside it."""


class NothingToChange(Refused):
    """Nothing was chosen, or nothing would be different."""


class NotUndone(Refused):
    """The change cannot be undone any more."""


@transaction.atomic
def change_details(
    *, account: Account, products: Collection[int], changes: Mapping[str, Any], by: Actor, now: datetime
) -> BulkChange:
    """Sets date, country or dealer of many products (B2, B9): `changes` names the columns of Details to set.

    Locks the account. Writes the products that differ, an event for each, the points of those that are
    complete now (B3), and what there was before. Raises NothingToChange, and Refused (field `purchased_on`).
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    changes = _kept(changes, today=date_in(current().timezone, now))
    changed = []
    before: dict[str, dict[str, Any]] = {}
    for product in _own(account, products):
        there = {name: getattr(product, name) for name in changes}
        if there != changes:
            before[str(product.public_id)] = there
            changed.append(product)
    if not changed:
        raise NothingToChange(_("Nothing would be different. Choose products, and what to set."))
    _set(account, {tuple(changes.items()): changed}, by=by, now=now)
    complete_those_that_are(account, changed, by=by, now=now)
    return _remember(account, DETAILS, before, dict(changes), by=by, now=now)


@transaction.atomic
def remove_many(
    *, account: Account, products: Collection[int], gone: Gone, by: Actor, now: datetime
) -> BulkChange:
    """Removes many products; their points are withdrawn, claims and offers of them end (B7, B8, B9).

    Locks the account. Raises NothingToChange.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    going = _own(account, products)
    if not going:
        raise NothingToChange(_("Choose the products first."))
    told: dict[str, Any] = {"by": by, "now": now, "account_id": account.public_id}
    for part in batched(going, CHUNK):
        keys = [product.pk for product in part]
        memberships.withdraw_many(
            account=account,
            product_ids=[product.public_id for product in part],
            reason=f"removed_{gone}",
            now=now,
        )
        claims = list(Dispute.objects.filter(product__in=keys, status=DisputeStatus.OPEN))
        fields = {"settled_at": now}
        move_many(claims, to=DisputeStatus.WITHDRAWN, name="dispute.withdrawn", fields=fields, **told)
        offers = list(Transfer.objects.filter(product__in=keys, status=TransferStatus.OFFERED))
        answered = {"answered_at": now}
        move_many(offers, to=TransferStatus.WITHDRAWN, name="transfer.withdrawn", fields=answered, **told)
        move_many(
            part,
            to=ProductStatus.REMOVED,
            name="product.removed",
            fields={"removed_at": now, "removed_as": gone},
            removed_as=gone,
            **told,
        )
    before: dict[str, dict[str, Any]] = {str(product.public_id): {} for product in going}
    return _remember(account, REMOVED, before, {"gone": gone}, by=by, now=now)


def last_change(account: Account, *, now: datetime) -> BulkChange | None:
    """The account's latest change of many, while it can be undone."""
    last = BulkChange.objects.filter(account=account).order_by("-id").first()
    return last if last and _can_be_undone(last, now=now) else None


@transaction.atomic
def undo(*, change: BulkChange, by: Actor, now: datetime) -> int:
    """Undoes the latest change of many, within a day (B9). Returns how many products were put back.

    What was changed again since stays as it is; a removed product whose serial number somebody else has
    registered since comes back disputed. Points follow the details, at the values that they had before. Raises
    NotUndone.
    """
    account = Account.objects.select_for_update().get(pk=change.account_id)
    change = BulkChange.objects.get(pk=change.pk)
    last = BulkChange.objects.filter(account=account).order_by("-id").first()
    if change != last or not _can_be_undone(change, now=now):
        raise NotUndone(
            _("This change cannot be undone any more: it is older than a day, or not the latest.")
        )
    if change.kind == DETAILS:
        count = _put_back(account, change, by=by, now=now)
    else:
        count = _bring_back(account, change.before, by=by, now=now)
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    record(
        "products.change_undone",
        by=by,
        now=now,
        subject=change,
        account_id=account.public_id,
        after={"products": count},
    )
    return count


def can_come_back(product: Product, *, now: datetime) -> bool:
    """Whether its removal can be undone: within a day, and not where another account has it now."""
    removed_at = product.removed_at
    given = product.removed_as == Gone.GIVEN
    return removed_at is not None and not given and now - removed_at < UNDONE_WITHIN


@transaction.atomic
def bring_back(*, product: Product, by: Actor, now: datetime) -> None:
    """Undoes the removal of one product within a day, as `undo` does it for many (B8). Raises NotUndone."""
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.get(pk=product.pk)
    if not can_come_back(product, now=now):
        raise NotUndone(_("This removal cannot be undone any more. Register the product again."))
    if not _bring_back(account, [str(product.public_id)], by=by, now=now):
        raise NotUndone(_("You have registered this product again since. It is in your list."))


def _can_be_undone(change: BulkChange, *, now: datetime) -> bool:
    return change.undone_at is None and now - change.made_at < UNDONE_WITHIN


def _put_back(account: Account, change: BulkChange, *, by: Actor, now: datetime) -> int:
    """Sets the details that there were, where the change still stands."""
    after = _columns(change.after)
    groups: dict[tuple[tuple[str, Any], ...], list[Product]] = {}
    changed = list(
        Product.objects.of(account).filter(public_id__in=list(change.before)).select_related("model")
    )
    for product in changed:
        if all(getattr(product, name) == value for name, value in after.items()):
            there = _columns(change.before[str(product.public_id)])
            groups.setdefault(tuple(there.items()), []).append(product)
    wanted = [
        (product, replace(details_of(product), **dict(there)))
        for there, group in groups.items()
        for product in group
    ]
    reopen_those_that_lack(account, wanted, by=by, now=now)
    _set(account, groups, by=by, now=now)
    return len(wanted)


def _bring_back(account: Account, ids: Collection[str], *, by: Actor, now: datetime) -> int:
    """Brings removed products back. Where somebody takes one of the numbers at this very moment, it is looked
    once more."""
    try:
        with transaction.atomic():
            return _restore(account, ids, by=by, now=now)
    except IntegrityError:
        return _restore(account, ids, by=by, now=now)


def _restore(account: Account, ids: Collection[str], *, by: Actor, now: datetime) -> int:
    removed = list(
        Product.objects.filter(
            account=account, public_id__in=list(ids), status=ProductStatus.REMOVED
        ).select_related("model", "account")
    )
    own, holders = _present(account, removed)
    back = [product for product in removed if _piece(product) not in own]
    disputed = [product for product in back if _piece(product) in holders]
    free = [product for product in back if _piece(product) not in holders]
    told: dict[str, Any] = {"by": by, "now": now, "account_id": account.public_id}
    fields = {"removed_at": None, "removed_as": "", "completed_at": None}
    move_many(free, to=ProductStatus.INCOMPLETE, name="product.restored", fields=fields, **told)
    move_many(disputed, to=ProductStatus.DISPUTED, name="product.disputed", fields=fields, **told)
    open_disputes([(product, holders[_piece(product)]) for product in disputed], now=now)
    complete_those_that_are(account, free, by=by, now=now)
    return len(back)


def _present(
    account: Account, removed: Iterable[Product]
) -> tuple[dict[Piece, Product], dict[Piece, Product]]:
    """What the account has registered again since, and what others hold, of the pieces that come back."""
    own, holders = {}, {}
    for there in pieces_of(_piece(product) for product in removed if product.serial_number):
        if there.account_id == account.pk:
            own[_piece(there)] = there
        elif there.status in HOLDING:
            holders[_piece(there)] = there
    return own, holders


def _piece(product: Product) -> Piece:
    return product.model_id, product.serial_number


def _own(account: Account, keys: Collection[int]) -> list[Product]:
    """The products of these keys that the account still has."""
    return [
        product
        for part in batched(sorted(set(keys)), CHUNK)
        for product in Product.objects.of(account).filter(pk__in=part).select_related("model", "account")
    ]


def _kept(changes: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The columns to set as they are kept, each with its estimate. Raises Refused for a day that cannot be."""
    details = asdict(kept(Details(**changes)))
    wanted = [name for name in CHANGED if details[name]]
    if not wanted:
        raise NothingToChange(_("Fill in what to set: date, country or dealer."))
    bought = details["purchased_on"]
    if bought and (problem := day_problem(bought, today=today)):
        raise Refused(PROBLEMS[problem], field="purchased_on")
    return {each: details[each] for name in wanted for each in (name, f"{name}_estimated")}


def _set(
    account: Account,
    groups: Mapping[tuple[tuple[str, Any], ...], Sequence[Product]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Writes the same columns to each group of products, and an event for each product."""
    happened = []
    for columns, products in groups.items():
        for part in batched(products, CHUNK):
            Product.objects.filter(pk__in=[product.pk for product in part]).update(**dict(columns))
        for product in products:
            before = for_event(details_of(product))
            for name, value in columns:
                setattr(product, name, value)
            after = for_event(details_of(product))
            happened.append(Happened(name="product.changed", subject=product, before=before, after=after))
    record_many(happened, by=by, now=now, account_id=account.public_id)


def _remember(
    account: Account,
    kind: str,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> BulkChange:
    return BulkChange.objects.create(
        account=account,
        kind=kind,
        before={key: dict(_plain(columns)) for key, columns in before.items()},
        after=dict(_plain(after)),
        made_by_id=by.person_id,
        made_at=now,
    )


def _plain(columns: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """As JSON has it: a day is its text."""
    for name, value in columns.items():
        yield name, value.isoformat() if isinstance(value, date) else value


def _columns(plain: Mapping[str, Any]) -> dict[str, Any]:
    """What `_plain` made, as the columns have it."""
    bought = plain.get("purchased_on")
    return {**plain, **({"purchased_on": date.fromisoformat(bought)} if bought else {})}
