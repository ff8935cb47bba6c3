"""Many products chosen in the list and changed at once, and undone (B9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from medlem.memberships.queries import points_of
from medlem.products import actions as products
from medlem.products.models import BulkChange, Product
from medlem.products.status import Missing
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/products/"
CHANGE = "/en/products/change/"
UNDO = "/en/products/change/undo/"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


@pytest.fixture
def owned(cast: Cast, now: datetime) -> list[Product]:
    """Two products that lack their dealer, and one that lacks nothing."""
    return [
        factories.product(cast.fjordlys, points=310, serial=f"02302100048{place}", dealer=dealer, now=now)
        for place, dealer in enumerate(("", "", "Kamerabua"))
    ]


def ticked(*chosen: Product) -> str:
    return f"{CHANGE}?" + "&".join(f"product={product.public_id}" for product in chosen)


def test_b9_each_row_can_be_ticked_and_the_filters_go_along(alice: Client, owned: list[Product]) -> None:
    page = alice.get(PAGE, {"q": "0230", "needs_details": "1"}).text
    form = page[page.index('id="choose-form"') : page.index("</form>", page.index('id="choose-form"'))]
    assert form.count('type="checkbox" name="product"') == 2
    for field in ('name="q" value="0230"', 'name="needs_details" value="1"'):
        assert f'type="hidden" {field}' in form
    assert "Change all 2" in words(alice.get(PAGE, {"needs_details": "1"}))


def test_b9_the_ticked_ones_are_changed_and_count(alice: Client, cast: Cast, owned: list[Product]) -> None:
    page = words(alice.get(ticked(*owned[:2])))
    assert lacking(page, ["2 products chosen", "023021000480", "What you leave empty stays as it is"]) == []
    done = alice.post(
        ticked(*owned[:2]),
        {"dealer": "Foto Nord", "dealer_estimated": "on", "purchase_country": ""},
        follow=True,
    )
    assert "2 products were changed. You have 930 points now." in words(done)
    assert sorted(Product.objects.values_list("dealer", "dealer_estimated", "status")) == [
        ("Foto Nord", True, "complete"),
        ("Foto Nord", True, "complete"),
        ("Kamerabua", False, "complete"),
    ]


def test_b9_all_that_are_found_are_changed(alice: Client, owned: list[Product]) -> None:
    assert "2 products chosen" in words(alice.get(f"{CHANGE}?all=1&needs_details=1"))
    alice.post(f"{CHANGE}?all=1&q=kamerabua", {"purchased_on": "17.05.2023"})
    assert sorted(Product.objects.values_list("purchased_on", flat=True)) == [
        date(2023, 5, 17),
        date(2024, 3, 12),
        date(2024, 3, 12),
    ]


def test_b9_nothing_ticked_leads_back(alice: Client, owned: list[Product]) -> None:
    for page in (alice.get(CHANGE, follow=True), alice.post(CHANGE, {"dealer": "X"}, follow=True)):
        assert "Choose the products first: tick them in the list." in words(page)
    assert alice.get(f"{CHANGE}?product=nonsense").status_code == 404
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Fill in what to set: date, country or dealer."),
        ({"dealer": "Kamerabua"}, "Nothing would be different."),
        ({"purchased_on": "2026-11-24", "dealer": "keep"}, "This date is in the future"),
        ({"purchased_on": "the 12th", "dealer": "keep"}, "Write day, month and year"),
    ],
)
def test_b9_what_cannot_be_set_is_said_and_stays_typed(
    alice: Client, owned: list[Product], typed: dict[str, str], said: str
) -> None:
    page = alice.post(ticked(owned[2]), typed)
    assert (page.status_code, said in words(page)) == (422, True)
    assert "keep" not in typed.values() or 'value="keep"' in page.text


def test_b9_many_are_removed_with_a_reason_and_come_back(
    alice: Client, cast: Cast, owned: list[Product]
) -> None:
    address = ticked(*owned).replace("/change/?", "/change/remove/?")
    wrong = alice.post(address, {"remove-gone": "given"})
    assert (wrong.status_code, Product.objects.filter(status="removed").count()) == (422, 0)
    done = words(alice.post(address, {"remove-gone": "sold"}, follow=True))
    assert lacking(done, ["3 products were removed. You have 0 points now.", "Undo it"]) == []
    assert set(Product.objects.values_list("status", "removed_as")) == {("removed", "sold")}
    change = BulkChange.objects.get()
    undone = words(alice.post(UNDO, {"change": str(change.public_id)}, follow=True))
    assert "3 products are as they were. You have 310 points now." in undone
    assert "Undo it" not in undone
    assert points_of(cast.fjordlys) == 310


def test_b9_a_second_click_on_undo_says_so(alice: Client, owned: list[Product]) -> None:
    alice.post(ticked(*owned), {"dealer": "Foto Nord"})
    change = BulkChange.objects.get()
    asked = {"change": str(change.public_id)}
    alice.post(UNDO, asked)
    assert "This change cannot be undone any more." in words(alice.post(UNDO, asked, follow=True))
    assert alice.get(UNDO)["Location"] == PAGE


def test_b9_nobody_changes_what_is_somebody_elses(cast: Cast, alice: Client, owned: list[Product]) -> None:
    charlie = signed_in(cast.charlie)
    for verb in ("", "remove/"):
        address = ticked(*owned).replace("/change/?", f"/change/{verb}?")
        page = charlie.post(address, {"dealer": "X", "remove-gone": "sold"}, follow=True)
        assert "Choose the products first" in words(page)
    alice.post(ticked(*owned), {"dealer": "Foto Nord"})
    assert charlie.post(UNDO, {"change": str(BulkChange.objects.get().public_id)}).status_code == 302
    assert set(Product.objects.values_list("dealer", flat=True)) == {"Foto Nord"}
    assert charlie.post(UNDO, {"change": str(uuid4())}).status_code == 302


def test_b9_the_list_is_narrowed_by_state(
    alice: Client, cast: Cast, owned: list[Product], now: datetime
) -> None:
    products.mark_missing(
        product=owned[2],
        missing_as=Missing.STOLEN,
        since_on=date(2026, 11, 20),
        note="",
        by=cast.alice.as_member,
        now=now,
    )

    def found(state: str) -> list[Any]:
        return [row.row.product for row in alice.get(PAGE, {"state": state}).context["rows"]]

    assert found("complete") == found("missing") == [owned[2]]
    assert found("disputed") == found("ended") == []
    assert len(found("nonsense")) == len(found("")) == 3
    assert "Stolen" in words(alice.get(PAGE, {"state": "missing"}))


def test_b9_after_a_change_the_list_is_narrowed_as_it_was(alice: Client, owned: list[Product]) -> None:
    answer = alice.post(f"{ticked(owned[0])}&q=0230&needs_details=1", {"dealer": "Foto Nord"})
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query)) == {"q": "0230", "needs_details": "1"}
