"""The writes of an applicant: saving the form page by page, and sending it (A1 to A6).

Documents stand in `evidence.py`, what follows in `checking.py`, `deciding.py` and `erasing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.applications import evidence, registers, rules
from medlem.applications.letters import mail_applicant
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import complete_steps, resume_links_of
from medlem.applications.status import ApplicationStatus, RegisterState
from medlem.core.errors import Refused
from medlem.core.workdays import answer_by
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import APPLICANT
from medlem.programme import current


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
    the number does. A VAT number of another country goes. Documents are read again when the business has
    become another (A4). Raises SentAlready.
    """
    if answer is not None and answer.facts.state == RegisterState.UNAVAILABLE:
        answer = None
    application = _locked_draft(application or start(language=language, now=now))
    before = _identity(application)
    for name in rules.STEPS["business"]:
        if name in answers:
            setattr(application, name, answers[name])
    if application.country != before[0]:
        application.vat_number = ""
    if answer is not None or _identity(application)[:2] != before[:2]:
        _hear(application, answer, number_before=before[1])
    application.saved_at = now
    application.save()
    if _identity(application) != before:
        evidence.read_again(application=application, now=now)
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


def _hear(application: Application, answer: registers.Answer | None, *, number_before: str) -> None:
    entity = answer.entity if answer else None
    application.register_answer = entity.raw if entity else None
    application.register_asked_at = answer.asked_at if answer else None
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


def save_evidence(
    *,
    application: Application,
    answers: Mapping[str, Any],
    uploads: Sequence[evidence.Upload] = (),
    removed: Evidence | None = None,
    now: datetime,
) -> list[evidence.RefusedFile]:
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
        evidence.read_again(application=application, now=now)
    return evidence.add_all(application=application, uploads=uploads, now=now)


RESUME_LINKS, RESUME_ADDRESSES = 5, 3
"""So many links a draft has mailed in all, and to so many addresses: it is the applicant's own, not a way to write
to strangers."""


@transaction.atomic
def mail_resume_link(*, application: Application, email: str, now: datetime) -> None:
    """Mails a link with which the draft is continued on any device (A1). Raises SentAlready, and Refused (field
    `email`) when the draft has mailed enough of them."""
    application = _locked_draft(application)
    address = sha256(email.casefold().encode()).hexdigest()[:16]
    _refuse_more_links(application, address)
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
    record(
        "application.resume_link_sent",
        by=APPLICANT,
        now=now,
        subject=application,
        after={"address": address},  # not told to anybody: only whether it is the same
    )


def _refuse_more_links(application: Application, address: str) -> None:
    sent = resume_links_of(application)
    if len(sent) >= RESUME_LINKS:
        raise Refused(
            _(
                "So many links were mailed for this application that we send no more. The latest one still works."
            ),
            field="email",
        )
    if len({*sent, address}) > RESUME_ADDRESSES:
        raise Refused(
            _(
                "The link was mailed to several addresses already. Choose one of those, or go on in this browser."
            ),
            field="email",
        )


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
    mail_applicant(application, "application_received", now=now, answer_by_at=answer_by_at.isoformat())
    check_application.enqueue(application.pk)
    return application
