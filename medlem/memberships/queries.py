"""Reads of points, levels and memberships."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Sum, Window
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare, salted_hmac

from medlem.accounts.models import Account
from medlem.billing.models import Invoice
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
from medlem.memberships.rules import grace_ends_on, reminder_due, renewable_from, switch_offered
from medlem.memberships.status import LIVE, MembershipStatus, PointsKind
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


def first_allocations(account: Account, product_ids: Collection[UUID]) -> dict[UUID, tuple[int, date]]:
    """What each of these products brought when it was complete for the first time, and since when that value was
    in force; none for those that never were (B7)."""
    allocated = PointsEntry.objects.filter(
        account=account, product_id__in=product_ids, kind=PointsKind.ALLOCATED
    )
    columns = ("product_id", "points", "value_from_on")
    return {
        key: (points, since)
        for key, points, since in allocated.order_by("-id").values_list(*columns)
        if key and since
    }


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


def last_term(membership: Membership) -> Term | None:
    """The term that ends last: the present one, or the one that follows it already."""
    return max(membership.terms.all(), key=lambda term: term.ends_on, default=None)


def grace_to(term: Term) -> date:
    """The last day on which a term that has ended can still be renewed, and counts (C7)."""
    return grace_ends_on(term.ends_on, grace_days=current().membership.grace_days) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Renewal:
    """That a membership can be renewed: after which term, and the last day for it (C7)."""

    follows: Term
    by_on: date


def renewal_of(membership: Membership, today: date) -> Renewal | None:
    """Whether the membership can be renewed today, from its first reminder to the end of the days of grace."""
    term = last_term(membership)
    if term is None or membership.status != MembershipStatus.ACTIVE:
        return None
    opens_on = renewable_from(term.ends_on, days=current().membership.renewal_reminder_days)
    return Renewal(term, grace_to(term)) if opens_on <= today <= grace_to(term) else None


def renewal_reminder_of(membership: Membership, today: date) -> int | None:
    """Of how many days before the end the membership is to be reminded today (C7)."""
    term = last_term(membership)
    if term is None or membership.status != MembershipStatus.ACTIVE:
        return None
    return reminder_due(
        term.ends_on,
        days=current().membership.renewal_reminder_days,
        sent={reminder.days_before for reminder in term.renewal_reminders.all()},
        today=today,
    )


def ending_terms(today: date) -> QuerySet[Term]:
    """The terms of active memberships that end after today and are followed by no other, the next first (C7)."""
    following = Term.objects.filter(membership=OuterRef("membership"), starts_on__gte=OuterRef("ends_on"))
    ending = Term.objects.filter(membership__status=MembershipStatus.ACTIVE, ends_on__gt=today)
    return ending.exclude(Exists(following)).select_related("membership__account").order_by("ends_on", "pk")


def memberships_to_remind(today: date) -> list[int]:
    """Keys of memberships whose super user is to hear today that the term ends (C7)."""
    longest = timedelta(days=max(current().membership.renewal_reminder_days, default=0))
    ending = ending_terms(today).filter(ends_on__lte=today + longest)
    ending = ending.prefetch_related("membership__terms__renewal_reminders")
    found = [term.membership for term in ending]
    return [each.pk for each in found if renewal_reminder_of(each, today) is not None]


def memberships_to_end(today: date) -> list[int]:
    """Keys of live memberships whose last term and days of grace have passed (C7)."""
    grace = timedelta(days=current().membership.grace_days)
    ended = Membership.objects.filter(status__in=LIVE).annotate(ends_on=Max("terms__ends_on"))
    return list(
        ended.filter(ends_on__lte=today - grace).order_by("ends_on", "pk").values_list("pk", flat=True)
    )


def term_of(invoice: Invoice) -> Term | None:
    """The term that an invoice is for, with its membership."""
    try:
        return invoice.term
    except Term.DoesNotExist:
        return None


def join_intention(account: Account, public_id: UUID) -> JoinIntention | None:
    """The choice that waited for the card provider's page, of this account only."""
    return JoinIntention.objects.filter(account=account, public_id=public_id).first()


OFFERED_FOR = timedelta(days=14)


def unfinished_intention(account: Account, *, now: datetime) -> JoinIntention | None:
    """The newest choice by card, if it was left on the provider's page and can still be gone on with: nobody
    joined or renewed since (C5, D5)."""
    newest = JoinIntention.objects.filter(account=account).select_related("renews").order_by("-id").first()
    if newest is None or newest.membership_id or newest.made_at < now - OFFERED_FOR:
        return None
    membership = live_membership(account)
    return newest if newest.renews == (last_term(membership) if membership else None) else None


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
