"""Invoices, their lines and ledger, the number series, and the cards that may be charged (D2, D3, D7).

Sums are whole minor units of the invoice's currency. An issued invoice is never changed: only its status
moves, and every sum that comes in or is reversed is a row of the ledger.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from medlem.accounts.models import Account
from medlem.billing.rules import readable_account
from medlem.billing.status import INVOICE_TRANSITIONS, EntryKind, InvoiceStatus, Means
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from medlem.events.models import AppendOnly


class InvoiceSeries(models.Model):
    """The unbroken series of invoice numbers; the next one is taken under this row's lock (D3)."""

    name = models.CharField(max_length=20, unique=True)
    next = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.next}"


class SavedCard(models.Model):
    """A card that the business let us charge on due dates. Its number is with the provider, never here (D5)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cards")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires_month = models.PositiveSmallIntegerField()
    expires_year = models.PositiveSmallIntegerField()
    saved_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(replaced_at=None), name="one_current_card_an_account"
            ),
            models.UniqueConstraint(fields=["provider", "reference"], name="card_saved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4}"


class Invoice(models.Model):
    """An issued invoice, with buyer and seller as they were at issue."""

    TRANSITIONS = INVOICE_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices")
    series = models.CharField(max_length=20)
    number = models.PositiveBigIntegerField()
    status = models.CharField(max_length=10, choices=InvoiceStatus, default=InvoiceStatus.OPEN)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    means = models.CharField(max_length=5, choices=Means)
    card = models.ForeignKey(SavedCard, null=True, on_delete=models.PROTECT, related_name="invoices")
    kid = models.CharField(max_length=25, unique=True)
    language = models.CharField(max_length=5)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    seller = models.JSONField()
    buyer = models.JSONField()
    subject_id = models.UUIDField(unique=True)
    pdf = models.CharField(max_length=60, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("vat_minor")), name="invoice_sums_agree"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"),
            models.CheckConstraint(
                condition=Q(means=Means.BANK, card=None) | Q(means=Means.CARD, card__isnull=False),
                name="invoice_by_card_has_card",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(status=InvoiceStatus.OPEN), name="invoice_open_due"),
            models.Index(fields=["issued_at"], condition=Q(sent_at=None), name="invoice_unsent"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.currency)

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def bank_account(self) -> str:
        """The seller's account, as people of his country write its number."""
        return readable_account(self.seller["bank_account"], country=self.seller["country"])

    def is_overdue(self, today: date) -> bool:
        return self.status == InvoiceStatus.OPEN and self.due_on < today


class InvoiceLine(models.Model):
    """What was sold: one membership term a line, with its period."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    net_minor = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    vat_minor = models.BigIntegerField()

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once")
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def last_day(self) -> date:
        """The last day of the period, as people say it."""
        return self.ends_on - timedelta(days=1)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.invoice.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.invoice.currency)


class LedgerEntry(models.Model):
    """One movement of an invoice's balance; the balance is their sum, zero when settled (D7)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=15, choices=EntryKind)
    amount_minor = models.BigIntegerField()
    on = models.DateField()
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.invoice.currency)
