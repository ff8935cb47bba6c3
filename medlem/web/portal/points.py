"""The points, explained to the last one: where each came from, and the way to the next level (B7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.memberships.queries import Part, adjusted, entries_with_totals, parts_of, points_of
from medlem.memberships.rules import next_level
from medlem.products.queries import (
    Ending,
    ProductRow,
    ending_points,
    greyed_values,
    model_bringing,
    own_among,
    row_of,
    worth_completing,
)
from medlem.programme import current
from medlem.programme.schema import Level
from medlem.programme.text import Text
from medlem.web.access import MemberRequest, member
from medlem.web.points import entry_row

PAGE = 50
GREYED, MOST_GREYED = 10, 25
PARTS = 8


@dataclass(frozen=True, slots=True)
class Sum:
    """What the total is made of: the models that bring most, the other ones, and what staff adjusted."""

    parts: list[Part]
    others: list[Part]
    adjusted: int

    @property
    def others_points(self) -> int:
        return sum(part.points for part in self.others)


@dataclass(frozen=True, slots=True)
class Way:
    """What is between the points and the next level.

    `greyed` are the products that would bring most of `greyed_points`. The first `enough` of all greyed ones
    are the smallest set that reaches the level, 0 if none does; then `short` is still to go with all of
    them, and `example` a model that would bring it.
    """

    level: Level
    to_go: int
    greyed: list[ProductRow]
    greyed_count: int
    greyed_points: int
    enough: int
    example: tuple[str, int] | None

    @property
    def short(self) -> int:
        return self.to_go - self.greyed_points


@dataclass(frozen=True, slots=True)
class FallsAway:
    """Points that a model takes with it, and what is left of today's after that day."""

    ending: Ending
    left: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A mark of the line of points; with `above`, only more than so many reach it (C2)."""

    points: int
    label: Text | str
    above: bool = False


@member
@require_safe
def points(request: MemberRequest) -> HttpResponse:
    """The total, what it is made of, the way to the next level, and the ledger, fifty entries a page."""
    total = points_of(request.account)
    page = Paginator(entries_with_totals(request.account), PAGE).get_page(request.GET.get("page"))
    owned = own_among(request.account, [entry.product_id for entry in page])
    parts = parts_of(request.account)
    context = {
        "total": total,
        "sum": Sum(parts[:PARTS], parts[PARTS:], adjusted(request.account)),
        "thresholds": thresholds(),
        "way": way_up(request.account, total),
        "ending": _ending(request.account, total),
        "page": page,
        "entries": [entry_row(entry, owned=entry.product_id in owned) for entry in page],
    }
    return render(request, "portal/points.html", context)


def _ending(account: Account, total: int) -> list[FallsAway]:
    """What falls away and when, each with what is left then (B7)."""
    rows = []
    for ending in ending_points(account, today=clock.today(current().timezone)):
        total -= ending.points
        rows.append(FallsAway(ending, left=total))
    return rows


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
    waiting = worth_completing(account, today=today)
    values = greyed_values(account, today=today)
    to_go = level.missing(total)
    enough = fewest(to_go, values)
    shown = min(max(GREYED, enough), MOST_GREYED)
    return Way(
        level=level,
        to_go=to_go,
        greyed=[row_of(product) for product in waiting[:shown]],
        greyed_count=len(values),
        greyed_points=sum(values),
        enough=enough,
        example=None if enough else model_bringing(to_go - sum(values), today=today),
    )


def fewest(to_go: int, values: list[int]) -> int:
    """How many of the values, highest first, come to `to_go`; 0 when all of them do not."""
    for count, value in enumerate(values, start=1):
        to_go -= value
        if to_go <= 0:
            return count
    return 0
