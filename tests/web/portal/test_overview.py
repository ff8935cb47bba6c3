"""The overview: the one thing to do next, chosen by how the business stands (C1), and all of it in short."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client

from medlem.billing.status import Means
from medlem.commands.tick import tick
from medlem.events.actors import SYSTEM
from medlem.products import migration
from medlem.products.models import LegacyMember, LegacyProduct
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/overview/"
DUE_IN = timedelta(days=30)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: set_clock(moment, folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture(autouse=True)
def today(now: datetime, at: Callable[[datetime], None]) -> None:
    at(now)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def thing_to_do(page: HttpResponseBase) -> tuple[str, str, str]:
    """The heading, the label of the one button, and where it leads."""
    html: str = page.text  # type: ignore[attr-defined]
    section = html[html.index('<section class="next"') :].partition("</section>")[0]
    heading = re.search(r"<h2>(.+?)</h2>", section)
    buttons = re.findall(r'<(?:a|button) class="button[^>]*>(.+?)</(?:a|button)>', section)
    (address,) = re.findall(r'(?:href|action)="(.+?)"', section)
    assert heading is not None
    (button,) = buttons
    return heading[1], button, address


def test_a_new_account_is_told_to_register(alice: Client) -> None:
    page = alice.get(PAGE)
    assert thing_to_do(page) == ("Register your first product", "Register products", "/en/products/add/")
    assert "With 500 you are invited to choose a level." in words(page)


def test_b3_missing_details_come_before_more_products(alice: Client, cast: Cast, now: datetime) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", dealer="", now=now)
    page = alice.get(PAGE)
    assert thing_to_do(page) == (
        "Complete the details of 1 product",
        "Show the product",
        "/en/products/?needs_details=1",
    )
    assert "310 more points count as soon as nothing is missing. A best guess will do." in words(page)


def test_the_way_to_the_invitation(alice: Client, cast: Cast, now: datetime) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    assert thing_to_do(alice.get(PAGE))[:2] == ("190 points to the invitation", "Register products")


def test_b6_what_waits_to_be_migrated_comes_before_details(alice: Client, cast: Cast, now: datetime) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", dealer="", now=now)
    member = LegacyMember.objects.create(email="post@fjordlys.example")
    LegacyProduct.objects.create(member=member, reference="L-1", model_name="EOS R5")
    claim = migration.claim_former_email(
        account=cast.fjordlys, email=member.email, language="en", by=SYSTEM, now=now
    )
    migration.confirm_former_email(claim=claim, reason="", by=SYSTEM, now=now)
    assert thing_to_do(alice.get(PAGE)) == (
        "Migrate 1 product from your former membership",
        "Migrate products",
        "/en/products/migrate/",
    )


def test_c1_the_invitation_is_on_the_overview_from_500_points_on(
    alice: Client, cast: Cast, now: datetime
) -> None:
    factories.give_points(cast.fjordlys, 499, now=now)
    assert "invited to Canon" not in words(alice.get(PAGE))
    factories.give_points(cast.fjordlys, 1, now=now)
    page = alice.get(PAGE)
    assert thing_to_do(page) == (
        "You are invited to Canon Professional Services",
        "Choose a level",
        "/en/membership/",
    )
    assert (
        lacking(words(page), ["You have 500 points. Choose a level", "500 points Where they come from"]) == []
    )


def test_c1_a_colleague_is_told_who_can_choose(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 500, now=now)
    page = signed_in(cast.bob).get(PAGE)
    assert thing_to_do(page)[1] == "See the levels"
    assert "Alice Aas, your super user, can choose a level and join." in words(page)


def test_c5_after_joining_the_membership_is_shown_and_the_invitation_gone(
    alice: Client, cast: Cast, now: datetime
) -> None:
    membership = factories.member(cast.fjordlys, level="gold", now=now)
    page = alice.get(PAGE)
    assert thing_to_do(page) == (
        "Invoice 10001 is due on 23 Dec 2026",
        "See the invoice",
        "/en/invoices/10001/",
    )
    shown = ["Level Gold", f"Member number {membership.number}", "Valid to 22 Nov 2027", "Membership card"]
    assert lacking(words(page), shown) == []


def test_d2_by_card_there_is_nothing_to_do_and_it_says_what_will_be_charged(
    alice: Client, cast: Cast, now: datetime
) -> None:
    card = factories.saved_card(cast.fjordlys, now=now)
    factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)
    page = alice.get(PAGE)
    assert thing_to_do(page) == ("Nothing to do just now", "Membership card", "/en/membership/card/")
    assert "NOK 1,487.50 is charged to Visa •••• 4242 on 23 Dec 2026." in words(page)


def test_an_overdue_invoice_comes_first(
    alice: Client, cast: Cast, now: datetime, at: Callable[[datetime], None]
) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", dealer="", now=now)
    factories.member(cast.fjordlys, now=now)
    at(now + DUE_IN + timedelta(days=1))
    assert thing_to_do(alice.get(PAGE))[:2] == ("Invoice 10001 is overdue", "See the invoice")


def test_a_declined_card_comes_first(
    alice: Client, cast: Cast, now: datetime, at: Callable[[datetime], None]
) -> None:
    card = factories.saved_card(cast.fjordlys, number=factories.DECLINED, now=now)
    factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)
    due = now + DUE_IN
    tick(now=due)
    at(due)
    assert thing_to_do(alice.get(PAGE)) == (
        "Your card was declined",
        "See the invoice",
        "/en/invoices/10001/",
    )


def test_the_counts_of_products_and_what_happened_last(alice: Client, cast: Cast, now: datetime) -> None:
    model = factories.product(cast.fjordlys, points=310, serial="023021000484", now=now).model
    factories.product(cast.fjordlys, points=200, serial="023021000485", dealer="", now=now)
    page = words(alice.get(PAGE))
    happened = f"{model.name} is complete. Points: 310. 23 Nov 2026, 10:00 · Alice Aas"
    assert lacking(page, ["Complete 1", "Need details 1", happened]) == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_database_as_often_for_few_products_as_for_more(
    alice: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for place in range(many + 2):  # so that what happened last is of products alone
        factories.product(cast.fjordlys, points=310, serial=f"02302100048{place}", now=now)
        factories.product(cast.fjordlys, points=310, serial=f"02302100049{place}", dealer="", now=now)
    alice.get(PAGE)
    with django_assert_num_queries(17):
        alice.get(PAGE)


def test_a_stranger_signs_in_and_staff_find_nothing(cast: Cast) -> None:
    assert Client().get(PAGE)["Location"] == f"/en/sign-in/?next={PAGE}"
    assert signed_in(cast.mona).get(PAGE).status_code == 404
