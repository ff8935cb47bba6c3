"""Reads of the log and the outbox that are more than a filter."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from medlem.events.models import Event, Mail


def history_of(subject_id: uuid.UUID) -> QuerySet[Event]:
    """The events of one thing, oldest first."""
    return Event.objects.filter(subject_id=subject_id).order_by("id")


def account_history(account_id: uuid.UUID) -> QuerySet[Event]:
    """The events of one account, newest first: what its members see as history (E3)."""
    return Event.objects.filter(account_id=account_id).order_by("-id")


class Post(StrEnum):
    """How a mail of the outbox stands."""

    SENT = "sent"
    WAITING = "waiting"
    GIVEN_UP = "given_up"


def outbox(*, post: str = "", search: str = "") -> QuerySet[Mail]:
    """The mails, newest first: all, those that wait or that were given up; to one address."""
    chosen = {
        Post.SENT: Q(sent_at__isnull=False),
        Post.WAITING: Q(sent_at=None, given_up_at=None),
        Post.GIVEN_UP: Q(given_up_at__isnull=False),
    }
    found = Mail.objects.filter(chosen.get(Post(post), Q()) if post in set(Post) else Q())
    return (found.filter(to__icontains=search) if search else found).order_by("-id")


def mails_given_up() -> int:
    return outbox(post=Post.GIVEN_UP).count()


def mails_due(now: datetime) -> list[int]:
    """Keys of mails that are to be sent now, oldest first."""
    due = Mail.objects.filter(sent_at=None, given_up_at=None, try_at__lte=now)
    return list(due.order_by("try_at", "id").values_list("pk", flat=True))
