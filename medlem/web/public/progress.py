"""How far an application has come, as stages and as a history in words (A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from medlem.applications.models import Application
from medlem.applications.status import ApplicationStatus as Status
from medlem.programme import current
from medlem.web.templatetags.medlem import stamp


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the three places that an application comes through."""

    label: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `who` is empty for what medlem did by itself, `text` what was written."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    state: str = ""


def stages_of(application: Application) -> list[Stage]:
    """Received, being validated, account ready; where it stopped or went wrong is marked."""
    zone = current().country(application.country).timezone
    received = Stage(_("Received"), "done", stamp(application.sent_at, zone))
    ready, validated = _("Account ready"), _("Validated")
    match application.status:
        case Status.MORE_WANTED:
            middle, last = (
                Stage(_("More information wanted"), "needs", _("We wait for you")),
                Stage(ready, "to-come"),
            )
        case Status.APPROVED:
            middle, last = (
                Stage(validated, "done"),
                Stage(ready, "done", stamp(application.decision.at, zone)),
            )
        case Status.DECLINED if application.decision.automatic:
            middle, last = (
                Stage(_("Not answered"), "needs"),
                Stage(_("Closed"), "refused", stamp(application.decision.at, zone)),
            )
        case Status.DECLINED:
            middle, last = (
                Stage(validated, "done"),
                Stage(_("Declined"), "refused", stamp(application.decision.at, zone)),
            )
        case _:
            middle, last = (
                Stage(_("Being validated"), "current", _("You wait for us")),
                Stage(ready, "to-come"),
            )
    return [received, middle, last]


def history_of(application: Application) -> list[Entry]:
    """What happened and what was written, the newest first."""
    assert application.sent_at  # a draft has no status page
    you, we = _("You"), _("Validation")
    entries = [Entry(application.sent_at, _("You sent the application."), state="done")]
    for message in application.messages.all():
        if message.from_staff:
            entries.append(Entry(message.at, _("We asked for more."), we, message.text, "needs"))
        else:
            entries.append(Entry(message.at, _("You answered."), you, message.text))
    if application.status == Status.APPROVED:
        title = _("Approved automatically.") if application.decision.automatic else _("Approved.")
        entries.append(Entry(application.decision.at, title, state="done"))
    if application.status == Status.DECLINED:
        decision = application.decision
        if decision.automatic:
            entries.append(Entry(decision.at, _("Closed."), "", decision.reason, "refused"))
        else:
            entries.append(Entry(decision.at, _("Declined."), we, decision.reason, "refused"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
