"""Recording what happened, moving statuses, and the outbox. Every domain's actions call these."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from medlem.core.errors import Refused
from medlem.events.actors import Actor
from medlem.events.models import Event, Mail

log = structlog.get_logger(__name__)

RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]


class Moved(Protocol):
    """A row whose status is moved: its model names the allowed moves in `TRANSITIONS`."""

    TRANSITIONS: Mapping[str, set[str]]
    status: str
    public_id: uuid.UUID

    def save(self, *, update_fields: list[str]) -> None: ...


class NotAllowed(Refused):
    """A status was asked to move where its diagram has no arrow: somebody was quicker, or it is a bug."""


def record(
    name: str,
    *,
    by: Actor,
    now: datetime,
    subject: models.Model,
    account_id: uuid.UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Event:
    """Writes one event (E3): `name` is dotted and in the past tense, such as `application.approved`.

    Must be called in the transaction that writes what happened. `before` and `after` hold what changed,
    never secrets and no more about people than the change needs.
    """
    happened = Happened(name=name, subject=subject, before=before or {}, after=after or {})
    return record_many([happened], by=by, now=now, account_id=account_id)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One of many things that happen together: what `record` is told of each."""

    name: str
    subject: models.Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def record_many(
    happened: Iterable[Happened], *, by: Actor, now: datetime, account_id: uuid.UUID | None = None
) -> list[Event]:
    """Writes an event for each thing that happened, in their order, as `record` does, in one statement."""
    happened = list(happened)
    if happened and not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{happened[0].name}: an event is recorded in the transaction of what it tells")
    return Event.objects.bulk_create(
        Event(
            name=each.name,
            at=now,
            actor_kind=by.kind,
            actor_id=by.id,
            account_id=account_id,
            subject_kind=each.subject._meta.label_lower,
            subject_id=getattr(each.subject, "public_id", None),
            before=dict(each.before),
            after=dict(each.after),
        )
        for each in happened
    )


def move(
    thing: Any,
    *,
    to: str,
    name: str,
    by: Actor,
    now: datetime,
    account_id: uuid.UUID | None = None,
    fields: Mapping[str, Any] | None = None,
    **after: Any,
) -> Event:
    """Moves `thing.status` along its model's TRANSITIONS and records the event `name`.

    Saves the status and `fields` (other columns that change with it). The caller holds the row's lock.
    Raises NotAllowed when there is no such arrow.
    """
    came_from = _set_status(thing, to=to)
    for column, value in (fields or {}).items():
        setattr(thing, column, value)
    thing.save(update_fields=["status", *(fields or {})])
    return record(
        name,
        by=by,
        now=now,
        subject=thing,
        account_id=account_id,
        before={"status": came_from},
        after={"status": to, **after},
    )


def move_many(
    things: Sequence[Any],
    *,
    to: str,
    name: str,
    by: Actor,
    now: datetime,
    account_id: uuid.UUID | None = None,
    fields: Mapping[str, Any] | None = None,
    **after: Any,
) -> None:
    """Moves many things of one kind as `move` does, in two statements, whose values may be expressions.

    Raises NotAllowed before anything is written.
    """
    if not things:
        return
    happened = [
        Happened(
            name=name,
            subject=thing,
            before={"status": _set_status(thing, to=to)},
            after={"status": to, **after},
        )
        for thing in things
    ]
    rows = type(things[0])._default_manager.filter(pk__in=[thing.pk for thing in things])
    rows.update(status=to, **(fields or {}))
    record_many(happened, by=by, now=now, account_id=account_id)


def _set_status(thing: Any, *, to: str) -> str:
    """Sets the status, not saved yet, and returns the one before."""
    came_from: str = thing.status
    if to not in thing.TRANSITIONS.get(came_from, set()):
        raise NotAllowed(f"{thing._meta.verbose_name} cannot go from {came_from} to {to}")
    thing.status = to
    return came_from


def queue_mail(
    template: str,
    *,
    to: str,
    language: str,
    now: datetime,
    account_id: uuid.UUID | None = None,
    attachment: str = "",
    attachment_name: str = "",
    **values: Any,
) -> Mail:
    """Puts a mail into the outbox, in the caller's transaction; the worker sends it (E1).

    `values` are plain JSON. A link is `link("public:status", "status", thing.public_id)`: it is signed
    when the mail is written, so the outbox holds nothing that opens anything. `attachment` is the name
    of a stored PDF.
    """
    from medlem.events.tasks import send_mail

    mail = Mail.objects.create(
        template=template,
        to=to,
        language=language,
        values=values,
        account_id=account_id,
        attachment=attachment,
        attachment_name=attachment_name,
        queued_at=now,
        try_at=now,
    )
    send_mail.enqueue(mail.pk)
    return mail


def link(name: str, purpose: str = "", thing_id: uuid.UUID | None = None, **kwargs: str) -> dict[str, Any]:
    """An address for a mail: the page's name, and what its signed token is for."""
    return {
        "page": name,
        "purpose": purpose,
        "thing": str(thing_id) if thing_id else "",
        "kwargs": kwargs,
    }


def send(*, mail_id: int, now: datetime) -> bool:
    """Sends one mail of the outbox, unless another worker has it, or it was sent or given up.

    Marks it sent after the server took it; the Message-ID is the row's id, so that a mail sent twice
    by a crash in between is recognised by its reader. A refusal is tried again later, seven times.
    """
    write = import_string(settings.MEDLEM_LETTERS)
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=can_skip())
            .filter(pk=mail_id, sent_at=None, given_up_at=None, try_at__lte=now)
            .first()
        )
        if mail is None:
            return False
        try:
            write(mail).send()
        except OSError as error:  # refused connections, time-outs and every SMTP error
            mail.attempts += 1
            mail.last_error = type(error).__name__
            if mail.attempts > len(RETRY_AFTER):
                mail.given_up_at = now
            else:
                mail.try_at = now + RETRY_AFTER[mail.attempts - 1]
            log.warning("mail not sent", mail=str(mail.public_id), error=mail.last_error)
        else:
            mail.sent_at = now
        mail.save(update_fields=["attempts", "last_error", "given_up_at", "try_at", "sent_at"])
        return mail.sent_at is not None


@transaction.atomic
def send_again(*, mail: Mail, by: Actor, now: datetime) -> Mail:
    """Puts a mail that was given up back into the outbox, as if it were new. Of two clicks the second does
    nothing."""
    from medlem.events.tasks import send_mail

    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if mail.given_up_at is None:
        return mail
    mail.given_up_at, mail.attempts, mail.try_at = None, 0, now
    mail.save(update_fields=["given_up_at", "attempts", "try_at"])
    record("mail.tried_again", by=by, now=now, subject=mail, account_id=mail.account_id)
    send_mail.enqueue(mail.pk)
    return mail


def forget_mails(*, about: uuid.UUID, to: str) -> bool:
    """Takes the mails to one address that lead to one thing out of the outbox, as its data is erased (A11).

    An account's own letters stay. In the transaction that erases. Does nothing, and says so with False, while
    one of them is still to be sent: whoever is owed an answer gets it first.
    """
    mails = Mail.objects.filter(to=to, account_id=None, values__link__thing=str(about))
    if mails.filter(sent_at=None, given_up_at=None).exists():
        return False
    mails.delete()
    return True


def can_skip() -> bool:
    """Whether rows that another worker has locked can be left out; SQLite has one writer at a time anyway."""
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)
