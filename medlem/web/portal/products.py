"""My products: the list with search, filters, order and pages (B3, B9). One product stands in `product.py`."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.core import clock
from medlem.products.contested import offers_to
from medlem.products.queries import ProductRow, counts_of, kinds_of, products_of, row_of
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.countries import country_name
from medlem.web.portal import details
from medlem.web.portal.migration import offer_to

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to and how it is sorted; the page's address says all of it."""

    search: str
    needs_details: bool
    kind: str
    sort: str

    @classmethod
    def by(cls, asked: QueryDict) -> Wanted:
        return cls(
            search=asked.get("q", "").strip(),
            needs_details=bool(asked.get("needs_details")),
            kind=asked.get("kind", ""),
            sort=asked.get("sort", ""),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list: a product with its points, where it was bought, and what is missing in words."""

    row: ProductRow
    country: str
    missing: str


@member
@require_safe
def products(request: MemberRequest) -> HttpResponse:
    """Fifty products a page, and at the right what is left of the former membership (B6)."""
    wanted = Wanted.by(request.GET)
    found = products_of(
        request.account,
        today=clock.today(current().timezone),
        search=wanted.search,
        needs_details=wanted.needs_details,
        kind=wanted.kind,
        sort=wanted.sort,
    )
    # The page is found by its keys: points are looked up for its fifty products, not for all.
    page = Paginator(found.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_listed(row_of(product)) for product in found.filter(pk__in=list(page))],
        "wanted": wanted,
        "kinds": details.kinds(kinds_of(request.account)),
        "orders": orders(),
        "counts": counts_of(request.account),
        "offer": offer_to(request.account),
        "offered": offers_to(request.account, today=clock.today(current().timezone)),
        "questions": [*current().faq_on("products"), *current().faq_on("migration")],
    }
    return render(request, "portal/products.html", context)


def _listed(row: ProductRow) -> Listed:
    return Listed(row, country_name(row.product.purchase_country), details.named(row.missing))


def orders() -> list[tuple[str, str]]:
    """What the list can be sorted by, as `products_of` takes it."""
    return [
        ("", _("Newest first")),
        ("model", _("Name, A to Z")),
        ("-model", _("Name, Z to A")),
        ("-points", _("Most points")),
        ("points", _("Fewest points")),
        ("serial", _("Serial number, rising")),
        ("-serial", _("Serial number, falling")),
        ("-bought", _("Bought last")),
        ("bought", _("Bought first")),
    ]
