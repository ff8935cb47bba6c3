"""What happened, as the desk shows it: the sentences of `web.history`, with everybody's name (E3)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from medlem.accounts.queries import names_of
from medlem.events.models import Event
from medlem.web.history import STATES, Happened, changes_of, checks_of, sentences
from medlem.web.templatetags.medlem import number

DECIDED_BY = ("application.approved", "application.declined")


def timeline(events: Iterable[Event], *, reason: str = "") -> list[Happened]:
    """The events in words, in their order. Members see staff as the programme; staff see who it was, and the
    `reason` of a decision among them, which no event repeats."""
    events = list(events)
    names = names_of(event.actor_id for event in events)
    return [
        Happened(
            at=event.at,
            sentence=sentence,
            changes=[*changes_of(event), *_only_for_staff(event, reason)],
            who=_who(event, names.get(event.actor_id, "")),
            state=STATES.get(event.name, ""),
        )
        for event, sentence in zip(events, sentences(events), strict=True)
    ]


def _only_for_staff(event: Event, reason: str) -> list[str]:
    """What members need not read: the checks that passed or did not, why it was decided so all the same, and why
    staff vouched for a former address."""
    if event.name == "former_email.confirmed" and event.after.get("reason"):
        return [_("Reason: %(reason)s") % {"reason": event.after["reason"]}]
    if event.name == "products.preview_met_held":
        return [_("A list of %(rows)s rows.") % {"rows": number(event.after["rows"])}]
    is_automatic = event.name == "application.approved" and event.after.get("automatic")
    passed = checks_of(event, "passed") if is_automatic else ""
    not_passed = checks_of(event, "not_passed") or checks_of(event, "open_checks")
    lines = [_("Checks that passed: %(checks)s") % {"checks": passed}] if passed else []
    if not_passed:
        lines.append(_("Checks that did not pass: %(checks)s") % {"checks": not_passed})
    if reason and event.name in DECIDED_BY:
        lines.append(_("Reason: %(reason)s") % {"reason": reason})
    return lines


def _who(event: Event, name: str) -> str:
    """A name, with the house's own people marked; the applicant and the house itself in a word."""
    if name and event.actor_kind == "staff":
        return _("%(name)s, staff") % {"name": name}
    return name or {"applicant": _("the applicant"), "system": _("automatically")}.get(event.actor_kind, "")
