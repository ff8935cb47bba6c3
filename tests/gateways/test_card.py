"""Charging cards (D5): the simulated provider keeps the promises that medlem asks of a real one."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from medlem.core.money import Money
from medlem.gateways.card import (
    TEST_CARDS,
    CardProvider,
    CardProviderUnavailable,
    ChargeResult,
    Confirmation,
    ConfirmFirst,
    OnlyTestCards,
    Outcome,
    SameKeyOtherCharge,
    SavedCard,
    SetupDeclined,
    SetupSession,
    SimulatedCards,
    UnknownSession,
)

FEE = Money(298750, "NOK")
ONCE, TWICE = "4000002500003155", "4000002760003184"
"""The bank wants the cardholder on the due date; and when the card is saved, too."""


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "provider" / "books.sqlite3"


@pytest.fixture
def cards(books: Path) -> SimulatedCards:
    return SimulatedCards(books, page_url="/demo/card/")


def saved(cards: SimulatedCards, number: str) -> SavedCard:
    page = cards.begin_setup(reference="account 1", return_url="/back/", language="nb")
    card = cards.complete_session(page.session, number)
    assert isinstance(card, SavedCard)
    return card


def charge(cards: CardProvider, card: SavedCard, key: str, amount: Money = FEE) -> ChargeResult:
    return cards.charge(
        card_reference=card.card_reference,
        amount=amount,
        idempotency_key=key,
        description="Invoice 10000042",
    )


def booked(books: Path) -> int:
    with closing(sqlite3.connect(books)) as connection:
        count: int = connection.execute("SELECT count(*) FROM charges").fetchone()[0]
    return count


# --- saving a card --------------------------------------------------------------------------------


def test_saving_a_card(cards: SimulatedCards) -> None:
    page = cards.begin_setup(reference="account 1", return_url="/nb/back/", language="nb")
    assert page.url == f"/demo/card/{page.session}/"
    assert cards.open_session(page.session) == SetupSession("account 1", "/nb/back/", "nb", False)
    assert cards.setup_result(page.session) == SetupDeclined("not_finished")

    card = cards.complete_session(page.session, "4242 4242 4242 4242")
    assert isinstance(card, SavedCard)
    assert (card.brand, card.last4, card.expiry_month, card.expiry_year) == ("Visa", "4242", 12, 2034)
    assert cards.setup_result(page.session) == card
    assert cards.open_session(page.session).is_finished


def test_the_number_is_never_kept(cards: SimulatedCards, books: Path) -> None:
    for number in TEST_CARDS:
        page = cards.begin_setup(reference="account 1", return_url="/", language="en")
        cards.complete_session(page.session, number, confirmed=True)
    kept = b"".join(path.read_bytes() for path in books.parent.iterdir())
    assert not [number for number in TEST_CARDS if number.encode() in kept]


def test_sessions_cannot_be_guessed_and_others_do_not_exist(cards: SimulatedCards) -> None:
    sessions = {cards.begin_setup(reference="", return_url="/", language="nb").session for _ in range(20)}
    assert len(sessions) == 20
    assert all(len(session) >= 43 for session in sessions)  # 256 bits
    for ask in (cards.open_session, cards.setup_result, cards.cancel_session):
        with pytest.raises(UnknownSession):
            ask("made-up")
    with pytest.raises(UnknownSession):
        cards.complete_session("made-up", "4242424242424242")


def test_an_expired_card_is_refused_at_once(cards: SimulatedCards) -> None:
    page = cards.begin_setup(reference="", return_url="/", language="nb")
    assert cards.complete_session(page.session, "4000000000000069") == SetupDeclined("expired_card")
    assert cards.setup_result(page.session) == SetupDeclined("expired_card")


@pytest.mark.parametrize("number", ["4242424242424241", "4111111111111111", "", "4242"])
def test_only_test_cards_are_taken(cards: SimulatedCards, number: str) -> None:
    page = cards.begin_setup(reference="", return_url="/", language="nb")
    with pytest.raises(OnlyTestCards) as refusal:
        cards.complete_session(page.session, number)
    assert refusal.value.field == "number"
    assert not cards.open_session(page.session).is_finished  # another number may be tried


def test_a_finished_session_stays_as_it_is(cards: SimulatedCards) -> None:
    page = cards.begin_setup(reference="", return_url="/", language="nb")
    assert cards.cancel_session(page.session) == SetupDeclined("cancelled")
    assert cards.complete_session(page.session, "4242424242424242") == SetupDeclined("cancelled")

    page = cards.begin_setup(reference="", return_url="/", language="nb")
    card = cards.complete_session(page.session, "4242424242424242")
    assert cards.complete_session(page.session, "5555555555554444") == card
    assert cards.cancel_session(page.session) == card


def test_some_cards_are_saved_with_their_owners_confirmation_only(cards: SimulatedCards) -> None:
    page = cards.begin_setup(reference="", return_url="/", language="nb")
    with pytest.raises(ConfirmFirst):
        cards.complete_session(page.session, TWICE)
    assert cards.setup_result(page.session) == SetupDeclined("not_finished")
    card = cards.complete_session(page.session, TWICE, confirmed=True)
    assert isinstance(card, SavedCard)
    assert charge(cards, card, "invoice-1").outcome == Outcome.NEEDS_AUTHENTICATION

    page = cards.begin_setup(reference="", return_url="/", language="nb")
    refused = SetupDeclined("authentication_failed")
    assert cards.complete_session(page.session, TWICE, confirmed=False) == refused
    assert cards.complete_session(page.session, TWICE, confirmed=True) == refused


# --- charging -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "outcome", "reason"),
    [
        ("4242424242424242", Outcome.SUCCEEDED, ""),
        ("5555555555554444", Outcome.SUCCEEDED, ""),
        ("4000000000000002", Outcome.DECLINED, "card_declined"),
        ("4000000000009995", Outcome.DECLINED, "insufficient_funds"),
        ("4000002500003155", Outcome.NEEDS_AUTHENTICATION, "authentication_required"),
    ],
)
def test_outcomes(cards: SimulatedCards, number: str, outcome: Outcome, reason: str) -> None:
    result = charge(cards, saved(cards, number), "invoice-1")
    assert (result.outcome, result.decline_reason) == (outcome, reason)
    assert cards.find_charge("invoice-1") == result


def test_a_card_that_nobody_saved_is_declined(cards: SimulatedCards) -> None:
    stranger = SavedCard("card_made_up", "Visa", "4242", 12, 2034)
    assert charge(cards, stranger, "invoice-1").decline_reason == "no_such_card"


def test_the_same_key_charges_once_and_answers_the_same(cards: SimulatedCards, books: Path) -> None:
    card = saved(cards, "4242424242424242")
    first = charge(cards, card, "invoice-1")
    again = charge(SimulatedCards(books, page_url="/"), card, "invoice-1")  # after a restart
    assert again == first
    assert charge(cards, card, "invoice-2") != first
    assert booked(books) == 2


def test_the_same_key_for_another_charge_is_an_error(cards: SimulatedCards, books: Path) -> None:
    card, other = saved(cards, "4242424242424242"), saved(cards, "5555555555554444")
    first = charge(cards, card, "invoice-1")
    for wrong_card, amount in [
        (card, Money(298751, "NOK")),
        (card, Money(298750, "SEK")),
        (other, FEE),
    ]:
        with pytest.raises(SameKeyOtherCharge):
            charge(cards, wrong_card, "invoice-1", amount)
    assert cards.find_charge("invoice-1") == first
    assert booked(books) == 1


@pytest.mark.parametrize(("key", "minor"), [("", 100), ("invoice-1", 0), ("invoice-1", -100)])
def test_charges_that_make_no_sense(cards: SimulatedCards, key: str, minor: int) -> None:
    card = saved(cards, "4242424242424242")
    with pytest.raises(ValueError, match="cannot charge"):
        charge(cards, card, key, Money(minor, "NOK"))
    assert cards.find_charge("invoice-1") is None


# --- the cardholder confirms ----------------------------------------------------------------------


def waiting(cards: SimulatedCards, key: str) -> SavedCard:
    """A charge that waits for the owner of its card."""
    card = saved(cards, ONCE)
    assert charge(cards, card, key).outcome == Outcome.NEEDS_AUTHENTICATION
    return card


def confirmation(cards: SimulatedCards, key: str) -> str:
    address = cards.begin_confirmation(key, return_url="/back/", language="nb")
    assert address is not None
    return address.rstrip("/").rpartition("/")[2]


def test_a_confirmed_charge_succeeds_under_its_key(cards: SimulatedCards, books: Path) -> None:
    card = waiting(cards, "invoice-1")
    first, second = confirmation(cards, "invoice-1"), confirmation(cards, "invoice-1")
    assert first != second
    page = cards.open_confirmation(first)
    assert page == Confirmation(FEE, "Invoice 10000042", card, "/back/", "nb", is_waiting=True)
    result = cards.answer_confirmation(first, confirmed=True)
    assert (result.outcome, result.decline_reason) == (Outcome.SUCCEEDED, "")
    # The other page, the same key and the question all tell of the one charge.
    assert cards.answer_confirmation(second, confirmed=False) == result
    assert charge(cards, card, "invoice-1") == cards.find_charge("invoice-1") == result
    assert not cards.open_confirmation(second).is_waiting
    assert booked(books) == 1


def test_a_refused_confirmation_declines_the_charge(cards: SimulatedCards) -> None:
    waiting(cards, "invoice-1")
    session = confirmation(cards, "invoice-1")
    result = cards.answer_confirmation(session, confirmed=False)
    assert (result.outcome, result.decline_reason) == (Outcome.DECLINED, "authentication_failed")
    assert cards.answer_confirmation(session, confirmed=True) == result


def test_a_withdrawn_charge_can_be_confirmed_no_more(cards: SimulatedCards) -> None:
    waiting(cards, "invoice-1")
    session = confirmation(cards, "invoice-1")
    withdrawn = cards.withdraw("invoice-1")
    assert withdrawn is not None
    assert (withdrawn.outcome, withdrawn.decline_reason) == (Outcome.WITHDRAWN, "withdrawn")
    assert cards.withdraw("invoice-1") == cards.answer_confirmation(session, confirmed=True) == withdrawn
    assert cards.begin_confirmation("invoice-1", return_url="/", language="nb") is None


def test_what_is_done_cannot_be_withdrawn(cards: SimulatedCards) -> None:
    result = charge(cards, saved(cards, "4242424242424242"), "invoice-1")
    assert cards.withdraw("invoice-1") == result
    assert cards.begin_confirmation("invoice-1", return_url="/", language="nb") is None
    assert cards.withdraw("nothing") is None
    with pytest.raises(UnknownSession):
        cards.open_confirmation("made-up")
    with pytest.raises(UnknownSession):
        cards.answer_confirmation("made-up", confirmed=True)


def answer(books: Path, session: str, confirmed: bool) -> ChargeResult:
    return SimulatedCards(books, page_url="/").answer_confirmation(session, confirmed=confirmed)


def test_of_two_answers_at_once_one_counts(cards: SimulatedCards, books: Path) -> None:
    waiting(cards, "invoice-1")
    sessions = [confirmation(cards, "invoice-1") for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(answer, [books] * 2, sessions, [True, False])
    assert first == second == cards.find_charge("invoice-1")


def charge_many(books: Path, card: SavedCard) -> list[ChargeResult]:
    cards = SimulatedCards(books, page_url="/")
    return [charge(cards, card, f"invoice-{number}") for number in range(20)]


def test_two_threads_charge_one_key_once(cards: SimulatedCards, books: Path) -> None:
    card = saved(cards, "4242424242424242")
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(charge_many, [books] * 2, [card] * 2)
    assert first == second
    assert booked(books) == 20


def test_two_processes_charge_one_key_once(cards: SimulatedCards, books: Path) -> None:
    card = saved(cards, "4242424242424242")
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as processes:
        first, second = processes.map(charge_many, [books] * 2, [card] * 2)
    assert first == second
    assert booked(books) == 20


def test_books_that_cannot_be_opened_are_a_provider_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    with pytest.raises(CardProviderUnavailable):
        SimulatedCards(tmp_path / "books", page_url="/")
