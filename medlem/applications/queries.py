"""Reads of applications: the queue, an applicant's own, and the facts for the checks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.forms.models import model_to_dict

from medlem.accounts.models import User
from medlem.accounts.queries import account_with_number, signs_in_elsewhere
from medlem.applications.facts import DocumentFacts, DocumentKind, Facts, RegisterFacts
from medlem.applications.models import Application, BlockedContact, Check, Evidence
from medlem.applications.rules import STEPS, first_open_step, shows, step_complete
from medlem.applications.status import ApplicationStatus, Outcome, Reading
from medlem.core import links
from medlem.events.models import Event
from medlem.programme import current

QUEUE = (ApplicationStatus.RECEIVED, ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
DECIDED = (ApplicationStatus.APPROVED, ApplicationStatus.DECLINED)


def draft(public_id: uuid.UUID) -> Application | None:
    """A draft that has not been sent, by its outside id."""
    return Application.objects.filter(public_id=public_id, status=ApplicationStatus.DRAFT).first()


def application_of(public_id: uuid.UUID) -> Application | None:
    """An application of any state, by its outside id."""
    return Application.objects.filter(public_id=public_id).first()


def draft_by_link(token: str, *, now: datetime) -> Application | None:
    """The draft that a mailed link continues, while the link is young enough (A1)."""
    public_id = links.read("resume", token)
    oldest = now - timedelta(days=current().deadlines.resume_link_days)
    if public_id is None:
        return None
    return Application.objects.filter(
        public_id=public_id, status=ApplicationStatus.DRAFT, saved_at__gte=oldest
    ).first()


def sent_by_link(token: str) -> Application | None:
    """The sent application whose status page a mailed link opens (A6)."""
    public_id = links.read("status", token)
    if public_id is None:
        return None
    return (
        Application.objects.exclude(status=ApplicationStatus.DRAFT)
        .filter(public_id=public_id)
        .prefetch_related("messages", "evidence")
        .first()
    )


def answers_of(application: Application) -> dict[str, Any]:
    """The answers of all steps, by column."""
    columns = [column for step in STEPS.values() for column in step]
    return model_to_dict(application, fields=columns)


def documents_of(application: Application) -> QuerySet[Evidence]:
    """The documents that are still there, without the words of their pages, which are many."""
    return application.evidence.filter(erased_at=None).defer("transcript")


def document_of(application: Application, public_id: uuid.UUID) -> Evidence | None:
    """One document of this application, or None: another's does not exist."""
    return documents_of(application).filter(public_id=public_id).first()


def evidence_shows_business(application: Application) -> bool:
    """Whether one of the documents was read and shows what A3 asks for (A4)."""
    return any(
        shows(_document_facts(document), vat_registered=bool(application.vat_registered))
        for document in documents_of(application)
    )


def open_step(application: Application) -> str:
    """Where the applicant goes on (A1)."""
    return first_open_step(answers_of(application), documents=documents_of(application).count())


def complete_steps(application: Application) -> set[str]:
    """The steps that have all that they must have."""
    answers, documents = answers_of(application), documents_of(application).count()
    return {step for step in STEPS if step != "check" and step_complete(step, answers, documents=documents)}


def queue(*, status: str = "", search: str = "") -> QuerySet[Application]:
    """What waits for a decision, with its checks; the one to be answered first on top, those with the
    applicant last (A8)."""
    waiting = Application.objects.filter(status__in=[status] if status in QUEUE else QUEUE)
    return (
        _called(waiting, search)
        .annotate(
            with_applicant=Case(
                When(status=ApplicationStatus.MORE_WANTED, then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .prefetch_related("checks")
        .order_by("with_applicant", "answer_by_at", "id")
    )


def decided(*, status: str = "", search: str = "") -> QuerySet[Application]:
    """Decided applications, the latest first."""
    over = Application.objects.filter(status__in=[status] if status in DECIDED else DECIDED)
    return _called(over, search).select_related("decision").order_by(F("decision__at").desc(), "-id")


def _called(found: QuerySet[Application], search: str) -> QuerySet[Application]:
    """Those whose number or registration number is what was typed, or whose name has it."""
    if not search:
        return found
    number = search.replace(" ", "")
    return found.filter(
        Q(number=number) | Q(registration_number__iexact=number) | Q(business_name__icontains=search)
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: for the house (of which so much is overdue), and for applicants."""

    overdue: int
    waiting: int
    with_applicant: int


def waiting(now: datetime) -> Waiting:
    """What the desk's first page says of the queue (A8)."""
    for_us = ~Q(status=ApplicationStatus.MORE_WANTED)
    counts = Application.objects.filter(status__in=QUEUE).aggregate(
        overdue=Count("pk", filter=for_us & Q(answer_by_at__lt=now)),
        waiting=Count("pk", filter=for_us),
        with_applicant=Count("pk", filter=~for_us),
    )
    return Waiting(**counts)


def open_checks(application: Application) -> list[Check]:
    """The checks of the last run that did not pass, for rows that `queue` found."""
    checks = list(application.checks.all())
    last = max((check.run for check in checks), default=0)
    return [check for check in checks if check.run == last and check.outcome != Outcome.PASSED]


def others_of(application: Application) -> QuerySet[Application]:
    """Other applications of the same business or the same contact, the latest first (A10)."""
    same = Q(country=application.country, registration_number=application.registration_number)
    if application.email:
        same |= Q(email__iexact=application.email)
    return (
        Application.objects.filter(same)
        .exclude(status=ApplicationStatus.DRAFT)
        .exclude(pk=application.pk)
        .order_by("-sent_at")
    )


def for_review(public_id: uuid.UUID) -> Application | None:
    """One application with everything that the reviewer sees."""
    return (
        Application.objects.exclude(status=ApplicationStatus.DRAFT)
        .select_related("account", "decision")
        .prefetch_related(
            Prefetch("evidence", queryset=Evidence.objects.defer("transcript").order_by("id")),
            "messages",
        )
        .filter(public_id=public_id)
        .first()
    )


def latest_checks(application: Application) -> list[Check]:
    """The checks of the last run, in the order of the rules."""
    checks = list(application.checks.order_by("-run", "id"))
    return [check for check in checks if check.run == checks[0].run] if checks else []


def next_in_queue(application: Application) -> Application | None:
    """What the reviewer opens next: the one to be answered after this one, else the first of all."""
    ready = (
        Application.objects.filter(status=ApplicationStatus.VALIDATING)
        .exclude(pk=application.pk)
        .order_by("answer_by_at", "id")
    )
    later = Q(answer_by_at__gt=application.answer_by_at) | Q(
        answer_by_at=application.answer_by_at, pk__gt=application.pk
    )
    return ready.filter(later).first() or ready.first()


def history(application: Application) -> QuerySet[Event]:
    """What happened to an application and its documents, the latest first (E3)."""
    documents = list(application.evidence.values_list("public_id", flat=True))
    return Event.objects.filter(subject_id__in=[application.public_id, *documents]).order_by("-id")


def evidence_by_id(public_id: uuid.UUID) -> Evidence | None:
    """A document of a sent application, erased ones too; drafts are the applicant's own."""
    return (
        Evidence.objects.exclude(application__status=ApplicationStatus.DRAFT)
        .select_related("application")
        .filter(public_id=public_id)
        .first()
    )


def decider_name(application: Application) -> str:
    """Who decided, for the second validator (A8); empty for the automatic decision."""
    decision = getattr(application, "decision", None)
    if decision is None or decision.decided_by_id is None:
        return ""
    decider = User.objects.filter(public_id=decision.decided_by_id).first()
    return decider.name if decider else ""


def applications_to_check() -> list[int]:
    """Keys of sent applications whose checks have not run, oldest first (A7)."""
    unchecked = Application.objects.filter(status=ApplicationStatus.RECEIVED)
    return list(unchecked.order_by("sent_at").values_list("pk", flat=True))


def evidence_to_read() -> list[int]:
    """Keys of documents that wait to be read from their pictures, oldest first (A4)."""
    waiting = Evidence.objects.filter(reading=Reading.WAITING, erased_at=None)
    return list(waiting.order_by("uploaded_at", "id").values_list("pk", flat=True))


def applications_to_erase(now: datetime) -> list[int]:
    """Keys of applications that have something to be erased, oldest first."""
    return list(kept_long_enough(now).order_by("id").values_list("pk", flat=True))


def kept_long_enough(now: datetime) -> QuerySet[Application]:
    """Applications whose documents have been kept long enough (A11), and forgotten drafts (A1)."""
    deadlines = current().deadlines
    return Application.objects.filter(erased_at=None).filter(
        Q(
            status=ApplicationStatus.DECLINED,
            decision__at__lte=now - timedelta(days=deadlines.erase_declined_days),
        )
        | Q(
            status=ApplicationStatus.APPROVED,
            decision__at__lte=now - timedelta(days=deadlines.erase_approved_evidence_days),
        )
        | Q(
            status=ApplicationStatus.DRAFT,
            saved_at__lt=now - timedelta(days=deadlines.resume_link_days),
        )
    )


def facts_of(application: Application, register: RegisterFacts) -> Facts:
    """All that the checks look at (A7)."""
    country = current().country(application.country)
    documents = list(documents_of(application))
    used = (
        Evidence.objects.filter(sha256__in=[document.sha256 for document in documents])
        .exclude(application=application)
        .exclude(application__status=ApplicationStatus.DRAFT)
        .select_related("application")
        .first()
    )
    account = account_with_number(
        country=application.country, registration_number=application.registration_number
    )
    return Facts(
        registration_number_valid=country.registration_number(application.registration_number) is not None,
        vat_number_valid=country.vat_number(application.vat_number) is not None,
        business_name=application.business_name,
        vat_registered=bool(application.vat_registered),
        register=register,
        documents=[_document_facts(document) for document in documents],
        document_used_by=used.application.number if used else "",
        account_number=account.number if account else "",
        contact_blocked=BlockedContact.objects.filter(email__iexact=application.email).exists(),
        contact_taken=signs_in_elsewhere(application.email, account=account),
    )


def _document_facts(document: Evidence) -> DocumentFacts:
    found = document.findings
    if found is None:
        return DocumentFacts(filename=document.filename, readable=False)
    return DocumentFacts(
        filename=document.filename,
        readable=True,
        number=found["number"] is not None,
        vat_number=found["vat_number"] is not None,
        name=found["name"] is not None,
        address=found["address"] is not None,
        kind=DocumentKind(found["kind"]),
        dated_on=date.fromisoformat(found["dated_on"]) if found["dated_on"] else None,
        legible=found["legible"],
        other_numbers=tuple(other["number"] for other in found["other_numbers"]),
        compared=bool(found["compared"]),
        not_in_picture=tuple(found["not_in_picture"]),
    )
