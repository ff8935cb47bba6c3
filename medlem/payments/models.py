"""Money arriving: card charges and bank payments (section D)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from medlem.billing.models import Invoice, LedgerEntry, SavedCard
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from medlem.events.models import AppendOnly
from medlem.payments.status import CHARGE_TRANSITIONS, ChargeStatus


class CardCharge(models.Model):
    """One attempt to charge a card for an invoice. Written as an intention before the provider is asked (D5).

    Its outside id is the idempotency key: asked again after a crash, the provider answers what it did.
    """

    TRANSITIONS = CHARGE_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="charges")
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="charges")
    attempt = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=ChargeStatus, default=ChargeStatus.INTENDED)
    intended_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    # When somebody last went to the provider's page to confirm it: from then on it is asked about.
    confirming_at = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = "card charge"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "attempt"], name="charge_attempt_once"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(
                    status__in=[
                        ChargeStatus.INTENDED,
                        ChargeStatus.NEEDS_AUTHENTICATION,
                        ChargeStatus.SUCCEEDED,
                    ]
                ),
                name="one_charge_under_way_or_done",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt}: {self.status}"


class BankPayment(models.Model):
    """A bank transfer that finance entered by hand. Taken back, its entry is reversed and both stay."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="bank_payment")
    received_on = models.DateField()
    bank_reference = models.CharField(max_length=60)
    entered_by_id = models.UUIDField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bank_reference", "received_on"],
                condition=Q(taken_back_at=None),
                name="bank_payment_entered_once",
            )
        ]

    def __str__(self) -> str:
        return self.bank_reference

    @property
    def amount(self) -> Money:
        """What came in; the ledger has it with the sign of what is paid."""
        return -self.entry.amount


class Reminder(models.Model):
    """A reminder of an unpaid invoice that was sent: one step of the schedule in force (D6)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    after_due_days = models.PositiveSmallIntegerField()
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    # What was still to be paid, the fee of this reminder included; most schedules have none.
    open_minor = models.BigIntegerField()
    fee = models.OneToOneField(LedgerEntry, null=True, on_delete=models.PROTECT, related_name="reminder")

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["after_due_days"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "after_due_days"], name="reminder_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.after_due_days} days after the due date"
