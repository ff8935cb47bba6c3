"""My products: the list with search, filters, order and pages (B3, B9). One product stands in `product.py`."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.products.changing import last_change
from medlem.products.contested import offers_to
from medlem.products.models import Product
from medlem.products.queries import (
    ProductRow,
    State,
    counts_of,
    has_former_products,
    kinds_of,
    products_of,
    row_of,
)
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
    state: str
    sort: str

    @classmethod
    def by(cls, asked: QueryDict) -> Wanted:
        return cls(
            search=asked.get("q", "").strip(),
            needs_details=bool(asked.get("needs_details")),
            kind=asked.get("kind", ""),
            state=asked.get("state", ""),
            sort=asked.get("sort", ""),
        )

    def of(self, account: Account) -> QuerySet[Product]:
        """The products of the account that are wanted, in the order that is wanted."""
        return products_of(account, today=clock.today(current().timezone), **asdict(self))

    @property
    def narrowed(self) -> bool:
        """Whether anything but the search says what is shown and how."""
        return bool(self.needs_details or self.kind or self.state or self.sort)

    def hidden(self) -> list[tuple[str, str]]:
        """The same as fields of another form: what the address says of the list."""
        asked = {**asdict(self), "q": self.search, "needs_details": "1" if self.needs_details else ""}
        return [(name, str(value)) for name, value in asked.items() if value and name != "search"]


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
    found = wanted.of(request.account)
    # The page is found by its keys: points are looked up for its fifty products, not for all.
    page = Paginator(found.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    counts = counts_of(request.account)
    context = {
        "page": page,
        "rows": [_listed(row_of(product)) for product in found.filter(pk__in=list(page))],
        "wanted": wanted,
        "kinds": details.kinds(kinds_of(request.account)),
        "states": states(),
        "last_change": last_change(request.account, now=clock.now()),
        "orders": orders(),
        "counts": counts,
        "gone": wanted.state == State.GONE,
        "has_gone": not counts.total and has_former_products(request.account),
        "offer": offer_to(request.account),
        "offered": offers_to(request.account, today=clock.today(current().timezone)),
        "questions": [*current().faq_on("products"), *current().faq_on("migration")],
    }
    return render(request, "portal/products.html", context)


def _listed(row: ProductRow) -> Listed:
    return Listed(row, country_name(row.product.purchase_country), details.named(row.missing))


def states() -> list[tuple[str, str]]:
    """What the list can be narrowed to beside those that need details, as `products_of` takes it."""
    return [
        ("", _("All")),
        (State.COMPLETE, _("Complete")),
        (State.DISPUTED, _("Being looked into")),
        (State.OFFERED, _("Offered to another business")),
        (State.MISSING, _("Lost or stolen")),
        (State.ENDED, _("Counts no longer")),
        (State.GONE, _("No longer here")),
    ]


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
