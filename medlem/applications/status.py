"""The states of an application (A6), and the outcomes of its checks (A7)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ApplicationStatus(TextChoices):
    DRAFT = "draft", _("Not sent yet")
    RECEIVED = "received", _("Received")
    VALIDATING = "validating", _("Being validated")
    MORE_WANTED = "more_wanted", _("More information wanted")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


APPLICATION_TRANSITIONS: dict[str, set[str]] = {
    ApplicationStatus.DRAFT: {ApplicationStatus.RECEIVED},
    ApplicationStatus.RECEIVED: {ApplicationStatus.VALIDATING, ApplicationStatus.APPROVED},
    ApplicationStatus.VALIDATING: {
        ApplicationStatus.MORE_WANTED,
        ApplicationStatus.APPROVED,
        ApplicationStatus.DECLINED,
    },
    ApplicationStatus.MORE_WANTED: {ApplicationStatus.VALIDATING, ApplicationStatus.DECLINED},
    ApplicationStatus.APPROVED: set(),
    ApplicationStatus.DECLINED: set(),
}


class Outcome(TextChoices):
    """What a check came to."""

    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")
    UNCLEAR = "unclear", _("Unclear")
    COULD_NOT_RUN = "could_not_run", _("Could not run")


class Verdict(TextChoices):
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
