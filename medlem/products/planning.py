"""What a planned catalogue or planned thresholds would do to all accounts, before anything is published (B7, C1, C2).

Reads only. Accounts are weighed in one pass over balances and holdings, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Subquery, Sum

from medlem.accounts.status import AccountStatus
from medlem.memberships.models import PointsBalance, PointsEntry
from medlem.memberships.status import PointsKind
from medlem.products.catalogue import Change
from medlem.products.models import Product, points_on
from medlem.products.status import ProductStatus
from medlem.programme.schema import Level

type Totals = Mapping[int, int]
"""Points by the account's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How many points the invitation and each level need."""

    invitation: int
    levels: tuple[Level, ...]

    def highest(self, points: int) -> Level | None:
        """The level in reach that asks for most, or None below all of them."""
        reached = [level for level in self.levels if level.in_reach(points)]
        return max(reached, key=lambda level: level.points_to_reach, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A threshold before and after: how many accounts are at or above it now, come up to it, and fall below.

    `level` is None for the invitation.
    """

    level: Level | None
    needs_now: int
    needs_then: int
    now: int
    lifted: int
    dropped: int

    @property
    def then(self) -> int:
        return self.now + self.lifted - self.dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """An account whose highest level in reach would be another one."""

    account_id: int
    points_now: int
    points_then: int
    level_now: Level | None
    level_then: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the plan comes to under one reading: each threshold, and the accounts concerned, most points first."""

    steps: list[Step]
    accounts: int
    concerned: list[Concerned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Incomplete products of the planned models, and what they would bring now and then."""

    products: int = 0
    points_now: int = 0
    points_then: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The plan under both readings: `from_now` as publishing acts, `anew` as if today's holdings were valued again."""

    from_now: Effect
    anew: Effect
    waiting: Waiting


def what_if(changes: Iterable[Change], *, now: Thresholds, then: Thresholds, today: date) -> WhatIf:
    """Weighs a plan against all active accounts.

    `from_now`: new values touch no points that were given (B7); an end of a qualifying life takes those of
    its model, and thresholds act at once. `anew`: products of the planned models counted at the planned
    value instead of the points they were given, everything else as it is.
    """
    planned = {
        change.model.pk: change for change in changes if change.model and (change.values or change.until)
    }
    values = {key: value_after(change) for key, change in planned.items()}
    totals = dict(
        PointsBalance.objects.filter(account__status=AccountStatus.ACTIVE).values_list("account", "total")
    )
    kept, anew = dict(totals), dict(totals)
    for account, model, products, points in _holdings(planned):
        if account not in totals:
            continue
        anew[account] += products * values[model] - points
        if planned[model].until:
            kept[account] -= points
    return WhatIf(
        from_now=_effect(totals, kept, now=now, then=then),
        anew=_effect(totals, anew, now=now, then=then),
        waiting=_waiting(planned, values, today=today),
    )


def value_after(change: Change) -> int:
    """What a product of the model is worth when all of the plan is in force; 0 after an end."""
    if change.until or change.model is None:
        return 0
    published = {value.from_on: value.points for value in change.model.points.all()}
    planned = {**published, **{dated.from_on: dated.points for dated in change.values}}
    return planned[max(planned)]


def _holdings(models: Mapping[int, Change]) -> list[tuple[int, int, int, int]]:
    """Account, model, how many of its products count, and the points that they were given."""
    model = Product.objects.filter(public_id=OuterRef("product_id")).values("model")[:1]
    standing = PointsEntry.objects.filter(kind=PointsKind.ALLOCATED, reversed_by=None)
    grouped = (
        standing.order_by()
        .annotate(model=Subquery(model))
        .filter(model__in=list(models))
        .values("account", "model")
        .annotate(products=Count("pk"), sum=Sum("points"))
    )
    return list(grouped.values_list("account", "model", "products", "sum"))


def _effect(before: Totals, after: Totals, *, now: Thresholds, then: Thresholds) -> Effect:
    steps = [
        _step(None, before, after, needs_now=now.invitation, needs_then=then.invitation),
        *(
            _step(
                level,
                before,
                after,
                needs_now=level.points_to_reach,
                needs_then=planned.points_to_reach,
            )
            for level, planned in zip(now.levels, then.levels, strict=True)
        ),
    ]
    changed = [
        Concerned(
            account_id=account,
            points_now=before[account],
            points_then=after[account],
            level_now=level_now,
            level_then=level_then,
        )
        for account in before
        if (level_now := now.highest(before[account]), level_then := then.highest(after[account]))
        and _code(level_now) != _code(level_then)
    ]
    changed.sort(
        key=lambda each: (-abs(each.points_then - each.points_now), -each.points_now, each.account_id)
    )
    return Effect(steps=steps, accounts=len(changed), concerned=changed)


def _step(level: Level | None, before: Totals, after: Totals, *, needs_now: int, needs_then: int) -> Step:
    lifted = dropped = reached = 0
    for account, points in before.items():
        had, has = points >= needs_now, after[account] >= needs_then
        reached += had
        lifted += has and not had
        dropped += had and not has
    return Step(
        level=level, needs_now=needs_now, needs_then=needs_then, now=reached, lifted=lifted, dropped=dropped
    )


def _code(level: Level | None) -> str:
    return level.code if level else ""


def _waiting(planned: Mapping[int, Change], values: Mapping[int, int], *, today: date) -> Waiting:
    incomplete = Product.objects.filter(status=ProductStatus.INCOMPLETE, model__in=list(planned))
    counted: Sequence[tuple[int, int]] = list(
        incomplete.order_by().values_list("model").annotate(products=Count("pk"))
    )
    worth = {key: points_on(change.model, today) for key, change in planned.items() if change.model}
    return Waiting(
        products=sum(products for _model, products in counted),
        points_now=sum(products * worth[model] for model, products in counted),
        points_then=sum(products * values[model] for model, products in counted),
    )
