"""The desk's claims, notes, list of blocked contacts and figures, in pages (A6, A7, A8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from medlem.accounts.models import User
from medlem.applications import claiming, deciding, noting
from medlem.applications.models import Application, BlockedContact
from tests.applications.applying import BLATIMEN, NORDVIK, checked, pdf_of, sent, validating
from tests.people import Cast
from tests.web.visits import lacking, signed_in, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_up")]

SKARPHET, BRENNVIDDE = "312420198", "312459582"
type Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def house(register_up: None, set_clock: Clock, now: datetime) -> Iterator[None]:
    set_clock(
        now + timedelta(seconds=20)
    )  # whole seconds and the real clock's fractions make it a little more or less
    with translation.override("en"):
        yield


@pytest.fixture
def application(cast: Cast, now: datetime) -> Application:
    return validating(now=now)


def address_of(name: str, application: Application) -> str:
    return reverse(f"desk:{name}", args=[application.public_id])


def shown(client: Client, application: Application) -> str:
    return words(client.get(address_of("application", application)))


def holder(application: Application) -> User | None:
    application.refresh_from_db()
    return User.objects.filter(public_id=application.claimed_by_id).first()


def test_a8_opening_a_review_shows_who_has_it_and_takes_nothing(
    application: Application, cast: Cast, now: datetime
) -> None:
    vera = signed_in(cast.vera)
    shown(vera, application)
    assert holder(application) is None
    claiming.claim(application=application, by=cast.mona.as_staff, now=now)
    page = shown(vera, application)
    assert lacking(page, ["Mona Vik has been working on it since 10:00.", "Take over"]) == []
    assert "Release" not in page


def test_a8_claiming_releasing_and_taking_over(application: Application, cast: Cast) -> None:
    vera, mona = signed_in(cast.vera), signed_in(cast.mona)
    vera.post(address_of("claim", application))
    assert holder(application) == cast.vera
    assert lacking(shown(vera, application), ["Yours since 10:00", "Release"]) == []
    told = mona.post(address_of("claim", application), follow=True)
    assert "Vera Vik has been working on this application since 23 November, 10:00." in words(told)
    mona.post(address_of("take_over", application))
    assert holder(application) == cast.mona
    mona.post(address_of("release", application))
    assert holder(application) is None


def test_a8_deciding_what_a_colleague_has_is_refused_and_keeps_what_was_typed(
    application: Application, cast: Cast, now: datetime
) -> None:
    claiming.claim(application=application, by=cast.mona.as_staff, now=now)
    refused = signed_in(cast.vera).post(address_of("decline", application), {"text": "Ingen bedrift."})
    assert refused.status_code == 422
    expected = [
        "Mona Vik has been working on this application since 23 November, 10:00. Ask, or take it over first.",
        "Ingen bedrift.",
        "Take over",
    ]
    assert lacking(words(refused), expected) == []
    assert ">Approve<" not in refused.text
    taken = signed_in(cast.vera).post(address_of("take_over", application), {"text": "Ingen bedrift."})
    assert (
        lacking(words(taken), ["Yours since 10:00; free for others from 10:15", "Ingen bedrift.", "Approve"])
        == []
    )


def test_a8_next_leads_from_one_to_the_next_and_gives_the_first_back(cast: Cast, now: datetime) -> None:
    first, second = (
        validating(number, now=now - timedelta(days=2 - n)) for n, number in enumerate((NORDVIK, SKARPHET))
    )
    vera, mona = signed_in(cast.vera), signed_in(cast.mona)
    address = reverse("desk:next_application")
    assert vera.post(address).headers["Location"] == address_of("application", first)
    assert mona.post(address).headers["Location"] == address_of("application", second)
    gone = mona.post(address, {"leaving": second.public_id}, follow=True)
    assert "No other application waits for you now." in words(gone)
    assert (holder(first), holder(second)) == (cast.vera, None)
    on = vera.post(address, {"leaving": first.public_id})
    assert on.headers["Location"] == address_of("application", second)
    assert vera.post(address, {"leaving": "nonsense"}).status_code == 302


def test_a8_after_deciding_the_next_is_mine(application: Application, cast: Cast, now: datetime) -> None:
    later = validating(SKARPHET, now=now + timedelta(hours=1))
    vera = signed_in(cast.vera)
    done = vera.post(address_of("decline", application), {"text": "Nei.", "seen": "0"})
    assert done.headers["Location"] == address_of("application", later)
    assert holder(later) == cast.vera


def test_a8_a_decided_review_has_no_actions(application: Application, cast: Cast, now: datetime) -> None:
    vera = signed_in(cast.vera)
    assert 'class="review-actions"' in vera.get(address_of("application", application)).text
    deciding.decline(application=application, reason="No.", by=cast.vera.as_staff, now=now)
    page = vera.get(address_of("application", application)).text
    assert 'class="review-actions"' not in page
    assert "Your decision" not in page


def test_a8_what_speaks_against_it_stands_on_top_and_what_passed_is_folded(
    application: Application, cast: Cast
) -> None:
    response = signed_in(cast.vera).get(address_of("application", application))
    (against,) = response.context["against"]
    assert (against.outcome, str(against.label)) == ("unclear", "A person has to look at the document")
    assert [str(each) for each in against.others] == [
        "The document shows the business",
        "Not everybody can get the document",
        "The document is the business's own",
        "The document is recent",
        "The document can be read well",
        "The document is unaltered",
    ]
    page = words(response)
    assert page.index("What to look at") < page.index("11 checks passed") < page.index("Answers and register")


def test_a8_what_changed_since_the_answer_is_marked(
    application: Application, cast: Cast, now: datetime
) -> None:
    deciding.ask_for_more(application=application, text="A PDF?", by=cast.vera.as_staff, now=now)
    upload = SimpleUploadedFile("faktura.pdf", pdf_of(NORDVIK))
    deciding.answer(application=application, text="", uploads=[upload], now=now + timedelta(minutes=1))
    vera = signed_in(cast.vera)
    assert "The applicant answered. The checks run again within a minute" in shown(vera, application)
    checked(application, now=now + timedelta(minutes=2))
    page = shown(vera, application)
    assert lacking(page, ["New since the answer", "before: unclear", "The checks ran again"]) == []


def test_a7_an_automatic_decision_is_explained(cast: Cast, now: datetime) -> None:
    application = checked(sent(BLATIMEN, now=now), now=now)
    page = shown(signed_in(cast.vera), application)
    expected = [
        "Automatically, 23 Nov 2026, 10:00: all required checks passed.",
        "The document is unaltered: passed",
        "The application was approved automatically.",
    ]
    assert lacking(page, expected) == []
    account = words(signed_in(cast.vera).get(reverse("desk:account", args=[application.account.public_id])))
    assert "Checks that passed: The number's check digits" in account


def test_a8_staff_write_notes_and_support_does_too(application: Application, cast: Cast) -> None:
    sara = signed_in(cast.sara)
    empty = sara.post(address_of("note", application), {"note": " "})
    assert (empty.status_code, "Fill this in." in words(empty)) == (422, True)
    saved = sara.post(address_of("note", application), {"note": "Ringer tilbake i morgen."})
    assert saved.headers["Location"] == f"{address_of('application', application)}#notes"
    assert lacking(shown(signed_in(cast.vera), application), ["Ringer tilbake i morgen.", "Sara Vik"]) == []
    opened_again = sara.get(address_of("note", application))
    assert opened_again.headers["Location"] == address_of("application", application)


def test_a1_nothing_typed_on_a_review_is_lost(application: Application, cast: Cast, now: datetime) -> None:
    vera = signed_in(cast.vera)
    typed = {"text": "Halvskrevet spørsmål", "note": "Halvskrevet notat", "block_contact": "on"}

    def kept(answer: Any) -> tuple[str, str, bool]:
        assert 'data-changed="1"' in answer.text  # and the browser asks before it is left
        form, note_form = answer.context["form"], answer.context["note_form"]
        return form["text"].value(), note_form["note"].value(), bool(form["block_contact"].value())

    for action in ("claim", "release"):
        assert kept(vera.post(address_of(action, application), typed)) == (typed["text"], typed["note"], True)
    claiming.claim(application=application, by=cast.mona.as_staff, now=now)
    assert kept(vera.post(address_of("take_over", application), typed))[:2] == (typed["text"], typed["note"])
    refused = vera.post(address_of("decline", application), {**typed, "text": " "})
    assert refused.status_code == 422
    assert refused.context["note_form"]["note"].value() == typed["note"]
    assert kept(vera.post(address_of("note", application), typed)) == (typed["text"], "", True)
    assert [note.text for note in application.notes.all()] == [typed["note"]]
    empty = vera.post(address_of("note", application), {**typed, "note": " "})
    assert (empty.status_code, empty.context["form"]["text"].value()) == (422, typed["text"])
    added = kept(vera.post(address_of("ready_text", application), {**typed, "start": "unreadable"}))
    assert added[0].startswith("Halvskrevet spørsmål\n\n")
    assert len(added[0]) > 60
    assert added[1:] == (typed["note"], True)


def test_a8_a_note_that_was_begun_is_kept_when_it_is_decided(application: Application, cast: Cast) -> None:
    form = {"text": "Nei.", "note": "Ringte, ingen svarte."}
    assert signed_in(cast.vera).post(address_of("decline", application), form).status_code == 302
    assert [note.text for note in application.notes.all()] == ["Ringte, ingen svarte."]


def test_a8_a_page_at_which_somebody_works_keeps_its_claim(
    application: Application, cast: Cast, now: datetime
) -> None:
    claiming.claim(application=application, by=cast.vera.as_staff, now=now - timedelta(minutes=10))
    vera = signed_in(cast.vera)
    page = vera.get(address_of("application", application)).text
    assert f'action="{address_of("stay", application)}" data-stay' in page
    assert vera.post(address_of("stay", application)).status_code == 204
    application.refresh_from_db()
    assert application.claimed_at is not None
    assert application.claimed_at >= now


def test_a8_notes_are_no_part_of_what_the_applicant_sees(
    application: Application, cast: Cast, now: datetime
) -> None:
    from medlem.core import links

    noting.add_note(application=application, text="Hemmelig.", by=cast.vera.as_staff, now=now)
    status = reverse("public:status", kwargs={"token": links.sign("status", application.public_id)})
    assert "Hemmelig" not in Client().get(status, follow=True).text


@pytest.mark.parametrize("turns", [1, 3])
def test_the_review_asks_the_database_as_often_for_a_long_dialogue_as_for_a_short_one(
    application: Application, cast: Cast, now: datetime, turns: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(turns):
        at = now + timedelta(hours=n)
        noting.add_note(application=application, text="Note.", by=cast.sara.as_staff, now=at)
        deciding.ask_for_more(application=application, text="?", by=cast.vera.as_staff, now=at)
        deciding.answer(application=application, text="!", now=at)
    vera = signed_in(cast.vera)
    with django_assert_max_num_queries(21):
        assert len(vera.get(address_of("application", application)).context["turns"]) == 2 * turns


def test_the_queue_is_narrowed_by_urgency_claim_and_country(cast: Cast, now: datetime) -> None:
    late = validating(NORDVIK, now=now - timedelta(days=7))
    new = validating(SKARPHET, now=now)
    claiming.claim(application=new, by=cast.mona.as_staff, now=now)
    mona = signed_in(cast.mona)

    def found(query: str) -> list[tuple[Application, str]]:
        rows = mona.get(f"{reverse('desk:applications')}?{query}").context["rows"]
        return [(row.application, row.person) for row in rows]

    assert found("") == [(late, ""), (new, "Mona Vik")]
    assert found("urgency=overdue") == [(late, "")]
    assert found("urgency=in_time") == [(new, "Mona Vik")]
    assert found("claimed=mine") == [(new, "Mona Vik")]
    assert found("claimed=unclaimed") == [(late, "")]
    assert found("country=SE") == found("urgency=nonsense") == []


# --- blocked contacts -------------------------------------------------------------------------------


def test_a7_a_blocked_contact_is_found_and_let_go(
    application: Application, cast: Cast, now: datetime
) -> None:
    deciding.decline(
        application=application, reason="Fraud.", block_contact=True, by=cast.mona.as_staff, now=now
    )
    vera, address = signed_in(cast.vera), reverse("desk:blocked")
    contact = BlockedContact.objects.get()
    assert lacking(words(vera.get(address)), [contact.email, "Fraud.", "Mona Vik", "23 Nov 2026"]) == []
    assert "No address is blocked" in words(vera.get(address, {"q": "nobody"}))
    done = vera.post(reverse("desk:unblock", args=[contact.pk]), follow=True)
    assert f"{contact.email} is no longer blocked." in words(done)
    assert vera.post(reverse("desk:unblock", args=[contact.pk])).status_code == 302
    assert BlockedContact.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_blocked_contacts_cost_the_same_however_many(
    cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        BlockedContact.objects.create(
            email=f"{n}@x.example", reason="Fraud", blocked_by_id=cast.vera.public_id, at=now
        )
    vera = signed_in(cast.vera)
    with django_assert_num_queries(7):
        assert len(vera.get(reverse("desk:blocked")).context["rows"]) == count


# --- figures ----------------------------------------------------------------------------------------


def test_a6_the_figures_of_the_queue(
    application: Application, cast: Cast, now: datetime, set_clock: Clock
) -> None:
    checked(sent(BLATIMEN, now=now), now=now + timedelta(seconds=40))
    later = now + timedelta(hours=26, minutes=20)
    deciding.decline(application=application, reason="No.", by=cast.vera.as_staff, now=later)
    validating(BRENNVIDDE, now=now)
    set_clock(later)
    page = words(signed_in(cast.mona).get(reverse("desk:figures")))
    expected = [
        "Wait for a decision 1",
        "Decided 2",
        "Decided automatically 1 (50%)",
        "Half are decided within under a minute",
        "95% are decided within 1 d 2 h",
        "By people: half within 1 d 2 h",
        "23 Nov 2026",
    ]
    assert lacking(page, expected) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_cost_the_same_however_much_was_decided(
    cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in (NORDVIK, SKARPHET, BRENNVIDDE)[:count]:
        deciding.decline(
            application=validating(number, now=now), reason="No.", by=cast.vera.as_staff, now=now
        )
    vera = signed_in(cast.vera)
    with django_assert_num_queries(11):
        vera.get(reverse("desk:figures"))
