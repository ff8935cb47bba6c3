"""Registering many products at once comes to what registering each would, in a few queries (B2 to B5, B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from medlem.accounts.models import Account
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.models import Event, Mail
from medlem.memberships.models import Invitation, PointsBalance, PointsEntry
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import actions as products
from medlem.products.bulk import CHUNK, Added, NewProduct, Outcome, add_many
from medlem.products.models import Dispute, Product, ProductModel
from medlem.products.rules import Details
from tests import factories
from tests.factories import details, super_user
from tests.people import Cast
from tests.together import together


def new(serial: str, *, code: str = "eos-r5", **changes: Any) -> NewProduct:
    return NewProduct(model=ProductModel.objects.get(code=code), details=details(serial, **changes))


def add(account: Account, *items: NewProduct, now: datetime) -> list[Added]:
    return add_many(account=account, items=items, by=super_user(account), now=now)


def one_by_one(account: Account, *items: NewProduct, now: datetime) -> None:
    for item in items:
        try:
            products.add(
                account=account, model=item.model, details=item.details, by=super_user(account), now=now
            )
        except Refused:
            continue


MIXED = [
    ("0012345", {}),
    ("", {}),
    ("0012346", {"dealer": " Foto \t& Film ", "dealer_estimated": True}),
    ("0012346", {"dealer": "Twice in the list"}),
    ("0012347", {"purchased_on": None, "purchased_on_estimated": True}),
    ("own-00 1", {}),
    ("HELD-001", {}),
    ("HELD-002", {"dealer": ""}),
    ("HELD-001", {"code": "eos-r6"}),
    ("12æ4", {}),
    ("0000", {}),
    ("2900000000056", {}),
    ("0012348", {"purchased_on": date(2031, 1, 1)}),
    ("", {}),
    ("0012349", {"code": "imageprograf-pro-1000", "purchase_country": "SE"}),
]
"""Every outcome, also twice; with each the changes to whole details."""


@pytest.fixture
def mixed(cast: Cast, now: datetime) -> list[NewProduct]:
    """What others hold and what the account has already is there; it was invited before."""
    add(cast.nordkapp, new("HELD-001"), new("HELD-002", dealer=""), now=now)
    add(cast.fjordlys, new("OWN-001"), now=now)
    factories.give_points(cast.fjordlys, 500, now=now)
    return [new(serial, **changes) for serial, changes in MIXED]


def written(work: Callable[[], object]) -> dict[str, list[Any]]:
    """All that some work wrote, undone again; a product stands under what tells it from others."""
    last = Event.objects.latest("id").pk
    with transaction.atomic():
        work()
        named = {
            product.public_id: f"{product.model.code} {product.serial_number} {product.added_at}"
            for product in Product.objects.select_related("model")
        }
        events = Event.objects.filter(pk__gt=last).order_by("id")
        rows: dict[str, list[Any]] = {
            "products": sorted(map(str, Product.objects.values_list(*columns(Product)))),
            "events": [(named[each["subject_id"]], each) for each in events.values(*columns(Event))],
            "points": [
                (named.get(each["product_id"]), each)
                for each in PointsEntry.objects.values(*columns(PointsEntry))
            ],
            "balances": sorted(PointsBalance.objects.values_list("account", "total")),
            "disputes": [
                (named[each.product.public_id], each.holder_id, each.serial_number, each.status)
                for each in Dispute.objects.select_related("product")
            ],
        }
        for _name, each in rows["events"] + rows["points"]:
            each.pop("subject_id", None)
            each.pop("product_id", None)
        transaction.set_rollback(True)
    return rows


def columns(model: Any) -> list[str]:
    return [each.attname for each in model._meta.concrete_fields if each.name not in {"id", "public_id"}]


def test_b5_many_at_once_come_to_the_same_rows_as_one_by_one(
    cast: Cast, mixed: list[NewProduct], now: datetime
) -> None:
    at_once = written(lambda: add(cast.fjordlys, *mixed, now=now))
    assert at_once == written(lambda: one_by_one(cast.fjordlys, *mixed, now=now))
    assert {name: len(rows) for name, rows in at_once.items()} == {
        "products": 12,
        "events": 13,
        "points": 7,
        "balances": 2,
        "disputes": 2,
    }


def test_b5_says_of_each_what_became_of_it(cast: Cast, mixed: list[NewProduct], now: datetime) -> None:
    outcomes = add(cast.fjordlys, *mixed, now=now)
    assert [(each.outcome, each.reason) for each in outcomes] == [
        ("complete", ""),
        ("incomplete", ""),
        ("complete", ""),
        ("own_duplicate", ""),
        ("incomplete", ""),
        ("own_duplicate", ""),
        ("disputed", ""),
        ("disputed", ""),
        ("complete", ""),
        ("refused", "shape"),
        ("refused", "zeros"),
        ("refused", "ean"),
        ("refused", "future"),
        ("incomplete", ""),
        ("complete", ""),
    ]
    assert outcomes[3].product == outcomes[2].product
    assert outcomes[5].product == Product.objects.get(serial_number="OWN-001")
    assert [each.product is None for each in outcomes] == [each.outcome == "refused" for each in outcomes]
    assert balances_that_disagree() == []


def test_b5_twenty_times_the_products_cost_no_more_queries(cast: Cast, now: datetime) -> None:
    def queries(prefix: str, times: int) -> int:
        add(cast.nordkapp, *(new(f"{prefix}-H{n}") for n in range(times)), now=now)
        serials = ("{0}-{1}", "{0}-H{1}", "", "0000", "{0}-{1}", "OWN-001")
        items = [new(serial.format(prefix, n)) for n in range(times) for serial in serials]
        with CaptureQueriesContext(connection) as captured:
            add(cast.fjordlys, *items, now=now)
        return len(captured)

    add(cast.fjordlys, new("OWN-001"), new("OWN-002"), now=now)
    assert queries("AAA", 1) == queries("BBB", 20)


def test_b5_more_than_a_chunk_and_a_piece_that_is_in_two_of_them(cast: Cast, now: datetime) -> None:
    item = new("0012345")
    outcomes = add(cast.fjordlys, item, *[new("", dealer="")] * CHUNK, item, now=now)
    assert outcomes[-1] == Added(outcome=Outcome.OWN_DUPLICATE, product=outcomes[0].product)
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (CHUNK + 1, 250)


def test_c1_many_at_once_bring_one_invitation_with_all_their_points(cast: Cast, now: datetime) -> None:
    add(cast.fjordlys, *(new(f"001234{n}") for n in range(5)), now=now)
    assert list(Invitation.objects.values_list("account", "points")) == [(cast.fjordlys.pk, 1250)]
    assert Mail.objects.filter(template="invitation").count() == 1
    assert Event.objects.filter(name="account.invited").get().after == {"points": 1250}


def test_b5_an_id_that_was_given_beforehand_is_kept(cast: Cast, now: datetime) -> None:
    chosen = uuid7()
    item = NewProduct(model=ProductModel.objects.get(code="eos-r5"), details=Details(), public_id=chosen)
    (added,) = add(cast.fjordlys, item, now=now)
    assert added.product == Product.objects.get(public_id=chosen)


def test_b5_nothing_to_register_writes_nothing(cast: Cast, now: datetime) -> None:
    events = Event.objects.count()
    assert add(cast.fjordlys, now=now) == []
    assert (Event.objects.count(), PointsBalance.objects.count()) == (events, 0)


@pytest.mark.usefixtures("committing")
def test_b4_two_accounts_that_bring_the_same_pieces_at_once_hold_each_once(cast: Cast, now: datetime) -> None:
    items = [new(f"0012{n:03}", dealer="" if n % 3 else "Fotohuset") for n in range(60)]
    ours, theirs = together(
        lambda: add(cast.fjordlys, *items, now=now),
        lambda: add(cast.nordkapp, *reversed(items), now=now),
    )
    pairs = zip(ours, reversed(theirs), strict=True)
    assert {tuple(sorted(each.outcome for each in pair)) for pair in pairs} == {
        ("complete", "disputed"),
        ("disputed", "incomplete"),
    }
    assert (Product.objects.count(), Dispute.objects.filter(status="open").count()) == (120, 60)
    assert points_of(cast.fjordlys) + points_of(cast.nordkapp) == 20 * 250
    assert balances_that_disagree() == []
    for claim in Dispute.objects.select_related("product", "holder"):
        assert claim.product.serial_number == claim.holder.serial_number == claim.serial_number
        assert claim.product.account_id != claim.holder.account_id


@pytest.mark.usefixtures("committing")
def test_b4_the_same_list_twice_at_once_goes_in_once(cast: Cast, now: datetime) -> None:
    items = [new(f"0012{n:03}") for n in range(20)]
    made = together(*[lambda: add(cast.fjordlys, *items, now=now)] * 3)
    assert (
        sorted(str(each.outcome) for one in made for each in one)
        == ["complete"] * 20 + ["own_duplicate"] * 40
    )
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (20, 5_000)
