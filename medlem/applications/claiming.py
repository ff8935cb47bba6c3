"""Who has an application on the table, so that two validators do not work on the same (A8).

A claim runs out by itself; deciding needs none, but is refused while a colleague has one. Every decision
locks its application here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.template.defaultfilters import date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from medlem.accounts.queries import names_of
from medlem.applications.models import Application
from medlem.applications.queries import decider_name
from medlem.applications.queue import DECIDED, after, claim_is_live, ready
from medlem.core.errors import Refused
from medlem.events.actions import can_skip, record
from medlem.events.actors import SYSTEM, Actor
from medlem.programme import current

NOBODYS: dict[str, Any] = {"claimed_by_id": None, "claimed_at": None}
"""The columns of an application that is on nobody's table."""


class DecidedAlready(Refused):
    """Somebody else decided first; the second validator is told who (A8)."""


class HeldByAnother(Refused):
    """A colleague has it on the table; he can be asked, or it can be taken over."""


class MovedOn(Refused):
    """Something was said in between that the validator has not seen."""


def locked(application: Application, *, seen: int | None = None, by: Actor, now: datetime) -> Application:
    """The application under its row's lock, for a validator who is about to do something with it.

    `seen` is how many turns the dialogue had on the page that he acts from. Raises DecidedAlready,
    HeldByAnother and MovedOn, each with who and when.
    """
    # The decision is read after the lock: joined to it, the second would still see that there was none.
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status in DECIDED:
        who = decider_name(application)
        raise DecidedAlready(
            _("%(name)s decided this application already: %(verdict)s.")
            % {"name": who, "verdict": application.get_status_display()}
            if who
            else _("This application was decided already: %(verdict)s.")
            % {"verdict": application.get_status_display()}
        )
    if claim_is_live(application, now) and application.claimed_by_id != by.id:
        raise HeldByAnother(
            _("%(name)s has been working on this application since %(time)s. Ask, or take it over first.")
            % {"name": _name(application.claimed_by_id), "time": _spoken(application.claimed_at)}
        )
    if seen is not None and seen != application.messages.count():
        refuse_as_moved_on(application)
    return application


def refuse_as_moved_on(application: Application) -> None:
    """Tells who spoke last and when. Raises MovedOn."""
    last = application.messages.last()
    assert last is not None  # something was said
    said = (
        _("%(name)s asked the applicant for more on %(time)s. See below what was asked.")
        if last.from_staff
        else _("The applicant answered on %(time)s. Read the answer first; it stands below.")
    )
    raise MovedOn(said % {"name": _name(last.author_id), "time": _spoken(last.at)})


# --- claiming -------------------------------------------------------------------------------------


@transaction.atomic
def claim(*, application: Application, by: Actor, now: datetime) -> Application:
    """Puts an application on a validator's table. His own claim begins anew.

    Raises DecidedAlready and HeldByAnother.
    """
    application = locked(application, by=by, now=now)
    return _put_on_table(application, by=by, now=now)


@transaction.atomic
def release(*, application: Application, by: Actor, now: datetime) -> Application:
    """Takes a validator's own claim off again; nothing where it is a colleague's, or none."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.claimed_by_id == by.id and claim_is_live(application, now):
        _take_off(application)
        record("application.released", by=by, now=now, subject=application)
    return application


@transaction.atomic
def take_over(*, application: Application, by: Actor, now: datetime) -> Application:
    """Takes an application from a colleague's table; the event says from whose. Raises DecidedAlready."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    holder = application.claimed_by_id
    if holder is None or holder == by.id or not claim_is_live(application, now):
        return claim(application=application, by=by, now=now)
    application.claimed_by_id, application.claimed_at = by.person_id, now
    application.save(update_fields=["claimed_by_id", "claimed_at"])
    record("application.taken_over", by=by, now=now, subject=application, after={"person": str(holder)})
    return application


def claim_next(*, leaving: Application | None = None, by: Actor, now: datetime) -> Application | None:
    """The next application that is on nobody's table, put on this validator's; None where there is none.

    It is the one to be answered after `leaving`, which goes back to the queue, else the first of all. Two who
    ask at the same moment get two: what the other is about to take is skipped. Giving back and taking are two
    transactions, so that nobody holds two rows, and the last free one is not hidden by whoever passes it.
    """
    if leaving is not None:
        release(application=leaving, by=by, now=now)
    with transaction.atomic():
        free = ready(by=by.person_id, now=now).select_for_update(skip_locked=can_skip())
        following = None
        if leaving is not None:
            free = free.exclude(pk=leaving.pk)
            following = free.filter(after(leaving)).first()
        following = following or free.first()
        return _put_on_table(following, by=by, now=now) if following else None


def renew(application: Application, *, by: Actor, now: datetime) -> None:
    """Whoever has it on the table did something: the claim begins anew. The caller holds the row's lock."""
    if application.claimed_by_id == by.id:
        application.claimed_at = now
        application.save(update_fields=["claimed_at"])


@transaction.atomic
def stay(*, application: Application, by: Actor, now: datetime) -> None:
    """The holder is still at it: the claim begins anew. One that has run out stays so."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if claim_is_live(application, now):
        renew(application, by=by, now=now)


@transaction.atomic
def let_go(*, application_id: int, now: datetime) -> None:
    """Takes a claim off that has run out, so that the application is as free as if nobody had had it: a register
    that did not answer is asked again (A7)."""
    application = Application.objects.select_for_update().get(pk=application_id)
    if application.claimed_at is not None and not claim_is_live(application, now):
        _take_off(application)
        record("application.released", by=SYSTEM, now=now, subject=application)


def _put_on_table(application: Application, *, by: Actor, now: datetime) -> Application:
    is_new = application.claimed_by_id != by.id or not claim_is_live(application, now)
    application.claimed_by_id, application.claimed_at = by.person_id, now
    application.save(update_fields=["claimed_by_id", "claimed_at"])
    if is_new:
        record("application.claimed", by=by, now=now, subject=application)
    return application


def _take_off(application: Application) -> None:
    for name, value in NOBODYS.items():
        setattr(application, name, value)
    application.save(update_fields=[*NOBODYS])


def _name(person: Any) -> str:
    return names_of([person]).get(person, "") or _("A colleague")


def _spoken(moment: datetime | None) -> str:
    """A moment in words, where the programme is at home: `23 November, 10:42`."""
    assert moment is not None
    return date(moment.astimezone(ZoneInfo(current().timezone)), pgettext("format of a moment", "j F, H:i"))
