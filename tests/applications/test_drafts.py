"""A draft is saved page by page, filled from the register, and continued by a mailed link (A1, A2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict

from medlem.applications import actions as applications
from medlem.applications import registers
from medlem.applications.actions import SentAlready
from medlem.applications.comparison import compared
from medlem.applications.models import Application
from medlem.applications.queries import (
    answers_of,
    complete_steps,
    document_of,
    draft,
    draft_by_link,
    open_step,
)
from medlem.core import links
from medlem.core.identifiers import has_check_digit, uuid7
from medlem.events.models import Event, Mail
from tests.applications.applying import BLATIMEN, NORDVIK, draft_of, sent
from tests.post_office import closed_port

pytestmark = pytest.mark.django_db


def started(*, now: datetime) -> Application:
    return applications.start(language="nb", now=now)


def save_business(
    application: Application | None, number: str, *, now: datetime, asked: bool = True, **answers: Any
) -> Application:
    """Step 1 with a number; the register is asked as the page does, unless not `asked`."""
    return applications.save_business(
        application=application,
        answers={"country": "NO", "registration_number": number, **answers},
        answer=registers.ask(country="NO", number=number, now=now) if asked else None,
        language="nb",
        now=now,
    )


def business_of(application: Application) -> dict[str, Any]:
    columns = ("registration_number", "business_name", "organisation_form", "street", "postcode", "place")
    return model_to_dict(application, fields=[*columns, "vat_registered", "vat_number"])


def test_a1_a_draft_starts_without_signing_in_in_the_home_country(now: datetime) -> None:
    first, second = started(now=now), started(now=now)
    assert (first.status, first.country, first.language, first.started_at) == ("draft", "NO", "nb", now)
    assert (first.number, second.number) == ("500017", "500025")
    assert has_check_digit(first.number)


def test_a1_each_step_is_saved_complete_or_not_and_touches_no_other(now: datetime) -> None:
    application = started(now=now)
    later = now + timedelta(minutes=3)
    for step, answers in (
        ("contact", {"first_name": "Åse", "email": "ase@x.example", "trade": "press", "status": "approved"}),
        ("information", {"trade": "video", "former_email": "gammel@x.example"}),
    ):
        application = applications.save_answers(
            application=application, step=step, answers=answers, now=later
        )
    saved = Application.objects.get()
    given = {name: value for name, value in answers_of(saved).items() if value}
    assert given == {
        "country": "NO",
        "first_name": "Åse",
        "email": "ase@x.example",
        "trade": "video",
        "former_email": "gammel@x.example",
    }
    assert (saved.status, saved.saved_at) == ("draft", later)
    assert (complete_steps(saved), open_step(saved)) == (set(), "business")


def test_a1_going_on_leads_to_the_first_step_that_wants_something(now: datetime) -> None:
    application = draft_of(BLATIMEN, now=now)
    assert complete_steps(application) == {"business", "evidence", "contact", "information"}
    assert open_step(application) == "check"
    applications.save_answers(application=application, step="contact", answers={"email": ""}, now=now)
    application.refresh_from_db()
    assert open_step(application) == "contact"


def test_a2_the_register_fills_name_form_address_and_vat(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now)
    assert business_of(application) == {
        "registration_number": "310003913",
        "business_name": "BLÅTIMEN FILM AS",
        "organisation_form": "AS",
        "street": "Nedre Skogvei 14B",
        "postcode": "0484",
        "place": "OSLO",
        "vat_registered": True,
        "vat_number": "",
    }
    assert application.register_answer["navn"] == "BLÅTIMEN FILM AS"
    assert (application.register_asked_at, application.language) == (now, "nb")


def test_a2_the_applicant_corrects_the_address_not_the_identity(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now)
    application = save_business(
        application,
        BLATIMEN,
        now=now,
        business_name="Something Else AS",
        street="Postboks 7",
        postcode="0401",
        place="Oslo",
    )
    assert business_of(application) == {
        "registration_number": "310003913",
        "business_name": "BLÅTIMEN FILM AS",
        "organisation_form": "AS",
        "street": "Postboks 7",
        "postcode": "0401",
        "place": "Oslo",
        "vat_registered": True,
        "vat_number": "",
    }


def test_a2_another_number_brings_another_business_with_its_vat_status(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now)
    application.vat_number = "310003913MVA"
    application.save()
    application = save_business(application, "311702289", now=now, street="", postcode="", place="")
    assert business_of(application) == {
        "registration_number": "311702289",
        "business_name": "FOTOGRAF INGRID SÆTHERØY",
        "organisation_form": "ENK",
        "street": "Molovegen 8",
        "postcode": "6002",
        "place": "ÅLESUND",
        "vat_registered": False,
        "vat_number": "",
    }


def test_a2_an_answer_about_vat_stays_when_the_same_business_is_saved_again(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now)
    applications.save_answers(
        application=application, step="evidence", answers={"vat_registered": False}, now=now
    )
    assert save_business(application, BLATIMEN, now=now).vat_registered is False


@pytest.mark.usefixtures("register_down")
def test_a2_the_register_being_down_never_blocks_the_form(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now, business_name="Blåtimen Film AS", place="Oslo")
    assert (application.business_name, application.place, application.vat_registered) == (
        "Blåtimen Film AS",
        "Oslo",
        None,
    )
    assert (application.register_answer, application.register_asked_at) == (None, None)
    assert registers.search(country="NO", name="blåtimen", now=now) is None


def test_a2_what_the_register_said_stays_while_the_number_does(now: datetime, settings: Any) -> None:
    application = save_business(None, BLATIMEN, now=now)
    settings.MEDLEM_REGISTER_URL = f"http://127.0.0.1:{closed_port()}/api"
    application = save_business(application, BLATIMEN, now=now)
    assert application.register_answer["organisasjonsnummer"] == BLATIMEN
    application = save_business(application, NORDVIK, now=now)
    assert (application.register_answer, application.register_asked_at) == (None, None)


@pytest.mark.parametrize(
    ("country", "number", "state"),
    [
        ("NO", "310003913", "answered"),
        ("NO", "310 003 913", "answered"),
        ("NO", "310003914", "not_found"),  # no such check digits: not even asked
        ("NO", "123456785", "not_found"),
        ("NO", "", "not_found"),
        ("NO", "319468528", "unavailable"),
        ("SE", "5560125790", "no_register"),
    ],
)
def test_a2_asking_a_register_is_always_an_answer(
    country: str, number: str, state: str, now: datetime
) -> None:
    assert registers.ask(country=country, number=number, now=now).facts.state == state


def test_a2_businesses_are_found_by_name(now: datetime) -> None:
    hits = registers.search(country="NO", name=" blåtimen film ", now=now)
    assert [(hit.number, hit.name) for hit in hits or ()] == [("310003913", "BLÅTIMEN FILM AS")]
    assert registers.search(country="NO", name="bl", now=now) == []
    assert registers.search(country="SE", name="blåtimen", now=now) == []


def test_a8_answers_stand_beside_what_the_register_says(now: datetime) -> None:
    application = save_business(None, BLATIMEN, now=now, street="Postboks 7", postcode="0484", place="oslo")
    rows = compared(answers_of(application), registers.kept(application.register_answer))
    assert [(row.name, row.given, row.register, row.agrees) for row in rows] == [
        ("registration_number", "310003913", "310003913", True),
        ("business_name", "BLÅTIMEN FILM AS", "BLÅTIMEN FILM AS", True),
        ("organisation_form", "AS", "AS", True),
        ("street", "Postboks 7", "Nedre Skogvei 14B", False),
        ("postcode", "0484", "0484", True),
        ("place", "oslo", "OSLO", True),
        ("vat_registered", True, True, True),
    ]
    assert {row.agrees for row in compared(answers_of(application), registers.kept(None))} == {None}
    assert registers.kept({"unexpected": "shape"}) is None


# --- continuing later ------------------------------------------------------------------------------


def test_a1_a_draft_is_continued_by_a_mailed_link(now: datetime) -> None:
    application = started(now=now)
    applications.mail_resume_link(application=application, email="ase@x.example", now=now)
    mail = Mail.objects.get()
    assert (mail.template, mail.to, mail.language, mail.values["days"], mail.values["link"]["thing"]) == (
        "resume",
        "ase@x.example",
        "nb",
        30,
        str(application.public_id),
    )
    assert Application.objects.get().email == "ase@x.example"
    assert Event.objects.get().name == "application.resume_link_sent"
    assert draft_by_link(links.sign("resume", application.public_id), now=now) == application
    assert draft_by_link(links.sign("status", application.public_id), now=now) is None
    assert draft_by_link(links.sign("resume", uuid7()), now=now) is None
    assert draft_by_link("nonsense", now=now) is None


def test_a1_the_contacts_address_is_not_replaced_by_that_of_the_link(now: datetime) -> None:
    application = started(now=now)
    applications.save_answers(
        application=application, step="contact", answers={"email": "ase@x.example"}, now=now
    )
    applications.mail_resume_link(application=application, email="kontor@x.example", now=now)
    assert (Application.objects.get().email, Mail.objects.get().to) == ("ase@x.example", "kontor@x.example")


def test_a1_the_link_works_for_30_days_from_the_last_saving(now: datetime) -> None:
    application = started(now=now - timedelta(days=40))
    applications.save_answers(application=application, step="contact", answers={}, now=now)
    token = links.sign("resume", application.public_id)
    last = now + timedelta(days=30)
    assert draft_by_link(token, now=last) == application
    assert draft_by_link(token, now=last + timedelta(seconds=1)) is None


def test_a1_a_sent_application_is_no_draft_and_is_not_rewritten(now: datetime) -> None:
    application = sent(now=now)
    before = model_to_dict(Application.objects.get())
    assert draft(application.public_id) is None
    assert draft_by_link(links.sign("resume", application.public_id), now=now) is None
    for rewrite in (
        lambda: applications.save_answers(
            application=application, step="contact", answers={"email": ""}, now=now
        ),
        lambda: save_business(application, NORDVIK, now=now),
        lambda: applications.save_evidence(application=application, answers={"vat_number": ""}, now=now),
        lambda: applications.mail_resume_link(application=application, email="a@x.example", now=now),
    ):
        with pytest.raises(SentAlready):
            rewrite()
    assert model_to_dict(Application.objects.get()) == before


def test_another_applications_document_does_not_exist(now: datetime) -> None:
    mine, other = draft_of(BLATIMEN, now=now), draft_of(NORDVIK, now=now)
    document = mine.evidence.get()
    assert document_of(mine, document.public_id) == document
    assert document_of(other, document.public_id) is None
