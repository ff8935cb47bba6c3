"""Reads of points, levels and memberships."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Sum, Window
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare, salted_hmac

from medlem.accounts.models import Account
from medlem.billing.rules import vat_rate
from medlem.core.money import Money
from medlem.memberships.models import (
    Invitation,
    JoinIntention,
    Membership,
    PointsBalance,
    PointsEntry,
    Term,
)
from medlem.memberships.rules import switch_offered
from medlem.memberships.status import LIVE, PointsKind
from medlem.programme import current
from medlem.programme.schema import Level

CODE_LENGTH = 12


def points_of(account: Account) -> int:
    """The account's points."""
    balance = PointsBalance.objects.filter(account=account).first()
    return balance.total if balance else 0


def entries_of(account: Account) -> QuerySet[PointsEntry]:
    """The points ledger of the account, newest first (B7)."""
    return PointsEntry.objects.filter(account=account).order_by("-id")


def entries_with_totals(account: Account) -> QuerySet[PointsEntry]:
    """The points ledger, newest first, each entry with the `total` that it led to (B7)."""
    total = Window(Sum("points"), order_by=F("id").asc())
    return entries_of(account).annotate(total=total)


@dataclass(frozen=True, slots=True)
class Part:
    """Products of one model that count the same: how many, what each brings, since when that value was in force."""

    product_name: str
    value_from_on: date
    products: int
    each: int

    @property
    def points(self) -> int:
        return self.products * self.each


def parts_of(account: Account) -> list[Part]:
    """The allocations that stand, by model and value, those first that bring most. With what staff adjusted
    they come to the account's points (B7)."""
    allocated = PointsEntry.objects.filter(account=account, kind=PointsKind.ALLOCATED, reversed_by=None)
    columns = ("product_name", "value_from_on", "products", "points")
    grouped = allocated.order_by().values("product_name", "value_from_on", "points")
    parts = [Part(*row) for row in grouped.annotate(products=Count("pk")).values_list(*columns)]
    return sorted(parts, key=lambda part: (-part.points, part.product_name, part.value_from_on))


def adjusted(account: Account) -> int:
    """What staff added to the account's points and took from them, in all (B7)."""
    entries = PointsEntry.objects.filter(account=account, kind=PointsKind.ADJUSTED)
    return int(entries.aggregate(sum=Sum("points"))["sum"] or 0)


def entry_for(product_id: UUID) -> PointsEntry | None:
    """The entry that allocates the points of a product, if it counts (B3)."""
    return PointsEntry.objects.filter(
        product_id=product_id, kind=PointsKind.ALLOCATED, reversed_by=None
    ).first()


def standing_entries(account: Account, product_ids: Collection[UUID]) -> QuerySet[PointsEntry]:
    """The entries that allocate the points of these products of the account, and were not withdrawn (B7)."""
    return PointsEntry.objects.filter(
        account=account, product_id__in=product_ids, kind=PointsKind.ALLOCATED, reversed_by=None
    )


def standing(product_id: str) -> QuerySet[PointsEntry]:
    """Within a query of products: the entries that allocate the points of each, and were not withdrawn (B7).

    `product_id` names the column of the products' outside ids.
    """
    return PointsEntry.objects.filter(
        product_id=OuterRef(product_id), kind=PointsKind.ALLOCATED, reversed_by=None
    ).order_by("-id")


def invitation_of(account: Account) -> Invitation | None:
    return Invitation.objects.filter(account=account).first()


def live_membership(account: Account) -> Membership | None:
    """The account's membership that is active or suspended, with its terms."""
    return (
        Membership.objects.filter(account=account, status__in=LIVE).prefetch_related("terms__invoice").first()
    )


def levels_held(accounts: Collection[int], *, today: date) -> dict[int, str]:
    """The codes of the levels that these accounts hold today, by the accounts' keys; none for those who hold none."""
    running = Term.objects.filter(
        membership__account__in=accounts,
        membership__status__in=LIVE,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    return dict(running.values_list("membership__account", "level"))


def current_term(membership: Membership, today: date) -> Term | None:
    """The term that runs today, or the last one."""
    terms = list(membership.terms.all())
    return next((term for term in terms if term.runs_on(today)), terms[-1] if terms else None)


def join_intention(account: Account, public_id: UUID) -> JoinIntention | None:
    """The choice that waited for the card provider's page, of this account only."""
    return JoinIntention.objects.filter(account=account, public_id=public_id).first()


def card_code(number: str) -> str:
    """The code on the card of a member number (C6): 12 characters, 60 bits, that nobody can work out.

    It is the same for as long as the number is, as cards are printed; what it opens says what is valid.
    """
    digest = salted_hmac("medlem.card", number, algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:CODE_LENGTH].lower()


def membership_on_card(number: str, code: str) -> Membership | None:
    """The membership whose card carries this number and code, or None: the code was made up (C6)."""
    if not constant_time_compare(card_code(number), code.lower()):
        return None
    found = Membership.objects.filter(number=number).select_related("account")
    return found.prefetch_related("terms").first()


@dataclass(frozen=True, slots=True)
class LevelOffer:
    """A level as the levels page shows it (C3)."""

    level: Level
    in_reach: bool
    missing: int
    fee: Money


@dataclass(frozen=True, slots=True)
class Levels:
    """What the levels page shows: one family of levels, and the switch where it is offered."""

    points: int
    offers: list[LevelOffer]
    business: bool
    switch_offered: bool


def levels_for(account: Account, *, business: bool) -> Levels:
    """All levels of the family, those in reach to choose, the others with what is missing (C2, C3).

    Business levels are shown only where the switch is offered, or to say what is missing for them.
    """
    programme = current()
    points = points_of(account)
    offered = switch_offered(points, above=programme.membership.business_switch_above)
    business = business and offered
    levels = programme.levels_of("business" if business else "individual")
    return Levels(
        points=points,
        offers=[offer(level, points, account=account) for level in levels],
        business=business,
        switch_offered=offered,
    )


def offer(level: Level, points: int, *, account: Account) -> LevelOffer:
    """What one level asks for, and its fee for the shortest term, before VAT."""
    return LevelOffer(
        level=level,
        in_reach=level.in_reach(points),
        missing=level.missing(points),
        fee=fee_for(account, level=level.code, months=current().terms[0].months),
    )


def fee_for(account: Account, *, level: str, months: int) -> Money:
    """The fee of a whole term in the currency of the account's country, before VAT (C4)."""
    programme = current()
    return programme.fee(level, programme.country(account.country).currency, months)


@dataclass(frozen=True, slots=True)
class Price:
    """Exactly what joining costs (C5)."""

    fee: Money
    vat_basis_points: int
    vat: Money

    @property
    def to_pay(self) -> Money:
        return self.fee + self.vat


def price_for(account: Account, *, level: str, months: int) -> Price:
    """The fee with its VAT, or reverse charge across a border (C5, D3)."""
    programme = current()
    fee = fee_for(account, level=level, months=months)
    home = programme.brand.seller.address.country
    rate = vat_rate(
        seller_country=home,
        buyer_country=account.country,
        home_rate=programme.country(home).vat_basis_points,
    )
    return Price(fee=fee, vat_basis_points=rate, vat=fee.percent(rate))


def balances_that_disagree() -> list[str]:
    """Accounts whose total is not the sum of their ledger, each as a sentence; `doctor` asks (B7)."""
    wrong = (
        PointsBalance.objects.annotate(booked=Coalesce(Sum("account__points_entries__points"), 0))
        .exclude(booked=F("total"))
        .select_related("account")
    )
    return [
        f"account {row.account.number}: {row.total} points, its ledger says {row.booked}" for row in wrong
    ]
