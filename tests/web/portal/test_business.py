"""The business page, and the history of the account in words (E3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.accounts import actions as accounts
from medlem.memberships import actions as memberships
from medlem.products import actions as products
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/business/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def test_the_account_says_what_is_known_of_the_business_and_who_mends_it(
    alice: Client, cast: Cast, now: datetime
) -> None:
    accounts.note_former_number(account=cast.fjordlys, number="CPS-104417", by=cast.sara.as_staff, now=now)
    page = words(alice.get(PAGE))
    assert (
        lacking(
            page,
            [
                f"Business account {cast.fjordlys.number}, opened on 23 Nov 2026.",
                "Organisation number 974760673",
                "VAT number 974760673MVA",
                "Storgata 1 0155 Oslo Norway",
                "Delivery address the same",
                "Invoice e-mail faktura@fjordlys.example",
                "Former member number CPS-104417",
                "Alice Aas alice@fjordlys.example Super user",
                "Bob Bakke bob@fjordlys.example Member of staff",
                "support@cps.example",
            ],
        )
        == []
    )


def test_e3_members_see_the_accounts_history_colleagues_by_name_and_staff_as_the_programme(
    alice: Client, cast: Cast, now: datetime
) -> None:
    product = factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    products.remove(product=product, by=cast.bob.as_member, now=now + timedelta(hours=1))
    memberships.adjust(
        account=cast.fjordlys,
        points=50,
        reason="Sorry for the wait",
        by=cast.sara.as_staff,
        now=now + timedelta(hours=2),
    )
    page = words(alice.get(PAGE))
    assert (
        " ".join(
            [
                "What happened",
                "The points were adjusted from 0 to 50: Sorry for the wait",
                "23 Nov 2026, 12:00 · Canon Professional Services",
                f"{product.model.name} was removed. Registered by mistake 23 Nov 2026, 11:00 · Bob Bakke",
                f"{product.model.name} is complete. Points: 310. 23 Nov 2026, 10:00 · Alice Aas",
                f"{product.model.name} was registered. 23 Nov 2026, 10:00 · Alice Aas",
                "The account was opened. 23 Nov 2026, 10:00",
            ]
        )
        in page
    )
    assert "Sara" not in page


def test_e3_the_history_has_pages(alice: Client, cast: Cast, now: datetime) -> None:
    for place in range(30):
        factories.give_points(cast.fjordlys, 1, now=now + timedelta(minutes=place))
    assert "1–25 of 31" in words(alice.get(PAGE))
    assert "The account was opened." in words(alice.get(PAGE, {"page": "2"}))


def test_e3_a_stranger_sees_another_history(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 310, now=now)
    page = words(signed_in(cast.charlie).get(PAGE))
    assert ("Nordkapp Film AS" in page, "adjusted" in page, "Fjordlys" in page) == (True, False, False)


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_event_as_for_three(
    alice: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for place in range(many):
        factories.product(cast.fjordlys, points=310, serial=f"02302100048{place}", now=now)
    alice.get(PAGE)
    with django_assert_num_queries(9):
        alice.get(PAGE)
