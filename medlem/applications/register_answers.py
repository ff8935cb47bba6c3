"""What registers said, a row for each question: proof of a check, and used again while it is young (A7).

`registers` asks through here. Rows are in the database, so that any number of processes share them, and what
was heard before a crash is there after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from medlem.applications.models import RegisterAnswer
from medlem.applications.status import RegisterName, RegisterState
from medlem.programme import current

MANY = 20
"""So many of the last questions are looked at."""
NO_STANDS = timedelta(hours=1)
"""A number that the register did not know is asked for again sooner: new businesses are entered every day."""

SEVERAL, A_MINUTE = 3, timedelta(minutes=1)
"""So many different numbers asked within this time that all failed, and a register is left alone for a moment; one
number that failed so often is left alone itself."""
A_MOMENT = timedelta(seconds=10)
"""So long after the last failure: whoever asks then tries for all, and one answer opens the register again."""

UNUSED_KEPT = timedelta(days=30)
"""How long an answer is kept that no check was judged on: the form's look-ups. Longer than any is believed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is asked, and about which number, in its standard form."""

    register: RegisterName
    country: str
    number: str


def answered(
    subject: Subject,
    *,
    ask: Callable[[], tuple[RegisterState, Any]],
    fresh: timedelta | None = None,
    now: datetime,
) -> RegisterAnswer:
    """The answer about a number: what was heard within `fresh`, else what `ask` hears now, as a new row.

    Without `fresh`, whatever still stands is good enough. While the register cannot be asked, an older answer
    that stands is used, with its own moment; and where there is none, the row of the question that failed.
    """
    standing = still_stands(subject, now)
    if standing and (fresh is None or now - standing.asked_at <= fresh):
        return standing
    failed = left_alone(subject, now)
    if failed is None:
        state, raw = ask()
        heard = _write(subject, state, raw, now=now)
        if state != RegisterState.UNAVAILABLE:
            return heard
        failed = heard
    return standing or failed


def from_bulk(subject: Subject, *, state: RegisterState, raw: Any, loaded_at: datetime) -> RegisterAnswer:
    """The row of an answer that the bulk download gives; one a number and download."""
    rows = RegisterAnswer.objects.filter(
        register=subject.register, country=subject.country, number=subject.number, from_bulk=True
    )
    found = rows.filter(state=state, asked_at=loaded_at).order_by("id").first()
    return found or _write(subject, state, raw, from_bulk=True, now=loaded_at)


def failed(subject: Subject, *, reason: str, now: datetime) -> RegisterAnswer:
    """Notes that a register could not be asked, so that `left_alone` knows."""
    return _write(subject, RegisterState.UNAVAILABLE, {"reason": reason}, now=now)


def left_alone(subject: Subject, now: datetime) -> RegisterAnswer | None:
    """The last question that failed, where the register is left alone for it; else None.

    A number on which the register fails says nothing about the others: only when several different ones failed in a
    row is it the register, and nobody waits for a time-out again for a moment. One odd number is left alone itself.
    """
    asked = RegisterAnswer.objects.filter(
        register=subject.register,
        country=subject.country,
        from_bulk=False,
        asked_at__gt=now - A_MINUTE,
        asked_at__lte=now,
    ).order_by("-asked_at", "-id")
    own = list(asked.filter(number=subject.number)[:SEVERAL])
    if [row.state for row in own] == [RegisterState.UNAVAILABLE] * SEVERAL:
        return own[0]
    failed = list(takewhile(lambda row: row.state == RegisterState.UNAVAILABLE, asked[:MANY]))
    is_down = len({row.number for row in failed}) >= SEVERAL and now - failed[0].asked_at < A_MOMENT
    return failed[0] if is_down else None


def forget(*, now: datetime) -> None:
    """Deletes answers that no check was judged on, after a month. The tick calls it."""
    RegisterAnswer.objects.filter(asked_at__lt=now - UNUSED_KEPT, checks=None).delete()


def still_stands(subject: Subject, now: datetime) -> RegisterAnswer | None:
    """The last answer, while it stands."""
    last = (
        RegisterAnswer.objects.filter(
            register=subject.register,
            country=subject.country,
            number=subject.number,
            from_bulk=False,
            asked_at__gt=now - current().registers.answer_stands,
            asked_at__lte=now,
        )
        .exclude(state=RegisterState.UNAVAILABLE)
        .order_by("-asked_at", "-id")
        .first()
    )
    if last is None or (last.state == RegisterState.NOT_FOUND and now - last.asked_at > NO_STANDS):
        return None
    is_erased = last.state == RegisterState.ANSWERED and last.raw is None
    return None if is_erased else last


def _write(
    subject: Subject, state: RegisterState, raw: Any, *, from_bulk: bool = False, now: datetime
) -> RegisterAnswer:
    return RegisterAnswer.objects.create(
        register=subject.register,
        country=subject.country,
        number=subject.number,
        state=state,
        raw=raw,
        from_bulk=from_bulk,
        asked_at=now,
    )
