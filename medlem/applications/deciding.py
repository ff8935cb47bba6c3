"""The decision on an application and the dialogue before it: approve, ask for more, answer, decline (A8, A9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.applications import evidence, rules
from medlem.applications.blocking import block
from medlem.applications.claiming import NOBODYS, locked, refuse_as_moved_on
from medlem.applications.letters import mail_applicant
from medlem.applications.models import Application, Check, Decision, Message
from medlem.applications.noting import add_note
from medlem.applications.queries import documents_of, latest_checks
from medlem.applications.status import ApplicationStatus, Outcome, Verdict
from medlem.applications.titles import title
from medlem.core.errors import Refused
from medlem.events.actions import move
from medlem.events.actors import APPLICANT, Actor
from medlem.products import migration
from medlem.programme import current


@transaction.atomic
def approve(
    *,
    application: Application,
    reason: str,
    note: str = "",
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> Application:
    """A validator approves: account, super user, decision and password mail in one transaction (A8, A9).

    `seen` is how many turns of the dialogue the validator had before him, `note` what was begun for colleagues
    beside the decision. Raises what `locked` raises,
    AddressTaken when the contact signs in for another business, and ReasonWanted where a required check failed
    and it is not said why that does not matter.
    """
    application = locked(application, seen=seen, by=by, now=now)
    if application.status == ApplicationStatus.MORE_WANTED:
        refuse_as_moved_on(application)
    in_the_way = required_and_failed(latest_checks(application))
    if in_the_way and not reason.strip():
        raise ReasonWanted(in_the_way)
    approved = approve_as(application, by=by, automatic=False, reason=reason.strip(), now=now)
    _keep(note, approved, by=by, now=now)
    return approved


def required_and_failed(checks: Iterable[Check]) -> list[Check]:
    """The checks that had to pass and said no: an approval past them says why (A8). What was unclear or could
    not run is what a person is asked for, and the look at it answers it."""
    return [check for check in checks if check.required and check.outcome == Outcome.FAILED]


class ReasonWanted(Refused):
    """Nobody is let in past a required check that failed without a word that is kept with the decision."""

    def __init__(self, checks: Iterable[Check]) -> None:
        titles = dict.fromkeys(str(title(each.code, each.outcome, each.reason)) for each in checks)
        super().__init__(
            _(
                "Required checks failed: %(checks)s. Write why you approve all the same; "
                "it is kept with the decision."
            )
            % {"checks": ", ".join(titles)},
            field="reason",
        )


def approve_as(
    application: Application, *, by: Actor, automatic: bool, reason: str, now: datetime
) -> Application:
    """Writes account and super user, password mail, decision, status with its event, and the claim to the
    former address with its mail, in this order. The event says by which checks.

    Raises CameBetween where an account was opened while the checks ran: nobody joins one automatically (A10).
    """
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
    if automatic and account.people.count() > 1:
        raise CameBetween(account.number)
    checks = latest_checks(application)
    _decide(application, Verdict.APPROVED, checks, by=by, automatic=automatic, reason=reason, now=now)
    move(
        application,
        to=ApplicationStatus.APPROVED,
        name="application.approved",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"account": account, **NOBODYS},
        automatic=automatic,
        account=account.number,
        passed=[check.code for check in checks if check.outcome == Outcome.PASSED],
        not_passed=[check.code for check in checks if check.outcome != Outcome.PASSED],
    )
    if application.former_email:
        migration.claim_former_email(
            account=account, email=application.former_email, language=application.language, by=by, now=now
        )
    return application


class CameBetween(Exception):
    """The business got an account while its application was checked; the next tick checks it again."""


@transaction.atomic
def decline(
    *,
    application: Application,
    reason: str,
    block_contact: bool = False,
    note: str = "",
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> Application:
    """A validator declines with a reason that the applicant reads (A8); may block the contact's address.

    Raises what `locked` raises, and Refused (field `reason`) without a reason.
    """
    application = locked(application, seen=seen, by=by, now=now)
    if not reason.strip():
        raise Refused(_("Give the reason; the applicant reads it."), field="reason")
    checks = latest_checks(application)
    _decide(application, Verdict.DECLINED, checks, by=by, automatic=False, reason=reason.strip(), now=now)
    if block_contact:
        block(email=application.email, reason=reason, by=by, now=now)
    move(
        application,
        to=ApplicationStatus.DECLINED,
        name="application.declined",
        by=by,
        now=now,
        fields=NOBODYS,
        contact_blocked=block_contact,
    )
    mail_applicant(application, "application_declined", now=now, reason=reason.strip())
    _keep(note, application, by=by, now=now)
    return application


@transaction.atomic
def ask_for_more(
    *, application: Application, text: str, note: str = "", seen: int | None = None, by: Actor, now: datetime
) -> Application:
    """A validator asks the applicant for more; the clock stands still until the answer (A8).

    Raises what `locked` raises, and Refused (field `text`) without a question.
    """
    application = locked(application, seen=seen, by=by, now=now)
    if application.status == ApplicationStatus.MORE_WANTED:
        refuse_as_moved_on(application)
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
        fields={"asked_at": now, **NOBODYS},
    )
    mail_applicant(application, "more_wanted", now=now, text=text.strip())
    _keep(note, application, by=by, now=now)
    return application


def _keep(note: str, application: Application, *, by: Actor, now: datetime) -> None:
    """A note that was begun beside the decision is written with it: both or neither."""
    if note.strip():
        add_note(application=application, text=note, by=by, now=now)


class NotAllTaken(Refused):
    """Some of the documents of an answer were not taken; nothing else of it was either."""

    def __init__(self, refused: Sequence[evidence.RefusedFile]) -> None:
        super().__init__(" ".join(f"{each.filename}: {each.error}" for each in refused), field="evidence")
        self.refused = refused


def answer(
    *, application: Application, text: str, uploads: Sequence[evidence.Upload] = (), now: datetime
) -> Application:
    """The applicant answers on the status page; the application is back in the queue, the clock runs on, and
    the checks run again on what there is now (A8).

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
    from medlem.applications.tasks import check_application

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
        # What was warned of before the question is new again: it is back, with a new moment (A6).
        fields={
            "answer_by_at": answer_by_at,
            "asked_at": None,
            "checked_at": None,
            "half_time_warned_at": None,
            "overdue_warned_at": None,
            "late_told_at": None,
        },
        answer_by_at=answer_by_at,
    )
    check_application.enqueue(application.pk)
    return application


def _decide(
    application: Application,
    verdict: Verdict,
    checks: list[Check],
    *,
    by: Actor,
    automatic: bool,
    reason: str,
    now: datetime,
) -> None:
    assert application.sent_at is not None  # a sent application has it
    country = current().country(application.country)
    turns = [rules.Turn(turn.from_staff, turn.at) for turn in application.messages.all()]
    taken = rules.time_taken(application.sent_at, now, turns, country=country.code, zone=country.timezone)
    Decision.objects.create(
        application=application,
        verdict=verdict,
        automatic=automatic,
        decided_by_id=None if automatic else by.id,
        reason=reason,
        checks=[
            {"code": check.code, "outcome": check.outcome, "reason": check.reason, "run": check.run}
            for check in checks
        ],
        at=now,
        working_seconds=round(taken.total_seconds()),
    )
