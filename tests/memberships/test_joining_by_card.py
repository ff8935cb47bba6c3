"""Joining and renewing by card: the choice is kept, the card is entered with the provider, then one joins (C5,
C7, D5); and a choice that was left is gone on with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.forms.models import model_to_dict

from medlem.billing import actions as billing
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.providers import NoCardProvider, simulated_cards
from medlem.core.errors import Refused
from medlem.events.models import Event
from medlem.memberships import actions as memberships
from medlem.memberships import by_card, choosing, renewing
from medlem.memberships.models import JoinIntention, Membership, Term
from medlem.memberships.queries import join_intention, unfinished_intention
from tests import factories
from tests.factories import SUCCEEDS, give_points, invoice_of
from tests.people import Cast
from tests.together import together

BACK = "http://127.0.0.1:8000/en/portal/join/card/"
EXPIRED = "4000000000000069"


def choose(cast: Cast, *, now: datetime, **changes: Any) -> JoinIntention:
    """Alice chooses Gold by card and is sent to the provider's page."""
    choice: dict[str, Any] = {
        "account": cast.fjordlys,
        "level": "gold",
        "months": 12,
        "terms_version": "2026-1",
        "return_url": BACK,
        "language": "en",
        "by": cast.alice.as_member,
    }
    by_card.intend(**{**choice, **changes}, now=now)
    return JoinIntention.objects.latest("id")


@pytest.fixture
def intention(cast: Cast, now: datetime) -> JoinIntention:
    give_points(cast.fjordlys, 1_000, now=now)
    return choose(cast, now=now)


def enter(intention: JoinIntention, number: str = SUCCEEDS) -> None:
    simulated_cards().complete_session(intention.card_session or "", number)


def come_back(cast: Cast, intention: JoinIntention, *, now: datetime) -> Membership:
    return by_card.complete(intention=intention, by=cast.alice.as_member, now=now)


def test_d5_the_choice_is_kept_and_nothing_joined(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    assert model_to_dict(intention, exclude=["id", "card_session"]) == {
        "account": cast.fjordlys.pk,
        "level": "gold",
        "months": 12,
        "terms_version": "2026-1",
        "made_by_id": cast.alice.public_id,
        "made_at": now,
        "card": None,
        "membership": None,
        "renews": None,
    }
    page = simulated_cards().open_session(intention.card_session or "")
    assert (page.reference, page.language) == (str(intention.public_id), "en")
    assert parse_qs(urlsplit(page.return_url).query) == {"intention": [str(intention.public_id)]}
    assert (Membership.objects.count(), Invoice.objects.count(), SavedCard.objects.count()) == (0, 0, 0)


def test_d5_back_with_a_card_one_has_joined(cast: Cast, intention: JoinIntention, now: datetime) -> None:
    enter(intention)
    membership = come_back(cast, intention, now=now)
    intention.refresh_from_db()
    invoice = invoice_of(membership)
    card = SavedCard.objects.get()
    assert (intention.membership, intention.card) == (membership, card)
    assert (invoice.means, invoice.card, invoice.status) == ("card", card, "open")
    assert (membership.terms.get().level, membership.account) == ("gold", cast.fjordlys)


def test_d5_loading_the_page_again_changes_nothing(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    enter(intention)
    first = come_back(cast, intention, now=now)
    assert come_back(cast, intention, now=now) == first
    counts = (Membership.objects.count(), Invoice.objects.count(), SavedCard.objects.count())
    assert counts == (1, 1, 1)
    assert Event.objects.filter(name="membership.joined").count() == 1


@pytest.mark.usefixtures("committing")
def test_d5_loading_the_page_twice_at_once_joins_once(cast: Cast, now: datetime) -> None:
    give_points(cast.fjordlys, 1_000, now=now)
    intention = choose(cast, now=now)
    enter(intention)
    first, second = together(*[lambda: come_back(cast, intention, now=now)] * 2)
    assert first == second == Membership.objects.get()
    assert (Invoice.objects.count(), SavedCard.objects.count()) == (1, 1)


def test_d5_a_page_that_was_left_can_be_opened_again(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    simulated_cards().cancel_session(intention.card_session or "")
    with pytest.raises(billing.CardNotSaved, match=r".+"):
        come_back(cast, intention, now=now)
    assert (Membership.objects.count(), SavedCard.objects.count()) == (0, 0)
    again = choose(cast, now=now)
    enter(again)
    assert come_back(cast, again, now=now) == Membership.objects.get()


def test_d5_an_expired_card_joins_nobody(
    cast: Cast, intention: JoinIntention, now: datetime, english: None
) -> None:
    enter(intention, EXPIRED)
    with pytest.raises(billing.CardNotSaved) as refused:
        come_back(cast, intention, now=now)
    assert str(refused.value) == "The card has expired. Use another one, or choose bank transfer."
    assert (Membership.objects.count(), SavedCard.objects.count()) == (0, 0)


def test_d5_two_pages_filled_in_join_once(cast: Cast, intention: JoinIntention, now: datetime) -> None:
    other = choose(cast, now=now)
    enter(intention)
    enter(other)
    membership = come_back(cast, intention, now=now)
    with pytest.raises(memberships.AlreadyMember):
        come_back(cast, other, now=now)
    # The card of the page that was too late is not kept either.
    assert SavedCard.objects.get() == invoice_of(membership).card


def test_d5_a_stranger_does_not_see_the_choice_of_another_account(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    enter(intention)
    assert join_intention(cast.fjordlys, intention.public_id) == intention
    assert join_intention(cast.nordkapp, intention.public_id) is None
    assert join_intention(cast.fjordlys, UUID(int=0)) is None
    for person in (cast.charlie, cast.bob):
        with pytest.raises(choosing.MayNotBind):
            by_card.complete(intention=intention, by=person.as_member, now=now)
    assert (Membership.objects.count(), SavedCard.objects.count()) == (0, 0)


def test_c5_what_changed_while_the_card_was_entered_counts(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    enter(intention)
    give_points(cast.fjordlys, -1, now=now)
    with pytest.raises(choosing.OutOfReach):
        come_back(cast, intention, now=now)
    give_points(cast.fjordlys, 1, now=now)
    JoinIntention.objects.filter(pk=intention.pk).update(terms_version="2025-1")
    with pytest.raises(choosing.TermsChanged):
        come_back(cast, intention, now=now)
    assert (Membership.objects.count(), SavedCard.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("choice", "refusal"),
    [
        ({"level": "platinum"}, choosing.OutOfReach),
        ({"terms_version": "2025-1"}, choosing.TermsChanged),
        ({"months": 18}, Refused),
    ],
)
def test_c5_a_choice_that_cannot_be_does_not_lead_to_the_card_page(
    cast: Cast, now: datetime, choice: dict[str, Any], refusal: type[Refused]
) -> None:
    give_points(cast.fjordlys, 1_000, now=now)
    with pytest.raises(refusal):
        choose(cast, now=now, **choice)
    with pytest.raises(choosing.MayNotBind):
        choose(cast, by=cast.bob.as_member, now=now)
    assert JoinIntention.objects.count() == 0


def test_d5_without_an_answer_of_the_provider_nothing_is_joined(
    cast: Cast, now: datetime, settings: Any
) -> None:
    give_points(cast.fjordlys, 1_000, now=now)
    (settings.DATA / "simulated-card.sqlite3").mkdir(parents=True)  # where its books should be
    with pytest.raises(billing.CardsUnavailable):
        choose(cast, now=now)
    kept = JoinIntention.objects.get()
    assert (kept.card_session, kept.membership) == (None, None)
    settings.MEDLEM_CARD_PROVIDER = "none"
    with pytest.raises(NoCardProvider):
        choose(cast, now=now)


# --- a choice that was left ---------------------------------------------------------------------


def go_on(cast: Cast, intention: JoinIntention, *, now: datetime) -> Membership | str:
    return by_card.go_on(
        intention=intention, return_url=BACK, language="en", by=cast.alice.as_member, now=now
    )


def test_d5_an_unfinished_choice_is_offered_for_two_weeks(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    offered = [unfinished_intention(cast.fjordlys, now=now + timedelta(days=days)) for days in (0, 14, 15)]
    assert offered == [intention, intention, None]
    assert unfinished_intention(cast.nordkapp, now=now) is None


def test_d5_going_on_opens_another_page_for_the_same_choice(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    before = intention.card_session
    url = go_on(cast, intention, now=now)
    intention.refresh_from_db()
    assert intention.card_session != before
    assert url == f"/demo/card/{intention.card_session}/"
    enter(intention)
    membership = come_back(cast, intention, now=now)
    assert membership.terms.get().level == "gold"
    assert (JoinIntention.objects.count(), unfinished_intention(cast.fjordlys, now=now)) == (1, None)


def test_d5_going_on_joins_where_the_card_was_entered_and_nobody_came_back(
    cast: Cast, intention: JoinIntention, now: datetime
) -> None:
    enter(intention)
    assert go_on(cast, intention, now=now) == Membership.objects.get()
    assert go_on(cast, intention, now=now) == Membership.objects.get()
    assert (Invoice.objects.count(), SavedCard.objects.count()) == (1, 1)


def test_d5_going_on_checks_the_choice_again(cast: Cast, intention: JoinIntention, now: datetime) -> None:
    give_points(cast.fjordlys, -1, now=now)
    with pytest.raises(choosing.OutOfReach):
        go_on(cast, intention, now=now)
    assert Membership.objects.count() == 0


def test_d5_a_newer_choice_takes_its_place(cast: Cast, intention: JoinIntention, now: datetime) -> None:
    newer = choose(cast, level="silver", now=now)
    assert unfinished_intention(cast.fjordlys, now=now) == newer
    enter(newer)
    come_back(cast, newer, now=now)
    assert unfinished_intention(cast.fjordlys, now=now) is None


def test_c7_renewing_by_card_follows_the_term(cast: Cast, now: datetime) -> None:
    member = factories.member(cast.fjordlys, now=now)
    factories.paid(factories.invoice_of(member), now=now)
    follows, later = member.terms.get(), datetime(2027, 10, 1, 9, tzinfo=UTC)
    intention = choose(cast, renews=follows, level="platinum", now=later)
    assert unfinished_intention(cast.fjordlys, now=later) == intention
    enter(intention)
    for _ in range(2):
        assert come_back(cast, intention, now=later) == member
    term = member.terms.last()
    assert term is not None
    assert term.invoice is not None
    assert (term.level, term.starts_on, term.invoice.means) == ("platinum", follows.ends_on, "card")
    assert (Membership.objects.count(), member.terms.count(), Invoice.objects.count()) == (1, 2, 2)
    late = choose_unchecked(cast, follows, now=later)
    enter(late)
    with pytest.raises(renewing.RenewedAlready):
        come_back(cast, late, now=later)
    assert SavedCard.objects.count() == 1  # the card of the one who came second is not kept


def choose_unchecked(cast: Cast, follows: Term, *, now: datetime) -> JoinIntention:
    """Somebody was on the provider's page already when another renewed."""
    page = simulated_cards().begin_setup(reference="x", return_url=BACK, language="en")
    return JoinIntention.objects.create(
        account=cast.fjordlys,
        level="gold",
        months=12,
        terms_version="2026-1",
        card_session=page.session,
        renews=follows,
        made_by_id=cast.alice.public_id,
        made_at=now,
    )
