"""Whether the ledger of points and the products say the same; `doctor` asks (B3, B7)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from medlem.memberships.models import PointsEntry
from medlem.memberships.queries import standing
from medlem.memberships.status import PointsKind
from medlem.products.models import ModelPoints, Product
from medlem.products.status import ProductStatus
from medlem.programme import current

MOST_NAMED = 20


def allocations_that_disagree(today: date) -> list[str]:
    """What is wrong between products and the ledger, each as a sentence; no more than twenty of a kind.

    A complete product has one allocation that stands, where its model had points on the day of completion
    and its qualifying life lasts. Nothing else has one.
    """
    return [
        *(f"product {each.public_id} is complete and has no points" for each in _lacking(today)),
        *(f"product {product_id} has its points {times} times" for product_id, times in _repeated()),
        *(f"product {entry.product_id} has points and is not complete" for entry in _without_product()),
        *(f"product {each.public_id} has points, though its model's time is over" for each in _outlasting()),
    ]


def _lacking(today: date) -> QuerySet[Product]:
    completed_on = TruncDate("completed_at", tzinfo=ZoneInfo(current().timezone))
    value = ModelPoints.objects.in_force(today).filter(
        model=OuterRef("model"), from_on__lte=OuterRef("completed_on")
    )
    complete = Product.objects.filter(status=ProductStatus.COMPLETE).annotate(completed_on=completed_on)
    return complete.filter(~Exists(standing("public_id")), Exists(value)).order_by("id")[:MOST_NAMED]


def _repeated() -> list[tuple[object, int]]:
    allocated = PointsEntry.objects.filter(kind=PointsKind.ALLOCATED, reversed_by=None)
    counted = allocated.order_by().values_list("product_id").annotate(times=Count("pk"))
    return list(counted.filter(times__gt=1).order_by("product_id")[:MOST_NAMED])


def _without_product() -> QuerySet[PointsEntry]:
    complete = Product.objects.filter(
        public_id=OuterRef("product_id"), account=OuterRef("account"), status=ProductStatus.COMPLETE
    )
    allocated = PointsEntry.objects.filter(kind=PointsKind.ALLOCATED, reversed_by=None)
    return allocated.filter(~Exists(complete)).order_by("id")[:MOST_NAMED]


def _outlasting() -> QuerySet[Product]:
    over = Product.objects.filter(model__ended_at__isnull=False, status=ProductStatus.COMPLETE)
    return over.filter(Exists(standing("public_id"))).order_by("id")[:MOST_NAMED]
