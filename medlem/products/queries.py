"""Reads of the catalogue and of what a business owns. The former membership's stand in `former.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from medlem.accounts.models import Account, AccountPerson
from medlem.memberships.models import Membership, PointsEntry
from medlem.memberships.queries import standing
from medlem.memberships.status import PointsKind
from medlem.products.models import Dispute, ModelPoints, Product, ProductModel, Transfer
from medlem.products.rules import Details, folded, missing_details, model_called, normalised_serial
from medlem.products.spelling import matching, same_name, spelled, words_of
from medlem.products.status import HOLDING, DisputeStatus, ProductStatus, TransferStatus


def catalogue() -> list[ProductModel]:
    """All models by name, with their dated points."""
    return list(ProductModel.objects.prefetch_related("points").order_by("name"))


def names_of_models() -> dict[str, int]:
    """Every name that means a model, folded: its own and its former ones (B6)."""
    names: dict[str, int] = {}
    for pk, code, name, former in ProductModel.objects.values_list("pk", "code", "name", "former_names"):
        for each in (name, code, *former):
            names.setdefault(folded(each), pk)
    return names


def shown_names() -> dict[str, str]:
    """The names that models have today, by their folded form: for finding those that look alike."""
    return {folded(name): name for name in ProductModel.objects.values_list("name", flat=True)}


def model_named(name: str) -> ProductModel | None:
    """The model that somebody names as people do, whatever the case, blanks, punctuation and way of writing
    its generation (B2); or whose bar code (EAN) was scanned. None where the name could mean several."""
    names = names_of_models()
    keys = {key for key in [model_called(name, names)] if key} or {
        key for each, key in _ways_of_writing() if name.strip() and same_name(each, name)
    }
    if len(keys) == 1:
        return ProductModel.objects.filter(pk=keys.pop()).first()
    digits = "".join(name.split())
    known = digits.isdecimal() and 8 <= len(digits) <= 13
    return ProductModel.objects.filter(ean__in={digits, digits.zfill(13)}).first() if known else None


def _ways_of_writing() -> list[tuple[str, int]]:
    models = ProductModel.objects.values_list("pk", "name", "former_names")
    return [(each, pk) for pk, name, former in models for each in (name, *former)]


def models_matching(typed: str, *, most: int) -> list[str]:
    """Names of models that have every word that was typed, in their own or a former name, those that fit best
    first. Nothing typed gives the first of all."""
    names = ProductModel.objects.order_by("name").values_list("name", "former_names")
    return matching(typed, dict(names))[:most]


def eans_like(serial: str) -> frozenset[str]:
    """What was typed, where it is the bar code of a model of the catalogue; scanners may leave out leading
    zeros (B4)."""
    if not serial.isdecimal() or len(serial) > 13:
        return frozenset()
    same = {serial, serial.zfill(13)}
    return frozenset([serial]) if ProductModel.objects.filter(ean__in=same).exists() else frozenset()


def known_eans() -> frozenset[str]:
    """Every bar code of the catalogue, with and without its leading zeros: `eans_like` for many at once (B4)."""
    codes = ProductModel.objects.exclude(ean="").values_list("ean", flat=True)
    return frozenset(code[zeros:] for code in codes for zeros in range(len(code) - len(code.lstrip("0")) + 1))


Piece = tuple[int, str]
"""A model's key and a serial number: what tells one piece of equipment from all others (B4)."""


def pieces_of(wanted: Iterable[Piece]) -> list[Product]:
    """The products of any account that are one of these pieces, removed ones aside (B4)."""
    wanted = set(wanted)
    if not wanted:
        return []
    found = Product.objects.exclude(status=ProductStatus.REMOVED).filter(
        serial_number__in={serial for _model, serial in wanted},
        model__in={model for model, _serial in wanted},
    )
    return [product for product in found if (product.model_id, product.serial_number) in wanted]


def values_in_force(models: Iterable[int], *, on: date) -> dict[int, ModelPoints]:
    """The points in force on a day of each of the models, by the model's key; none before the first value
    and after the qualifying life (B7)."""
    dated = ModelPoints.objects.in_force(on).filter(model__in=set(models)).order_by("from_on")
    return {value.model_id: value for value in dated}


def details_of(product: Product) -> Details:
    return Details(
        serial_number=product.serial_number,
        purchased_on=product.purchased_on,
        purchased_on_estimated=product.purchased_on_estimated,
        purchase_country=product.purchase_country,
        purchase_country_estimated=product.purchase_country_estimated,
        dealer=product.dealer,
        dealer_estimated=product.dealer_estimated,
    )


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as lists show it: allocated points when complete, greyed ones with what is missing else (B3).

    `ended` is complete too, but its model's qualifying life is over, so it counts nothing (B7). `offered` waits for
    another account's answer (B8); of what is `contested` somebody else claims the serial number (B4).
    """

    product: Product
    points: int
    allocated: bool
    missing: list[str]
    ended: bool = False
    offered: bool = False
    contested: bool = False

    @property
    def gone(self) -> bool:
        return self.product.status == ProductStatus.REMOVED


class State(StrEnum):
    """What a list of products can be narrowed to, beside those that need details (B9)."""

    COMPLETE = "complete"
    DISPUTED = "disputed"
    OFFERED = "offered"
    MISSING = "missing"
    ENDED = "ended"
    GONE = "gone"
    """No longer the account's: removed or given away."""


def _in_state(state: State, *, today: date) -> Q:
    match state:
        case State.COMPLETE:
            return Q(status=ProductStatus.COMPLETE)
        case State.DISPUTED:
            return Q(status=ProductStatus.DISPUTED) | Q(contested=True)
        case State.OFFERED:
            return Q(offered=True)
        case State.GONE:
            return Q(status=ProductStatus.REMOVED)
        case State.MISSING:
            return ~Q(missing_as="")
    return Q(model__qualifies_until__lt=today)


SORTABLE: dict[str, F | Coalesce] = {
    "model": F("model__name"),
    "serial": F("serial_number"),
    "bought": F("purchased_on"),
    "points": Coalesce("allocated", "value", 0),
}
"""What a list of products can be sorted by; the key with a minus before it sorts the other way round."""


def products_of(
    account: Account,
    *,
    today: date,
    search: str = "",
    needs_details: bool = False,
    kind: str = "",
    state: str = "",
    sort: str = "",
) -> QuerySet[Product]:
    """The account's products, each with `allocated` and `value` (points in force today) (B9).

    Every word of `search` has to be in the name, the serial number or the dealer; a serial number may be
    typed in groups. `state` is one of State; only GONE finds what is no longer the account's. Sorted by a key of
    SORTABLE, else newest first.
    """
    in_force = ModelPoints.objects.in_force(today).filter(model=OuterRef("model"))
    standing = PointsEntry.objects.filter(
        product_id=OuterRef("public_id"), kind=PointsKind.ALLOCATED, reversed_by=None
    )
    gone = state == State.GONE
    own = Product.objects.filter(account=account) if gone else Product.objects.of(account)
    found = own.select_related("model").annotate(
        value=Subquery(in_force.values("points")[:1]),
        allocated=Subquery(standing.order_by("-id").values("points")[:1]),
        offered=Exists(Transfer.objects.filter(product=OuterRef("pk"), status=TransferStatus.OFFERED)),
        contested=Case(When(status__in=HOLDING, then=_contested()), default=False),
    )
    if search.strip():
        found = found.filter(_with_words(search) | Q(serial_number__icontains="".join(search.split())))
    if needs_details:
        found = found.filter(status=ProductStatus.INCOMPLETE)
    if kind:
        found = found.filter(model__kind=kind)
    if state in set(State):
        found = found.filter(_in_state(State(state), today=today))
    key = SORTABLE.get(sort.removeprefix("-"))
    if key is None:
        return found.order_by("-removed_at" if gone else "-added_at", "-id")
    falling = sort.startswith("-")
    return found.order_by(
        key.desc(nulls_last=True) if falling else key.asc(nulls_last=True), "-added_at", "-id"
    )


def _contested() -> Exists:
    """Within a query of products: whether somebody else claims the serial number (B4)."""
    claims = Dispute.objects.filter(
        status=DisputeStatus.OPEN,
        serial_number=OuterRef("serial_number"),
        product__model=OuterRef("model"),
    )
    return Exists(claims.exclude(product=OuterRef("pk")))


def _with_words(search: str) -> Q:
    """Every word in the model's name, understood as the catalogue's search does it, the serial number or the
    dealer."""
    models: dict[int, str] = {
        pk: "".join(spelled(name)) for pk, name in ProductModel.objects.values_list("pk", "name")
    }
    condition = Q()
    for word in words_of(search):
        named = [pk for pk, name in models.items() if word.folded and word.folded in name]
        condition &= (
            Q(model__in=named) | Q(serial_number__icontains=word.typed) | Q(dealer__icontains=word.typed)
        )
    return condition


def kinds_of(account: Account) -> list[str]:
    """The kinds of product that the account has, for narrowing its list."""
    owned = ProductModel.objects.filter(pk__in=Product.objects.of(account).values("model"))
    return list(owned.values_list("kind", flat=True).order_by("kind").distinct())


def dealers_of(account: Account) -> list[str]:
    """The dealers that the account has named before, to choose from when it names the next."""
    named = Product.objects.of(account).exclude(dealer="")
    return list(named.values_list("dealer", flat=True).order_by("dealer").distinct()[:100])


def next_needing_details(account: Account, *, after: Product) -> Product | None:
    """The incomplete product that stands after this one in the list, or the first of the list."""
    waiting = Product.objects.of(account).filter(status=ProductStatus.INCOMPLETE).exclude(pk=after.pk)
    newest_first = waiting.order_by("-added_at", "-id")
    below = Q(added_at__lt=after.added_at) | Q(added_at=after.added_at, pk__lt=after.pk)
    return newest_first.filter(below).first() or newest_first.first()


def row_of(product: Product) -> ProductRow:
    """The row of a product that `products_of` found."""
    allocated: int | None = getattr(product, "allocated", None)
    value: int | None = getattr(product, "value", None)
    complete = product.status == ProductStatus.COMPLETE
    return ProductRow(
        product=product,
        points=allocated or 0 if complete else value or 0,
        allocated=complete,
        ended=complete and allocated is None,
        offered=getattr(product, "offered", False),
        contested=getattr(product, "contested", False),
        missing=missing_details(details_of(product)) if product.status == ProductStatus.INCOMPLETE else [],
    )


def product_of(account: Account, public_id: UUID, *, today: date) -> Product | None:
    """One product of the account, or None: a stranger's does not exist."""
    return products_of(account, today=today).filter(public_id=public_id).first()


def former_product_of(account: Account, public_id: UUID) -> Product | None:
    """A product that the account had, and removed or gave away."""
    gone = Product.objects.filter(account=account, status=ProductStatus.REMOVED, public_id=public_id)
    return gone.select_related("model").first()


def has_former_products(account: Account) -> bool:
    return Product.objects.filter(account=account, status=ProductStatus.REMOVED).exists()


def contested_count(account: Account) -> int:
    """How many of the account's serial numbers somebody else claims too (B4)."""
    return Product.objects.of(account).filter(_contested(), status__in=HOLDING).count()


def own_among(account: Account, ids: Iterable[UUID | None]) -> set[UUID]:
    """Which of the products, by their outside ids, the account still has."""
    present = Product.objects.of(account).filter(public_id__in={each for each in ids if each})
    return set(present.values_list("public_id", flat=True))


def worth_completing(account: Account, *, today: date) -> QuerySet[Product]:
    """The account's incomplete products that would bring points, those first that would bring most (B7)."""
    return products_of(account, today=today, needs_details=True, sort="-points").filter(Q(value__gt=0))


def greyed_values(account: Account, *, today: date) -> list[int]:
    """What each of `worth_completing` would bring, in its order (B7)."""
    in_force = ModelPoints.objects.in_force(today).filter(model=OuterRef("model"))
    waiting = Product.objects.of(account).filter(status=ProductStatus.INCOMPLETE)
    valued = waiting.annotate(value=Subquery(in_force.values("points")[:1])).filter(value__gt=0)
    return list(valued.order_by("-value").values_list("value", flat=True))


@dataclass(frozen=True, slots=True)
class Ending:
    """Points that fall away after a day, as a model counts until then: how many of its products have how many."""

    model: str
    until: date
    products: int
    points: int


def ending_points(account: Account, *, today: date) -> list[Ending]:
    """What falls away of the account's points when models end their qualifying lives, the next to come first (B7)."""
    counted = Product.objects.filter(
        account=account, status=ProductStatus.COMPLETE, model__qualifies_until__gte=today
    ).annotate(allocated=Subquery(standing("public_id").values("points")[:1]))
    grouped = counted.exclude(allocated=None).order_by().values("model__name", "model__qualifies_until")
    columns = ("model__name", "model__qualifies_until", "products", "sum")
    rows = grouped.annotate(products=Count("pk"), sum=Sum("allocated")).values_list(*columns)
    return sorted((Ending(*row) for row in rows), key=lambda each: (each.until, each.model))


def model_bringing(points: int, *, today: date) -> tuple[str, int] | None:
    """A model of the catalogue that brings at least so many points today, and no more than needed: its name
    and its points. None where no model brings as many (B7)."""
    in_force = ModelPoints.objects.in_force(today).filter(model=OuterRef("pk"))
    valued = ProductModel.objects.annotate(value=Subquery(in_force.values("points")[:1]))
    enough = valued.filter(value__gte=points).order_by("value", "name")
    return enough.values_list("name", "value").first()


@dataclass(frozen=True, slots=True)
class Counts:
    complete: int
    incomplete: int
    disputed: int

    @property
    def total(self) -> int:
        return self.complete + self.incomplete + self.disputed


def counts_of(account: Account) -> Counts:
    """How many products the account has, by state."""
    status = Product.objects.of(account).aggregate(
        complete=Count("pk", filter=Q(status=ProductStatus.COMPLETE)),
        incomplete=Count("pk", filter=Q(status=ProductStatus.INCOMPLETE)),
        disputed=Count("pk", filter=Q(status=ProductStatus.DISPUTED)),
    )
    return Counts(**status)


def greyed_points(account: Account, *, today: date) -> int:
    """Points that incomplete products would bring, at today's values (B3)."""
    waiting = products_of(account, today=today).filter(status=ProductStatus.INCOMPLETE)
    return int(waiting.aggregate(total=Sum("value"))["total"] or 0)


# --- the desk (E4) ---------------------------------------------------------------------------------


def find_accounts(search: str) -> QuerySet[Account]:
    """Accounts by what people have at hand: name, account, registration or member number, e-mail address,
    serial number of a product. The newest first."""
    accounts = Account.objects.order_by("-opened_at", "-id")
    words = search.strip()
    if not words:
        return accounts
    number = normalised_serial(words)
    people = AccountPerson.objects.filter(user__email__icontains=words)
    owning = Product.objects.filter(serial_number=number).exclude(status=ProductStatus.REMOVED)
    joined = Membership.objects.filter(number=number)
    return accounts.filter(
        Q(name__icontains=words)
        | Q(number=number)
        | Q(registration_number__iexact=number)
        | Q(invoice_email__icontains=words)
        | Q(pk__in=people.values("account"))
        | Q(pk__in=owning.values("account"))
        | Q(pk__in=joined.values("account"))
    )


def disputed() -> QuerySet[Product]:
    """Products whose serial number another account holds, the oldest first (B4)."""
    return (
        Product.objects.filter(status=ProductStatus.DISPUTED)
        .select_related("model", "account")
        .order_by("added_at", "id")
    )


def holders_of(claims: Iterable[Product]) -> dict[int, Product]:
    """For each disputed product, by its key, the product that holds the serial number. Staff may see both."""
    claims = list(claims)
    holding = Product.objects.filter(
        status__in=HOLDING, serial_number__in={claim.serial_number for claim in claims}
    ).select_related("account")
    by_piece = {(product.model_id, product.serial_number): product for product in holding}
    found = {claim.pk: by_piece.get((claim.model_id, claim.serial_number)) for claim in claims}
    return {key: holder for key, holder in found.items() if holder}
