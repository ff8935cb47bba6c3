"""Many products changed at once, and the latest change undone (B9): few statements, points follow the details."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medlem.accounts.models import Account
from medlem.core.errors import Refused
from medlem.events.queries import history_of
from medlem.memberships.queries import balances_that_disagree, entries_of, points_of
from medlem.products import actions as products
from medlem.products import changing
from medlem.products.ledger import allocations_that_disagree
from medlem.products.models import BulkChange, Dispute, Product, ProductModel, Transfer
from medlem.products.status import Gone
from tests import factories
from tests.people import Cast
from tests.together import together

TODAY = date(2026, 11, 23)


def own(
    account: Account, count: int, *, code: str = "eos-r5", now: datetime, first: int = 0, **changes: Any
) -> list[Product]:
    return [
        products.add(
            account=account,
            model=ProductModel.objects.get(code=code),
            details=factories.details(f"AB-{place:05d}", **changes),
            by=factories.super_user(account),
            now=now,
        )
        for place in range(first, first + count)
    ]


def keys(*chosen: Product) -> list[int]:
    return [product.pk for product in chosen]


def change(cast: Cast, chosen: list[Product], *, now: datetime, **changes: Any) -> BulkChange:
    return changing.change_details(
        account=cast.fjordlys, products=keys(*chosen), changes=changes, by=cast.alice.as_member, now=now
    )


def remove(cast: Cast, chosen: list[Product], *, gone: Gone = Gone.SOLD, now: datetime) -> BulkChange:
    return changing.remove_many(
        account=cast.fjordlys, products=keys(*chosen), gone=gone, by=cast.alice.as_member, now=now
    )


def undo(cast: Cast, done: BulkChange, *, now: datetime) -> int:
    return changing.undo(change=done, by=cast.alice.as_member, now=now)


def columns(*names: str) -> list[tuple[Any, ...]]:
    return list(Product.objects.order_by("id").values_list(*names))


def agree() -> bool:
    return allocations_that_disagree(TODAY) == balances_that_disagree() == []


def test_b9_details_are_set_and_what_is_complete_then_counts(cast: Cast, now: datetime) -> None:
    bare = own(cast.fjordlys, 2, now=now, dealer="", purchased_on=None)
    whole = own(cast.fjordlys, 1, now=now, first=2)
    later = now + timedelta(days=1)
    done = change(
        cast,
        [*bare, *whole],
        purchased_on=date(2023, 5, 17),
        purchased_on_estimated=True,
        dealer=" Foto  Nord ",
        now=later,
    )
    assert (
        columns("status", "purchased_on", "purchased_on_estimated", "dealer", "dealer_estimated")
        == [("complete", date(2023, 5, 17), True, "Foto Nord", False)] * 3
    )
    assert columns("completed_at") == [(later,), (later,), (now,)]
    assert (points_of(cast.fjordlys), len(done.before), agree()) == (750, 3, True)
    names = [event.name for event in history_of(bare[0].public_id)]
    assert names == ["product.added", "product.changed", "product.completed"]


def test_b9_what_is_left_empty_stays_and_what_is_the_same_is_no_change(cast: Cast, now: datetime) -> None:
    first, second = own(cast.fjordlys, 2, now=now)
    change(cast, [first], dealer="Foto Nord", purchase_country="", now=now)
    done = change(cast, [first, second], dealer="Foto Nord", now=now)
    assert list(done.before) == [str(second.public_id)]
    assert columns("dealer", "purchase_country") == [("Foto Nord", "NO")] * 2
    with pytest.raises(changing.NothingToChange):
        change(cast, [first, second], dealer="Foto Nord", now=now)
    assert BulkChange.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"dealer": "  "}, None),
        ({"dealer_estimated": True}, None),
        ({"purchased_on": date(2026, 11, 24)}, "purchased_on"),
    ],
)
def test_b9_nothing_or_what_cannot_be_is_refused(
    cast: Cast, now: datetime, changes: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        change(cast, own(cast.fjordlys, 1, now=now), now=now, **changes)
    assert refused.value.field == field


def test_b9_a_strangers_and_a_removed_product_are_never_touched(cast: Cast, now: datetime) -> None:
    (hers,) = own(cast.fjordlys, 1, now=now)
    (gone,) = own(cast.fjordlys, 1, now=now, first=1)
    (his,) = own(cast.nordkapp, 1, now=now, first=2)
    products.remove(product=gone, by=cast.alice.as_member, now=now)
    change(cast, [hers, gone, his], dealer="Foto Nord", now=now)
    assert columns("dealer") == [("Foto Nord",), ("Fotoforhandler AS",), ("Fotoforhandler AS",)]
    remove(cast, [hers, his], now=now)
    assert columns("status") == [("removed",), ("removed",), ("complete",)]


def test_b9_a_disputed_product_stays_disputed(cast: Cast, now: datetime) -> None:
    own(cast.nordkapp, 1, now=now)
    (claim,) = own(cast.fjordlys, 1, now=now, dealer="")
    change(cast, [claim], dealer="Foto Nord", now=now)
    claim.refresh_from_db()
    assert (claim.status, points_of(cast.fjordlys)) == ("disputed", 0)


# --- removing ------------------------------------------------------------------------------------------


def test_b9_removing_withdraws_points_and_ends_claims_and_offers(cast: Cast, now: datetime) -> None:
    own(cast.nordkapp, 1, now=now)
    (claim,) = own(cast.fjordlys, 1, now=now)
    kept, given, plain = own(cast.fjordlys, 3, now=now, first=1)
    factories.offer(given, cast.nordkapp, now=now)
    remove(cast, [claim, given, plain], gone=Gone.SCRAPPED, now=now)
    assert (points_of(cast.fjordlys), agree()) == (250, True)
    assert {entry.reason for entry in entries_of(cast.fjordlys) if entry.kind == "withdrawn"} == {
        "removed_scrapped"
    }
    assert (Dispute.objects.get().status, Transfer.objects.get().status) == ("withdrawn", "withdrawn")
    kept.refresh_from_db()
    assert kept.status == "complete"
    event = history_of(plain.public_id).last()
    assert event is not None
    assert (event.name, event.after) == ("product.removed", {"status": "removed", "removed_as": "scrapped"})


# --- undoing -------------------------------------------------------------------------------------------


def test_b9_a_change_of_details_is_undone_with_its_points(cast: Cast, now: datetime) -> None:
    bare = own(cast.fjordlys, 2, now=now, dealer="", purchased_on=None)
    other = own(cast.fjordlys, 1, now=now, first=2, dealer="Kamerabua")
    before = columns("status", "purchased_on", "dealer", "completed_at")
    done = change(cast, [*bare, *other], purchased_on=date(2023, 5, 17), dealer="Foto Nord", now=now)
    assert undo(cast, done, now=now + timedelta(hours=1)) == 3
    assert columns("status", "purchased_on", "dealer", "completed_at") == before
    assert (points_of(cast.fjordlys), agree()) == (250, True)
    assert changing.last_change(cast.fjordlys, now=now) is None


def test_b9_what_was_changed_again_since_stays(cast: Cast, now: datetime) -> None:
    first, second = own(cast.fjordlys, 2, now=now)
    done = change(cast, [first, second], dealer="Foto Nord", now=now)
    products.change(
        product=first,
        details=factories.details("AB-00000", dealer="Foto Sør"),
        by=cast.alice.as_member,
        now=now,
    )
    assert undo(cast, done, now=now) == 1
    assert columns("dealer") == [("Foto Sør",), ("Fotoforhandler AS",)]


def test_b9_removed_products_come_back_with_their_points(cast: Cast, now: datetime) -> None:
    whole, bare = own(cast.fjordlys, 1, now=now), own(cast.fjordlys, 1, now=now, first=1, dealer="")
    done = remove(cast, [*whole, *bare], now=now)
    assert undo(cast, done, now=now + timedelta(hours=1)) == 2
    assert columns("status", "removed_as", "removed_at") == [("complete", "", None), ("incomplete", "", None)]
    assert (points_of(cast.fjordlys), agree()) == (250, True)


def test_b4_what_somebody_else_has_registered_since_comes_back_disputed(cast: Cast, now: datetime) -> None:
    mine = own(cast.fjordlys, 2, now=now)
    done = remove(cast, mine, now=now)
    own(cast.nordkapp, 1, now=now)
    (again,) = own(cast.fjordlys, 1, now=now, first=1)
    assert undo(cast, done, now=now) == 1
    assert [Product.objects.get(pk=each.pk).status for each in (*mine, again)] == [
        "disputed",
        "removed",
        "complete",
    ]
    assert (Dispute.objects.get().status, points_of(cast.fjordlys), agree()) == ("open", 250, True)


def test_b9_only_the_latest_change_and_for_a_day(cast: Cast, now: datetime) -> None:
    chosen = own(cast.fjordlys, 1, now=now)
    first = change(cast, chosen, dealer="Foto Nord", now=now)
    second = change(cast, chosen, dealer="Foto Sør", now=now)
    with pytest.raises(changing.NotUndone):
        undo(cast, first, now=now)
    with pytest.raises(changing.NotUndone):
        undo(cast, second, now=now + timedelta(days=1))
    assert changing.last_change(cast.fjordlys, now=now) == second
    assert changing.last_change(cast.fjordlys, now=now + timedelta(days=1)) is None
    undo(cast, second, now=now)
    with pytest.raises(changing.NotUndone):
        undo(cast, second, now=now)
    assert columns("dealer") == [("Foto Nord",)]


@pytest.mark.usefixtures("committing")
def test_b9_two_clicks_on_undo_undo_once(cast: Cast, now: datetime) -> None:
    done = remove(cast, own(cast.fjordlys, 2, now=now), now=now)
    given = together(*[lambda: undo(cast, done, now=now)] * 2)
    assert sorted(str(type(each).__name__) for each in given) == ["NotUndone", "int"]
    assert (points_of(cast.fjordlys), agree()) == (500, True)


@pytest.mark.usefixtures("committing")
def test_b4_undoing_while_another_registers_the_number_comes_to_one_holder(cast: Cast, now: datetime) -> None:
    done = remove(cast, own(cast.fjordlys, 1, now=now), now=now)
    together(lambda: undo(cast, done, now=now), lambda: own(cast.nordkapp, 1, now=now))
    assert sorted(status for (status,) in columns("status")) == ["complete", "disputed"]
    assert (points_of(cast.fjordlys) + points_of(cast.nordkapp), agree()) == (250, True)


def test_b9_many_cost_no_more_queries(cast: Cast, now: datetime) -> None:
    def counted(chosen: list[Product]) -> tuple[int, int, int]:
        counts = []
        for act in (
            lambda: change(cast, chosen, dealer="Foto Nord", now=now),
            lambda: undo(cast, BulkChange.objects.latest("id"), now=now),
            lambda: remove(cast, chosen, now=now),
        ):
            with CaptureQueriesContext(connection) as queries:
                act()
            counts.append(len(queries))
        return counts[0], counts[1], counts[2]

    factories.give_points(cast.fjordlys, 1, now=now)
    one, many = (
        own(cast.fjordlys, count, now=now, first=count, code="eos-r10", dealer="") for count in (1, 4)
    )
    assert counted(one) == counted(many)
