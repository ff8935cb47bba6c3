"""The states of a card charge."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChargeStatus(TextChoices):
    INTENDED = "intended", _("Being charged")
    SUCCEEDED = "succeeded", _("Charged")
    DECLINED = "declined", _("Declined")
    NEEDS_AUTHENTICATION = "needs_authentication", _("Needs the cardholder")
    WITHDRAWN = "withdrawn", _("Withdrawn")


CHARGE_TRANSITIONS: dict[str, set[str]] = {
    ChargeStatus.INTENDED: {
        ChargeStatus.SUCCEEDED,
        ChargeStatus.DECLINED,
        ChargeStatus.NEEDS_AUTHENTICATION,
    },
    ChargeStatus.SUCCEEDED: set(),
    ChargeStatus.DECLINED: set(),
    # Waits until the cardholder confirms or refuses on the provider's page, or it is paid in another way.
    ChargeStatus.NEEDS_AUTHENTICATION: {
        ChargeStatus.SUCCEEDED,
        ChargeStatus.DECLINED,
        ChargeStatus.WITHDRAWN,
    },
    ChargeStatus.WITHDRAWN: set(),
}
