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
    ProductStatus.REMOVED: set(),
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
