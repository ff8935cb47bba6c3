"""Saving the card that is charged on due dates (D5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.forms.models import model_to_dict

from medlem.billing import actions as billing
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.providers import NoCardProvider, cards_are_taken, simulated_cards
from medlem.billing.queries import current_card
from medlem.core.identifiers import uuid7
from medlem.events.models import Event
from tests.billing.invoices import issue
from tests.factories import saved_card, super_user
from tests.people import Cast
from tests.together import together

MASTERCARD, EXPIRED = "5555555555554444", "4000000000000069"


def page() -> str:
    """A page of the provider on which a card is entered; its session."""
    _url, session = billing.begin_card(
        reference=uuid7(), return_url="http://127.0.0.1:8000/back/", language="nb"
    )
    return session


def test_d5_a_card_is_kept_without_its_number(cast: Cast, now: datetime) -> None:
    session = page()
    simulated_cards().complete_session(session, "4242 4242 4242 4242")
    card = billing.save_card(account=cast.fjordlys, session=session, by=super_user(cast.fjordlys), now=now)
    assert model_to_dict(card, exclude=["id"]) == {
        "account": cast.fjordlys.pk,
        "provider": "simulated",
        "reference": card.reference,
        "brand": "Visa",
        "last4": "4242",
        "expires_month": 12,
        "expires_year": 2034,
        "saved_at": now,
        "replaced_at": None,
    }
    assert card.reference.startswith("card_")
    assert str(card) == "Visa •••• 4242"
    assert Event.objects.get(name="card.saved").after == {"brand": "Visa", "last4": "4242"}


def test_d5_the_page_is_the_providers_and_speaks_the_language(cast: Cast) -> None:
    url, session = billing.begin_card(
        reference=cast.fjordlys.public_id, return_url="http://x.example/", language="nb"
    )
    opened = simulated_cards().open_session(session)
    assert url.endswith(f"/demo/card/{session}/")
    assert (opened.reference, opened.return_url, opened.language) == (
        str(cast.fjordlys.public_id),
        "http://x.example/",
        "nb",
    )


def test_d5_the_same_page_saves_one_card(cast: Cast, now: datetime) -> None:
    session = page()
    simulated_cards().complete_session(session, MASTERCARD)
    by = super_user(cast.fjordlys)
    first = billing.save_card(account=cast.fjordlys, session=session, by=by, now=now)
    assert billing.save_card(account=cast.fjordlys, session=session, by=by, now=now) == first
    assert (SavedCard.objects.count(), Event.objects.filter(name="card.saved").count()) == (1, 1)


@pytest.mark.usefixtures("committing")
def test_d5_the_same_page_twice_at_once_saves_one_card(cast: Cast, now: datetime) -> None:
    session = page()
    simulated_cards().complete_session(session, MASTERCARD)
    by = super_user(cast.fjordlys)
    first, second = together(
        *[lambda: billing.save_card(account=cast.fjordlys, session=session, by=by, now=now)] * 2
    )
    assert first == second == SavedCard.objects.get()


def test_d5_a_new_card_takes_the_place_of_the_one_before(cast: Cast, now: datetime) -> None:
    old = saved_card(cast.fjordlys, now=now)
    by_card, by_bank = issue(cast.fjordlys, card=old, now=now), issue(cast.fjordlys, now=now)
    paid = issue(cast.fjordlys, card=old, now=now)
    Invoice.objects.filter(pk=paid.pk).update(status="paid")
    theirs = issue(cast.nordkapp, card=saved_card(cast.nordkapp, now=now), now=now)
    new = saved_card(cast.fjordlys, number=MASTERCARD, now=now)
    old.refresh_from_db()
    assert (old.replaced_at, current_card(cast.fjordlys)) == (now, new)
    cards = {invoice.pk: invoice.card for invoice in Invoice.objects.all()}
    assert cards == {by_card.pk: new, by_bank.pk: None, paid.pk: old, theirs.pk: theirs.card}


def _left(session: str) -> None:
    simulated_cards().cancel_session(session)


def _expired(session: str) -> None:
    simulated_cards().complete_session(session, EXPIRED)


def _unfinished(session: str) -> None:
    """The person came back some other way."""


@pytest.mark.parametrize(
    ("what_happens", "words"),
    [
        (_left, "You left the card page, so no card was saved. Try again, or choose bank transfer."),
        (_expired, "The card has expired. Use another one, or choose bank transfer."),
        (_unfinished, "The card was not saved. Try again, or choose bank transfer."),
    ],
)
def test_d5_a_page_without_a_card_says_why(
    cast: Cast, now: datetime, english: None, what_happens: Any, words: str
) -> None:
    session = page()
    what_happens(session)
    with pytest.raises(billing.CardNotSaved) as refused:
        billing.save_card(account=cast.fjordlys, session=session, by=super_user(cast.fjordlys), now=now)
    assert str(refused.value) == words
    assert SavedCard.objects.count() == 0


def test_d5_a_card_of_another_business_is_not_taken(cast: Cast, now: datetime) -> None:
    session = page()
    simulated_cards().complete_session(session, MASTERCARD)
    billing.save_card(account=cast.fjordlys, session=session, by=super_user(cast.fjordlys), now=now)
    with pytest.raises(billing.CardNotSaved):
        billing.save_card(account=cast.nordkapp, session=session, by=super_user(cast.nordkapp), now=now)
    assert current_card(cast.nordkapp) is None


def test_d5_without_a_provider_no_card_is_taken(cast: Cast, now: datetime, settings: Any) -> None:
    assert cards_are_taken()
    settings.MEDLEM_CARD_PROVIDER = "none"
    assert not cards_are_taken()
    with pytest.raises(NoCardProvider):
        page()
    with pytest.raises(NoCardProvider):
        billing.save_card(account=cast.fjordlys, session="x", by=super_user(cast.fjordlys), now=now)


def test_d5_a_provider_that_does_not_answer_saves_nothing(cast: Cast, now: datetime, settings: Any) -> None:
    session = page()
    simulated_cards().complete_session(session, MASTERCARD)
    books = settings.DATA / "simulated-card.sqlite3"
    books.rename(books.with_suffix(".away"))
    books.mkdir()  # the file cannot be opened, as a provider that cannot be reached
    with pytest.raises(billing.CardsUnavailable):
        page()
    with pytest.raises(billing.CardsUnavailable):
        billing.save_card(account=cast.fjordlys, session=session, by=super_user(cast.fjordlys), now=now)
    assert SavedCard.objects.count() == 0
