"""The membership page and the card: levels in reach (C1 to C3), what is held (C5), and its proof (C6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.accounts import actions as accounts
from medlem.billing.status import Means
from medlem.memberships.models import Membership
from medlem.memberships.queries import card_code
from medlem.memberships.status import MembershipStatus
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/membership/"
CARD = "/en/membership/card/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def test_c3_all_levels_are_shown_those_in_reach_to_choose(alice: Client, cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 1_240, now=now)
    page = words(alice.get(PAGE))
    assert (
        lacking(
            page,
            [
                "You have 1,240 points.",
                "Available CPS levels",
                "Silver 500 points NOK 1,190.00 a year, before VAT",
                "Gold 1,000 points NOK 2,390.00",
                "Platinum 1,600 points NOK 4,190.00",
                "360 points to go",
                "They can be chosen with more than 2,500 points; you have 1,240.",
            ],
        )
        == []
    )
    assert re.findall(r"Choose (\w+)", page.partition("Available")[2]) == ["Silver", "Gold"]


def test_c1_before_the_invitation_all_levels_are_shown_with_what_is_missing(
    alice: Client, cast: Cast, now: datetime
) -> None:
    factories.give_points(cast.fjordlys, 320, now=now)
    page = words(alice.get(PAGE))
    missing = ["With 500 the invitation comes", "180 points to go", "680 points to go", "1,280 points to go"]
    assert lacking(page, missing) == []
    assert "Choose Silver" not in page


@pytest.mark.parametrize(("points", "offered"), [(2_500, False), (2_501, True)])
def test_c3_the_switch_is_there_with_more_than_2500_points(
    alice: Client, cast: Cast, now: datetime, points: int, offered: bool
) -> None:
    factories.give_points(cast.fjordlys, points, now=now)
    off = alice.get(PAGE).text
    assert ('role="switch" aria-checked="false"' in off, "Choose Platinum" in off) == (offered, True)
    on = alice.get(PAGE, {"group": "business"}).text
    assert ('role="switch" aria-checked="true"' in on, "Choose Business A" in on) == (offered, offered)
    assert ("Choose Platinum" in on) is not offered


def test_b3_products_without_details_say_how_far_they_would_lead(
    alice: Client, cast: Cast, now: datetime
) -> None:
    factories.give_points(cast.fjordlys, 100, now=now)
    factories.product(cast.fjordlys, points=495, serial="0230210004", dealer="", now=now)
    page = words(alice.get(PAGE))
    assert "400 points to go Products that still lack details would take you there." in page
    assert "900 points to go Products that still lack details would bring 495 of them." in page


def test_c5_a_member_sees_what_is_held_and_what_is_to_be_paid(
    alice: Client, cast: Cast, now: datetime
) -> None:
    accounts.note_former_number(account=cast.fjordlys, number="NO-4711", by=cast.sara.as_staff, now=now)
    cast.fjordlys.refresh_from_db()
    membership = factories.member(cast.fjordlys, level="gold", now=now)
    page = words(alice.get(PAGE))
    assert (
        lacking(
            page,
            [
                "Pay NOK 2,987.50 by 23 Dec 2026, with the KID.",
                "Level Gold",
                f"Member number {membership.number} formerly NO-4711",
                "Valid to 22 Nov 2027",
                "Term 12 months from 23 Nov 2026",
                "Payment Open to be paid by 23 Dec 2026 Invoice 10001",
                "Membership card",
                "All levels",
                "Gold Your level",
            ],
        )
        == []
    )
    assert "Choose" not in page


def test_d2_a_member_by_card_sees_which_card_is_charged_on_which_day(
    alice: Client, cast: Cast, now: datetime
) -> None:
    card = factories.saved_card(cast.fjordlys, now=now)
    factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)
    assert "NOK 1,487.50 is charged to Visa •••• 4242 on 23 Dec 2026." in words(alice.get(PAGE))


def test_c5_only_the_super_user_is_offered_to_join(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 500, now=now)
    page = words(signed_in(cast.bob).get(PAGE))
    assert "In reach. Alice Aas can choose it, as your super user." in page
    assert "Choose Silver" not in page


def test_c6_the_card_carries_a_code_that_staff_can_open(alice: Client, cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, level="gold", now=now)
    card = alice.get(CARD)
    address = f"/en/verify/{membership.number}/{card_code(membership.number)}/"
    assert lacking(card.text, ["<svg", "Gold", membership.number, "Fjordlys Foto AS", address]) == []
    assert "style=" not in card.text
    proof = words(Client().get(address))
    assert (
        lacking(
            proof,
            [
                "This card is valid",
                "Level Gold",
                "Business name Fjordlys Foto AS",
                f"Member number {membership.number}",
                "Valid to 22 Nov 2027",
            ],
        )
        == []
    )


def test_c6_a_code_that_was_made_up_finds_nothing(cast: Cast, now: datetime, client: Client) -> None:
    mine = factories.member(cast.fjordlys, now=now).number
    other = factories.member(cast.nordkapp, now=now).number
    codes = [card_code(other), card_code(mine)[:-1], "a" * 12, "æ" * 12]
    assert [client.get(f"/en/verify/{mine}/{code}/").status_code for code in codes] == [404] * 4
    assert len(card_code(mine)) == 12


@pytest.mark.parametrize(
    ("status", "days", "said"),
    [
        (MembershipStatus.ACTIVE, 364, "This card is valid"),
        (MembershipStatus.ACTIVE, 365, "The term has ended. Days of grace run to 6 Dec 2027."),
        (MembershipStatus.ACTIVE, 378, "This card is valid"),
        (MembershipStatus.ACTIVE, 379, "This card is not valid The membership has ended"),
        (MembershipStatus.SUSPENDED, 60, "This card is not valid The membership is suspended"),
        (MembershipStatus.ENDED, 60, "This card is not valid The membership has ended"),
    ],
)
def test_c6_a_card_is_valid_while_the_membership_is_active_and_its_term_runs(
    cast: Cast,
    now: datetime,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: MembershipStatus,
    days: int,
    said: str,
) -> None:
    number = factories.member(cast.fjordlys, now=now).number
    Membership.objects.update(status=status)
    set_clock(now + timedelta(days=days), folder=tmp_path, monkeypatch=monkeypatch)
    assert said in words(client.get(f"/en/verify/{number}/{card_code(number)}/"))


def test_c6_there_is_no_card_before_joining(alice: Client) -> None:
    assert alice.get(CARD).headers["Location"] == PAGE


def test_the_page_costs_the_same_however_much_there_is(
    alice: Client, cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    factories.give_points(cast.fjordlys, 1_000, now=now)
    with django_assert_num_queries(8):
        alice.get(PAGE)
    for serial in ("0230210004", "0230210005", "0230210006"):
        factories.product(cast.fjordlys, points=495, serial=serial, dealer="", now=now)
    with django_assert_num_queries(8):
        alice.get(PAGE)


@pytest.mark.parametrize("address", [PAGE, CARD])
def test_a_stranger_sees_nothing(cast: Cast, address: str) -> None:
    assert Client().get(address).headers["Location"] == f"/en/sign-in/?next={address}"
    assert signed_in(cast.finn).get(address).status_code == 404
