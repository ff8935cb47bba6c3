"""The decision on an application and the dialogue before it: approve, ask for more, answer, decline (A8, A9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.applications import evidence, rules
from medlem.applications.letters import mail_applicant
from medlem.applications.models import Application, BlockedContact, Decision, Message
from medlem.applications.queries import decider_name, documents_of, latest_checks
from medlem.applications.status import ApplicationStatus, Verdict
from medlem.core.errors import Refused
from medlem.events.actions import move
from medlem.events.actors import APPLICANT, Actor
from medlem.products import migration
from medlem.programme import current


class DecidedAlready(Refused):
    """Somebody else decided first; the second validator is told who (A8)."""


@transaction.atomic
def approve(*, application: Application, reason: str, by: Actor, now: datetime) -> Application:
    """A validator approves: account, super user, decision and password mail in one transaction (A8, A9).

    Raises DecidedAlready, and AddressTaken when the contact signs in for another business.
    """
    application = _locked_for_decision(application)
    return approve_as(application, by=by, automatic=False, reason=reason, now=now)


def approve_as(
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
    mail_applicant(application, "application_declined", now=now, reason=reason.strip())
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
    mail_applicant(application, "more_wanted", now=now, text=text.strip())
    return application


class NotAllTaken(Refused):
    """Some of the documents of an answer were not taken; nothing else of it was either."""

    def __init__(self, refused: Sequence[evidence.RefusedFile]) -> None:
        super().__init__(" ".join(f"{each.filename}: {each.error}" for each in refused), field="evidence")
        self.refused = refused


def answer(
    *, application: Application, text: str, uploads: Sequence[evidence.Upload] = (), now: datetime
) -> Application:
    """The applicant answers on the status page; the application is back in the queue and the clock runs on (A8).

    Documents are taken first; when one of them is wrong the answer waits until it was replaced, and one that
    is there already is right. Raises NotAllTaken, Refused when nothing was asked, or (field `text`) when there
    is neither answer nor document.
    """
    refused = evidence.add_all(application=application, uploads=uploads, now=now)
    wrong = [each for each in refused if not isinstance(each.error, evidence.SameFile)]
    if wrong:
        raise NotAllTaken(wrong)
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
