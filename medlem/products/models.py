"""The catalogue, what a business owns, and what it owned in the former system (section B)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.identifiers import uuid7
from medlem.products.status import (
    CLAIM_TRANSITIONS,
    HOLDING,
    LEGACY_TRANSITIONS,
    PRODUCT_TRANSITIONS,
    ClaimStatus,
    LegacyStatus,
    ProductStatus,
)


class ProductModel(models.Model):
    """A model of the catalogue, such as "EOS R5 Mark II"; its points stand in ModelPoints."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    brand = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    ean = models.CharField(max_length=13, blank=True, db_index=True)
    serial_hint = models.CharField(max_length=60, blank=True)
    former_names = models.JSONField(default=list)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ModelPoints(models.Model):
    """What a model is worth from a day on (B7). Values that were in force are never changed."""

    model = models.ForeignKey(ProductModel, on_delete=models.CASCADE, related_name="points")
    points = models.PositiveIntegerField()
    from_on = models.DateField()

    class Meta:
        ordering = ["from_on"]
        constraints = [models.UniqueConstraint(fields=["model", "from_on"], name="model_points_once_a_day")]

    def __str__(self) -> str:
        return f"{self.points} from {self.from_on}"


class ProductQuerySet(models.QuerySet["Product"]):
    def of(self, account: Account) -> ProductQuerySet:
        """What the account owns or claims; removed products are history, not property."""
        return self.filter(account=account).exclude(status=ProductStatus.REMOVED)


class Product(models.Model):
    """One piece of equipment of one account. May be saved incomplete (B2)."""

    TRANSITIONS = PRODUCT_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="products")
    model = models.ForeignKey(ProductModel, on_delete=models.PROTECT, related_name="products")
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.INCOMPLETE)
    serial_number = models.CharField(_("Serial number"), max_length=20, blank=True)
    purchased_on = models.DateField(_("Purchase date"), null=True, blank=True)
    purchased_on_estimated = models.BooleanField(default=False)
    purchase_country = models.CharField(_("Country of purchase"), max_length=2, blank=True)
    purchase_country_estimated = models.BooleanField(default=False)
    dealer = models.CharField(_("Dealer"), max_length=120, blank=True)
    dealer_estimated = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = "product"
        constraints = [
            # B4: the same serial number of the same model is active in one account only.
            models.UniqueConstraint(
                fields=["model", "serial_number"],
                condition=Q(status__in=HOLDING) & ~Q(serial_number=""),
                name="serial_number_held_once",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProductStatus.COMPLETE)
                | (
                    ~Q(serial_number="")
                    & Q(purchased_on__isnull=False, completed_at__isnull=False)
                    & ~Q(purchase_country="")
                    & ~Q(dealer="")
                ),
                name="complete_product_has_its_details",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "status"], name="product_account_status"),
            models.Index(fields=["serial_number"], name="product_serial_number"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.serial_number}".strip()


class LegacyMember(models.Model):
    """A member of the former system, known by e-mail address."""

    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=30, blank=True)
    level = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="legacy_member_email_once")]

    def __str__(self) -> str:
        return self.number or self.name


class LegacyProduct(models.Model):
    """A product of the former system, waiting to be migrated exactly once (B6)."""

    TRANSITIONS = LEGACY_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey(LegacyMember, on_delete=models.CASCADE, related_name="products")
    reference = models.CharField(max_length=60, unique=True)
    model_name = models.CharField(max_length=120)
    serial_number = models.CharField(max_length=40, blank=True)
    purchased_on = models.DateField(null=True)
    purchase_country = models.CharField(max_length=2, blank=True)
    dealer = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=LegacyStatus, default=LegacyStatus.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    product = models.OneToOneField(Product, null=True, on_delete=models.PROTECT, related_name="legacy")

    class Meta:
        verbose_name = "former product"
        constraints = [
            models.CheckConstraint(
                condition=Q(status=LegacyStatus.MOVED, product__isnull=False)
                | (~Q(status=LegacyStatus.MOVED) & Q(product=None)),
                name="moved_legacy_product_has_product",
            )
        ]

    def __str__(self) -> str:
        return self.model_name


class LegacyClaim(models.Model):
    """An account says that a former address was its own; proven by a mailed link or by staff (A5)."""

    TRANSITIONS = CLAIM_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="legacy_claims")
    email = models.EmailField()
    status = models.CharField(max_length=10, choices=ClaimStatus, default=ClaimStatus.UNPROVEN)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "claim to a former address"
        constraints = [
            models.UniqueConstraint(Lower("email"), "account", name="former_address_claimed_once_an_account"),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(status=ClaimStatus.CONFIRMED),
                name="former_address_confirmed_for_one_account",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Migration(models.Model):
    """One press of MIGRATE PRODUCTS, and its report (B6)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="migrations")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"migration of {self.started_at:%Y-%m-%d %H:%M}"


class MigratedProduct(models.Model):
    """What one migration did with one former product: a row of the report."""

    migration = models.ForeignKey(Migration, on_delete=models.CASCADE, related_name="rows")
    legacy = models.ForeignKey(LegacyProduct, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=20)
    missing = models.JSONField(default=list)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["migration", "legacy"], name="legacy_product_once_a_migration")
        ]

    def __str__(self) -> str:
        return f"{self.legacy}: {self.outcome}"


def points_on(model: ProductModel, day: date) -> int:
    """The model's points in force on a day, from its prefetched values; 0 before the first (B7)."""
    in_force = [value for value in model.points.all() if value.from_on <= day]
    return max(in_force, key=lambda value: value.from_on).points if in_force else 0
