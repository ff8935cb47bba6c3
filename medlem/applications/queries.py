"""Reads of applications: an applicant's own, what the reviewer sees of one, and the facts for the checks.

The validators' queue stands in `queue.py`, its figures in `figures.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.forms.models import model_to_dict

from medlem.accounts.models import User
from medlem.accounts.queries import account_with_number, signs_in_elsewhere
from medlem.applications import elsewhere
from medlem.applications.addresses import domain_of, is_shared, own_domains
from medlem.applications.checks import shows
from medlem.applications.facts import DocumentFacts, DocumentKind, Facts, RegisterFacts, VatFacts
from medlem.applications.models import Application, BlockedContact, Check, Evidence, Note
from medlem.applications.rules import STEPS, first_open_step, step_complete
from medlem.applications.status import ApplicationStatus, Reading, RegisterState
from medlem.core import links
from medlem.core.clock import date_in
from medlem.events.models import Event
from medlem.gateways.register import contact_of
from medlem.programme import current


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


def resume_links_of(application: Application) -> list[str]:
    """To which addresses links were mailed with which it is continued, each as a mark that tells nobody which."""
    sent = Event.objects.filter(subject_id=application.public_id, name="application.resume_link_sent")
    return [str(after.get("address", "")) for after in sent.values_list("after", flat=True)]


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
    return [check for check, _before in checks_and_before(application)]


def checks_and_before(application: Application) -> list[tuple[Check, Check | None]]:
    """The checks of the last run, each with that of the run before it, where there was one (A7, A8)."""
    checks = list(application.checks.select_related("answer").order_by("-run", "id"))
    last = checks[0].run if checks else 0
    before = {check.code: check for check in checks if check.run == last - 1}
    return [(check, before.get(check.code)) for check in checks if check.run == last]


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


def notes_of(application: Application) -> QuerySet[Note]:
    """What staff wrote to each other, the latest first (A8)."""
    return application.notes.order_by("-id")


def blocked_contacts(search: str = "") -> QuerySet[BlockedContact]:
    """The addresses that are blocked, the latest first (A7)."""
    return BlockedContact.objects.filter(email__icontains=search).order_by("-at", "-id")


def decider_name(application: Application) -> str:
    """Who decided, for the second validator (A8); empty for the automatic decision."""
    decision = getattr(application, "decision", None)
    if decision is None or decision.decided_by_id is None:
        return ""
    decider = User.objects.filter(public_id=decision.decided_by_id).first()
    return decider.name if decider else ""


def applications_to_check() -> list[int]:
    """Keys of sent applications whose checks have not run, or not since the applicant answered; oldest first
    (A7, A8)."""
    unchecked = Application.objects.filter(
        Q(status=ApplicationStatus.RECEIVED) | Q(status=ApplicationStatus.VALIDATING, checked_at=None)
    )
    return list(unchecked.order_by("sent_at").values_list("pk", flat=True))


def applications_to_ask_again(now: datetime) -> list[int]:
    """Keys of applications for which a register is asked again, the one to be answered first on top (A7)."""
    return list(waiting_for_register(now).order_by("answer_by_at", "id").values_list("pk", flat=True))


def waiting_for_register(now: datetime) -> QuerySet[Application]:
    """Applications that a register could not be asked about a while ago, that nobody decided or works on, and
    whose answer is not due yet (A7)."""
    last_run = Check.objects.filter(application=OuterRef("application")).order_by("-run").values("run")[:1]
    unanswered = Check.objects.filter(
        application=OuterRef("pk"), answer__state=RegisterState.UNAVAILABLE, run=Subquery(last_run)
    )
    a_while_ago = now - timedelta(minutes=current().registers.ask_again_minutes)
    return Application.objects.filter(
        Exists(unanswered),
        status=ApplicationStatus.VALIDATING,
        claimed_at=None,
        answer_by_at__gt=now,
        checked_at__lte=a_while_ago,
    )


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


def facts_of(application: Application, *, register: RegisterFacts, vat: VatFacts, now: datetime) -> Facts:
    """All that the checks look at (A7). What the register answered stands on the application by then."""
    programme = current()
    country = programme.country(application.country)
    documents = list(documents_of(application))
    account = account_with_number(
        country=application.country, registration_number=application.registration_number
    )
    vat_number = country.vat_number(application.vat_number)
    return Facts(
        registration_number_valid=country.registration_number(application.registration_number) is not None,
        vat_number_valid=vat_number is not None,
        vat_number_own=country.vat_kind != "no.mva" or _digits(vat_number) == application.registration_number,
        business_name=application.business_name,
        vat_registered=bool(application.vat_registered),
        register=register,
        vat=vat,
        documents=[_document_facts(document) for document in documents],
        kinds_that_count=_kinds_that_count(vat_registered=bool(application.vat_registered)),
        document_used_by=elsewhere.used_by(application, documents),
        document_like_one_of=elsewhere.like_one_of(application, documents),
        account_number=account.number if account else "",
        applied_in=elsewhere.applied_in(application),
        same_number_in=elsewhere.same_number_in(application, parent=register.parent),
        contact_blocked=BlockedContact.objects.filter(email__iexact=application.email).exists(),
        contact_taken=signs_in_elsewhere(application.email, account=account),
        **_contact_facts(application, programme.validation.shared_domains),
        today=date_in(country.timezone, now),
        invoice_max_age_days=programme.validation.invoice_max_age_days,
    )


def _kinds_that_count(*, vat_registered: bool) -> frozenset[DocumentKind]:
    evidence = current().evidence
    kinds = {each.value: each for each in DocumentKind} | {"business_licence": DocumentKind.LICENCE}
    return frozenset(kinds[each] for each in (evidence.with_vat if vat_registered else evidence.without_vat))


def _digits(number: str | None) -> str:
    return "".join(filter(str.isdecimal, number or ""))


def _contact_facts(application: Application, shared: Collection[str]) -> dict[str, Any]:
    known = contact_of(application.register_answer or {})
    invoice = domain_of(application.invoice_email)
    return {
        "contact_in_register": application.email.casefold() == known.email.strip().casefold() != "",
        "contact_domain": domain_of(application.email),
        "own_domains": own_domains(home_page=known.home_page, email=known.email, shared=shared),
        "invoice_domain": "" if is_shared(invoice, shared) else invoice,
        "free_mail": is_shared(domain_of(application.email), shared),
    }


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
