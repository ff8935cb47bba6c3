"""What makes an application complete (A1, A3), and the clock (A6, A8): pure functions on values. The checks
stand in `checks.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from medlem.core.clock import date_in
from medlem.core.workdays import add_working_days, is_working_day

# --- names ---------------------------------------------------------------------------------------

LEGAL_FORMS = re.compile(r"\b(a s|as|asa|ans|da|enk|sa|ba|nuf|ks)\b")
SAME_FORM = {
    "limited": "ltd",
    "public limited company": "plc",
    "aktieselskab": "a s",
    "anpartsselskab": "aps",
    "aktiebolag": "ab",
    "gesellschaft mit beschrankter haftung": "gmbh",
    "g m b h": "gmbh",
    "societe a responsabilite limitee": "sarl",
    "s a r l": "sarl",
    "incorporated": "inc",
    "besloten vennootschap": "bv",
    "b v": "bv",
}
"""Legal forms of other countries by their short names: what means the same agrees, what differs stays another."""
WRITTEN_OUT = re.compile(rf"\b({'|'.join(SAME_FORM)})\b")


def folded_name(name: str) -> str:
    """A business name for comparing: case, accents, punctuation and the legal form do not count."""
    text = name.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("aa", "a")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = re.sub(r"[^a-z0-9]+", " ", text)
    without_form = LEGAL_FORMS.sub(" ", text)
    return " ".join((without_form if without_form.strip() else text).split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are of the same business: folded, and with legal forms abroad written out or not."""
    short = (WRITTEN_OUT.sub(lambda form: SAME_FORM[form[0]], folded_name(name)) for name in (one, other))
    return len(set(short)) == 1


# --- the form -------------------------------------------------------------------------------------

STEPS: dict[str, tuple[str, ...]] = {
    "business": (
        "country",
        "registration_number",
        "business_name",
        "organisation_form",
        "street",
        "postcode",
        "place",
    ),
    "evidence": ("vat_registered", "vat_number"),
    "contact": ("first_name", "last_name", "email", "phone"),
    "information": (
        "trade",
        "invoice_email",
        "e_invoice_address",
        "delivery_street",
        "delivery_postcode",
        "delivery_place",
        "former_email",
    ),
    "check": (),
}

MANDATORY: dict[str, tuple[str, ...]] = {
    "business": ("country", "registration_number", "business_name", "street", "postcode", "place"),
    "evidence": (),
    "contact": ("first_name", "last_name", "email"),
    "information": ("trade", "invoice_email"),
    "check": (),
}


def step_complete(step: str, answers: Mapping[str, object], *, documents: int) -> bool:
    """Whether a step has all that it must have; a VAT-registered business also gives its VAT number (A1, A3)."""
    if any(not answers.get(name) for name in MANDATORY[step]):
        return False
    if step != "evidence":
        return True
    vat_registered = answers.get("vat_registered")
    if vat_registered is None or (vat_registered and not answers.get("vat_number")):
        return False
    return documents > 0


def first_open_step(answers: Mapping[str, object], *, documents: int) -> str:
    """The first step that still wants something; `check` when none does."""
    for step in STEPS:
        if step == "check" or not step_complete(step, answers, documents=documents):
            return step
    raise AssertionError("the last step is check")


# --- the clock ------------------------------------------------------------------------------------

DAY = timedelta(days=1)
CLAIM_LASTS = timedelta(minutes=15)
"""So long a validator keeps an application without a sign of him (A8). An open page that is used gives one every few
minutes; whoever left it, or never asked for it, holds up nobody."""


class Urgency(StrEnum):
    """How near the answer-by moment of an application in the queue is (A6, A8)."""

    PAUSED = "paused"
    IN_TIME = "in_time"
    HALF_TIME = "half_time"
    OVERDUE = "overdue"


def urgency(*, answer_by_at: datetime, paused: bool, half_time_by: datetime, now: datetime) -> Urgency:
    """Half-time is marked so that nothing is found overdue first. While the applicant is asked, the clock
    stands still (A8). `half_time_by` comes from the function of that name."""
    if paused:
        return Urgency.PAUSED
    if now > answer_by_at:
        return Urgency.OVERDUE
    return Urgency.HALF_TIME if answer_by_at <= half_time_by else Urgency.IN_TIME


def half_time_by(now: datetime, *, working_days: int, country: str, zone: str) -> datetime:
    """What is to be answered by this moment or before has half of its working days, or less, left now.

    Counted in working time, so that nobody is warned on a Saturday of what is half over on Monday.
    """
    return after_working_time(now, working_days * DAY / 2, country=country, zone=zone)


MORNING = time(8)
"""When a working day begins to remind of what is overdue."""


def last_morning(now: datetime, *, country: str, zone: str) -> datetime:
    """The latest working day's eight o'clock that has been."""
    here = ZoneInfo(zone)
    day = now.astimezone(here).date()
    while not is_working_day(day, country) or datetime.combine(day, MORNING, here) > now:
        day -= DAY
    return datetime.combine(day, MORNING, here).astimezone(UTC)


def answer_by_after_pause(
    answer_by_at: datetime, *, asked_at: datetime, answered_at: datetime, country: str, zone: str
) -> datetime:
    """The new answer-by moment after the applicant was asked for more: the clock stood still meanwhile (A8).

    One working day is added for each on which the clock stood still, the day of the answer counting when it
    is one; the hour of the day stays, across summer time too.
    """
    stood_still = working_days_after(date_in(zone, asked_at), date_in(zone, answered_at), country=country)
    local = answer_by_at.astimezone(ZoneInfo(zone))
    due_on = add_working_days(local.date(), stood_still, country)
    return datetime.combine(due_on, local.time(), ZoneInfo(zone)).astimezone(UTC)


def working_days_after(start: date, end: date, *, country: str) -> int:
    """How many working days lie after `start`, up to and with `end`."""
    days: Iterable[date] = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, country) for day in days)


def working_time(start: datetime, end: datetime, *, country: str, zone: str) -> timedelta:
    """How much of the time between two moments lies on working days, which count whole, from midnight to
    midnight where the country's clocks are; nothing when `end` is not after `start`."""
    return sum((end - begin for begin, end in _stretches(start, end, country, zone)), timedelta(0))


def after_working_time(start: datetime, span: timedelta, *, country: str, zone: str) -> datetime:
    """The moment at which so much working time has gone by since `start`."""
    left = span
    for begin, end in _stretches(start, None, country, zone):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise AssertionError("working days never end")


def _stretches(
    start: datetime, end: datetime | None, country: str, zone: str
) -> Iterator[tuple[datetime, datetime]]:
    """The working days from `start` on, each from its begin to its end; the first and last may be parts."""
    here = ZoneInfo(zone)
    day = start.astimezone(here).date()
    begin = start
    while end is None or begin < end:
        day += DAY
        midnight = datetime.combine(day, time(), here).astimezone(UTC)
        stop = midnight if end is None else min(midnight, end)
        if is_working_day(day - DAY, country):
            yield begin, stop
        begin = midnight


def next_after_silence(asked_at: datetime, reminded: Sequence[datetime], *, days: Sequence[int]) -> datetime:
    """When the next of the `days` after a question without an answer is due: reminders, and closing as the last.

    Each keeps its distance to the one before, as it was really sent: after a stop nobody is closed at once.
    """
    done = len(reminded)
    if not done:
        return asked_at + days[0] * DAY
    return reminded[-1] + (days[done] - days[done - 1]) * DAY


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the dialogue: whose it was, and when."""

    from_staff: bool
    at: datetime


def time_taken(
    sent_at: datetime, decided_at: datetime, turns: Iterable[Turn], *, country: str, zone: str
) -> timedelta:
    """The working time from sending to decision, without that in which the applicant was asked (A6)."""
    taken, ours_since = timedelta(0), sent_at
    asking = False
    for turn in turns:
        if turn.from_staff and not asking:
            taken += working_time(ours_since, turn.at, country=country, zone=zone)
        elif not turn.from_staff:
            ours_since = turn.at
        asking = turn.from_staff
    return taken if asking else taken + working_time(ours_since, decided_at, country=country, zone=zone)
