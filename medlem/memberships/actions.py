"""Every write to points, the invitation and memberships."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from medlem.accounts.actions import next_number
from medlem.accounts.models import Account
from medlem.accounts.queries import may_bind, super_user_of
from medlem.billing import actions as billing
from medlem.billing.models import SavedCard
from medlem.billing.rules import Line
from medlem.billing.status import Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.memberships.models import (
    Invitation,
    JoinIntention,
    Membership,
    PointsBalance,
    PointsEntry,
    Term,
)
from medlem.memberships.queries import live_membership, points_of, price_for, standing_entries
from medlem.memberships.rules import invited, months_later
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
    """Adds or takes points by hand (B7). Raises Refused (field `reason`) without a reason.

    A form that names the entry's id beforehand adjusts once, however often it is sent.
    """
    if not reason.strip():
        raise Refused(_("Give the reason; the member sees it."), field="reason")
    balance = _locked_balance(account)
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
    """The business has a live membership."""


class OutOfReach(Refused):
    """The level needs more points than the account has."""


class MayNotBind(Refused):
    """Somebody who acts for the business, but is not its super user."""


class TermsChanged(Refused):
    """The terms that were accepted are not those in force."""


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
    this order. Raises AlreadyMember (also for the second of two clicks), MayNotBind, OutOfReach,
    TermsChanged, and Refused for a level or term that the programme does not have.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    chosen = check_choice(account=account, level=level, months=months, terms_version=terms_version, by=by)
    if means == Means.CARD and card is None:
        raise Refused(_("Enter a card, or choose bank transfer."), field="means")
    programme = current()
    price = price_for(account, level=level, months=months)
    starts_on = date_in(programme.timezone, now)
    ends_on = months_later(starts_on, months)
    membership = Membership.objects.create(
        account=account,
        number=programme.numbers.member_prefix + next_number("member", first=programme.numbers.member_first),
        former_number=account.former_member_number,
        joined_at=now,
    )
    term = Term(
        membership=membership,
        level=level,
        months=months,
        starts_on=starts_on,
        ends_on=ends_on,
        points_at_start=_locked_balance(account).total,
        fee_minor=price.fee.minor,
        currency=price.fee.currency,
        terms_version=terms_version,
        accepted_by_id=by.person_id,
        accepted_at=now,
    )
    term.invoice = billing.issue(
        account=account,
        lines=[
            Line(
                f"{programme.brand.name} {chosen.name.in_(account.language)}",
                starts_on,
                ends_on,
                price.fee,
                price.vat_basis_points,
            )
        ],
        means=means,
        card=card,
        subject_id=term.public_id,
        by=by,
        now=now,
    )
    term.save()
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
    programme = current()
    chosen = next((each for each in programme.levels if each.code == level), None)
    if chosen is None or months not in {term.months for term in programme.terms}:
        raise Refused(_("This level or term is not offered. Choose another."))
    if live_membership(account):
        raise AlreadyMember(_("You are a member already."))
    if not may_bind(account, by.person_id):
        raise MayNotBind(_("Only your super user can join, as joining binds the business."))
    if terms_version != programme.terms_of_membership.version:
        raise TermsChanged(
            _("The terms have changed since you opened this page. Read them and accept again."),
            field="terms",
        )
    points = points_of(account)
    if not chosen.in_reach(points):
        missing = chosen.missing(points)
        raise OutOfReach(
            ngettext(
                "%(level)s needs %(missing)s more point.", "%(level)s needs %(missing)s more points.", missing
            )
            % {"level": chosen.name.in_(account.language), "missing": missing}
        )
    return chosen


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


def intend_to_join(
    *,
    account: Account,
    level: str,
    months: int,
    terms_version: str,
    return_url: str,
    language: str,
    by: Actor,
    now: datetime,
) -> str:
    """Keeps the choice and returns the address of the provider's page for the card (C5, D5).

    The intention is written before the provider is asked; nothing is joined and nothing charged yet. The
    provider sends the person back to `return_url` with the intention's id as `?intention=`. Raises what
    `join` would, and CardsUnavailable.
    """
    with transaction.atomic():
        check_choice(account=account, level=level, months=months, terms_version=terms_version, by=by)
        intention = JoinIntention.objects.create(
            account=account,
            level=level,
            months=months,
            terms_version=terms_version,
            made_by_id=by.person_id,
            made_at=now,
        )
    url, session = billing.begin_card(
        reference=intention.public_id,
        return_url=f"{return_url}?intention={intention.public_id}",
        language=language,
    )
    JoinIntention.objects.filter(pk=intention.pk).update(card_session=session)
    return url


@transaction.atomic
def join_by_card(*, intention: JoinIntention, by: Actor, now: datetime) -> Membership:
    """Joins with the card that the provider's page saved; the same membership when asked again (C5, D5).

    Raises CardNotSaved when the page was left or the card refused, CardsUnavailable, and what `join` raises.
    """
    Account.objects.select_for_update().get(pk=intention.account_id)
    intention = JoinIntention.objects.select_related("account", "membership").get(pk=intention.pk)
    if intention.membership:
        return intention.membership
    intention.card = billing.save_card(
        account=intention.account, session=intention.card_session or "", by=by, now=now
    )
    intention.membership = join(
        account=intention.account,
        level=intention.level,
        months=intention.months,
        means=Means.CARD,
        card=intention.card,
        terms_version=intention.terms_version,
        by=by,
        now=now,
    )
    intention.save(update_fields=["card", "membership"])
    return intention.membership
