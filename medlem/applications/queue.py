"""Reads of the validators' queue (A8): what waits, what was decided, who has what on the table, whom to warn."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Min, Prefetch, Q, QuerySet, Value, When
from django.db.models.lookups import In

from medlem.applications import elsewhere, rules
from medlem.applications.folding import Bare
from medlem.applications.models import Application, Check
from medlem.applications.rules import CLAIM_LASTS, Urgency
from medlem.applications.status import ApplicationStatus, Outcome
from medlem.programme import current

QUEUE = (ApplicationStatus.RECEIVED, ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
DECIDED = (ApplicationStatus.APPROVED, ApplicationStatus.DECLINED)
MINE, UNCLAIMED = "mine", "unclaimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the queue is narrowed to; what is empty or makes no sense narrows nothing."""

    status: str = ""
    urgency: str = ""
    claimed: str = ""
    country: str = ""
    search: str = ""


def queue(narrowed: Filter, *, by: uuid.UUID, now: datetime) -> QuerySet[Application]:
    """What waits for a decision, with its checks; the one to be answered first on top, those with the
    applicant last (A8)."""
    waiting = Application.objects.filter(status__in=_statuses(narrowed.status, QUEUE))
    if narrowed.claimed == MINE:
        waiting = waiting.filter(_claimed(now), claimed_by_id=by)
    elif narrowed.claimed == UNCLAIMED:
        waiting = waiting.filter(~_claimed(now), status=ApplicationStatus.VALIDATING)
    if narrowed.urgency:
        waiting = waiting.filter(_urgent(narrowed.urgency, now))
    with_applicant = Case(
        When(status=ApplicationStatus.MORE_WANTED, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return (
        _called(waiting, narrowed)
        .annotate(with_applicant=with_applicant)
        .prefetch_related(Prefetch("checks", queryset=Check.objects.order_by("id")))
        .order_by("with_applicant", "answer_by_at", "id")
    )


def decided(narrowed: Filter) -> QuerySet[Application]:
    """Decided applications, the latest first."""
    over = Application.objects.filter(status__in=_statuses(narrowed.status, DECIDED))
    return _called(over, narrowed).select_related("decision").order_by(F("decision__at").desc(), "-id")


def _statuses(status: str, there_are: Collection[str]) -> Collection[str]:
    return [status] if status in there_are else there_are


def _called(found: QuerySet[Application], narrowed: Filter) -> QuerySet[Application]:
    """Those of a country whose number, registration or VAT number is what was typed, in whatever writing, or
    whose name or contact's address has it."""
    if narrowed.country:
        found = found.filter(country=narrowed.country)
    if not narrowed.search:
        return found
    search, number = narrowed.search, narrowed.search.replace(" ", "")
    called = Q(number=number) | Q(registration_number__iexact=number)
    for country in current().countries if any(map(str.isdecimal, number)) else ():
        forms = elsewhere.forms_of(country.code, number, "")
        called |= Q(In(Bare("registration_number"), forms), country=country.code)
        called |= Q(In(Bare("vat_number"), forms), country=country.code)
    if "@" in search:
        called |= Q(email__icontains=search)
    # SQLite knows the case of ASCII letters only: "ørland" is sought as people and registers write it.
    for written in {search, search.lower(), search.upper(), search.title()}:
        called |= Q(business_name__icontains=written)
    return found.filter(called)


def open_checks(application: Application) -> list[Check]:
    """The checks of the last run that did not pass, for rows that `queue` found."""
    checks = list(application.checks.all())
    last = max((check.run for check in checks), default=0)
    return [check for check in checks if check.run == last and check.outcome != Outcome.PASSED]


# --- how near the answer-by moment is (A6) --------------------------------------------------------


def urgency_of(application: Application, now: datetime) -> Urgency:
    """How near its answer-by moment a sent application is."""
    assert application.answer_by_at is not None  # a sent application has it
    return rules.urgency(
        answer_by_at=application.answer_by_at,
        paused=application.status == ApplicationStatus.MORE_WANTED,
        half_time_by=half_time_by(application.country, now),
        now=now,
    )


def half_time_by(country: str, now: datetime) -> datetime:
    """What is to be answered by this moment has half of its working days, or less, left now."""
    return rules.half_time_by(
        now,
        working_days=current().deadlines.answer_working_days,
        country=country,
        zone=current().country(country).timezone,
    )


def _urgent(urgency: str, now: datetime) -> Q:
    """The applications of an urgency; none of one that there is not."""
    paused = Q(status=ApplicationStatus.MORE_WANTED)
    overdue = Q(answer_by_at__lt=now)
    half_time = Q(pk__in=[])
    for country in current().countries:
        half_time |= Q(country=country.code, answer_by_at__lte=half_time_by(country.code, now))
    match urgency:
        case Urgency.PAUSED:
            return paused
        case Urgency.OVERDUE:
            return overdue & ~paused
        case Urgency.HALF_TIME:
            return half_time & ~overdue & ~paused
        case Urgency.IN_TIME:
            return ~half_time & ~overdue & ~paused
    return Q(pk__in=[])


def is_late(application: Application, now: datetime) -> bool:
    """Whether the moment that the applicant was promised has passed while it is with us (A6)."""
    return application.status in QUEUE and urgency_of(application, now) == Urgency.OVERDUE


def to_warn_of(now: datetime) -> tuple[QuerySet[Application], QuerySet[Application]]:
    """What has come to half of its time and nobody was warned of yet, and what is overdue and the lead was not
    reminded of this working day (A6)."""
    programme = current()
    morning = rules.last_morning(now, country=programme.home_country, zone=programme.timezone)
    not_today = Q(overdue_warned_at=None) | Q(overdue_warned_at__lt=morning)
    return (
        _waiting().filter(_urgent(Urgency.HALF_TIME, now), half_time_warned_at=None),
        _waiting().filter(_urgent(Urgency.OVERDUE, now), not_today),
    )


def late_and_untold(now: datetime) -> QuerySet[Application]:
    """What is overdue, and its applicant was not told yet (A6)."""
    return _waiting().filter(_urgent(Urgency.OVERDUE, now), late_told_at=None)


def _waiting() -> QuerySet[Application]:
    return Application.objects.filter(status__in=QUEUE).order_by("answer_by_at", "id")


# --- claims (A8) ----------------------------------------------------------------------------------


def claim_is_live(application: Application, now: datetime) -> bool:
    """Whether somebody has it on the table: the claim has not run out."""
    return application.claimed_at is not None and now - application.claimed_at < CLAIM_LASTS


def claims_run_out(now: datetime) -> list[int]:
    """Keys of the applications whose holder gave no sign for too long, oldest claim first."""
    held = Application.objects.filter(status__in=QUEUE, claimed_at__lte=now - CLAIM_LASTS)
    return list(held.order_by("claimed_at").values_list("pk", flat=True))


def _claimed(now: datetime) -> Q:
    return Q(claimed_at__gt=now - CLAIM_LASTS)


def ready(*, by: uuid.UUID, now: datetime) -> QuerySet[Application]:
    """What a validator may take: checked, not with the applicant, on nobody else's table; the first to be
    answered on top."""
    free = ~_claimed(now) | Q(claimed_by_id=by)
    return Application.objects.filter(free, status=ApplicationStatus.VALIDATING).order_by(
        "answer_by_at", "id"
    )


def after(application: Application) -> Q:
    """What is to be answered after this one."""
    return Q(answer_by_at__gt=application.answer_by_at) | Q(
        answer_by_at=application.answer_by_at, pk__gt=application.pk
    )


def before_in_queue(application: Application) -> Application | None:
    """What was to be answered before this one; None where it is the first."""
    ready = Application.objects.filter(status=ApplicationStatus.VALIDATING).exclude(pk=application.pk)
    return ready.filter(~after(application)).order_by("-answer_by_at", "-id").first()


def after_in_queue(application: Application) -> Application | None:
    """What is to be answered after this one, whoever has it; None where it is the last."""
    ready = Application.objects.filter(status=ApplicationStatus.VALIDATING).exclude(pk=application.pk)
    return ready.filter(after(application)).order_by("answer_by_at", "id").first()


# --- how much waits -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: for the house (of which so much is overdue, and so much on my table), and for applicants;
    the first and the next answer-by moment, and since when an applicant was asked."""

    overdue: int
    waiting: int
    mine: int
    with_applicant: int
    first: datetime | None = None
    next: datetime | None = None
    asked: datetime | None = None


def waiting(*, by: uuid.UUID, now: datetime) -> Waiting:
    """What the desk's first page says of the queue (A8)."""
    for_us = ~Q(status=ApplicationStatus.MORE_WANTED)
    counts = Application.objects.filter(status__in=QUEUE).aggregate(
        overdue=Count("pk", filter=for_us & Q(answer_by_at__lt=now)),
        waiting=Count("pk", filter=for_us),
        mine=Count("pk", filter=_claimed(now) & Q(claimed_by_id=by)),
        with_applicant=Count("pk", filter=~for_us),
        first=Min("answer_by_at", filter=for_us),
        next=Min("answer_by_at", filter=for_us & Q(answer_by_at__gte=now)),
        asked=Min("asked_at", filter=~for_us),
    )
    return Waiting(**counts)
