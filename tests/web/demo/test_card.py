"""The pages of the simulated provider: test cards only, confirming, and always a way back (D5)."""

from __future__ import annotations

import pytest
from django.test import Client

from medlem.billing.providers import simulated_cards
from medlem.core.money import Money
from medlem.gateways.card import SavedCard, SetupDeclined
from tests.web.visits import lacking, words

pytestmark = [pytest.mark.urls("tests.web.demo_urls"), pytest.mark.django_db]

BACK = "http://testserver/en/membership/"


@pytest.fixture
def session() -> str:
    return simulated_cards().begin_setup(reference="test", return_url=BACK, language="en").session


def send(client: Client, session: str, **answers: str) -> tuple[int, str]:
    answer = client.post(f"/demo/card/{session}/", answers)
    return answer.status_code, answer.headers.get("Location", "")


def test_d5_the_page_says_that_it_is_a_simulation_and_what_each_card_does(
    client: Client, session: str
) -> None:
    expected = [
        "This is a simulation",
        "never type a real one",
        "Visa 4242 4242 4242 4242 It is charged on the due date.",
        "Visa 4000 0000 0000 0002 It is saved, and declined on the due date.",
        "Visa 4000 0025 0000 3155 It is saved, and on the due date the bank wants the cardholder to confirm.",
        "Visa 4000 0027 6000 3184 The bank wants the cardholder to confirm now, and again on the due date.",
        "Visa 4000 0000 0000 0069 It has expired and is not saved.",
    ]
    assert lacking(words(client.get(f"/demo/card/{session}/")), expected) == []


@pytest.mark.parametrize(
    "answers",
    [
        {"chosen": "4242424242424242"},
        {"chosen": "4000000000000002", "number": "4242 4242 4242 4242"},
    ],
)
def test_d5_a_card_that_is_chosen_or_typed_is_saved(
    client: Client, session: str, answers: dict[str, str]
) -> None:
    assert send(client, session, **answers) == (302, BACK)
    saved = simulated_cards().setup_result(session)
    assert isinstance(saved, SavedCard)
    assert (saved.brand, saved.last4) == ("Visa", "4242")
    # What is done is done: neither another card nor cancelling changes it.
    assert send(client, session, chosen="5555555555554444") == (302, BACK)
    assert send(client, session, cancel="1") == (302, BACK)
    assert client.get(f"/demo/card/{session}/").headers["Location"] == BACK
    assert simulated_cards().setup_result(session) == saved


@pytest.mark.parametrize(
    ("answers", "reason"),
    [({"cancel": "1"}, "cancelled"), ({"chosen": "4000000000000069"}, "expired_card")],
)
def test_d5_without_a_card_the_way_back_is_the_same(
    client: Client, session: str, answers: dict[str, str], reason: str
) -> None:
    assert send(client, session, **answers) == (302, BACK)
    assert simulated_cards().setup_result(session) == SetupDeclined(reason)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("4111 1111 1111 1111", "Only test cards are taken here, never a real one."),
        ("4242 4242 4242 4241", "The card number has a typing slip."),
    ],
)
def test_d5_a_real_card_is_never_taken(client: Client, session: str, number: str, said: str) -> None:
    answer = client.post(f"/demo/card/{session}/", {"chosen": "4242424242424242", "number": number})
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert simulated_cards().setup_result(session) == SetupDeclined("not_finished")


def test_d5_an_address_that_was_typed_by_hand_leads_back(client: Client) -> None:
    answer = client.get("/demo/card/nobody/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "This card page does not exist." in words(answer)


# --- the cardholder confirms ------------------------------------------------------------------------

TWICE = "4000002760003184"


def test_d5_a_card_may_have_to_be_confirmed_before_it_is_saved(client: Client, session: str) -> None:
    asked = client.post(f"/demo/card/{session}/", {"chosen": TWICE})
    expected = [
        "Confirm with your bank",
        "Your bank wants you to confirm that the card is saved.",
        "•••• 3184",
    ]
    assert (asked.status_code, lacking(words(asked), expected)) == (200, [])
    assert simulated_cards().setup_result(session) == SetupDeclined("not_finished")
    assert send(client, session, chosen=TWICE, confirmed="yes") == (302, BACK)
    assert isinstance(simulated_cards().setup_result(session), SavedCard)


@pytest.mark.parametrize(
    ("answers", "reason"), [({"confirmed": "no"}, "authentication_failed"), ({"cancel": "1"}, "cancelled")]
)
def test_d5_a_card_that_was_not_confirmed_is_not_saved(
    client: Client, session: str, answers: dict[str, str], reason: str
) -> None:
    assert send(client, session, chosen=TWICE, **answers) == (302, BACK)
    assert simulated_cards().setup_result(session) == SetupDeclined(reason)


@pytest.fixture
def confirmation() -> str:
    """The address of the page on which a charge is confirmed."""
    cards = simulated_cards()
    page = cards.begin_setup(reference="test", return_url=BACK, language="en")
    card = cards.complete_session(page.session, "4000002500003155")
    assert isinstance(card, SavedCard)
    cards.charge(
        card_reference=card.card_reference,
        amount=Money(148_750, "NOK"),
        idempotency_key="charge-1",
        description="10001",
    )
    address = cards.begin_confirmation("charge-1", return_url=BACK, language="en")
    assert address is not None
    return address


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"confirmed": "yes"}, "succeeded"),
        ({"confirmed": "no"}, "declined"),
        ({"cancel": "1"}, "needs_authentication"),
    ],
)
def test_d5_a_charge_is_confirmed_refused_or_left(
    client: Client, confirmation: str, answers: dict[str, str], outcome: str
) -> None:
    page = words(client.get(confirmation))
    expected = [
        "Eksempel Kamera Norge AS wants to charge your card for invoice 10001.",
        "NOK 1,487.50",
        "•••• 3155",
    ]
    assert lacking(page, expected) == []
    for _ in range(2):  # sent again, it says the same
        assert client.post(confirmation, answers).headers["Location"] == BACK
    result = simulated_cards().find_charge("charge-1")
    assert result is not None
    assert result.outcome == outcome
    # What was answered is answered: the page leads back.
    assert client.get(confirmation).status_code == (200 if outcome == "needs_authentication" else 302)


def test_d5_a_confirmation_that_was_typed_by_hand_leads_back(client: Client) -> None:
    answer = client.get("/demo/card/confirm/nobody/", headers={"accept-language": "en"})
    assert (answer.status_code, "This card page does not exist." in words(answer)) == (404, True)
