"""The points, explained to the last one: where each came from, and the way to the next level (B7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.memberships.models import PointsEntry
from medlem.memberships.queries import entries_with_totals, points_of
from medlem.memberships.rules import next_level
from medlem.products.queries import ProductRow, greyed_points, own_among, row_of, worth_completing
from medlem.programme import current
from medlem.programme.schema import Level
from medlem.programme.text import Text
from medlem.web.access import MemberRequest, member

PAGE = 50
GREYED = 10

REASONS = {
    "product_removed": gettext_lazy("The product was removed"),
    "details_changed": gettext_lazy("A detail was taken out, or the serial number changed"),
}
"""Why points were withdrawn. What staff adjust has a reason in their own words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: `owned` says whether the product still has a page to go to."""

    entry: PointsEntry
    reason: str
    owned: bool


@dataclass(frozen=True, slots=True)
class Way:
    """What is between the points and the next level. `enough` is how many of `greyed` would reach it, 0 if none."""

    level: Level
    to_go: int
    greyed: list[ProductRow]
    greyed_points: int
    enough: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A mark of the line of points; with `above`, only more than so many reach it (C2)."""

    points: int
    label: Text | str
    above: bool = False


@member
@require_safe
def points(request: MemberRequest) -> HttpResponse:
    """The total, the way to the next level, and the ledger, fifty entries a page."""
    total = points_of(request.account)
    page = Paginator(entries_with_totals(request.account), PAGE).get_page(request.GET.get("page"))
    owned = own_among(request.account, [entry.product_id for entry in page])
    context = {
        "total": total,
        "thresholds": thresholds(),
        "way": way_up(request.account, total),
        "page": page,
        "entries": [
            Entry(entry, str(REASONS.get(entry.reason, entry.reason)), entry.product_id in owned)
            for entry in page
        ],
    }
    return render(request, "portal/points.html", context)


def thresholds() -> list[Threshold]:
    """The individual levels, and where the business levels begin, for the line of points."""
    programme = current()
    marks = [Threshold(level.points, level.name) for level in programme.levels_of("individual")]
    business = programme.levels_of("business")[:1]
    return [*marks, *(Threshold(level.points, _("Business"), above=True) for level in business)]


def way_up(account: Account, total: int) -> Way | None:
    """What is missing for the next level, and which greyed products would bring it; None at the top."""
    level = next_level(current().levels, total)
    if level is None:
        return None
    today = clock.today(current().timezone)
    greyed = [row_of(product) for product in worth_completing(account, today=today)[:GREYED]]
    return Way(
        level=level,
        to_go=level.missing(total),
        greyed=greyed,
        greyed_points=greyed_points(account, today=today),
        enough=fewest(level.missing(total), [row.points for row in greyed]),
    )


def fewest(to_go: int, values: list[int]) -> int:
    """How many of the values, highest first, come to `to_go`; 0 when all of them do not."""
    for count, value in enumerate(values, start=1):
        to_go -= value
        if to_go <= 0:
            return count
    return 0
