"""The states of a business account."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccountStatus(TextChoices):
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


ACCOUNT_TRANSITIONS: dict[str, set[str]] = {
    AccountStatus.ACTIVE: {AccountStatus.CLOSED},
    AccountStatus.CLOSED: {AccountStatus.ACTIVE},
}


class MemberRole(TextChoices):
    """What somebody may do for the business; the super user may bind it."""

    SUPER_USER = "super_user", _("Super user")
    MEMBER = "member", _("Member of staff")


class Role(TextChoices):
    """What a person may do at the manufacturer."""

    VALIDATOR = "validator", _("Validator")
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    MANAGER = "manager", _("Programme manager")
    ADMIN = "admin", _("Administrator")
