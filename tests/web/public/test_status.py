"""The status page: who waits for whom, the dialogue, the end (A6, A8, A9, A11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from medlem.accounts.models import User
from medlem.applications import actions, checking, deciding, erasing, evidence, silence
from medlem.applications.models import Application
from medlem.applications.status import ApplicationStatus
from medlem.core import links
from medlem.events.actors import APPLICANT
from medlem.events.models import Mail
from medlem.web.letters import write
from medlem.web.throttle import MAILS_TO_ONE
from tests import factories
from tests.people import Cast
from tests.web.public.conftest import Clock
from tests.web.public.visitor import HTMX, file
from tests.web.visits import lacking, words


def page_of(application: Application) -> str:
    return f"/en/status/{links.sign('status', application.public_id)}/"


@pytest.fixture
def sent(now: datetime, foreign_invoice: bytes) -> Application:
    draft = factories.draft(now=now, pdf=foreign_invoice, registration_number="974760673")
    return actions.send(application=draft, now=now)


@pytest.fixture
def validating(sent: Application, now: datetime) -> Application:
    return checking.check(application_id=sent.pk, now=now)


@pytest.fixture
def asked(validating: Application, cast: Cast, now: datetime) -> Application:
    return deciding.ask_for_more(
        application=validating,
        text="Which of you is Åse?\nSend a clearer scan.",
        by=cast.vera.as_staff,
        now=now + timedelta(minutes=1),
    )


def test_a6_a_sent_application_says_who_waits_and_until_when(client: Client, sent: Application) -> None:
    page = client.get(page_of(sent))

    expected = [
        f"Application {sent.number}, Blåfjell Bilder AS",
        "You will have an answer by Wednesday 25 November, 16:00.",
        "You wait for us",
        "The automatic checks are running.",
        "You sent the application.",
    ]
    assert lacking(words(page), expected) == []
    assert 'hx-trigger="every 5s"' in page.text


def test_a6_the_page_that_asks_by_itself_is_told_of_a_change_only(
    client: Client, sent: Application, now: datetime
) -> None:
    assert client.get(page_of(sent), headers=HTMX).status_code == 204

    checking.check(application_id=sent.pk, now=now)
    assert "A person looks at your application." in words(client.get(page_of(sent), headers=HTMX))


def test_a6_in_validation_the_page_stands_still(client: Client, validating: Application) -> None:
    page = client.get(page_of(validating))

    assert "A person looks at your application. There is nothing for you to do." in words(page)
    assert "hx-trigger" not in page.text


def test_the_page_shows_no_more_of_the_person_than_a_masked_address(
    client: Client, sent: Application
) -> None:
    page = client.get(page_of(sent)).text

    assert "a•••@blafjell.example" in page
    hidden = [sent.email, sent.phone, sent.first_name, sent.invoice_email, "faktura.pdf"]
    assert lacking(page, hidden) == hidden


def test_the_page_is_kept_by_nobody_and_listed_by_nobody(client: Client, sent: Application) -> None:
    page = client.get(page_of(sent))

    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_signed_link_opens_it(client: Client, sent: Application, method: str) -> None:
    for token in (
        "x",
        str(sent.public_id),
        links.sign("resume", sent.public_id),
        page_of(sent).split("/")[3] + "a",
    ):
        for tail in ("", "evidence/"):
            if method == "get" and tail:
                continue
            assert getattr(client, method)(f"/en/status/{token}/{tail}").status_code == 404, token


def test_a_draft_has_no_status_page(client: Client, now: datetime) -> None:
    assert client.get(page_of(factories.draft(now=now))).status_code == 404


def test_a8_the_applicant_reads_the_question_and_answers_in_words(client: Client, asked: Application) -> None:
    page = client.get(page_of(asked))
    assert lacking(words(page), ["We need more from you", "We wait for you", "Which of you is Åse?"]) == []

    answered = client.post(page_of(asked), {"text": "I am."})
    assert answered.url == page_of(asked)  # type: ignore[attr-defined]
    asked.refresh_from_db()
    assert asked.status == ApplicationStatus.VALIDATING
    assert lacking(words(client.get(page_of(asked))), ["You answered.", "I am.", "We asked for more."]) == []


def test_a8_the_applicant_answers_with_a_document(
    client: Client, asked: Application, invoice: bytes, set_clock: Clock, now: datetime
) -> None:
    set_clock(now + timedelta(hours=1))

    client.post(page_of(asked), {"text": "", "evidence": file(invoice, "klar.pdf")})
    asked.refresh_from_db()
    assert asked.status == ApplicationStatus.VALIDATING
    assert asked.evidence.count() == 2


def test_a8_an_answer_with_a_wrong_document_waits_and_its_words_stay(
    client: Client, asked: Application, invoice: bytes, set_clock: Clock, now: datetime
) -> None:
    set_clock(now + timedelta(hours=1))
    sent = {"text": "Here it is.", "evidence": [file(invoice, "klar.pdf"), file(b"MZ", "rar.pdf")]}

    refused = client.post(page_of(asked), sent, follow=True)
    assert refused.status_code == 422
    assert "rar.pdf: The name says PDF or picture" in words(refused)
    assert "Here it is." in refused.text
    assert "klar.pdf" in words(refused)
    asked.refresh_from_db()
    assert asked.status == ApplicationStatus.MORE_WANTED

    again = {"text": "Here it is.", "evidence": [file(invoice, "klar.pdf")]}
    assert client.post(page_of(asked), again).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.evidence.count()) == (ApplicationStatus.VALIDATING, 2)


def test_a8_each_wrong_document_of_an_answer_is_named_and_leads_to_its_field(
    client: Client, asked: Application
) -> None:
    wrong = [file(b"MZ", "rar.pdf"), file(b"", "tom.pdf")]

    refused = client.post(page_of(asked), {"text": "Here.", "evidence": wrong}, follow=True)
    assert lacking(words(refused), ["rar.pdf: The name says", "tom.pdf: The file is empty."]) == []
    assert refused.text.count('href="#id_evidence"') == 2


def test_a8_an_answer_with_a_file_that_is_too_large_keeps_its_words(
    client: Client, asked: Application, invoice: bytes, set_clock: Clock, now: datetime
) -> None:
    set_clock(now + timedelta(hours=1))
    huge = file(b"%PDF-1.7" + bytes(55_000_000), "stor.pdf")

    refused = client.post(
        page_of(asked), {"text": "Here it is.", "evidence": [huge, file(invoice, "klar.pdf")]}, follow=True
    )
    assert refused.status_code == 422
    said = ["stor.pdf: The file is larger than 10 MB.", "klar.pdf", "Here it is."]
    assert lacking(words(refused), said) == []


def test_a8_an_empty_answer_is_no_answer(client: Client, asked: Application) -> None:
    refused = client.post(page_of(asked), {"text": " "}, follow=True)

    assert refused.status_code == 422
    assert "Write an answer, or add a document." in words(refused)


def test_a4_with_a_script_documents_are_taken_in_as_they_are_chosen(
    client: Client, asked: Application, invoice: bytes, set_clock: Clock, now: datetime
) -> None:
    set_clock(now + timedelta(hours=1))

    address = f"{page_of(asked)}evidence/"
    part = client.post(address, {"evidence": file(invoice, "klar.pdf")}, headers=HTMX)
    assert "klar.pdf" in part.text
    assert "<h1" not in part.text
    again = client.post(address, {"evidence": file(b"MZ", "rar.pdf")}, headers=HTMX)
    assert lacking(again.text, ["data-refused", "rar.pdf", "klar.pdf"]) == []
    assert "Remove" in again.text.split('<div id="documents"')[0]
    assert client.post(page_of(asked), {"text": ""}).status_code == 302


def test_a4_the_page_looks_again_while_a_document_is_being_read(
    client: Client, asked: Application, picture: bytes, set_clock: Clock, now: datetime
) -> None:
    set_clock(now + timedelta(hours=1))
    address = f"{page_of(asked)}evidence/"
    client.post(address, {"evidence": file(picture, "bilde.png")}, headers=HTMX)
    asked.evidence.filter(filename="bilde.png").update(reading="waiting", read_at=None)

    assert f'hx-get="{address}?waiting=1"' in client.get(page_of(asked)).text
    assert client.get(f"{address}?waiting=1", headers=HTMX).status_code == 204
    looked = client.post(page_of(asked), {"go": "look", "text": "Half an answ"}, follow=True)
    assert (looked.status_code, "Half an answ" in looked.text) == (200, True)
    asked.evidence.filter(filename="bilde.png").update(reading="unreadable")
    assert "A person looks at it." in client.get(f"{address}?waiting=1", headers=HTMX).text


def test_a8_nothing_is_taken_where_nothing_is_asked(
    client: Client, validating: Application, invoice: bytes
) -> None:
    refused = client.post(page_of(validating), {"text": "Hello?"}, follow=True)
    assert "Nothing is being asked at the moment." in words(refused)

    refused = client.post(
        f"{page_of(validating)}evidence/", {"evidence": file(invoice, "klar.pdf")}, follow=True
    )
    assert "klar.pdf:" in words(refused)
    assert validating.evidence.count() == 1


def test_a9_approved_says_where_the_password_link_went(
    client: Client, validating: Application, cast: Cast, now: datetime
) -> None:
    Application.objects.filter(pk=validating.pk).update(registration_number="985589712")
    validating.refresh_from_db()
    deciding.approve(application=validating, reason="Seen.", by=cast.vera.as_staff, now=now)

    expected = [
        "The account is ready",
        "Check your mail for the link to set a password.",
        "We have mailed it to a•••@blafjell.example. It can be used once, within 72 hours.",
        "Send it again",
        "Approved.",
    ]
    assert lacking(words(client.get(page_of(validating))), expected) == []


def test_a9_the_password_link_is_sent_again_from_the_status_page(
    client: Client, validating: Application, cast: Cast, set_clock: Clock, now: datetime
) -> None:
    Application.objects.filter(pk=validating.pk).update(registration_number="985589712")
    validating.refresh_from_db()
    refused = client.post(page_of(validating), {"go": "link"}, follow=True)  # not approved: nothing is sent
    assert "on its way" not in words(refused)
    deciding.approve(application=validating, reason="Seen.", by=cast.vera.as_staff, now=now)

    for _ in range(MAILS_TO_ONE.times):
        again = client.post(page_of(validating), {"go": "link"}, follow=True)
        assert "A new link is on its way to a•••@blafjell.example." in words(again)
    too_often = client.post(page_of(validating), {"go": "link"}, follow=True)
    assert "In an hour it can be sent again." in words(too_often)

    set_clock(now + timedelta(hours=73))
    page = words(client.get(page_of(validating)))
    said = ["The link to set your password has run out.", "Send a new link"]
    assert (lacking(page, said), "can be used once" in page) == ([], False)

    user = User.objects.get(email__iexact=validating.email)
    user.set_password("enda en setning om torsk")
    user.save()
    assert "You can sign in." in words(client.get(page_of(validating)))


def test_a8_an_application_that_nobody_answered_says_that_it_was_closed(
    client: Client, asked: Application, set_clock: Clock, now: datetime
) -> None:
    for day in (8, 23, 63):
        silence.go_on(application_id=asked.pk, now=now + timedelta(days=day))
    set_clock(now + timedelta(days=63))

    page = words(client.get(page_of(asked)))
    said = ["The application was closed", "We had no answer to what we asked on", "You can apply again"]
    assert (lacking(page, said), "Declined" in page) == ([], False)


def test_a8_declined_gives_the_reason(
    client: Client, validating: Application, cast: Cast, now: datetime
) -> None:
    deciding.decline(
        application=validating, reason="The business was <b>closed</b>.", by=cast.vera.as_staff, now=now
    )

    page = client.get(page_of(validating))
    assert "The application was declined" in words(page)
    assert "The business was &lt;b&gt;closed&lt;/b&gt;." in page.text


def test_a11_what_was_erased_is_not_shown(
    client: Client, validating: Application, cast: Cast, now: datetime, set_clock: Clock
) -> None:
    deciding.decline(application=validating, reason="No.", by=cast.vera.as_staff, now=now)
    set_clock(now + timedelta(days=31))
    Mail.objects.update(sent_at=now)
    erasing.erase(application_id=validating.pk, now=now + timedelta(days=31))

    page = words(client.get(page_of(validating)))
    assert "Erased on 24 Dec 2026" in page
    assert "blafjell.example" not in page


def test_the_page_asks_the_database_as_often_for_a_long_dialogue(
    client: Client,
    asked: Application,
    cast: Cast,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(5):
        client.get(page_of(asked))
    application = deciding.answer(application=asked, text="One", now=now + timedelta(hours=1))
    deciding.ask_for_more(
        application=application, text="Two", by=cast.vera.as_staff, now=now + timedelta(hours=2)
    )
    with django_assert_num_queries(5):
        client.get(page_of(asked))


def test_e1_mails_lead_to_the_page(client: Client, sent: Application) -> None:
    mail = Mail.objects.get(template="application_received")

    assert mail.values["link"]["page"] == "public:status"
    assert mail.values["link"]["thing"] == str(sent.public_id)


# --- A6: the promise --------------------------------------------------------------------------------


def test_a6_a_promise_that_was_not_kept_is_said_so(
    client: Client, validating: Application, set_clock: Clock, now: datetime
) -> None:
    assert validating.answer_by_at is not None
    set_clock(validating.answer_by_at + timedelta(minutes=1))

    page = words(client.get(page_of(validating)))
    said = ["We are late.", "we are sorry.", "There is nothing for you to do"]
    assert (lacking(page, said), "You will have an answer" in page) == ([], False)


def test_a6_moments_are_told_as_the_country_of_the_business_counts_them(
    client: Client, now: datetime, foreign_invoice: bytes
) -> None:
    """Sixteen o'clock in London, also for whoever reads it in a programme that is at home in Oslo."""
    draft = factories.draft(
        now=now, pdf=foreign_invoice, country="GB", registration_number="01234567", vat_number="GB123456727"
    )
    sent = actions.send(application=draft, language="en", now=now)

    page = words(client.get(page_of(sent)))
    assert sent.answer_by_at == datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert "You will have an answer by Wednesday 25 November, 16:00." in page
    assert "23 Nov 2026, 09:00" in page
    mail = write(Mail.objects.get(template="application_received"))
    assert "You will have an answer by Wednesday 25 November, 16:00," in mail.body


def test_a8_a_document_of_an_answer_is_taken_out_before_it_is_given(
    client: Client, asked: Application, invoice: bytes, now: datetime
) -> None:
    sent_before = asked.evidence.get()
    later = now + timedelta(minutes=2)
    added = evidence.add(application=asked, filename="feil.pdf", content=invoice, by=APPLICANT, now=later)
    place = page_of(asked)

    page = client.get(place)
    remove = f"{place}evidence/{added.public_id}/remove/"
    assert (remove in page.text, f"{sent_before.public_id}/remove/" in page.text) == (True, False)
    part = client.post(remove, {"text": "Halvskrevet"}, headers=HTMX)
    assert "feil.pdf was removed." in part.text
    assert client.post(remove).status_code == 302  # from another window: it is gone already
    client.post(f"{place}evidence/{sent_before.public_id}/remove/")
    assert [*asked.evidence.all()] == [sent_before]
