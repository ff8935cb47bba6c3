"""Reads of lists that were sent to register many products at once (B5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from medlem.accounts.models import Account
from medlem.products.columns import Known
from medlem.products.models import ImportRow, Product, ProductImport
from medlem.products.queries import dealers_of, details_of
from medlem.products.reading import RowOutcome, Twin, twin_of
from medlem.products.rules import folded
from medlem.products.status import ImportStatus, ProductStatus

REMEMBERED = 5
"""So many earlier lists say what a heading means."""


def import_of(account: Account, public_id: UUID) -> ProductImport | None:
    """One of the account's lists."""
    return (
        ProductImport.objects.select_related("account").filter(account=account, public_id=public_id).first()
    )


def imports_of(account: Account) -> QuerySet[ProductImport]:
    """The account's lists, the newest first."""
    return ProductImport.objects.filter(account=account).order_by("-id")


def known_by(account: Account, is_model: Callable[[str], bool], brands: frozenset[str]) -> Known:
    """What columns are recognised by: the catalogue, the account's dealers, and what it said of its columns."""
    headings: dict[str, str] = {}
    started = imports_of(account).exclude(started_at=None).exclude(heading=[])[:REMEMBERED]
    for heading, columns in reversed(started.values_list("heading", "columns")):
        headings |= {
            folded(word): column for word, column in zip(heading, columns, strict=False) if folded(word)
        }
    return Known(
        is_model=is_model,
        brands=brands,
        dealers=frozenset(map(folded, dealers_of(account))),
        headings=headings,
    )


def counts_of_rows(made: ProductImport) -> dict[str, int]:
    """How many rows come to which outcome: all of them while the list is looked at, then those gone through."""
    counted = rows_told_of(made).order_by("outcome").values_list("outcome")
    return dict(counted.annotate(Count("pk")))


def rows_told_of(made: ProductImport) -> QuerySet[ImportRow]:
    """The rows whose outcome can be told: what they would do before the start, what they did after it."""
    return made.rows.all() if made.status == ImportStatus.PREVIEW else made.rows.exclude(done_at=None)


def rows_to_take_in(made: ProductImport) -> QuerySet[ImportRow]:
    """The rows that were not gone through yet, in their order."""
    return made.rows.filter(done_at=None).order_by("line")


def rows_by_need(made: ProductImport) -> QuerySet[ImportRow]:
    """The rows whose outcome can be told, those first that somebody should look at."""
    order = [
        RowOutcome.REFUSED,
        RowOutcome.REPEATED,
        RowOutcome.OWN_DUPLICATE,
        RowOutcome.DISPUTED,
        RowOutcome.INCOMPLETE,
    ]
    places = [When(outcome=outcome, then=Value(place)) for place, outcome in enumerate(order)]
    return (
        rows_told_of(made)
        .select_related("product")
        .order_by(Case(*places, default=Value(len(order)), output_field=IntegerField()), "line")
    )


def refused_rows(made: ProductImport) -> QuerySet[ImportRow]:
    """The rows that did not go in because something in them is wrong."""
    return rows_told_of(made).filter(outcome=RowOutcome.REFUSED).order_by("line")


def earlier_without_serial(made: ProductImport) -> dict[Twin, list[Product]]:
    """Products that came into the account without a serial number by its earlier lists, whatever was filled in since,
    by what rows without one can be compared by; those aside that this list found already (B5)."""
    found_already = made.rows.exclude(product=None).values("product")
    rows = (
        ImportRow.objects.filter(
            product_import__account=made.account_id,
            product__account=made.account_id,
            outcome=RowOutcome.INCOMPLETE,
            done_at__isnull=False,
        )
        .exclude(product_import=made)
        .exclude(product__in=found_already)
        .exclude(product__status=ProductStatus.REMOVED)
        .select_related("product")
        .order_by("-id")
    )
    earlier: defaultdict[Twin, list[Product]] = defaultdict(list)
    for row in rows:
        lacked = {name for reason in row.reasons for name in reason.get("details", ())}
        if row.product and "serial_number" in lacked:
            earlier[twin_of(row.product.model_id, details_of(row.product))].append(row.product)
    return earlier


def imports_to_go_on() -> list[int]:
    """Imports that are under way; of a worker that was killed, or of one that is at it."""
    running = ProductImport.objects.filter(status=ImportStatus.RUNNING)
    return list(running.order_by("id").values_list("pk", flat=True))


def imports_to_forget(before: datetime) -> list[int]:
    """Lists that were looked at before that moment and never started."""
    waiting = ProductImport.objects.filter(status=ImportStatus.PREVIEW, made_at__lte=before)
    return list(waiting.values_list("pk", flat=True))
