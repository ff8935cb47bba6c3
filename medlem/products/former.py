"""Reads of the former membership: claims to its addresses, what waits to be migrated, and the reports (A5, B6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from medlem.accounts.models import Account
from medlem.core import links
from medlem.products.models import LegacyClaim, LegacyMember, LegacyProduct, MigratedProduct, Migration
from medlem.products.queries import names_of_models
from medlem.products.rules import MigrationOutcome, model_called
from medlem.products.status import ClaimStatus, LegacyStatus, MigrationStatus


def members_of(claims: QuerySet[LegacyClaim]) -> QuerySet[LegacyMember]:
    """The members of the former system whose addresses are claimed; claims keep them in small letters."""
    return LegacyMember.objects.alias(lowered=Lower("email")).filter(lowered__in=claims.values("email"))


def claims_of(account: Account) -> QuerySet[LegacyClaim]:
    """The former addresses that the account gave, or that support linked (A5)."""
    return LegacyClaim.objects.filter(account=account).order_by("id")


def claim_by_link(token: str) -> LegacyClaim | None:
    """The claim to a former address that a mailed link proves (A5)."""
    public_id = links.read("former-email", token)
    if public_id is None:
        return None
    return LegacyClaim.objects.select_related("account").filter(public_id=public_id).first()


def others_claiming(account: Account, email: str) -> list[LegacyClaim]:
    """Claims of other accounts to the same former address that were not proven, the oldest first (A5)."""
    same = LegacyClaim.objects.alias(lowered=Lower("email")).filter(
        lowered=email.casefold(), status=ClaimStatus.UNPROVEN
    )
    return list(same.exclude(account=account).select_related("account").order_by("made_at", "id"))


def holder_of_address(email: str) -> LegacyClaim | None:
    """The claim that was confirmed for a former address, with its account (A5)."""
    same = LegacyClaim.objects.alias(lowered=Lower("email")).filter(lowered=email.casefold())
    return same.filter(status=ClaimStatus.CONFIRMED).select_related("account").first()


def taken_among(claims: Iterable[LegacyClaim]) -> dict[int, LegacyClaim]:
    """Which of these claims cannot be proven any more, by their keys: the claim of another account that was
    confirmed for the address (A5)."""
    waiting = [claim for claim in claims if claim.status == ClaimStatus.UNPROVEN]
    if not waiting:
        return {}
    confirmed = (
        LegacyClaim.objects.alias(lowered=Lower("email"))
        .filter(lowered__in={claim.email.casefold() for claim in waiting}, status=ClaimStatus.CONFIRMED)
        .select_related("account")
    )
    by_email = {claim.email.casefold(): claim for claim in confirmed}
    found = {claim.pk: by_email.get(claim.email.casefold()) for claim in waiting}
    return {key: claim for key, claim in found.items() if claim}


LIKELY = 2_000
"""So many addresses are compared with one that nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAddress:
    """What support should know before linking an address: what stands under it, and who else gave it (A5, B6).

    `alike` are addresses of the former system that look like one that it does not know.
    """

    email: str
    waiting: int
    migrated: int
    alike: list[str]
    others: list[LegacyClaim]

    @property
    def products(self) -> int:
        return self.waiting + self.migrated


def about_address(account: Account, email: str) -> FormerAddress:
    """All about a former address that is to be linked to an account (A5, B6)."""
    email = email.strip().casefold()
    products = LegacyProduct.objects.filter(member__in=_members_at(email).values("pk"))
    waiting = products.filter(status=LegacyStatus.WAITING).count()
    counted = products.count()
    return FormerAddress(
        email=email,
        waiting=waiting,
        migrated=counted - waiting,
        alike=[] if counted else _alike(email),
        others=others_claiming(account, email),
    )


def _members_at(email: str) -> QuerySet[LegacyMember]:
    return LegacyMember.objects.alias(lowered=Lower("email")).filter(lowered=email)


def _alike(email: str) -> list[str]:
    """Addresses with products that look like it: they begin alike, or end alike."""
    name, _at, domain = email.partition("@")
    having = LegacyMember.objects.filter(Exists(LegacyProduct.objects.filter(member=OuterRef("pk"))))
    likely: set[str] = set()
    for part in (Q(email__istartswith=name[:3]), Q(email__iendswith=f"@{domain}")):
        likely.update(having.filter(part).values_list("email", flat=True)[:LIKELY])
    likely.discard(email)
    return get_close_matches(email, sorted(likely), n=3, cutoff=0.75)


# --- what waits (B6) -------------------------------------------------------------------------------


def waiting_for(account: Account) -> QuerySet[LegacyProduct]:
    """Former products of the account's confirmed addresses that were not moved yet, oldest first."""
    claims = LegacyClaim.objects.filter(account=account, status=ClaimStatus.CONFIRMED)
    members = list(members_of(claims).values_list("pk", flat=True))
    return LegacyProduct.objects.filter(member__in=members, status=LegacyStatus.WAITING).order_by("id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many former products wait: to be migrated, and for us to know their model."""

    known: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.known + self.unknown


def waiting_of(account: Account) -> Waiting:
    """What waits for the account, by whether it could be migrated now (B6)."""
    counted = waiting_for(account).order_by("model_name").values_list("model_name").annotate(Count("pk"))
    rows = dict(counted)
    names = names_of_models() if rows else {}
    known = sum(count for name, count in rows.items() if model_called(name, names))
    return Waiting(known=known, unknown=sum(rows.values()) - known)


class MigrationState(StrEnum):
    """Why the blue button is there, or is not (B6)."""

    READY = "ready"
    RUNNING = "running"
    UNKNOWN = "unknown"
    DONE = "done"
    UNPROVEN = "unproven"
    TAKEN = "taken"
    NOT_GIVEN = "not_given"


@dataclass(frozen=True, slots=True)
class MigrationOffer:
    """What My products says at its right about the former membership (B6).

    `waiting` can be migrated now; of the `unknown` ones we do not know the model yet, so they wait for support.
    `taken_email` was given by this account and confirmed for another one.
    """

    state: MigrationState
    waiting: int
    unknown: int
    unproven_email: str
    taken_email: str = ""


def migration_offer(account: Account) -> MigrationOffer:
    """Whether MIGRATE PRODUCTS is there: while something of a confirmed former address can be moved (B6)."""
    claims = list(claims_of(account))
    confirmed = any(claim.status == ClaimStatus.CONFIRMED for claim in claims)
    taken = taken_among(claims)
    unproven = [claim for claim in claims if claim.status == ClaimStatus.UNPROVEN]
    open_ones = [claim.email for claim in unproven if claim.pk not in taken]
    waiting = waiting_of(account) if confirmed else Waiting()
    if confirmed and running_migration(account):
        state = MigrationState.RUNNING
    elif waiting.known:
        state = MigrationState.READY
    elif waiting.unknown:
        state = MigrationState.UNKNOWN
    elif confirmed:
        state = MigrationState.DONE
    elif open_ones:
        state = MigrationState.UNPROVEN
    else:
        state = MigrationState.TAKEN if claims else MigrationState.NOT_GIVEN
    return MigrationOffer(
        state=state,
        waiting=waiting.known,
        unknown=waiting.unknown,
        unproven_email=next(iter(open_ones), ""),
        taken_email=next((claim.email for claim in claims if claim.pk in taken), ""),
    )


# --- migrations and their reports (B6) -----------------------------------------------------------------


def running_migration(account: Account) -> Migration | None:
    """The account's migration that is under way."""
    return Migration.objects.filter(account=account, status=MigrationStatus.RUNNING).first()


def migrations_to_go_on() -> list[int]:
    """Migrations that are under way; of a worker that was killed, or of one that is at it."""
    running = Migration.objects.filter(status=MigrationStatus.RUNNING)
    return list(running.order_by("id").values_list("pk", flat=True))


def migration_of(account: Account, public_id: UUID) -> Migration | None:
    """One of the account's migrations."""
    return Migration.objects.filter(account=account, public_id=public_id).first()


def last_migration(account: Account) -> Migration | None:
    """The account's latest migration."""
    return Migration.objects.filter(account=account).order_by("-id").first()


def outcomes_of(migration: Migration) -> dict[str, int]:
    """How many former products came to which outcome (B6)."""
    counted = migration.rows.order_by("outcome").values_list("outcome").annotate(rows=Count("pk"))
    return dict(counted)


def missing_in(migration: Migration) -> dict[str, int]:
    """How many of the moved products lack which detail (B3, B6)."""
    incomplete = migration.rows.filter(outcome=MigrationOutcome.INCOMPLETE)
    return dict(Counter(name for missing in incomplete.values_list("missing", flat=True) for name in missing))


def report_of(migration: Migration) -> QuerySet[MigratedProduct]:
    """The rows of a migration's report, what needs somebody first: not moved, disputed, incomplete, moved (B6)."""
    order = [
        MigrationOutcome.UNKNOWN_MODEL,
        MigrationOutcome.DUPLICATE,
        MigrationOutcome.DISPUTED,
        MigrationOutcome.INCOMPLETE,
    ]
    places = [When(outcome=outcome, then=Value(place)) for place, outcome in enumerate(order)]
    return migration.rows.select_related("legacy", "product__model").order_by(
        Case(*places, default=Value(len(order)), output_field=IntegerField()), "id"
    )


def former_numbers_to_note() -> list[tuple[Account, str]]:
    """Accounts that proved a former address before its member was known to us, with the member's number (C5)."""
    claims = LegacyClaim.objects.filter(
        status=ClaimStatus.CONFIRMED, account__former_member_number=""
    ).select_related("account")
    by_email = {claim.email: claim.account for claim in claims.order_by("-id")}
    members = members_of(claims).exclude(number="").order_by("id")
    return [(by_email[member.email.casefold()], member.number) for member in members]
