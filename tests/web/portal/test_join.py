"""Joining on the pages: what is charged and when, the terms, the card provider's page, two clicks (C5, D1, D2, D5)."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from medlem.accounts.models import AccountPerson
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.providers import simulated_cards
from medlem.events.models import Mail
from medlem.memberships.models import JoinIntention, Membership
from medlem.web import letters
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/membership/join/gold/"
MEMBERSHIP = "/en/membership/"
ANSWERS = {"months": "12", "means": "bank", "terms_version": "2026-1", "accept": "on"}
EXPIRED = "4000000000000069"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast, now: datetime) -> Client:
    """Alice, whose business has the points for Gold."""
    factories.give_points(cast.fjordlys, 1_240, now=now)
    return signed_in(cast.alice)


def send(client: Client, **changes: str) -> Any:
    return client.post(PAGE, {key: value for key, value in {**ANSWERS, **changes}.items() if value})


def count() -> tuple[int, int]:
    return Membership.objects.count(), Invoice.objects.count()


def on_the_card_page(response: HttpResponse, number: str = factories.SUCCEEDS) -> str:
    """Gives the card that the provider asks for; returns the address that leads back."""
    session = response.headers["Location"].rstrip("/").rpartition("/")[2]
    back = simulated_cards().open_session(session).return_url
    simulated_cards().complete_session(session, number)
    return urlsplit(back)._replace(scheme="", netloc="").geturl()


def test_d2_the_page_says_exactly_what_is_charged_and_when(alice: Client) -> None:
    assert (
        lacking(
            words(alice.get(PAGE)),
            [
                "12 months NOK 2,987.50, VAT included",
                "24 months NOK 5,676.25, VAT included · 5% off",
                "36 months NOK 8,066.25, VAT included · 10% off",
                "Nothing is charged today. NOK 2,987.50 for 12 months is charged on 23 Dec 2026.",
                "Your bank may charge for the transfer. You pay NOK 2,987.50 for 12 months by 23 Dec 2026.",
                "Gold, 12 months valid to 22 Nov 2027 NOK 2,390.00",
                "VAT 25% NOK 597.50",
                "To pay due on 23 Dec 2026 NOK 2,987.50",
                "Gold, 24 months valid to 22 Nov 2028 NOK 4,541.00",
                "(version 2026-1)",
                "The membership is an agreement between the business and Eksempel Kamera Norge AS.",
            ],
        )
        == []
    )


def test_d1_a_house_that_takes_no_cards_offers_bank_transfer_alone(alice: Client, settings: Any) -> None:
    settings.MEDLEM_CARD_PROVIDER = "none"
    page = alice.get(PAGE).text
    assert ('value="card"' in page, 'value="bank"' in page) == (False, True)


def test_c5_by_bank_one_is_a_member_at_once(alice: Client) -> None:
    answer = send(alice, months="24")
    membership = Membership.objects.get()
    invoice = factories.invoice_of(membership)
    assert answer.headers["Location"] == MEMBERSHIP
    assert (invoice.means, invoice.gross_minor, membership.terms.get().months) == ("bank", 567_625, 24)
    said = (
        f"You are a member. Your number is {membership.number}, and the membership is active now. "
        "The invoice comes to faktura@fjordlys.example within minutes."
    )
    assert said in words(alice.get(MEMBERSHIP))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accept": ""}, "Accept the terms to join."),
        ({"means": ""}, "Choose how you want to pay."),
        ({"months": "18"}, "Select a valid choice. 18"),
        ({"means": "saved"}, "Select a valid choice. saved"),
    ],
)
def test_c5_what_is_missing_is_asked_for_and_nothing_joined(
    alice: Client, changes: dict[str, str], said: str
) -> None:
    answer = send(alice, **changes)
    assert (answer.status_code, said in words(answer), count()) == (422, True, (0, 0))


def test_c5_terms_that_have_changed_are_read_again(alice: Client) -> None:
    answer = send(alice, terms_version="2025-1", months="24")
    assert answer.headers["Location"] == f"{PAGE}?months=24"
    page = alice.get(answer.headers["Location"])
    assert "The terms have changed since you opened this page." in words(page)
    assert re.findall(r'value="(\d+)"[^>]* checked', page.text) == ["24"]
    assert count() == (0, 0)


def test_c5_two_clicks_make_one_membership_and_one_invoice(alice: Client) -> None:
    answers = [send(alice) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [MEMBERSHIP] * 2
    assert count() == (1, 1)
    assert alice.get(PAGE).headers["Location"] == MEMBERSHIP


def second_super_user(cast: Cast) -> Client:
    AccountPerson.objects.filter(user=cast.bob).update(role="super_user")
    return signed_in(cast.bob)


NOTHING_MORE = "Nothing came of your later choice: nothing more was invoiced or charged."


@pytest.mark.parametrize("means", ["bank", "card"])
def test_c5_who_chooses_second_is_told_who_was_first(alice: Client, cast: Cast, means: str) -> None:
    bob = second_super_user(cast)
    alice.post("/en/membership/join/silver/", ANSWERS)
    assert send(bob, means=means).headers["Location"] == MEMBERSHIP
    page = words(bob.get(MEMBERSHIP))
    said = "Alice Aas joined already: Silver for 12 months, on 23 Nov 2026,"
    assert (lacking(page, [said, NOTHING_MORE]), "You are a member." in page) == ([], False)
    assert (count(), JoinIntention.objects.count()) == ((1, 1), 0)


def test_c5_another_choice_in_another_window_of_ones_own_is_told_apart(alice: Client) -> None:
    alice.post("/en/membership/join/silver/", ANSWERS)
    alice.get(MEMBERSHIP)  # the first window shows that one is a member
    for changes in ({}, {"months": "24"}):
        send(alice, **changes)
        page = words(alice.get(MEMBERSHIP))
        said = "You joined already: Silver for 12 months, on 23 Nov 2026,"
        assert (lacking(page, [said, NOTHING_MORE]), "You are a member." in page) == ([], False)
    assert count() == (1, 1)


def test_c5_two_clicks_of_the_same_choice_end_as_one(alice: Client) -> None:
    for _ in range(2):
        send(alice)
    assert "You are a member. Your number is" in words(alice.get(MEMBERSHIP))


def test_d5_a_card_that_comes_too_late_is_not_kept(alice: Client, cast: Cast) -> None:
    back = on_the_card_page(send(alice, means="card"))
    second_super_user(cast).post("/en/membership/join/silver/", ANSWERS)
    assert alice.get(back).headers["Location"] == MEMBERSHIP
    expected = ["Bob Bakke joined already: Silver for 12 months", NOTHING_MORE, "The card was not kept."]
    assert lacking(words(alice.get(MEMBERSHIP)), expected) == []
    assert (count(), SavedCard.objects.count()) == ((1, 1), 0)


# --- a choice that was left on the card page --------------------------------------------------------

GO_ON = f"{PAGE}go-on/"


def test_d5_what_was_left_on_the_card_page_can_be_gone_on_with(alice: Client) -> None:
    send(alice, means="card", months="24")
    overview = alice.get("/en/overview/")
    assert "You began to join at Gold" in words(overview)
    assert f'href="{PAGE}?months=24"' in overview.text
    assert "Gold for 24 months, by card, on 23 Nov 2026," in words(alice.get(PAGE))
    back = on_the_card_page(alice.post(GO_ON))
    assert alice.get(back).headers["Location"] == MEMBERSHIP
    assert (count(), Membership.objects.get().terms.get().months) == ((1, 1), 24)


def test_d5_going_on_after_the_card_was_entered_joins(alice: Client) -> None:
    on_the_card_page(send(alice, means="card"))  # and nobody came back
    assert alice.post(GO_ON).headers["Location"] == MEMBERSHIP
    assert "You are a member." in words(alice.get(MEMBERSHIP))
    assert count() == (1, 1)


def test_d5_one_may_also_choose_anew(alice: Client) -> None:
    send(alice, means="card")
    send(alice, means="bank")
    assert count() == (1, 1)
    assert "You began to join" not in words(alice.get("/en/overview/"))
    assert alice.post(GO_ON).headers["Location"] == PAGE


def test_d5_a_colleague_is_not_asked_to_go_on(alice: Client, cast: Cast) -> None:
    send(alice, means="card")
    bob = signed_in(cast.bob)
    assert "You began to join" not in words(bob.get("/en/overview/"))
    assert bob.post(GO_ON).headers["Location"].startswith(PAGE)
    assert count() == (0, 0)


def test_d5_by_card_one_joins_on_the_way_back_and_only_once(alice: Client) -> None:
    answer = send(alice, means="card")
    assert (answer.status_code, count()) == (302, (0, 0))
    back = on_the_card_page(answer)
    for _ in range(2):  # loading it again does no harm
        assert alice.get(back).headers["Location"] == MEMBERSHIP
    assert count() == (1, 1)
    assert "NOK 2,987.50 is charged to Visa •••• 4242 on 23 Dec 2026." in words(alice.get(MEMBERSHIP))


def test_d5_a_card_that_is_refused_leads_back_to_the_choice(alice: Client) -> None:
    back = on_the_card_page(send(alice, means="card", months="36"), EXPIRED)
    answer = alice.get(back)
    assert answer.headers["Location"] == f"{PAGE}?months=36"
    assert "The card has expired. Use another one, or choose bank transfer." in words(
        alice.get(answer.headers["Location"])
    )
    assert (count(), SavedCard.objects.count()) == ((0, 0), 0)


def test_d5_a_saved_card_is_offered_by_its_name(alice: Client, cast: Cast, now: datetime) -> None:
    card = factories.saved_card(cast.fjordlys, now=now)
    assert "Visa •••• 4242 Nothing is charged today." in words(alice.get(PAGE))
    assert send(alice, means="saved").headers["Location"] == MEMBERSHIP
    assert factories.invoice_of(Membership.objects.get()).card == card


def test_d5_nobody_joins_with_the_choice_of_another_business(
    alice: Client, cast: Cast, now: datetime
) -> None:
    back = on_the_card_page(send(alice, means="card"))
    intention = JoinIntention.objects.get().public_id
    assert back == f"{PAGE}card/?intention={intention}"
    charlie = signed_in(cast.charlie)
    made_up = [f"{PAGE}card/", f"{PAGE}card/?intention=1", f"{PAGE}card/?intention={uuid4()}"]
    assert [charlie.get(address).status_code for address in (back, *made_up)] == [404] * 4
    assert [alice.get(address).status_code for address in made_up] == [404] * 3
    assert count() == (0, 0)


def test_d5_without_the_provider_the_choice_stays(alice: Client, settings: Any) -> None:
    (settings.DATA / "simulated-card.sqlite3").mkdir(parents=True)  # where its books should be
    answer = send(alice, means="card")
    assert answer.status_code == 422
    assert "The card page does not answer just now." in words(answer)


@pytest.mark.parametrize(
    ("level", "said"), [("platinum", "Platinum needs 360 more points."), ("business-a", "1261 more points.")]
)
def test_c2_a_level_out_of_reach_leads_back_to_all_levels(alice: Client, level: str, said: str) -> None:
    answer = alice.get(f"/en/membership/join/{level}/")
    assert answer.headers["Location"] == MEMBERSHIP
    assert said in words(alice.get(MEMBERSHIP))


def test_c5_only_the_super_user_joins(alice: Client, cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert bob.get(PAGE).headers["Location"] == MEMBERSHIP
    assert "Only your super user can choose a level, as it binds the business." in words(bob.get(MEMBERSHIP))
    assert (send(bob).status_code, count()) == (422, (0, 0))


def test_a_stranger_sees_nothing(alice: Client, cast: Cast) -> None:
    assert Client().get(PAGE).headers["Location"] == f"/en/sign-in/?next={PAGE}"
    assert signed_in(cast.finn).get(PAGE).status_code == 404
    assert alice.get("/en/membership/join/bronze/").status_code == 404


@pytest.mark.parametrize("language", ["nb", "en"])
def test_e1_invitation_and_welcome_are_written_in_both_languages(
    alice: Client, cast: Cast, language: str
) -> None:
    cast.fjordlys.former_member_number = "NO-4711"
    cast.fjordlys.save(update_fields=["former_member_number"])
    send(alice)
    Mail.objects.update(language=language)
    written = {
        mail.template: letters.write(mail)
        for mail in Mail.objects.filter(template__in=["invitation", "welcome"])
    }
    number = Membership.objects.get().number
    expected = {
        "invitation": [f"/{language}/membership/"],
        "welcome": [number, "NO-4711", "/membership/card/"],
    }
    assert {name: lacking(str(letter.body), expected[name]) for name, letter in written.items()} == {
        "invitation": [],
        "welcome": [],
    }
