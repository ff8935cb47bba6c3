"""The states of a card charge."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChargeStatus(TextChoices):
    INTENDED = "intended", _("Being charged")
    SUCCEEDED = "succeeded", _("Charged")
    DECLINED = "declined", _("Declined")
    NEEDS_AUTHENTICATION = "needs_authentication", _("Needs the cardholder")


CHARGE_TRANSITIONS: dict[str, set[str]] = {
    ChargeStatus.INTENDED: {
        ChargeStatus.SUCCEEDED,
        ChargeStatus.DECLINED,
        ChargeStatus.NEEDS_AUTHENTICATION,
    },
    ChargeStatus.SUCCEEDED: set(),
    ChargeStatus.DECLINED: set(),
    ChargeStatus.NEEDS_AUTHENTICATION: set(),
}
