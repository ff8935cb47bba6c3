"""The desk's queue and review: what a validator sees, and what comes of each decision (A7, A8, A10, A11)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from medlem.accounts.models import Account
from medlem.applications import actions, checking, deciding, erasing, registers
from medlem.applications.models import Application, BlockedContact, RegisterAnswer
from medlem.applications.status import ApplicationStatus
from medlem.commands.simulated.businesses import BUSINESSES
from medlem.commands.simulated.documents import invoice_pdf
from medlem.commands.simulated.register import simulated_register
from medlem.events.models import Event, Mail
from tests import factories
from tests.people import Cast

BLAATIMEN = BUSINESSES[0]
type Clock = Callable[[datetime], None]


@pytest.fixture(scope="module")
def register() -> Iterator[str]:
    with simulated_register() as url:
        yield url
        registers._register(url, settings.MEDLEM_REGISTER_TIMEOUT).close()  # its connection is kept for good


@pytest.fixture(autouse=True)
def house(register: str, settings: Any, set_clock: Clock) -> Iterator[None]:
    """The register answers, the calendar stands at NOW, and the desk speaks English."""
    settings.MEDLEM_REGISTER_URL = register
    with translation.override("en"):
        yield


def sent(
    *, now: datetime, number: str = "974760673", pdf: bytes | None = None, **changes: Any
) -> Application:
    """A sent application that was checked, and that a validator has to decide: its document shows nobody."""
    pdf = pdf or invoice_pdf(name=f"Noen Andre {number}", number="123", address="Borte 1/0001 OSLO")
    draft = factories.draft(now=now, pdf=pdf, registration_number=number, **changes)
    application = actions.send(application=draft, now=now)
    return checking.check(application_id=application.pk, now=now)


def blaatimen(*, now: datetime, **changes: Any) -> Application:
    """An application of a business that the register knows, under a name of its own."""
    printed = "310 003 913 MVA"
    return sent(
        now=now,
        number=BLAATIMEN.number,
        pdf=invoice_pdf(name=BLAATIMEN.name, number=printed, address=BLAATIMEN.address),
        vat_number="310003913MVA",
        business_name="Gylden Time Film AS",
        street="Nedre Skogvei 14 B",
        postcode="0484",
        place="Oslo",
        **changes,
    )


def page(client: Client, application: Application, query: str = "") -> str:
    address = reverse("desk:application", args=[application.public_id])
    return " ".join(client.get(address + query).content.decode().split())


def address_of(name: str, application: Application) -> str:
    return reverse(f"desk:{name}", args=[application.public_id])


# --- the queue --------------------------------------------------------------------------------------


def test_a8_the_queue_is_ordered_by_the_answer_by_moment_those_with_the_applicant_last(
    client: Client, cast: Cast, now: datetime
) -> None:
    asked = sent(now=now - timedelta(days=4), email="a@one.example")
    second = sent(now=now, email="b@two.example")
    first = sent(now=now - timedelta(days=1), email="c@three.example")
    deciding.ask_for_more(application=asked, text="Hva?", by=cast.vera.as_staff, now=now)
    client.force_login(cast.vera)

    rows = client.get(reverse("desk:applications")).context["rows"]

    assert [row.application for row in rows] == [first, second, asked]
    assert rows[2].urgency == "paused"


def test_a8_half_time_and_overdue_are_marked(
    client: Client, cast: Cast, now: datetime, set_clock: Clock
) -> None:
    sent(now=now)  # Monday at ten: to be answered by Wednesday at four
    client.force_login(cast.vera)

    def urgency_at(moment: datetime) -> str:
        set_clock(moment)
        return str(client.get(reverse("desk:applications")).context["rows"][0].urgency)

    assert urgency_at(now) == "in_time"
    assert urgency_at(now + timedelta(hours=29)) == "in_time"
    assert urgency_at(now + timedelta(hours=31)) == "half_time"
    assert urgency_at(now + timedelta(hours=55)) == "overdue"
    assert "Past the deadline" in client.get(reverse("desk:home")).content.decode()


def test_a8_the_queue_names_the_checks_that_did_not_pass(client: Client, cast: Cast, now: datetime) -> None:
    blaatimen(now=now)
    client.force_login(cast.vera)

    row = client.get(reverse("desk:applications")).context["rows"][0]

    assert row.open_checks == (
        "The name is another than the register's",
        "The document does not show the business",
        "Text and picture of the document were not compared",
        "The contact is not tied to the business",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_database_as_often_for_three_rows_as_for_one(
    client: Client, cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        sent(now=now, email=f"{number}@many.example")
    client.force_login(cast.vera)

    with django_assert_num_queries(8):
        assert len(client.get(reverse("desk:applications")).context["rows"]) == count


def test_the_queue_is_searched_and_narrowed(client: Client, cast: Cast, now: datetime) -> None:
    one = sent(now=now, business_name="Fjordgløtt AS", email="a@one.example")
    two = sent(now=now, business_name="Skjærgård DA", email="b@two.example")
    deciding.decline(application=two, reason="Nei.", by=cast.vera.as_staff, now=now)
    client.force_login(cast.vera)

    def found(query: str) -> list[Application]:
        rows = client.get(f"{reverse('desk:applications')}?{query}").context["rows"]
        return [row.application for row in rows]

    assert found("q=fjord") == [one]
    assert found(f"q={one.number}") == [one]
    assert found("q=nobody") == []
    Application.objects.filter(pk=one.pk).update(vat_number="310003913MVA")
    for written in ("310003913MVA", "NO310003913MVA", "NO 310 003 913 MVA", "no 310.003.913", "310003913"):
        assert found(f"q={written}") == [one]
    assert found("q=a@one") == [one]
    assert found("state=more_wanted") == []
    assert found("state=decided") == [two]
    assert found("state=approved") == []


def test_a8_what_was_decided_says_by_whom(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    deciding.decline(application=application, reason="Nei.", by=cast.vera.as_staff, now=now)
    client.force_login(cast.mona)

    assert client.get(f"{reverse('desk:applications')}?state=decided").context["rows"][0].person == "Vera Vik"


def test_strangers_and_other_roles_find_nothing(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    document = application.evidence.get()
    addresses = [
        reverse("desk:applications"),
        address_of("application", application),
        reverse("desk:evidence", args=[document.public_id]),
        reverse("desk:evidence_page", args=[document.public_id, 1]),
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    for stranger in (cast.alice, cast.finn):
        client.force_login(stranger)
        assert [client.get(address).status_code for address in addresses] == [404] * 4


def test_support_sees_but_does_not_decide(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    client.force_login(cast.sara)

    later = sent(now=now, email="b@two.example")
    shown = page(client, application)
    assert ">Approve<" not in shown
    assert f'href="{address_of("application", later)}"' in shown  # to look at the next, which takes nothing
    assert "ready_text" not in shown
    for name in ("approve", "ask", "decline"):
        assert client.post(address_of(name, application), {"text": "x"}).status_code == 404
    application.refresh_from_db()
    assert application.status == ApplicationStatus.VALIDATING


def test_a_draft_is_the_applicants_own(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.vera)
    draft = factories.draft(now=now)

    assert client.get(address_of("application", draft)).status_code == 404


# --- the review -------------------------------------------------------------------------------------


def test_a8_answers_stand_beside_the_registers_with_the_differences_marked(
    client: Client, cast: Cast, now: datetime
) -> None:
    client.force_login(cast.vera)
    response = client.get(address_of("application", blaatimen(now=now)))

    lines = {str(line.label): (line.given, line.register, line.agrees) for line in response.context["lines"]}

    assert lines["Business name"] == ("Gylden Time Film AS", "BLÅTIMEN FILM AS", False)
    assert lines["Street address"] == ("Nedre Skogvei 14 B", "Nedre Skogvei 14B", True)
    assert lines["Place"] == ("Oslo", "OSLO", True)
    assert lines["VAT-registered"] == ("Yes", "Yes", True)


def test_a7_each_check_has_its_sentence(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.vera)

    shown = page(client, blaatimen(now=now))

    assert "“Gylden Time Film AS” was given; the register says “BLÅTIMEN FILM AS”." in shown


def test_a4_the_places_found_are_named(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.vera)
    sheet = client.get(address_of("application", blaatimen(now=now))).context["sheet"]

    places = {place.label: (place.text, place.page) for place in sheet.places}

    assert places["VAT number"] == ("310 003 913 MVA", 1)
    assert places["Business name"] == ("", 0)


def test_a10_an_account_and_other_applications_of_the_business_are_named(
    client: Client, cast: Cast, now: datetime
) -> None:
    earlier = sent(now=now - timedelta(days=1), number=cast.fjordlys.registration_number)
    application = sent(now=now, number=cast.fjordlys.registration_number, email="new@fjordlys.example")
    client.force_login(cast.vera)

    shown = page(client, application)

    assert "The business has an account" in shown
    assert address_of("application", earlier) in shown


def test_a7_what_the_vat_register_said_stands_beside_the_answers_where_no_other_can_be_asked(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = sent(
        now=now,
        country="GB",
        number="00000000",
        vat_number="GB999900002",
        business_name="Specimen Pictures Ltd",
        street="Unit 4, 1 Nowhere Lane",
        postcode="ZZ1 1ZZ",
        place="London",
    )
    answer = RegisterAnswer.objects.create(
        register="hmrc",
        country="GB",
        number="999900002",
        state="answered",
        raw={
            "target": {
                "name": "SPECIMEN PICTURES LIMITED",
                "vatNumber": "999900002",
                "address": {
                    "line1": "UNIT 4",
                    "line2": "1 NOWHERE LANE",
                    "line3": "LONDON",
                    "postcode": "ZZ1 1ZZ",
                },
            }
        },
        asked_at=now,
    )
    application.checks.filter(code="vat_agrees").update(answer=answer)
    client.force_login(cast.vera)

    response = client.get(address_of("application", application))

    register = response.context["vat_register"]
    assert (register.register, register.state) == ("HMRC", "The VAT number is valid")
    assert [(str(line.label), line.agrees) for line in register.lines] == [
        ("Business name", True),
        ("Address", True),
    ]
    assert response.context["lines"] == []
    assert "Answers that no register can confirm" in response.text
    assert "says nothing" not in response.text
    (nobody,) = [each for each in response.context["against"] if "no register" in each.sentence]
    assert str(nobody.label) == "No business register to ask"


def test_the_paper_is_turned_without_the_rest_of_the_page(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    part = client.get(f"{address_of('application', application)}?turn=90", headers={"HX-Target": "document"})

    assert part.text.lstrip().startswith('<div id="document"')
    assert "Your decision" not in part.text


def test_the_document_is_zoomed_and_turned_by_links(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    shown = page(client, application, "?zoom=2&turn=90")

    assert 'data-zoom="2"' in shown
    assert "zoom=2&amp;turn=180" in shown
    assert 'data-zoom="1"' in page(client, application, "?zoom=nonsense&turn=45&sheet=-1")


# --- deciding ---------------------------------------------------------------------------------------


def test_a8_approving_opens_the_account_and_leads_to_the_next(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = blaatimen(now=now)
    later = sent(now=now, email="b@two.example")
    client.force_login(cast.vera)

    response = client.post(address_of("approve", application), {"text": "Ringte dem."})

    assert response.headers["Location"] == address_of("application", later)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.APPROVED
    assert application.decision.reason == "Ringte dem."
    assert Account.objects.get(registration_number=BLAATIMEN.number) == application.account
    assert Mail.objects.filter(template="account_ready", to=application.email).count() == 1


def test_a8_approving_past_a_required_check_wants_a_reason_which_stands_in_the_history(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = blaatimen(now=now)
    client.force_login(cast.vera)

    refused = client.post(address_of("approve", application), {"text": " "})

    assert refused.status_code == 422
    assert "Required checks failed: The name is another than the register" in refused.text
    client.post(address_of("approve", application), {"text": "Ringte dem."})
    assert "Reason: Ringte dem." in page(client, application)


def test_after_the_last_one_comes_the_list(client: Client, cast: Cast, now: datetime) -> None:
    client.force_login(cast.vera)

    response = client.post(address_of("approve", blaatimen(now=now)), {"text": "Ringte dem."})

    assert response.headers["Location"] == reverse("desk:applications")


def test_a8_the_second_validator_is_told_who_was_first(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    deciding.decline(application=application, reason="Nei.", by=cast.mona.as_staff, now=now)
    client.force_login(cast.vera)

    response = client.post(address_of("approve", application), follow=True)

    assert "Mona Vik decided this application already: Declined." in response.content.decode()
    application.refresh_from_db()
    assert application.status == ApplicationStatus.DECLINED


def test_a8_asking_for_more_needs_a_question_and_keeps_what_was_typed(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    refused = client.post(address_of("ask", application), {"text": " ", "block_contact": "on"})
    asked = client.post(address_of("ask", application), {"text": "Hvem er dere?"})

    assert refused.status_code == 422
    assert "Write what you need from the applicant." in refused.content.decode()
    assert asked.status_code == 302
    application.refresh_from_db()
    assert application.status == ApplicationStatus.MORE_WANTED
    assert application.messages.get().text == "Hvem er dere?"


def test_a_refused_page_leads_on_to_pages_that_there_are(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    refused = client.post(address_of("ask", application)).content.decode()

    assert f'formaction="{address_of("ready_text", application)}"' in refused
    opened_again = client.get(address_of("ask", application))
    assert opened_again.headers["Location"] == address_of("application", application)


def test_two_validators_who_ask_at_once_are_told(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    deciding.ask_for_more(application=application, text="Hvem?", by=cast.mona.as_staff, now=now)
    client.force_login(cast.vera)

    response = client.post(address_of("ask", application), {"text": "Hva?", "seen": "0"})

    assert response.status_code == 422
    assert "Mona Vik asked the applicant for more on 23 November, 10:00." in response.text
    assert "Hva?" in response.text  # nothing that was typed is lost
    assert '<input type="hidden" name="seen" value="1"' in response.text  # and what was said is seen now
    assert application.messages.count() == 1


def test_texts_to_start_from_are_in_the_applicants_language(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    def started(code: str) -> str:
        return str(client.post(address_of("ready_text", application), {"text": "", "start": code}).text)

    assert ">\nWe cannot read the document that you sent." in started("unreadable")
    assert started("unknown") == ""
    assert client.get(address_of("ready_text", application)).status_code == 302


def test_a8_declining_needs_a_reason_and_may_block_the_contact(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = sent(now=now)
    client.force_login(cast.vera)

    refused = client.post(address_of("decline", application))
    declined = client.post(
        address_of("decline", application), {"text": "Ingen bedrift.", "block_contact": "on"}
    )

    assert refused.status_code == 422
    assert declined.status_code == 302
    application.refresh_from_db()
    assert application.decision.reason == "Ingen bedrift."
    assert BlockedContact.objects.get().email == application.email


def test_a_contact_who_signs_in_elsewhere_is_refused_with_the_reason(
    client: Client, cast: Cast, now: datetime
) -> None:
    application = sent(now=now, email=cast.charlie.email)
    client.force_login(cast.vera)

    response = client.post(address_of("approve", application), {"text": "Ringte dem."})

    assert response.status_code == 422
    assert "already signs in for another business" in response.content.decode()


# --- evidence ---------------------------------------------------------------------------------------


def test_a_page_is_shown_as_a_picture_made_anew(client: Client, cast: Cast, now: datetime) -> None:
    document = blaatimen(now=now).evidence.get()
    client.force_login(cast.vera)
    address = reverse("desk:evidence_page", args=[document.public_id, 1])

    upright, turned = client.get(address), client.get(f"{address}?turn=90&zoom=2")

    assert upright.headers["Content-Type"] == "image/png"
    assert "no-store" in upright.headers["Cache-Control"]
    width, height = Image.open(io.BytesIO(upright.content)).size
    assert width == pytest.approx(1000, abs=2)
    assert height > width
    width, height = Image.open(io.BytesIO(turned.content)).size
    assert width > height == pytest.approx(1700, abs=2)
    assert client.get(reverse("desk:evidence_page", args=[document.public_id, 2])).status_code == 404


def test_e3_the_original_is_handed_out_as_a_file_and_it_is_recorded_to_whom(
    client: Client, cast: Cast, now: datetime
) -> None:
    document = blaatimen(now=now).evidence.get()
    client.force_login(cast.vera)

    response = client.get(reverse("desk:evidence", args=[document.public_id]))

    assert b"".join(response.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert response.headers["Content-Disposition"] == 'attachment; filename="faktura.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert Event.objects.get(name="evidence.handed_out").actor_id == cast.vera.public_id


def test_a11_erased_evidence_says_so(client: Client, cast: Cast, now: datetime) -> None:
    application = sent(now=now)
    document = application.evidence.get()
    deciding.decline(application=application, reason="Nei.", by=cast.vera.as_staff, now=now)
    Mail.objects.update(sent_at=now)
    erasing.erase(application_id=application.pk, now=now + timedelta(days=31))
    client.force_login(cast.vera)

    assert client.get(reverse("desk:evidence", args=[document.public_id])).status_code == 410
    assert client.get(reverse("desk:evidence_page", args=[document.public_id, 1])).status_code == 410
    shown = page(client, application)
    assert "The documents were erased" in shown
    assert "The retention period ended on 24 Dec 2026." in shown
    assert shown.count("erased on 24 Dec 2026") >= 3  # contact, e-mail, telephone
    assert "not given" not in shown
    assert ">says nothing<" not in shown
    assert "“–”" not in shown
