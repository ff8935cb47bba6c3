"""The catalogue, what a business owns, and what it owned in the former system (section B)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.identifiers import uuid7
from medlem.products.endings import Ending
from medlem.products.status import (
    CLAIM_TRANSITIONS,
    DISPUTE_TRANSITIONS,
    HOLDING,
    IMPORT_TRANSITIONS,
    LEGACY_TRANSITIONS,
    MIGRATION_TRANSITIONS,
    PRODUCT_TRANSITIONS,
    TRANSFER_TRANSITIONS,
    ClaimStatus,
    DisputeStatus,
    Gone,
    ImportStatus,
    LegacyStatus,
    MigrationStatus,
    Missing,
    ProductStatus,
    TransferStatus,
)


class ProductModel(models.Model):
    """A model of the catalogue, such as "EOS R5 Mark II"; its points stand in ModelPoints."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    brand = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    ean = models.CharField(max_length=13, blank=True, db_index=True)
    serial_hint = models.CharField(max_length=60, blank=True)
    # Other names that mean it: those of the former system's lists, and those that cameras write into pictures.
    former_names = models.JSONField(default=list)
    # The last day on which its products count; after it the tick withdraws their points (B7).
    qualifies_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def qualifies_on(self, day: date) -> bool:
        """Whether its qualifying life lasts to that day (B7)."""
        return self.qualifies_until is None or day <= self.qualifies_until


class ModelPointsQuerySet(models.QuerySet["ModelPoints"]):
    def in_force(self, day: date) -> ModelPointsQuerySet:
        """The values that may count on that day, for each model the one in force first; none after its
        qualifying life (B7)."""
        lasting = Q(model__qualifies_until=None) | Q(model__qualifies_until__gte=day)
        return self.filter(lasting, from_on__lte=day).order_by("-from_on")


class ModelPoints(models.Model):
    """What a model is worth from a day on (B7). Values that were in force are never changed."""

    model = models.ForeignKey(ProductModel, on_delete=models.CASCADE, related_name="points")
    points = models.PositiveIntegerField()
    from_on = models.DateField()

    objects = ModelPointsQuerySet.as_manager()

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
    removed_as = models.CharField(max_length=10, choices=Gone, blank=True)
    # Lost or stolen: still the account's, still counted; staff who look the serial number up are told (B8).
    missing_as = models.CharField(max_length=10, choices=Missing, blank=True)
    missing_since_on = models.DateField(null=True)
    missing_note = models.CharField(max_length=200, blank=True)

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
            models.Index(Ending("serial_number"), name="product_serial_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.serial_number}".strip()


class Dispute(models.Model):
    """Two accounts say that one piece of equipment is theirs; support settles it on what both show (B4)."""

    TRANSITIONS = DISPUTE_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="disputes")
    holder = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="disputes_held")
    serial_number = models.CharField(max_length=20, db_index=True)
    status = models.CharField(max_length=10, choices=DisputeStatus, default=DisputeStatus.OPEN)
    opened_at = models.DateTimeField()
    holder_asked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)
    # The product to which the serial number was given.
    settled_for = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(status=DisputeStatus.OPEN), name="one_open_dispute_a_product"
            ),
            models.CheckConstraint(
                condition=~Q(status=DisputeStatus.SETTLED)
                | (
                    Q(settled_at__isnull=False, settled_by_id__isnull=False, settled_for__isnull=False)
                    & ~Q(reason="")
                ),
                name="settled_dispute_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial_number}: {self.status}"


class DisputeStatement(models.Model):
    """What one side says of its product, with a receipt where it has one."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    author_id = models.UUIDField()
    text = models.TextField(max_length=2000, blank=True)
    stored_as = models.CharField(max_length=60, blank=True)
    filename = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=5, blank=True)
    pages = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class Transfer(models.Model):
    """A product offered to another account; on acceptance it and its points change hands (B8)."""

    TRANSITIONS = TRANSFER_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="transfers")
    # The product that the receiver has of it since.
    received_as = models.OneToOneField(
        Product, null=True, on_delete=models.PROTECT, related_name="received_by"
    )
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_offered")
    status = models.CharField(max_length=10, choices=TransferStatus, default=TransferStatus.OFFERED)
    # The serial number as it was offered: what becomes of the product later is not the receiver's to see.
    serial_number = models.CharField(max_length=20, blank=True)
    message = models.CharField(max_length=300, blank=True)
    offered_by_id = models.UUIDField()
    offered_at = models.DateTimeField()
    expires_on = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-offered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status=TransferStatus.OFFERED),
                name="one_open_offer_a_product",
            ),
            models.CheckConstraint(
                condition=~Q(status=TransferStatus.ACCEPTED)
                | Q(received_as__isnull=False, answered_at__isnull=False),
                name="accepted_transfer_has_its_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.status}"

    def is_open_on(self, day: date) -> bool:
        """Whether it can be answered on that day."""
        return self.status == TransferStatus.OFFERED and day <= self.expires_on


class ProductImport(models.Model):
    """Many products at once, from a file or a paste: what each row will do, then what it did (B5)."""

    TRANSITIONS = IMPORT_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="imports")
    filename = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.PREVIEW)
    # The first line as it stands in the file (empty without heading), and which column is what.
    heading = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    # What holds for rows that do not say it: country, dealer, and which number of a day is the day.
    defaults = models.JSONField(default=dict)
    # What the rows that would be complete bring, at the values of the day on which they were looked at.
    points = models.PositiveIntegerField(default=0)
    made_by_id = models.UUIDField()
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "import"
        indexes = [models.Index(fields=["status"], name="product_import_status")]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """One line of an import: its cells as they came, what is to become of it, and what became of it."""

    product_import = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    outcome = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["product_import", "line"], name="import_line_once"),
        ]
        indexes = [models.Index(fields=["product_import", "outcome"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.outcome}"


class PhotoBatch(models.Model):
    """Pictures dropped together, and what was read from them, until it is confirmed (B5)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="photo_batches")
    made_by_id = models.UUIDField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"photos of {self.made_at:%Y-%m-%d %H:%M}"


class Photo(models.Model):
    """What one picture says of the equipment that took it. The picture itself is not kept."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    batch = models.ForeignKey(PhotoBatch, on_delete=models.CASCADE, related_name="photos")
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="photo_once_a_batch")]

    def __str__(self) -> str:
        return self.filename


class BulkChange(models.Model):
    """One change to many products at once, with what stood there before, so that it can be undone."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=20)
    before = models.JSONField()
    after = models.JSONField()
    made_by_id = models.UUIDField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.before)}"


class QualifyingNotice(models.Model):
    """An account was told until which day a model counts: once for each (B7)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="qualifying_notices")
    model = models.ForeignKey(ProductModel, on_delete=models.CASCADE, related_name="+")
    ends_on = models.DateField()
    products = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "model", "ends_on"], name="qualifying_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} until {self.ends_on}"


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

    TRANSITIONS = MIGRATION_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="migrations")
    status = models.CharField(max_length=10, choices=MigrationStatus, default=MigrationStatus.RUNNING)
    # Somebody asked it to stop; it does between two pieces of work.
    stop_asked_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    started_by_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "migration"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(status=MigrationStatus.RUNNING),
                name="one_migration_under_way",
            )
        ]

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
    """The model's points in force on a day, from its prefetched values; 0 before the first, and after its
    qualifying life (B7)."""
    in_force = [value for value in model.points.all() if value.from_on <= day]
    if not in_force or not model.qualifies_on(day):
        return 0
    return max(in_force, key=lambda value: value.from_on).points
