"""Registering products, one or ten thousand, in the same number of queries for each chunk (B2 to B5, B7).

Whatever registers products comes here: the form (`actions.add`), an import, a migration, photos.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import batched
from uuid import UUID

from django.db import IntegrityError, transaction

from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.events.actions import Happened, record_many
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.products.disputes import open_disputes
from medlem.products.models import Product, ProductModel
from medlem.products.queries import Piece, details_of, known_eans, pieces_of, values_in_force
from medlem.products.rules import Details, for_event, kept, missing_details, problem_of
from medlem.products.status import HOLDING, ProductStatus
from medlem.programme import current

CHUNK = 1000


class Outcome(StrEnum):
    """What became of a product that was to be registered."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    DISPUTED = "disputed"
    OWN_DUPLICATE = "own_duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product to register. `public_id` names it beforehand; else it gets one."""

    model: ProductModel
    details: Details
    public_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of it: the product that was registered, or that was there already (OWN_DUPLICATE).

    `reason` says why it was refused, as `rules.problem_of` does; `actions.PROBLEMS` has the words.
    """

    outcome: Outcome
    product: Product | None = None
    reason: str = ""


@transaction.atomic
def add_many(*, account: Account, items: Sequence[NewProduct], by: Actor, now: datetime) -> list[Added]:
    """Registers products, complete or not (B2); points follow the details (B3). Says of each what became of it.

    Holds the account's lock. Writes products, disputes where another account holds the serial number (B4),
    the events of each product, then the points of all that are complete, in this order. Refuses what cannot
    be and what the account has already, also where two of the items are one piece; the others go in.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    eans = known_eans()
    return [
        added
        for chunk in batched(items, CHUNK)
        for added in _add(chunk, account=account, eans=eans, by=by, now=now)
    ]


def _add(
    items: Sequence[NewProduct], *, account: Account, eans: frozenset[str], by: Actor, now: datetime
) -> list[Added]:
    """The database's constraint decides who holds a serial number. Where another account took one of them
    after we had looked, the items are done again in two halves, and the second look finds it (B4)."""
    try:
        with transaction.atomic():
            return _register(items, account=account, eans=eans, by=by, now=now)
    except IntegrityError:
        half = len(items) // 2
        if not half:
            return _register(items, account=account, eans=eans, by=by, now=now)
    return [
        added
        for part in (items[:half], items[half:])
        for added in _add(part, account=account, eans=eans, by=by, now=now)
    ]


def _register(
    items: Sequence[NewProduct], *, account: Account, eans: frozenset[str], by: Actor, now: datetime
) -> list[Added]:
    today = date_in(current().timezone, now)
    known = [kept(item.details) for item in items]
    problems = [problem_of(details, known_eans=eans, today=today) for details in known]
    pieces = [(item.model.pk, details.serial_number) for item, details in zip(items, known, strict=True)]
    own, holders = _present(account, pieces)
    results: list[Added] = []
    new: list[Product] = []
    for item, details, problem, piece in zip(items, known, problems, pieces, strict=True):
        if problem:
            results.append(Added(outcome=Outcome.REFUSED, reason=problem))
        elif piece in own:
            results.append(Added(outcome=Outcome.OWN_DUPLICATE, product=own[piece]))
        else:
            product = _product(item, details, account=account, disputed=piece in holders, now=now)
            results.append(Added(outcome=Outcome(product.status), product=product))
            new.append(product)
            if details.serial_number:
                own[piece] = product
    _write(new, holders=holders, account=account, today=today, by=by, now=now)
    return results


def _present(account: Account, pieces: Iterable[Piece]) -> tuple[dict[Piece, Product], dict[Piece, Product]]:
    """The account's own products among these pieces, and those of others that hold the serial number (B4)."""
    own: dict[Piece, Product] = {}
    holders: dict[Piece, Product] = {}
    for product in pieces_of(piece for piece in pieces if piece[1]):
        piece = (product.model_id, product.serial_number)
        if product.account_id == account.pk:
            own[piece] = product
        elif product.status in HOLDING:
            holders[piece] = product
    return own, holders


def _product(
    item: NewProduct, details: Details, *, account: Account, disputed: bool, now: datetime
) -> Product:
    """The product as it is written: complete at once where nothing is missing (B3)."""
    product = Product(account=account, model=item.model, added_at=now, **asdict(details))
    if item.public_id:
        product.public_id = item.public_id
    if disputed:
        product.status = ProductStatus.DISPUTED
    elif not missing_details(details):
        product.status, product.completed_at = ProductStatus.COMPLETE, now
    return product


def _write(
    products: Sequence[Product],
    *,
    holders: Mapping[Piece, Product],
    account: Account,
    today: date,
    by: Actor,
    now: datetime,
) -> None:
    """Writes new products with all that goes with them, each table once."""
    if not products:
        return
    # In one order everywhere: two accounts that bring the same serial numbers at once never wait crosswise.
    Product.objects.bulk_create(sorted(products, key=lambda each: (each.model_id, each.serial_number)))
    open_disputes(
        [
            (product, holders[product.model_id, product.serial_number])
            for product in products
            if product.status == ProductStatus.DISPUTED
        ],
        now=now,
    )
    values = values_in_force((product.model_id for product in products), on=today)
    points = {model_id: value.points for model_id, value in values.items()}
    record_many(
        [event for product in products for event in _events(product, points.get(product.model_id, 0))],
        by=by,
        now=now,
        account_id=account.public_id,
    )
    memberships.allocate_many(
        account=account,
        allocations=[
            memberships.Allocation(
                product_id=product.public_id,
                product_name=product.model.name,
                points=value.points,
                value_from_on=value.from_on,
            )
            for product in products
            if product.status == ProductStatus.COMPLETE and (value := values.get(product.model_id))
        ],
        now=now,
    )


def _events(product: Product, points: int) -> list[Happened]:
    """What the history of a new product begins with (E3)."""
    disputed = product.status == ProductStatus.DISPUTED
    added = Happened(
        name="product.disputed" if disputed else "product.added",
        subject=product,
        after={"model": product.model.name, **for_event(details_of(product))},
    )
    completed = Happened(
        name="product.completed",
        subject=product,
        before={"status": ProductStatus.INCOMPLETE},
        after={"status": ProductStatus.COMPLETE, "points": points},
    )
    return [added, completed] if product.status == ProductStatus.COMPLETE else [added]
