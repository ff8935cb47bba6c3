"""Points, the invitation and joining.

Joining by card goes through `by_card`; how a membership goes on or ends, `renewing` and `suspending` say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.actions import next_number
from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.billing.models import SavedCard
from medlem.billing.status import Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.memberships import choosing
from medlem.memberships.models import Invitation, Membership, PointsBalance, PointsEntry, Term
from medlem.memberships.queries import last_term, live_membership, standing_entries
from medlem.memberships.rules import invited
from medlem.memberships.status import PointsKind
from medlem.programme import current
from medlem.programme.schema import Level

# --- points (B7) --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What a completed product brings, and since when that value was in force (B7)."""

    product_id: UUID
    product_name: str
    points: int
    value_from_on: date


def allocate(
    *,
    account: Account,
    product_id: UUID,
    product_name: str,
    points: int,
    value_from_on: date,
    now: datetime,
) -> PointsEntry:
    """Allocates the points of a completed product, in the caller's transaction (B3, B7)."""
    allocation = Allocation(
        product_id=product_id, product_name=product_name, points=points, value_from_on=value_from_on
    )
    return allocate_many(account=account, allocations=[allocation], now=now)[0]


def allocate_many(*, account: Account, allocations: Sequence[Allocation], now: datetime) -> list[PointsEntry]:
    """Allocates the points of products that are complete since this moment, in the caller's transaction (B3, B7).

    Writes the ledger's entries, then the balance beside it, once; the invitation follows when the total
    reaches the threshold (C1). Takes the lock of the account's balance.
    """
    if not allocations:
        return []
    balance = _locked_balance(account)
    entries = PointsEntry.objects.bulk_create(
        PointsEntry(account=account, kind=PointsKind.ALLOCATED, at=now, **asdict(allocation))
        for allocation in allocations
    )
    _book(balance, entries, now=now)
    return list(entries)


def withdraw(*, account: Account, product_id: UUID, reason: str, now: datetime) -> None:
    """Withdraws what was allocated for a product and not withdrawn yet, in the caller's transaction (B7)."""
    withdraw_many(account=account, product_ids=[product_id], reason=reason, now=now)


def withdraw_many(*, account: Account, product_ids: Collection[UUID], reason: str, now: datetime) -> int:
    """Withdraws what was allocated for many products at once, in the caller's transaction (B7).

    Writes an entry for each that stands, then the balance. Returns the points withdrawn, 0 or less.
    """
    balance = _locked_balance(account)
    entries = [
        PointsEntry(
            account=account,
            kind=PointsKind.WITHDRAWN,
            points=-entry.points,
            product_id=entry.product_id,
            product_name=entry.product_name,
            reason=reason,
            at=now,
            reverses=entry,
        )
        for entry in standing_entries(account, product_ids)
    ]
    PointsEntry.objects.bulk_create(entries)
    _book(balance, entries, now=now)
    return sum(entry.points for entry in entries)


@transaction.atomic
def adjust(
    *, account: Account, points: int, reason: str, public_id: UUID | None = None, by: Actor, now: datetime
) -> PointsEntry:
    """Adds or takes points by hand (B7). Raises Refused: without a reason (field `reason`), and when more would be
    taken than there are (field `points`).

    A form that names the entry's id beforehand adjusts once, however often it is sent.
    """
    if not reason.strip():
        raise Refused(_("Give the reason; the member sees it."), field="reason")
    balance = _locked_balance(account)
    known = public_id and PointsEntry.objects.filter(account=account, public_id=public_id).exists()
    if not known and points < 0 and balance.total + points < 0:
        raise Refused(
            _("The account has %(total)s points; more cannot be taken.") % {"total": max(balance.total, 0)},
            field="points",
        )
    entry: PointsEntry
    entry, is_new = PointsEntry.objects.get_or_create(
        account=account,
        public_id=public_id or uuid7(),
        defaults={"kind": PointsKind.ADJUSTED, "points": points, "reason": reason.strip(), "at": now},
    )
    if not is_new:
        return entry
    record(
        "points.adjusted",
        by=by,
        now=now,
        subject=entry,
        account_id=account.public_id,
        before={"total": balance.total},
        after={"total": balance.total + points, "reason": entry.reason},
    )
    _book(balance, [entry], now=now)
    return entry


def _locked_balance(account: Account) -> PointsBalance:
    PointsBalance.objects.get_or_create(account=account)
    balance = PointsBalance.objects.select_for_update().get(account=account)
    balance.account = account
    return balance


def _book(balance: PointsBalance, entries: Iterable[PointsEntry], *, now: datetime) -> None:
    balance.total += sum(entry.points for entry in entries)
    balance.save(update_fields=["total"])
    if invited(balance.total, threshold=current().membership.invitation_points):
        _invite(balance.account, points=balance.total, now=now)


def _invite(account: Account, *, points: int, now: datetime) -> None:
    """The invitation comes once: the balance's lock is held, and the row is unique (C1)."""
    _invitation, is_new = Invitation.objects.get_or_create(
        account=account, defaults={"points": points, "at": now}
    )
    if not is_new or live_membership(account):
        return
    person = super_user_of(account)
    if person:
        queue_mail(
            "invitation",
            to=person.email,
            language=person.language,
            now=now,
            account_id=account.public_id,
            name=person.first_name,
            points=points,
            link=link("portal:membership"),
        )
    record(
        "account.invited",
        by=SYSTEM,
        now=now,
        subject=account,
        account_id=account.public_id,
        after={"points": points},
    )


# --- joining (C5) ------------------------------------------------------------------------------


class AlreadyMember(Refused):
    """The business has a live membership: somebody was quicker, and `term` says who chose what."""

    def __init__(self, term: Term) -> None:
        super().__init__(_("You are a member already."))
        self.term = term


@transaction.atomic
def join(
    *,
    account: Account,
    level: str,
    months: int,
    means: Means,
    card: SavedCard | None,
    terms_version: str,
    by: Actor,
    now: datetime,
) -> Membership:
    """Makes the business a member at once, before it has paid (C5, D2).

    Locks the account; writes membership (new number), term, invoice with its ledger, event and mail, in
    this order. Raises AlreadyMember (also for the second of two clicks), and what `choosing.check` and
    `choosing.add_term` raise.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    chosen = check_choice(account=account, level=level, months=months, terms_version=terms_version, by=by)
    programme = current()
    membership = Membership.objects.create(
        account=account,
        number=programme.numbers.member_prefix + next_number("member", first=programme.numbers.member_first),
        former_number=account.former_member_number,
        joined_at=now,
    )
    term = choosing.add_term(
        membership=membership,
        level=chosen,
        months=months,
        starts_on=date_in(programme.timezone, now),
        means=means,
        card=card,
        terms_version=terms_version,
        by=by,
        now=now,
    )
    record(
        "membership.joined",
        by=by,
        now=now,
        subject=membership,
        account_id=account.public_id,
        after={
            "number": membership.number,
            "former_number": membership.former_number,
            "level": level,
            "months": months,
            "means": means,
            "terms_version": terms_version,
        },
    )
    _welcome(membership, term, chosen, now=now)
    return membership


def check_choice(*, account: Account, level: str, months: int, terms_version: str, by: Actor) -> Level:
    """The chosen level, if the account may join at it now; raises what `join` would."""
    found = live_membership(account)
    term = last_term(found) if found else None
    if term:
        raise AlreadyMember(term)
    return choosing.check(account=account, level=level, months=months, terms_version=terms_version, by=by)


def _welcome(membership: Membership, term: Term, level: Level, *, now: datetime) -> None:
    person = super_user_of(membership.account)
    if person is None:
        return
    queue_mail(
        "welcome",
        to=person.email,
        language=person.language,
        now=now,
        account_id=membership.account.public_id,
        name=person.first_name,
        level=level.name.in_(person.language),
        number=membership.number,
        former_number=membership.former_number,
        valid_to=term.valid_to.isoformat(),
        link=link("portal:card"),
    )
