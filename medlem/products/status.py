"""The states of a product, of a product of the former system, and of the claim to a former address."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProductStatus(TextChoices):
    INCOMPLETE = "incomplete", _("Needs details")
    COMPLETE = "complete", _("Complete")
    DISPUTED = "disputed", _("Being looked into")
    REMOVED = "removed", _("Removed")


PRODUCT_TRANSITIONS: dict[str, set[str]] = {
    ProductStatus.INCOMPLETE: {ProductStatus.COMPLETE, ProductStatus.DISPUTED, ProductStatus.REMOVED},
    ProductStatus.COMPLETE: {ProductStatus.INCOMPLETE, ProductStatus.DISPUTED, ProductStatus.REMOVED},
    ProductStatus.DISPUTED: {ProductStatus.INCOMPLETE, ProductStatus.COMPLETE, ProductStatus.REMOVED},
    # Only when a removal is undone.
    ProductStatus.REMOVED: {ProductStatus.INCOMPLETE, ProductStatus.DISPUTED},
}

HOLDING = (ProductStatus.INCOMPLETE, ProductStatus.COMPLETE)
"""States in which a product holds its serial number against other claims (B4)."""


class LegacyStatus(TextChoices):
    WAITING = "waiting", _("Waiting")
    MOVED = "moved", _("Moved")
    NOT_MOVED = "not_moved", _("Not moved")


LEGACY_TRANSITIONS: dict[str, set[str]] = {
    LegacyStatus.WAITING: {LegacyStatus.MOVED, LegacyStatus.NOT_MOVED},
    LegacyStatus.NOT_MOVED: set(),
    LegacyStatus.MOVED: set(),
}


class ClaimStatus(TextChoices):
    UNPROVEN = "unproven", _("Waiting for the mailed link")
    CONFIRMED = "confirmed", _("Confirmed")


CLAIM_TRANSITIONS: dict[str, set[str]] = {
    ClaimStatus.UNPROVEN: {ClaimStatus.CONFIRMED},
    ClaimStatus.CONFIRMED: set(),
}


class Gone(TextChoices):
    """Why a product was removed (B7, B8)."""

    MISTAKE = "mistake", _("Registered by mistake")
    SOLD = "sold", _("Sold")
    GIVEN = "given", _("Given to another account")
    SCRAPPED = "scrapped", _("Scrapped")


class Missing(TextChoices):
    """A product that its owner still has on paper only (B8)."""

    LOST = "lost", _("Lost")
    STOLEN = "stolen", _("Stolen")


class DisputeStatus(TextChoices):
    OPEN = "open", _("Being looked into")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


DISPUTE_TRANSITIONS: dict[str, set[str]] = {
    DisputeStatus.OPEN: {DisputeStatus.SETTLED, DisputeStatus.WITHDRAWN},
    DisputeStatus.SETTLED: set(),
    DisputeStatus.WITHDRAWN: set(),
}


class TransferStatus(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


TRANSFER_TRANSITIONS: dict[str, set[str]] = {
    TransferStatus.OFFERED: {
        TransferStatus.ACCEPTED,
        TransferStatus.DECLINED,
        TransferStatus.WITHDRAWN,
        TransferStatus.EXPIRED,
    },
    TransferStatus.ACCEPTED: set(),
    TransferStatus.DECLINED: set(),
    TransferStatus.WITHDRAWN: set(),
    TransferStatus.EXPIRED: set(),
}


class ImportStatus(TextChoices):
    """An import of many products: looked at first, run by the worker then (B5)."""

    PREVIEW = "preview", _("To be checked")
    RUNNING = "running", _("Being taken in")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


IMPORT_TRANSITIONS: dict[str, set[str]] = {
    ImportStatus.PREVIEW: {ImportStatus.RUNNING, ImportStatus.STOPPED},
    ImportStatus.RUNNING: {ImportStatus.DONE, ImportStatus.STOPPED},
    ImportStatus.DONE: set(),
    ImportStatus.STOPPED: {ImportStatus.RUNNING},
}


class MigrationStatus(TextChoices):
    """A migration goes on until nothing is left, or until somebody stops it (B6)."""

    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


MIGRATION_TRANSITIONS: dict[str, set[str]] = {
    MigrationStatus.RUNNING: {MigrationStatus.DONE, MigrationStatus.STOPPED},
    MigrationStatus.DONE: set(),
    MigrationStatus.STOPPED: set(),
}
