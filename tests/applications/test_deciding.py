"""A validator approves, asks for more or declines; two never decide the same application (A5, A8, A9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem.accounts.actions import AddressTaken
from medlem.accounts.models import Account, User
from medlem.applications import deciding
from medlem.applications.claiming import DecidedAlready, MovedOn
from medlem.applications.deciding import NotAllTaken
from medlem.applications.models import Application, BlockedContact, Decision, Message
from medlem.applications.queries import decider_name, latest_checks
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.models import Event, Mail
from medlem.products.models import LegacyClaim, LegacyMember
from medlem.web.letters import write
from tests.applications.applying import NORDVIK, checked, pdf_of, sent, validating
from tests.gateways.samples import pdf
from tests.people import Cast
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def application(cast: Cast, now: datetime) -> Application:
    """Nordvik & Sønn sent a picture on Monday, and has until Wednesday at four."""
    return validating(now=now)


def approve(
    application: Application, cast: Cast, *, now: datetime, reason: str = "I rang them."
) -> Application:
    return deciding.approve(application=application, reason=reason, by=cast.vera.as_staff, now=now)


def decline(application: Application, cast: Cast, *, now: datetime, **changes: Any) -> Application:
    return deciding.decline(
        application=application, **{"reason": "No such studio.", "by": cast.sara.as_staff, **changes}, now=now
    )


def ask(
    application: Application, cast: Cast, *, now: datetime, text: str = "Which studio is this?"
) -> Application:
    return deciding.ask_for_more(application=application, text=text, by=cast.vera.as_staff, now=now)


def last_event(application: Application) -> tuple[str, str, Any, dict[str, Any], dict[str, Any]]:
    event = Event.objects.filter(subject_id=application.public_id).latest("id")
    return event.name, event.actor_kind, event.actor_id, event.before, event.after


def mails(application: Application) -> list[tuple[str, str]]:
    """Which mails the contact got since the application was received."""
    sent_to = Mail.objects.filter(to=application.email).exclude(template="application_received")
    return list(sent_to.order_by("id").values_list("template", "to"))


def everything() -> list[int]:
    return [model.objects.count() for model in (Account, User, Decision, Message, Event, Mail)]


# --- approving and declining ------------------------------------------------------------------------


def test_a8_a_validator_approves_with_the_checks_that_were_seen(
    application: Application, cast: Cast, now: datetime
) -> None:
    later = now + timedelta(hours=2)
    approved = approve(application, cast, now=later, reason="I know the studio.")
    account = Account.objects.get(registration_number=NORDVIK)
    assert (approved.status, approved.account) == ("approved", account)
    decision = Decision.objects.get()
    assert model_to_dict(decision, exclude=["id", "checks"]) == {
        "application": application.pk,
        "verdict": "approved",
        "automatic": False,
        "decided_by_id": cast.vera.public_id,
        "reason": "I know the studio.",
        "at": later,
        "working_seconds": 7200,
    }
    assert decision.checks[7] == {
        "code": "document_shows_business",
        "outcome": "unclear",
        "reason": "person_has_to_look",
        "run": 1,
    }
    assert last_event(application) == (
        "application.approved",
        "staff",
        cast.vera.public_id,
        {"status": "validating"},
        {
            "status": "approved",
            "automatic": False,
            "account": account.number,
            "passed": [check.code for check in latest_checks(approved) if check.outcome == "passed"],
            "not_passed": [check.code for check in latest_checks(approved) if check.outcome != "passed"],
        },
    )
    assert mails(application) == [("account_ready", application.email)]
    assert decider_name(approved) == "Vera Vik"


def test_a8_nobody_is_let_in_past_a_required_check_that_failed_without_a_reason(
    application: Application, cast: Cast, now: datetime
) -> None:
    application.checks.filter(code="document_shows_business").update(
        outcome="failed", reason="vat_or_name_not_found"
    )
    before = everything()
    with pytest.raises(deciding.ReasonWanted) as refused:
        approve(application, cast, now=now, reason="  ")
    assert refused.value.field == "reason"
    assert str(refused.value) == (
        "Required checks failed: The document does not show the business. "
        "Write why you approve all the same; it is kept with the decision."
    )
    assert everything() == before
    # What is unclear is what the person was asked to look at.
    application.checks.filter(outcome="failed").update(outcome="unclear")
    assert approve(application, cast, now=now, reason="").status == "approved"


def test_a10_a_super_user_is_written_who_was_added_to_the_account(cast: Cast, now: datetime) -> None:
    fjordlys = cast.fjordlys
    application = validating(now=now, email="kari@new.example", first_name="Kari", last_name="Ny")
    application.registration_number = fjordlys.registration_number
    application.save()
    approve(application, cast, now=now)
    mail = Mail.objects.get(template="person_added")
    assert (mail.to, mail.values["added"], mail.values["business"]) == (
        cast.alice.email,
        "Kari Ny",
        "Fjordlys Foto AS",
    )
    for language, subject, help_ in (
        ("en", "Kari Ny has access to the account of Fjordlys Foto AS", "Is this not right?"),
        ("nb", "Kari Ny har fått tilgang til kontoen til Fjordlys Foto AS", "Er dette feil?"),
    ):
        mail.language = language
        letter = write(mail)
        assert letter.subject == subject
        assert help_ in letter.body
        assert help_ in str(letter.alternatives[0].content)
        assert f"/{language}/business/" in letter.body


def test_a10_a_new_account_tells_nobody_else(cast: Cast, now: datetime) -> None:
    approve(validating(now=now), cast, now=now)
    assert not Mail.objects.filter(template="person_added").exists()


def test_a8_a_validator_declines_with_a_reason_that_the_applicant_reads(
    application: Application, cast: Cast, now: datetime
) -> None:
    declined = decline(application, cast, now=now, reason="  No such studio.  ")
    decision = Decision.objects.get()
    assert (declined.status, decision.verdict, decision.reason, decision.decided_by_id) == (
        "declined",
        "declined",
        "No such studio.",
        cast.sara.public_id,
    )
    assert last_event(application) == (
        "application.declined",
        "staff",
        cast.sara.public_id,
        {"status": "validating"},
        {"status": "declined", "contact_blocked": False},
    )
    assert mails(application) == [("application_declined", application.email)]
    assert Mail.objects.latest("id").values["reason"] == "No such studio."
    assert (Account.objects.filter(registration_number=NORDVIK).count(), BlockedContact.objects.count()) == (
        0,
        0,
    )


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a8_nothing_is_declined_without_a_reason(
    application: Application, cast: Cast, now: datetime, reason: str
) -> None:
    before = everything()
    with pytest.raises(Refused, match=r"Give the reason; the applicant reads it.") as refused:
        decline(application, cast, now=now, reason=reason)
    assert (refused.value.field, everything()) == ("reason", before)


def test_a7_declining_may_block_the_contact(application: Application, cast: Cast, now: datetime) -> None:
    Application.objects.filter(pk=application.pk).update(email="Kontakt@Nordvik.example")
    decline(application, cast, now=now, block_contact=True)
    blocked = BlockedContact.objects.get()
    assert (blocked.email, blocked.reason, blocked.blocked_by_id) == (
        "kontakt@nordvik.example",
        "No such studio.",
        cast.sara.public_id,
    )
    again = validating("312420198", now=now, email="kontakt@nordvik.example")
    assert again.checks.get(code="contact_not_blocked").outcome == "failed"
    decline(again, cast, now=now, block_contact=True)
    assert BlockedContact.objects.count() == 1


def test_a9_a_contact_who_signs_in_for_another_business_cannot_be_approved(cast: Cast, now: datetime) -> None:
    application = validating(now=now, email=cast.charlie.email)
    before = everything()
    with pytest.raises(AddressTaken, match="already signs in for another business"):
        approve(application, cast, now=now)
    assert (Application.objects.get().status, everything()) == ("validating", before)


def test_a8_a_decision_is_somebodys_or_automatic_and_a_refusal_has_a_reason(
    application: Application, now: datetime
) -> None:
    whole: dict[str, Any] = {"application": application, "verdict": "declined", "reason": "No.", "at": now}
    for wrong in (
        {"automatic": False},
        {"automatic": True, "decided_by_id": uuid7()},
        {"automatic": True, "reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**{**whole, **wrong})
    Decision.objects.create(**whole, automatic=True)


# --- two validators -----------------------------------------------------------------------------------


def test_a8_the_second_validator_is_told_who_was_first(
    application: Application, cast: Cast, now: datetime
) -> None:
    approve(application, cast, now=now)
    before = everything()
    told = r"^Vera Vik decided this application already: Approved\.$"
    with pytest.raises(DecidedAlready, match=told):
        decline(application, cast, now=now)
    with pytest.raises(DecidedAlready, match=told):
        ask(application, cast, now=now)
    with pytest.raises(DecidedAlready, match=told):
        approve(application, cast, now=now)
    assert everything() == before


def test_a8_who_comes_after_the_automatic_decision_is_told_so(cast: Cast, now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    with pytest.raises(DecidedAlready, match=r"^This application was decided already: Approved\.$"):
        decline(application, cast, now=now)


@pytest.mark.usefixtures("committing")
def test_a8_two_validators_at_once_make_one_decision_and_one_account(
    application: Application, cast: Cast, now: datetime
) -> None:
    done = together(
        lambda: approve(application, cast, now=now),
        lambda: deciding.approve(application=application, reason="Seen.", by=cast.mona.as_staff, now=now),
    )
    assert sorted(type(each).__name__ for each in done) == ["Application", "DecidedAlready"]
    first, second = ("Vera", "Mona") if isinstance(done[0], Application) else ("Mona", "Vera")
    (told,) = (str(each) for each in done if isinstance(each, DecidedAlready))
    assert (f"{first} Vik" in told, second in told) == (True, False)
    assert Account.objects.filter(registration_number=NORDVIK).count() == Decision.objects.count() == 1
    assert mails(application) == [("account_ready", application.email)]


@pytest.mark.usefixtures("committing")
def test_a8_approved_and_declined_at_once_is_one_of_them(
    application: Application, cast: Cast, now: datetime
) -> None:
    done = together(lambda: approve(application, cast, now=now), lambda: decline(application, cast, now=now))
    assert sorted(type(each).__name__ for each in done) == ["Application", "DecidedAlready"]
    saved = Application.objects.get()
    assert Decision.objects.get().verdict == saved.status
    accounts = Account.objects.filter(registration_number=NORDVIK).count()
    assert (saved.status, accounts, len(mails(application))) in [("approved", 1, 1), ("declined", 0, 1)]


@pytest.mark.usefixtures("committing")
def test_a7_a_worker_and_a_validator_at_once_make_one_decision(cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    done = together(lambda: checked(application, now=now), lambda: approve(application, cast, now=now))
    # Whichever comes second finds it decided: the worker goes on, the validator is told.
    assert {type(each) for each in done} <= {Application, DecidedAlready}
    assert (Decision.objects.count(), Account.objects.filter(registration_number="310003913").count()) == (
        1,
        1,
    )


# --- the dialogue -------------------------------------------------------------------------------------


def test_a8_the_applicant_is_asked_for_more(application: Application, cast: Cast, now: datetime) -> None:
    asked = ask(application, cast, now=now, text=" Which studio is this? ")
    assert (asked.status, asked.asked_at, asked.answer_by_at) == (
        "more_wanted",
        now,
        application.answer_by_at,
    )
    message = Message.objects.get()
    assert (message.from_staff, message.author_id, message.text) == (
        True,
        cast.vera.public_id,
        "Which studio is this?",
    )
    assert last_event(application) == (
        "application.more_wanted",
        "staff",
        cast.vera.public_id,
        {"status": "validating"},
        {"status": "more_wanted"},
    )
    assert mails(application) == [("more_wanted", application.email)]
    assert Mail.objects.latest("id").values["text"] == "Which studio is this?"


def test_a8_a_question_has_words(application: Application, cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        ask(application, cast, now=now, text=" ")
    assert (refused.value.field, Application.objects.get().status) == ("text", "validating")


def test_a8_the_clock_stands_still_until_the_applicant_answers(
    application: Application, cast: Cast, now: datetime
) -> None:
    ask(application, cast, now=now + timedelta(days=1))  # on Tuesday
    answered = deciding.answer(
        application=application, text="The one in Bergen.", now=now + timedelta(days=4)
    )
    # Wednesday, Thursday and Friday did not count: from Wednesday at four to Monday at four.
    assert (answered.status, answered.asked_at, answered.answer_by_at) == (
        "validating",
        None,
        datetime(2026, 11, 30, 15, 0, tzinfo=UTC),
    )
    assert list(Message.objects.values_list("from_staff", "author_id", "text"))[1:] == [
        (False, None, "The one in Bergen.")
    ]
    assert last_event(application) == (
        "application.answered",
        "applicant",
        None,
        {"status": "more_wanted"},
        {"status": "validating", "answer_by_at": "2026-11-30T15:00:00Z"},
    )


def test_a8_an_answer_may_be_a_document_alone(application: Application, cast: Cast, now: datetime) -> None:
    ask(application, cast, now=now)
    later = now + timedelta(hours=1)
    upload = SimpleUploadedFile("faktura.pdf", pdf_of(NORDVIK))
    answered = deciding.answer(application=application, text="", uploads=[upload], now=later)
    assert (answered.status, answered.evidence.count()) == ("validating", 2)
    assert Message.objects.latest("id").text == ""


def test_a8_an_answer_is_words_or_a_document(application: Application, cast: Cast, now: datetime) -> None:
    ask(application, cast, now=now)
    with pytest.raises(Refused, match=r"Write an answer, or add a document.") as refused:
        deciding.answer(application=application, text="  ", now=now + timedelta(hours=1))
    assert (refused.value.field, Application.objects.get().status) == ("text", "more_wanted")


def test_a8_an_answer_waits_until_a_wrong_document_was_replaced(
    application: Application, cast: Cast, now: datetime
) -> None:
    ask(application, cast, now=now)
    later = now + timedelta(hours=1)
    uploads = [SimpleUploadedFile("right.pdf", pdf("Right")), SimpleUploadedFile("wrong.pdf", b"MZ\x90")]
    with pytest.raises(NotAllTaken, match=r"^wrong\.pdf: The name says PDF") as refused:
        deciding.answer(application=application, text="Here.", uploads=uploads, now=later)
    assert (refused.value.field, Application.objects.get().status) == ("evidence", "more_wanted")
    assert deciding.answer(application=application, text="Here.", now=later).status == "validating"


def test_a8_nothing_is_answered_that_was_not_asked(
    application: Application, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Refused, match="Nothing is being asked"):
        deciding.answer(application=application, text="Hello?", now=now)
    ask(application, cast, now=now)
    deciding.answer(application=application, text="Bergen.", now=now + timedelta(hours=1))
    with pytest.raises(Refused, match="Nothing is being asked"):
        deciding.answer(application=application, text="Bergen.", now=now + timedelta(hours=1))
    assert Message.objects.filter(from_staff=False).count() == 1


def test_a8_while_the_applicant_is_asked_it_may_be_declined_but_not_approved(
    application: Application, cast: Cast, now: datetime
) -> None:
    ask(application, cast, now=now)
    before = everything()
    for impossible in (approve, ask):
        with pytest.raises(MovedOn):
            impossible(application, cast, now=now)
    assert everything() == before
    assert decline(application, cast, now=now).status == "declined"


# --- the former address (A5) --------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_a5_approval_mails_the_former_address_whether_or_not_it_is_known(
    cast: Cast, now: datetime, known: bool
) -> None:
    if known:
        LegacyMember.objects.create(email="gammel@x.example", number="CPS-1", name="Nordvik")
    approve(validating(now=now, former_email="Gammel@x.example"), cast, now=now)
    claim = LegacyClaim.objects.get()
    account = Account.objects.get(registration_number=NORDVIK)
    assert (claim.account, claim.email, claim.status) == (account, "gammel@x.example", "unproven")
    mail = Mail.objects.get(template="former_email")
    assert (mail.to, mail.language, mail.account_id, mail.values) == (
        "gammel@x.example",
        "en",
        account.public_id,
        {
            "business": "Nordvik & Sønn Foto As",
            "link": {
                "page": "public:former_email",
                "purpose": "former-email",
                "thing": str(claim.public_id),
                "kwargs": {},
            },
        },
    )


def test_a5_without_a_former_address_none_is_mailed(
    application: Application, cast: Cast, now: datetime
) -> None:
    approve(application, cast, now=now)
    assert (LegacyClaim.objects.count(), Mail.objects.filter(template="former_email").count()) == (0, 0)


def test_a5_a_former_address_alone_proves_nothing_before_approval(cast: Cast, now: datetime) -> None:
    decline(validating(now=now, former_email="gammel@x.example"), cast, now=now)
    assert (LegacyClaim.objects.count(), Mail.objects.filter(to="gammel@x.example").count()) == (0, 0)


def test_a8_a_note_begun_beside_a_decision_is_written_with_it_or_not_at_all(
    application: Application, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Refused):
        deciding.decline(application=application, reason=" ", note="Ringte.", by=cast.vera.as_staff, now=now)
    assert application.notes.count() == 0
    deciding.decline(application=application, reason="Nei.", note="Ringte.", by=cast.vera.as_staff, now=now)
    assert [note.text for note in application.notes.all()] == ["Ringte."]
    application.refresh_from_db()
    assert (application.status, application.claimed_by_id) == ("declined", None)
