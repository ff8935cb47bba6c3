"""The desk's disputes and its look-up by serial number (B4, B8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from medlem.events.models import Event
from medlem.memberships.queries import points_of
from medlem.products import actions as products
from medlem.products import disputes
from medlem.products.models import Dispute, Product
from medlem.products.status import Gone, Missing
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, signed_in, words

LIST = "/en/desk/disputes/"
LOOK_UP = "/en/desk/serial/"
SERIAL = "023021000484"


@pytest.fixture(autouse=True)
def house(set_clock: Callable[[datetime], None]) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def sara(cast: Cast) -> Client:
    return signed_in(cast.sara)


@pytest.fixture
def sides(cast: Cast, now: datetime) -> tuple[Product, Product]:
    """The product that holds, and the one that claims."""
    held, claim = (
        factories.product(account, points=310, serial=SERIAL, now=now)
        for account in (cast.fjordlys, cast.nordkapp)
    )
    return held, claim


def page_of(dispute: Dispute) -> str:
    return reverse("desk:dispute", args=[dispute.public_id])


def test_b4_staff_see_both_sides_beside_each_other(
    sara: Client, cast: Cast, sides: tuple[Product, Product], now: datetime
) -> None:
    held, claim = sides
    disputes.state(
        product=held,
        text="Bought new",
        upload=factories.receipt("faktura.png"),
        by=cast.alice.as_member,
        now=now,
    )
    disputes.state(product=claim, text="Mine", upload=None, by=cast.charlie.as_member, now=now)
    name = held.model.name
    assert f"{name} 0230 2100 0484 Nordkapp Film AS Registered 23 Nov 2026" in words(sara.get(LIST))
    page = sara.get(page_of(Dispute.objects.get()))
    assert (
        lacking(
            words(page),
            [
                "Claims it Nordkapp Film AS",
                "Mine",
                "Holds it Fjordlys Foto AS",
                "Bought new",
                "faktura.png",
                "Whose is it?",
                "Evidence about the serial number",
            ],
        )
        == []
    )


def test_b4_support_settles_with_a_reason(sara: Client, cast: Cast, sides: tuple[Product, Product]) -> None:
    held, claim = sides
    dispute = Dispute.objects.get()
    wrong = [
        sara.post(page_of(dispute), answers)
        for answers in ({"owner": str(claim.public_id), "reason": ""}, {"owner": "", "reason": "Receipt"})
    ]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert "Receipt</textarea>" in wrong[1].text
    unknown = sara.post(page_of(dispute), {"owner": str(uuid4()), "reason": "x"})
    assert (unknown.status_code, Dispute.objects.get().status) == (422, "open")
    done = sara.post(page_of(dispute), {"owner": str(claim.public_id), "reason": "The receipt."}, follow=True)
    assert "The dispute is settled, and both sides are told." in words(done)
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 310)
    over = words(sara.get(page_of(dispute)))
    assert (
        lacking(over, ["Settled for Nordkapp Film AS The receipt.", "By Sara Vik", "23 Nov 2026, 10:00"])
        == []
    )
    assert "Whose is it?" not in over
    again = sara.post(page_of(dispute), {"owner": str(held.public_id), "reason": "No."}, follow=True)
    assert "This dispute is over already; somebody was quicker." in words(again)
    assert "Nordkapp Film AS" in words(sara.get(LIST, {"state": "over"}))
    assert "No serial number is disputed" in words(sara.get(LIST))


def test_b4_a_dispute_whose_holder_is_gone_or_that_ended_by_itself_says_so(
    sara: Client, cast: Cast, sides: tuple[Product, Product], now: datetime
) -> None:
    held, claim = sides
    dispute = Dispute.objects.get()
    products.remove(product=held, by=cast.alice.as_member, now=now)
    assert "Nobody holds the serial number any more" in words(sara.get(page_of(dispute)))
    products.remove(product=claim, by=cast.charlie.as_member, now=now)
    assert "Ended by itself" in words(sara.get(page_of(dispute)))


def test_b4_a_receipt_is_shown_as_a_picture_and_saved_as_it_came(
    sara: Client, cast: Cast, sides: tuple[Product, Product], now: datetime
) -> None:
    made = disputes.state(
        product=sides[0], text="", upload=factories.receipt(), by=cast.alice.as_member, now=now
    )
    picture = sara.get(reverse("desk:receipt_page", args=[made.public_id, 1]))
    assert (picture.status_code, picture["Content-Type"], picture.content[:4]) == (
        200,
        "image/png",
        b"\x89PNG",
    )
    assert sara.get(reverse("desk:receipt_page", args=[made.public_id, 2])).status_code == 404
    original = sara.get(reverse("desk:receipt", args=[made.public_id]))
    assert original["Content-Disposition"] == 'attachment; filename="kvittering.png"'
    assert b"".join(original) == factories.receipt().read()  # type: ignore[arg-type]
    assert Event.objects.get(name="receipt.handed_out").actor_id == cast.sara.public_id
    disputes.erase_receipt(statement_id=made.pk)
    assert sara.get(reverse("desk:receipt", args=[made.public_id])).status_code == 404
    assert "A receipt, which was erased since" in words(sara.get(page_of(Dispute.objects.get())))


@pytest.mark.parametrize("count", [1, 3])
def test_disputes_ask_the_database_as_often_for_three_rows_as_for_one(
    sara: Client, cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        for account in (cast.fjordlys, cast.nordkapp):
            factories.product(account, points=310, serial=f"02302100048{number}", now=now)
    sara.get(LIST)
    with django_assert_num_queries(6):
        page = sara.get(LIST)
    assert len(page.context["page"].object_list) == count


# --- looking up --------------------------------------------------------------------------------------


def test_b8_a_serial_number_is_looked_up_with_all_that_is_known(
    sara: Client, cast: Cast, sides: tuple[Product, Product], now: datetime
) -> None:
    held, _claim = sides
    products.mark_missing(
        product=held,
        missing_as=Missing.STOLEN,
        since_on=date(2026, 11, 20),
        note="Anmeldt 12345",
        by=cast.alice.as_member,
        now=now,
    )
    page = words(sara.get(LOOK_UP, {"q": "0230 2100 0484"}))
    assert (
        lacking(
            page,
            [
                "Fjordlys Foto AS",
                "Stolen Marked so by the business, since 20 Nov 2026. Anmeldt 12345",
                "Nordkapp Film AS",
                "Disputes",
                "is missing since 20 Nov 2026: Stolen.",
            ],
        )
        == []
    )


def test_b8_what_was_removed_or_given_is_found_too(sara: Client, cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
    factories.offer(product, cast.nordkapp, now=now)
    products.remove(product=product, gone=Gone.SOLD, by=cast.alice.as_member, now=now)
    page = words(sara.get(LOOK_UP, {"q": SERIAL}))
    assert (
        lacking(
            page,
            [
                "Removed 23 Nov 2026, 10:00, Sold",
                "Offered to others",
                "Fjordlys Foto AS Nordkapp Film AS Withdrawn 23 Nov 2026",
            ],
        )
        == []
    )


def test_b8_a_stolen_product_is_found_without_its_zeros(sara: Client, cast: Cast, now: datetime) -> None:
    product = factories.product(cast.fjordlys, points=310, serial="000000021838", now=now)
    products.mark_missing(
        product=product,
        missing_as=Missing.STOLEN,
        since_on=date(2026, 11, 20),
        note="",
        by=cast.alice.as_member,
        now=now,
    )
    page = sara.get(LOOK_UP, {"q": "21838"})
    assert "Nobody has registered exactly this number" in words(page)
    assert lacking(words(page), ["0000 0002 1838", "Stolen"]) == []
    assert f'href="{LOOK_UP}?q=000000021838"' in page.text
    account = sara.get(f"/en/desk/accounts/{cast.fjordlys.public_id}/").text
    assert f'href="{LOOK_UP}?q=000000021838"' in account


def test_b8_nobody_has_it(sara: Client, cast: Cast) -> None:
    assert "Nobody has registered it" in words(sara.get(LOOK_UP, {"q": "no such"}))
    assert "Nobody has registered it" not in words(sara.get(LOOK_UP))


@pytest.mark.parametrize("count", [1, 3])
def test_the_look_up_asks_the_database_as_often_for_one_product_as_for_three(
    sara: Client, cast: Cast, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        product = factories.product(cast.fjordlys, points=310, serial=SERIAL, now=now)
        factories.offer(product, cast.nordkapp, now=now)
        products.remove(product=product, by=cast.alice.as_member, now=now)
    sara.get(LOOK_UP)
    with django_assert_num_queries(11):
        page = sara.get(LOOK_UP, {"q": SERIAL})
    assert len(page.context["products"]) == count
