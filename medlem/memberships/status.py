"""The states of a membership, and the kinds of entry in the points ledger."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MembershipStatus(TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


MEMBERSHIP_TRANSITIONS: dict[str, set[str]] = {
    MembershipStatus.ACTIVE: {MembershipStatus.SUSPENDED, MembershipStatus.ENDED},
    MembershipStatus.SUSPENDED: {MembershipStatus.ACTIVE, MembershipStatus.ENDED},
    MembershipStatus.ENDED: set(),
}

LIVE = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED)


class PointsKind(TextChoices):
    """Why points came or went (B7)."""

    ALLOCATED = "allocated", _("Allocated")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ADJUSTED = "adjusted", _("Adjusted by staff")
