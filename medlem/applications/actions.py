"""Every write to an application: saving, sending, checking, deciding, erasing. Documents: `evidence.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.applications import evidence, registers, rules
from medlem.applications.models import (
    Application,
    BlockedContact,
    Check,
    Decision,
    Evidence,
    Message,
)
from medlem.applications.queries import (
    complete_steps,
    decider_name,
    documents_of,
    facts_of,
    kept_long_enough,
    latest_checks,
)
from medlem.applications.status import ApplicationStatus, Outcome, RegisterState, Verdict
from medlem.core.errors import Refused
from medlem.core.workdays import answer_by
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import APPLICANT, SYSTEM, Actor
from medlem.gateways.storage import files
from medlem.products import migration
from medlem.programme import current

# --- the form (A1) -------------------------------------------------------------------------------


@transaction.atomic
def start(*, language: str, now: datetime) -> Application:
    """Starts a draft, with its readable number, in the programme's home country."""
    programme = current()
    return Application.objects.create(
        number=accounts.next_number("application", first=programme.numbers.application_first),
        language=language,
        country=programme.home_country,
        started_at=now,
        saved_at=now,
    )


class SentAlready(Refused):
    """The application was sent and is not rewritten."""


@transaction.atomic
def save_answers(
    *, application: Application, step: str, answers: Mapping[str, Any], now: datetime
) -> Application:
    """Saves the answers of one step of a draft, complete or not (A1). Raises SentAlready."""
    application = _locked_draft(application)
    for name in rules.STEPS[step]:
        if name in answers:
            setattr(application, name, answers[name])
    application.saved_at = now
    application.save()
    return application


@transaction.atomic
def save_business(
    *,
    application: Application | None,
    answers: Mapping[str, Any],
    answer: registers.Answer | None,
    language: str = "",
    now: datetime,
) -> Application:
    """Saves step 1 with the register's answer, and starts the draft where there is none yet (A1, A2).

    The register's name and form win over what was typed, its address and VAT status only fill what is
    empty. Where it was not asked (`answer` is None) or does not answer, what it said before stands while
    the number does. Documents are read again when the business has become another (A4). Raises SentAlready.
    """
    if answer is not None and answer.facts.state == RegisterState.UNAVAILABLE:
        answer = None
    application = _locked_draft(application or start(language=language, now=now))
    before = _identity(application)
    for name in rules.STEPS["business"]:
        if name in answers:
            setattr(application, name, answers[name])
    if answer is not None or _identity(application)[:2] != before[:2]:
        _hear(application, answer, number_before=before[1], now=now)
    application.saved_at = now
    application.save()
    if _identity(application) != before:
        evidence.read_again(application=application)
    return application


def _identity(application: Application) -> tuple[str, ...]:
    """Country and number first, then all else that is looked for in documents."""
    return (
        application.country,
        application.registration_number,
        application.business_name,
        application.street,
        application.postcode,
    )


def _hear(
    application: Application, answer: registers.Answer | None, *, number_before: str, now: datetime
) -> None:
    entity = answer.entity if answer else None
    application.register_answer = entity.raw if entity else None
    application.register_asked_at = now if answer else None
    if entity is None:
        return
    application.business_name = entity.name or application.business_name
    application.organisation_form = entity.form_code
    if not (application.street and application.postcode and application.place):
        application.street = ", ".join(line for line in entity.address if line)
        application.postcode = entity.postcode
        application.place = entity.place
    if application.registration_number != number_before or application.vat_registered is None:
        application.vat_registered = entity.vat_registered
        application.vat_number = ""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A document that was not taken, and why."""

    filename: str
    error: Refused


def save_evidence(
    *,
    application: Application,
    answers: Mapping[str, Any],
    uploads: Sequence[evidence.Upload] = (),
    removed: Evidence | None = None,
    now: datetime,
) -> list[RefusedFile]:
    """Saves step 2: the answers about VAT, then the documents, each by itself (A3, A4).

    Right documents are taken and read, wrong ones come back with the reason. What was there before is read
    again when the VAT number has become another. No lock is held while a document is opened, so this is
    several transactions. Raises SentAlready.
    """
    before = application.vat_number
    application = save_answers(application=application, step="evidence", answers=answers, now=now)
    if removed is not None:
        evidence.remove(evidence=removed, by=APPLICANT, now=now)
    if application.vat_number != before:
        evidence.read_again(application=application)
    return add_documents(application=application, uploads=uploads, now=now)


def add_documents(
    *, application: Application, uploads: Sequence[evidence.Upload], now: datetime
) -> list[RefusedFile]:
    """Takes the applicant's documents in, each by itself, and reads them (A3, A4). Returns those not taken."""
    refused = []
    for upload in uploads:
        try:
            evidence.add_upload(application=application, upload=upload, by=APPLICANT, now=now)
        except Refused as error:
            refused.append(RefusedFile(upload.name or "", error))
    return refused


@transaction.atomic
def mail_resume_link(*, application: Application, email: str, now: datetime) -> None:
    """Mails a link with which the draft is continued on any device (A1)."""
    application = _locked_draft(application)
    application.email = application.email or email
    application.saved_at = now
    application.save(update_fields=["email", "saved_at"])
    queue_mail(
        "resume",
        to=email,
        language=application.language,
        now=now,
        business=application.business_name,
        days=current().deadlines.resume_link_days,
        link=link("public:resume", "resume", application.public_id),
    )
    record("application.resume_link_sent", by=APPLICANT, now=now, subject=application)


def _locked_draft(application: Application) -> Application:
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != ApplicationStatus.DRAFT:
        raise SentAlready(_("This application was sent already. See its status page."))
    return application


class NotComplete(Refused):
    """A step still wants something; `step` says which."""

    def __init__(self, step: str) -> None:
        super().__init__(_("Something is still missing. Complete the step that is marked."))
        self.step = step


@transaction.atomic
def send(*, application: Application, language: str = "", now: datetime) -> Application:
    """Sends a declared application (A3, A6): it is received, its answer-by moment set, its checks queued.

    It is answered in `language`, the one in which it was sent; without one, in that in which it was started.
    Sent twice by a double click, it is received once. Raises NotComplete.
    """
    from medlem.applications.tasks import check_application

    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != ApplicationStatus.DRAFT:
        return application
    complete = complete_steps(application)
    for step in rules.STEPS:
        if step != "check" and step not in complete:
            raise NotComplete(step)
    country = current().country(application.country)
    deadlines = current().deadlines
    answer_by_at = answer_by(
        now,
        working_days=deadlines.answer_working_days,
        cutoff_hour=deadlines.cutoff_hour,
        country=application.country,
        zone=country.timezone,
    )
    move(
        application,
        to=ApplicationStatus.RECEIVED,
        name="application.sent",
        by=APPLICANT,
        now=now,
        fields={
            "declared_at": now,
            "sent_at": now,
            "answer_by_at": answer_by_at,
            "language": language or application.language,
        },
        number=application.number,
        answer_by_at=answer_by_at,
    )
    _mail(application, "application_received", now=now, answer_by_at=answer_by_at.isoformat())
    check_application.enqueue(application.pk)
    return application


def _mail(application: Application, template: str, *, now: datetime, **values: Any) -> None:
    queue_mail(
        template,
        to=application.email,
        language=application.language,
        now=now,
        name=application.first_name,
        business=application.business_name,
        number=application.number,
        link=link("public:status", "status", application.public_id),
        **values,
    )


# --- checking (A7) ---------------------------------------------------------------------------------


def check(*, application_id: int, now: datetime) -> Application:
    """Runs the automatic checks and approves when the programme allows (A7).

    The register is asked before the row is locked. Writes the checks of this run, then the decision or the
    place in the queue. Of two workers, the second finds the application checked.
    """
    application = Application.objects.get(pk=application_id)
    answer = registers.ask(country=application.country, number=application.registration_number)
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application_id)
        if application.status != ApplicationStatus.RECEIVED:
            return application
        facts = facts_of(application, answer.facts)
        results = rules.run(facts, _weights())
        _write_checks(application, results, now=now)
        application.checked_at = now
        application.register_answer = answer.entity.raw if answer.entity else application.register_answer
        application.register_asked_at = now
        application.save(update_fields=["checked_at", "register_answer", "register_asked_at"])
        # Where that check is switched off: an address signs in for one business only.
        allowed = current().validation.auto_approve and not facts.contact_taken
        if rules.may_approve_itself(results, _weights(), allowed=allowed):
            return _approve(application, by=SYSTEM, automatic=True, reason="", now=now)
        move(
            application,
            to=ApplicationStatus.VALIDATING,
            name="application.in_validation",
            by=SYSTEM,
            now=now,
            open_checks=[code for code, result in results.items() if result.outcome != Outcome.PASSED],
        )
        return application


def _weights() -> dict[str, str]:
    """What each check counts for, as the programme weighs it."""
    return {str(code): weight for code, weight in current().validation.checks.items()}


def _write_checks(application: Application, results: Mapping[str, rules.Result], *, now: datetime) -> None:
    weights: Mapping[str, str] = _weights()
    last = application.checks.order_by("-run").values_list("run", flat=True).first() or 0
    Check.objects.bulk_create(
        Check(
            application=application,
            run=last + 1,
            code=code,
            required=weights.get(code) == "required",
            outcome=result.outcome,
            reason=result.reason,
            facts=result.facts,
            at=now,
        )
        for code, result in results.items()
    )


# --- deciding (A8) ---------------------------------------------------------------------------------


class DecidedAlready(Refused):
    """Somebody else decided first; the second validator is told who (A8)."""


@transaction.atomic
def approve(*, application: Application, reason: str, by: Actor, now: datetime) -> Application:
    """A validator approves: account, super user, decision and password mail in one transaction (A8, A9).

    Raises DecidedAlready, and AddressTaken when the contact signs in for another business.
    """
    application = _locked_for_decision(application)
    return _approve(application, by=by, automatic=False, reason=reason, now=now)


def _approve(
    application: Application, *, by: Actor, automatic: bool, reason: str, now: datetime
) -> Application:
    """Writes account and super user, password mail, decision, status with its event, and the claim to the
    former address with its mail, in this order."""
    account = accounts.open_account(
        business=accounts.Business(
            name=application.business_name,
            country=application.country,
            registration_number=application.registration_number,
            organisation_form=application.organisation_form,
            vat_registered=bool(application.vat_registered),
            vat_number=application.vat_number,
            street=application.street,
            postcode=application.postcode,
            place=application.place,
            delivery_street=application.delivery_street,
            delivery_postcode=application.delivery_postcode,
            delivery_place=application.delivery_place,
            trade=application.trade,
            invoice_email=application.invoice_email,
            e_invoice_address=application.e_invoice_address,
            language=application.language,
        ),
        contact=accounts.Person(
            email=application.email,
            first_name=application.first_name,
            last_name=application.last_name,
            phone=application.phone,
            language=application.language,
        ),
        by=by,
        now=now,
    )
    _decide(application, Verdict.APPROVED, by=by, automatic=automatic, reason=reason, now=now)
    move(
        application,
        to=ApplicationStatus.APPROVED,
        name="application.approved",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"account": account},
        automatic=automatic,
        account=account.number,
    )
    if application.former_email:
        migration.claim_former_email(
            account=account, email=application.former_email, language=application.language, by=by, now=now
        )
    return application


@transaction.atomic
def decline(
    *, application: Application, reason: str, block_contact: bool = False, by: Actor, now: datetime
) -> Application:
    """A validator declines with a reason that the applicant reads (A8); may block the contact's address.

    Raises DecidedAlready, and Refused (field `reason`) without a reason.
    """
    application = _locked_for_decision(application)
    if not reason.strip():
        raise Refused(_("Give the reason; the applicant reads it."), field="reason")
    _decide(application, Verdict.DECLINED, by=by, automatic=False, reason=reason.strip(), now=now)
    if block_contact:
        BlockedContact.objects.get_or_create(
            email=application.email.casefold(),
            defaults={"reason": reason.strip()[:200], "blocked_by_id": by.person_id, "at": now},
        )
    move(
        application,
        to=ApplicationStatus.DECLINED,
        name="application.declined",
        by=by,
        now=now,
        contact_blocked=block_contact,
    )
    _mail(application, "application_declined", now=now, reason=reason.strip())
    return application


@transaction.atomic
def ask_for_more(*, application: Application, text: str, by: Actor, now: datetime) -> Application:
    """A validator asks the applicant for more; the clock stands still until the answer (A8).

    Raises DecidedAlready, and Refused (field `text`) without a question.
    """
    application = _locked_for_decision(application)
    if not text.strip():
        raise Refused(_("Write what you need from the applicant."), field="text")
    Message.objects.create(
        application=application, from_staff=True, author_id=by.id, text=text.strip(), at=now
    )
    move(
        application,
        to=ApplicationStatus.MORE_WANTED,
        name="application.more_wanted",
        by=by,
        now=now,
        fields={"asked_at": now},
    )
    _mail(application, "more_wanted", now=now, text=text.strip())
    return application


class NotAllTaken(Refused):
    """Some of the documents of an answer were not taken; nothing else of it was either."""

    def __init__(self, refused: Sequence[RefusedFile]) -> None:
        super().__init__(" ".join(f"{each.filename}: {each.error}" for each in refused), field="evidence")


def answer(
    *, application: Application, text: str, uploads: Sequence[evidence.Upload] = (), now: datetime
) -> Application:
    """The applicant answers on the status page; the application is back in the queue and the clock runs on (A8).

    Documents are taken first; when one of them is wrong the answer waits until it was replaced. Raises
    NotAllTaken, Refused when nothing was asked, or (field `text`) when there is neither answer nor document.
    """
    refused = add_documents(application=application, uploads=uploads, now=now)
    if refused:
        raise NotAllTaken(refused)
    return _answer(application, text=text, now=now)


@transaction.atomic
def _answer(application: Application, *, text: str, now: datetime) -> Application:
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != ApplicationStatus.MORE_WANTED:
        raise Refused(_("Nothing is being asked at the moment."))
    assert application.asked_at is not None  # this state carries both
    assert application.answer_by_at is not None
    new_documents = documents_of(application).filter(uploaded_at__gt=application.asked_at).exists()
    if not (text.strip() or new_documents):
        raise Refused(_("Write an answer, or add a document."), field="text")
    Message.objects.create(application=application, from_staff=False, text=text.strip(), at=now)
    answer_by_at = rules.answer_by_after_pause(
        application.answer_by_at,
        asked_at=application.asked_at,
        answered_at=now,
        country=application.country,
        zone=current().country(application.country).timezone,
    )
    move(
        application,
        to=ApplicationStatus.VALIDATING,
        name="application.answered",
        by=APPLICANT,
        now=now,
        fields={"answer_by_at": answer_by_at, "asked_at": None},
        answer_by_at=answer_by_at,
    )
    return application


def _locked_for_decision(application: Application) -> Application:
    # The decision is read after the lock: joined to it, the second would still see that there was none.
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status in (ApplicationStatus.APPROVED, ApplicationStatus.DECLINED):
        who = decider_name(application)
        raise DecidedAlready(
            _("%(name)s decided this application already: %(verdict)s.")
            % {"name": who, "verdict": application.get_status_display()}
            if who
            else _("This application was decided already: %(verdict)s.")
            % {"verdict": application.get_status_display()}
        )
    return application


def _decide(
    application: Application, verdict: Verdict, *, by: Actor, automatic: bool, reason: str, now: datetime
) -> None:
    Decision.objects.create(
        application=application,
        verdict=verdict,
        automatic=automatic,
        decided_by_id=None if automatic else by.id,
        reason=reason,
        checks=[
            {"code": check.code, "outcome": check.outcome, "reason": check.reason, "run": check.run}
            for check in latest_checks(application)
        ],
        at=now,
    )


# --- erasing (A11) ---------------------------------------------------------------------------------

PERSONAL = ("first_name", "last_name", "email", "phone", "invoice_email", "former_email")


@transaction.atomic
def erase(*, application_id: int, now: datetime) -> None:
    """Erases what has been kept long enough (A11): documents and register answer of a decided application,
    of a declined one its personal data and dialogue too, and a forgotten draft whole.

    The files go after the rows are committed; decision, checks and events stay. What another worker erased,
    or an applicant saved meanwhile, is left alone.
    """
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None or not kept_long_enough(now).filter(pk=application_id).exists():
        return
    stored = list(documents_of(application).values_list("stored_as", flat=True))
    record(
        "application.erased",
        by=SYSTEM,
        now=now,
        subject=application,
        after={"status": application.status, "documents": len(stored)},
    )
    if application.status == ApplicationStatus.DRAFT:
        application.delete()
    else:
        Evidence.objects.filter(application=application).update(
            erased_at=now, findings=None, filename="", stored_as=""
        )
        application.erased_at = now
        application.register_answer = None
        if application.status == ApplicationStatus.DECLINED:
            for name in PERSONAL:
                setattr(application, name, "")
            application.messages.all().delete()
        application.save()
    transaction.on_commit(partial(_delete_files, stored))


def _delete_files(stored: list[str]) -> None:
    for name in stored:
        files().delete(name)
