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


class Reading(TextChoices):
    """How far a document was read (A4). A text layer is read on the spot; pictures wait for the worker."""

    WAITING = "waiting", _("Being read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("A person looks")


class RegisterName(TextChoices):
    """The registers that can be asked about a number (A7)."""

    BRREG = "brreg", _("Register of business entities")
    VIES = "vies", "VIES"
    HMRC = "hmrc", "HMRC"


class RegisterState(TextChoices):
    """What asking a register came to: *no* is an answer, *could not be asked* is none (A7)."""

    ANSWERED = "answered", _("Answered")
    NOT_FOUND = "not_found", _("No such number")
    UNAVAILABLE = "unavailable", _("Could not be asked")
    NO_REGISTER = "no_register", _("No register to ask")


class Verdict(TextChoices):
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
