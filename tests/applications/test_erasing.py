"""Declined applications go after 30 days, evidence of approved ones after 90; the decision stays (A11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.forms.models import model_to_dict

from medlem.applications import deciding, elsewhere, erasing, evidence
from medlem.applications.evidence import Erased
from medlem.applications.models import Application, Check, Decision, Evidence, Message, RegisterAnswer
from medlem.applications.queries import applications_to_erase, history
from medlem.commands.tick import tick
from medlem.events.models import Event, Mail
from tests.applications.applying import BLATIMEN, checked, draft_of, on_disk, sent, validating
from tests.people import Cast
from tests.together import together

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def declined(cast: Cast, *, now: datetime) -> Application:
    """Declined after a dialogue."""
    application = validating(now=now, former_email="gammel@x.example")
    deciding.ask_for_more(application=application, text="Who?", by=cast.vera.as_staff, now=now)
    deciding.answer(application=application, text="Åse.", now=now)
    return deciding.decline(application=application, reason="No such studio.", by=cast.vera.as_staff, now=now)


def erase(application: Application, *, now: datetime) -> None:
    """Its mails were sent before."""
    Mail.objects.filter(sent_at=None).update(sent_at=now)
    erasing.erase(application_id=application.pk, now=now)


def times_erased() -> int:
    return Event.objects.filter(name="application.erased").count()


def test_a11_each_is_due_after_its_days_and_never_again(cast: Cast, now: datetime) -> None:
    draft = draft_of("312420198", now=now)
    approved = checked(sent(now=now), now=now)
    refused = declined(cast, now=now)
    validating("313354067", now=now)
    due = {
        days: (
            applications_to_erase(now + timedelta(days=days) - SECOND),
            applications_to_erase(now + timedelta(days=days) + SECOND),
        )
        for days in (30, 90)
    }
    assert due == {
        30: ([], [draft.pk, refused.pk]),
        90: ([draft.pk, refused.pk], [draft.pk, approved.pk, refused.pk]),
    }
    for application in (draft, refused, approved):
        erase(application, now=now + timedelta(days=91))
    assert applications_to_erase(now + timedelta(days=400)) == []


@pytest.mark.usefixtures("committing")
def test_a11_of_a_declined_one_documents_person_and_dialogue_go(cast: Cast, now: datetime) -> None:
    application = declined(cast, now=now)
    checks = list(Check.objects.values())
    decision = Decision.objects.values().get()
    assert len(on_disk()) == 1
    later = now + timedelta(days=30)
    erase(application, now=later)
    assert on_disk() == []
    saved = Application.objects.get()
    personal = (
        "first_name",
        "last_name",
        "email",
        "phone",
        "invoice_email",
        "former_email",
        "delivery_street",
    )
    assert model_to_dict(saved, fields=personal) == dict.fromkeys(personal, "")
    assert (saved.status, saved.erased_at, saved.register_answer) == ("declined", later, None)
    assert (saved.business_name, saved.registration_number) == ("Nordvik & Sønn Foto As", "310313815")
    assert Message.objects.count() == 0
    document = Evidence.objects.get()
    assert (document.erased_at, document.findings, document.filename, document.stored_as) == (
        later,
        None,
        "",
        "",
    )
    assert (document.transcript, len(document.sha256)) == ({"marks": []}, 64)
    for check in checks:
        check["facts"].pop("document", None)
    assert list(Check.objects.values()) == checks
    assert Mail.objects.filter(to="kontakt@nordvikogsonnfotoas.example").count() == 0
    assert Decision.objects.values().get() == decision
    assert [event.name for event in history(saved)][::-1] == [
        "evidence.added",
        "application.sent",
        "application.in_validation",
        "application.more_wanted",
        "application.answered",
        "application.declined",
        "application.erased",
    ]
    assert Event.objects.latest("id").after == {"status": "declined", "documents": 1}


@pytest.mark.usefixtures("committing")
def test_a11_of_an_approved_one_the_documents_go_and_the_person_stays(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    later = now + timedelta(days=90)
    erase(application, now=later)
    saved = Application.objects.get()
    assert (on_disk(), saved.status, saved.erased_at, saved.email, saved.register_answer) == (
        [],
        "approved",
        later,
        "kontakt@blatimenfilmas.example",
        None,
    )
    assert Decision.objects.get().verdict == "approved"
    with pytest.raises(Erased):
        evidence.picture_of(evidence=Evidence.objects.get(), page=1, width=100, turn=0)


def test_a11_who_is_owed_an_answer_gets_it_before_it_is_erased(cast: Cast, now: datetime) -> None:
    """The worker stood still for forty days."""
    application = declined(cast, now=now)
    erasing.erase(application_id=application.pk, now=now + timedelta(days=40))
    assert times_erased() == 0
    erase(application, now=now + timedelta(days=40))
    assert (times_erased(), Mail.objects.filter(to=application.email).count()) == (1, 0)


def test_a11_of_a_person_the_name_goes_too(cast: Cast, now: datetime) -> None:
    """Where the business is one person, its name and address are that person's."""
    application = validating("311780220", now=now)
    application = deciding.decline(application=application, reason="No.", by=cast.vera.as_staff, now=now)
    answer = RegisterAnswer.objects.create(
        register="brreg", country="NO", number="311780220", state="answered", raw={"navn": "X"}, asked_at=now
    )
    erase(application, now=now + timedelta(days=30))
    saved = Application.objects.get(pk=application.pk)
    assert (saved.business_name, saved.street, saved.place, saved.registration_number) == (
        "",
        "",
        "",
        "311780220",
    )
    assert {str(check.facts) for check in saved.checks.all()} == {"{}"}
    answer.refresh_from_db()
    assert (answer.raw, answer.state) == (None, "answered")


def test_a11_a_registers_answer_stays_while_another_application_rests_on_it(
    cast: Cast, now: datetime
) -> None:
    first = validating("311780220", now=now)
    second = validating("311780220", now=now + timedelta(days=20), email="ny@x.example")
    answer = RegisterAnswer.objects.create(
        register="brreg", country="NO", number="311780220", state="answered", raw={"navn": "X"}, asked_at=now
    )
    for application, days in ((first, 0), (second, 20)):
        deciding.decline(
            application=application,
            reason="No.",
            by=cast.vera.as_staff,
            now=now + timedelta(days=days),
        )
    erase(first, now=now + timedelta(days=30))
    answer.refresh_from_db()
    assert answer.raw == {"navn": "X"}
    erase(second, now=now + timedelta(days=50))
    answer.refresh_from_db()
    assert answer.raw is None


def test_a11_an_erased_document_is_known_again(cast: Cast, now: datetime) -> None:
    """Of the document nothing is left that tells what stood in it; that it was here does."""
    first = validating(now=now)
    words = "Fakturanr. 2026-114 Dato 02.11.2026 12 000,00 3 200,50 3 800,13 Kontonr. 1234.56.78903"
    document = {"picture_hash": "8f3c00ff12345678", "transcript": [{"page": 1, "text": words}]}
    first.evidence.update(**document)
    deciding.decline(application=first, reason="No.", by=cast.vera.as_staff, now=now)
    erase(first, now=now + timedelta(days=30))
    assert "2026" not in str(first.evidence.get().transcript)
    copy = sent(now=now + timedelta(days=31))
    copy.evidence.update(**document)
    assert elsewhere.like_one_of(copy, list(copy.evidence.all())) == first.number
    again = sent("311090518", now=now + timedelta(days=31))
    again.evidence.update(sha256=first.evidence.get().sha256)
    assert elsewhere.used_by(again, list(again.evidence.all())) == first.number


@pytest.mark.usefixtures("committing")
def test_a1_a_forgotten_draft_goes_whole(now: datetime) -> None:
    draft = draft_of(BLATIMEN, now=now)
    erase(draft, now=now + timedelta(days=31))
    assert (Application.objects.count(), Evidence.objects.count(), on_disk()) == (0, 0, [])


def test_a11_erasing_twice_is_erasing_once(cast: Cast, now: datetime) -> None:
    for application in (declined(cast, now=now), draft_of(BLATIMEN, now=now)):
        for days in (31, 31, 32):
            erase(application, now=now + timedelta(days=days))
    assert times_erased() == 2
    assert Application.objects.get().erased_at == now + timedelta(days=31)


@pytest.mark.parametrize("days", [0, 29])
def test_a11_nothing_is_erased_before_its_time(cast: Cast, now: datetime, days: int) -> None:
    """Also when a tick listed it, and the applicant saved the draft before the tick came to it."""
    for application in (
        declined(cast, now=now),
        draft_of(BLATIMEN, now=now),
        validating("313354067", now=now),
    ):
        erase(application, now=now + timedelta(days=days))
    assert (times_erased(), Application.objects.filter(erased_at=None).count()) == (0, 3)


@pytest.mark.usefixtures("committing")
def test_a11_two_ticks_at_once_erase_once(cast: Cast, now: datetime) -> None:
    refused, draft = declined(cast, now=now), draft_of(BLATIMEN, now=now)
    later = now + timedelta(days=31)
    Mail.objects.filter(sent_at=None).update(sent_at=now)
    keys = [refused.pk, draft.pk] * 2
    done = together(*[lambda key=key: erasing.erase(application_id=key, now=later) for key in keys])
    assert (done, times_erased(), on_disk()) == ([None] * 4, 2, [])


@pytest.mark.usefixtures("committing")
def test_a11_the_tick_erases(cast: Cast, now: datetime) -> None:
    declined(cast, now=now)
    assert tick(now=now + timedelta(days=29)).done["applications erased"] == 0
    assert len(on_disk()) == 1
    report = tick(now=now + timedelta(days=30))  # its mails were sent by the tick before
    assert (report.done["applications erased"], report.trouble, on_disk()) == (1, [], [])
    assert tick(now=now + timedelta(days=31)).done["applications erased"] == 0
