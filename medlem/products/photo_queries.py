"""Reads of pictures: what the catalogue knows of their pieces, a batch of pictures, and what became of it (B5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from medlem.accounts.models import Account
from medlem.core.identifiers import uuid7_within
from medlem.products.models import PhotoBatch, Product, ProductModel
from medlem.products.queries import ProductRow, products_of, row_of
from medlem.products.rules import folded
from medlem.products.sightings import Findings, Known, SeenPiece

KEPT = timedelta(days=30)
"""How long it is kept what pictures said of their cameras."""


def known(models: Iterable[ProductModel]) -> Known:
    """What the catalogue's models tell for recognising pieces."""
    names: dict[str, int] = {}
    eans: dict[str, int] = {}
    hints: dict[int, str] = {}
    brands: set[str] = set()
    for model in models:
        for each in (model.name, model.code, *model.former_names):
            names.setdefault(folded(each), model.pk)
        if model.ean:
            eans[model.ean] = model.pk
        hints[model.pk] = model.serial_hint
        brands.add(model.brand.casefold())
    return Known(names=names, eans=eans, hints=hints, brands=frozenset(brands))


def photo_batch_of(account: Account, public_id: UUID) -> PhotoBatch | None:
    """A batch of the account's pictures, or None: a stranger's does not exist."""
    return PhotoBatch.objects.filter(account=account, public_id=public_id).first()


def open_photo_batches(account: Account) -> QuerySet[PhotoBatch]:
    """The batches with pictures that nobody has confirmed, the newest first."""
    waiting = PhotoBatch.objects.filter(account=account, confirmed_at=None)
    return waiting.annotate(count=Count("photos")).filter(count__gt=0).order_by("-made_at", "-id")


def confirmed_photo_batches(account: Account) -> QuerySet[PhotoBatch]:
    """The batches from which products were registered, as long as it is kept what they said; the newest first."""
    done = PhotoBatch.objects.filter(account=account, confirmed_at__isnull=False)
    return done.annotate(count=Count("photos")).order_by("-made_at", "-id")


def findings_in(batch: PhotoBatch) -> list[tuple[str, Findings]]:
    """What the pictures of a batch say, each with its file name."""
    kept = batch.photos.values_list("filename", "findings")
    return [(filename, Findings.from_json(findings)) for filename, findings in kept]


def own_pieces(account: Account, pieces: Iterable[SeenPiece]) -> dict[str, Product]:
    """Which of the pieces the account has registered already, by the piece's key."""
    pieces = [piece for piece in pieces if piece.model_id and piece.serial]
    own = Product.objects.of(account).filter(serial_number__in={piece.serial for piece in pieces})
    by_number = {(product.model_id, product.serial_number): product for product in own}
    found = {piece.key: by_number.get((piece.model_id or 0, piece.serial)) for piece in pieces}
    return {key: product for key, product in found.items() if product}


def product_id_of(batch: PhotoBatch, key: str) -> UUID:
    """The outside id of the product that a piece of a batch becomes, so that it becomes one only."""
    return uuid7_within(batch.public_id, key)


def registered_from(
    batch: PhotoBatch, pieces: Iterable[SeenPiece], *, account: Account, today: date
) -> dict[str, ProductRow]:
    """The account's products that pieces of a confirmed batch became, by the piece's key; removed ones are gone."""
    keys = {product_id_of(batch, piece.key): piece.key for piece in pieces}
    found = products_of(account, today=today).filter(public_id__in=keys)
    return {keys[product.public_id]: row_of(product) for product in found}


def photo_batches_to_forget(now: datetime) -> list[int]:
    """The batches whose findings have been kept long enough."""
    return list(PhotoBatch.objects.filter(made_at__lt=now - KEPT).values_list("pk", flat=True))
