"""Points, the invitation, memberships and their terms (B7, C1 to C8)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from medlem.accounts.models import Account
from medlem.billing.models import Invoice, SavedCard
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from medlem.events.models import AppendOnly
from medlem.memberships.status import LIVE, MEMBERSHIP_TRANSITIONS, MembershipStatus, PointsKind


class PointsBalance(models.Model):
    """An account's points, kept beside the ledger in the same transaction; `doctor` compares the two."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="points")
    total = models.IntegerField(default=0)

    def __str__(self) -> str:
        return str(self.total)


class PointsEntry(models.Model):
    """One entry of the append-only points ledger: which product, how many, by which rule, when (B7)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="points_entries")
    kind = models.CharField(max_length=10, choices=PointsKind)
    points = models.IntegerField()
    product_id = models.UUIDField(null=True, db_index=True)
    product_name = models.CharField(max_length=120, blank=True)
    value_from_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind=PointsKind.ALLOCATED, points__gte=0, reverses=None, product_id__isnull=False)
                    | Q(kind=PointsKind.WITHDRAWN, points__lte=0, reverses__isnull=False)
                    | (Q(kind=PointsKind.ADJUSTED, reverses=None) & ~Q(reason=""))
                ),
                name="points_entry_is_of_its_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.product_name}"


class Invitation(models.Model):
    """The invitation to the programme: once an account (C1)."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="invitation")
    points = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invited at {self.points}"


class Membership(models.Model):
    """A business in the programme, under a number that is always new (C5)."""

    TRANSITIONS = MEMBERSHIP_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    number = models.CharField(max_length=12, unique=True)
    former_number = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=10, choices=MembershipStatus, default=MembershipStatus.ACTIVE)
    joined_at = models.DateTimeField()
    suspended_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        verbose_name = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(status__in=LIVE), name="one_live_membership_an_account"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Term(models.Model):
    """A paid period at one level; the half-open period ends on the day on which the next may start."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="terms")
    level = models.CharField(max_length=30)
    months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    points_at_start = models.PositiveIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    terms_version = models.CharField(max_length=20)
    accepted_by_id = models.UUIDField()
    accepted_at = models.DateTimeField()
    invoice = models.OneToOneField(Invoice, null=True, on_delete=models.PROTECT, related_name="term")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_has_length"),
            models.UniqueConstraint(fields=["membership", "starts_on"], name="term_starts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.starts_on} to {self.ends_on}"

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def valid_to(self) -> date:
        """The last day of the period, as people say it."""
        return self.ends_on - timedelta(days=1)

    def runs_on(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on


class RenewalReminder(models.Model):
    """A reminder that a term ends, sent so many days before (C7)."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="renewal_reminders")
    days_before = models.PositiveSmallIntegerField()
    sent_on = models.DateField()

    objects = AppendOnly.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "days_before"], name="renewal_reminded_once")]

    def __str__(self) -> str:
        return f"{self.days_before} days before"


class JoinIntention(models.Model):
    """A choice that waits for the card provider's page: what is joined, or which term is followed by another
    (`renews`), when the card comes back (C5, C7, D5)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="join_intentions")
    level = models.CharField(max_length=30)
    months = models.PositiveSmallIntegerField()
    terms_version = models.CharField(max_length=20)
    card_session = models.CharField(max_length=120, unique=True, null=True)
    made_by_id = models.UUIDField()
    made_at = models.DateTimeField()
    card = models.ForeignKey(SavedCard, null=True, on_delete=models.PROTECT)
    membership = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT)
    renews = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="renewal_intentions")

    def __str__(self) -> str:
        return f"{self.level} for {self.months} months"
