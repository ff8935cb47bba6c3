"""MIGRATE PRODUCTS takes each former product exactly once and ends in a report (B6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from medlem.accounts.models import Account
from medlem.events.models import Event
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import actions as products
from medlem.products import migration
from medlem.products.models import LegacyProduct, MigratedProduct, Migration, Product, ProductModel
from medlem.products.queries import MigrationState, migration_of, migration_offer
from medlem.products.rules import MANDATORY
from tests import factories
from tests.people import Cast
from tests.products.legacy import imported, row
from tests.together import together

FORMER = "gamle@fjordlys.example"


def confirmed(cast: Cast, *, account: Account | None = None, email: str = FORMER, now: datetime) -> None:
    migration.link_former_email(
        account=account or cast.fjordlys, email=email, reason="seen", by=cast.sara.as_staff, now=now
    )


def migrate(cast: Cast, *, now: datetime) -> Migration:
    return migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now)


def report(made: Migration) -> list[tuple[str, str, list[str], str]]:
    """The report: which former product, what became of it, what is missing, why."""
    rows = made.rows.order_by("id").values_list("legacy__reference", "outcome", "missing", "reason")
    return list(rows)


def by_hand(
    cast: Cast, serial: str, *, account: Account | None = None, now: datetime, **changes: Any
) -> Product:
    account = account or cast.fjordlys
    return products.add(
        account=account,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details(serial, **changes),
        by=factories.super_user(account),
        now=now,
    )


def test_b6_a_whole_product_is_moved_with_its_points(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row())
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    product = Product.objects.get()
    assert report(made) == [("R-1", "moved", [], "")]
    assert (made.started_at, made.finished_at, migration_of(cast.fjordlys, made.public_id)) == (
        now,
        now,
        made,
    )
    assert migration_of(cast.nordkapp, made.public_id) is None
    assert (str(product), product.status, product.account, product.dealer) == (
        "EOS R5 012021000123",
        "complete",
        cast.fjordlys,
        "Fotohuset Oslo",
    )
    legacy = LegacyProduct.objects.get()
    assert (legacy.status, legacy.product, points_of(cast.fjordlys)) == ("moved", product, 250)
    names = Event.objects.filter(account_id=cast.fjordlys.public_id, subject_kind__startswith="products.")
    assert list(names.order_by("id").values_list("name", "actor_kind")) == [
        ("former_email.confirmed", "staff"),
        ("product.added", "member"),
        ("product.completed", "member"),
        ("former_product.moved", "system"),
        ("products.migrated", "member"),
    ]


@pytest.mark.parametrize(
    ("former", "missing"),
    [
        ({"serial": ""}, ["serial_number"]),
        ({"bought": "", "country": "", "dealer": ""}, ["purchased_on", "purchase_country", "dealer"]),
        ({"serial": "", "bought": "", "country": "", "dealer": ""}, list(MANDATORY)),
        ({"serial": "00000"}, ["serial_number"]),  # what cannot be is left out
        ({"serial": "12/34"}, ["serial_number"]),
        ({"serial": "2900000000056"}, ["serial_number"]),
        ({"bought": "2031-01-01"}, ["purchased_on"]),
        ({"bought": "1900-01-01"}, ["purchased_on"]),
    ],
)
def test_b6_an_incomplete_product_is_moved_and_what_is_missing_named(
    cast: Cast, tmp_path: Path, now: datetime, former: dict[str, str], missing: list[str]
) -> None:
    imported(tmp_path, row(**former))
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [("R-1", "incomplete", missing, "")]
    assert (Product.objects.get().status, points_of(cast.fjordlys)) == ("incomplete", 0)


def test_b6_a_bar_code_in_place_of_the_serial_number_stops_nothing(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    ProductModel.objects.filter(code="eos-r5").update(ean="0013803345674")
    imported(tmp_path, row(serial="013803345674"), row("R-2"))
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [
        ("R-1", "incomplete", ["serial_number"], ""),
        ("R-2", "moved", [], ""),
    ]


@pytest.mark.parametrize("written", ["eos r5", "EOS-R5", "Canon EOS R5m2", "EOS 5D MkIV", "eos-5d-mark-iv"])
def test_b6_former_names_of_models_are_known(cast: Cast, tmp_path: Path, now: datetime, written: str) -> None:
    imported(tmp_path, row(model=written))
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [("R-1", "moved", [], "")]


def test_b6_an_unknown_model_waits_and_is_named(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row(model="EOS 300V Date"), row("R-2"))
    confirmed(cast, now=now)
    first = migrate(cast, now=now)
    assert report(first) == [("R-1", "unknown_model", [], "unknown_model"), ("R-2", "moved", [], "")]
    assert migration_offer(cast.fjordlys).state is MigrationState.READY
    assert report(migrate(cast, now=now)) == [("R-1", "unknown_model", [], "unknown_model")]
    ProductModel.objects.filter(code="eos-r5").update(former_names=["EOS 300V Date"])
    LegacyProduct.objects.filter(reference="R-1").update(serial_number="012021000999")
    assert report(migrate(cast, now=now)) == [("R-1", "moved", [], "")]
    assert migration_offer(cast.fjordlys).state is MigrationState.DONE


def test_b6_two_rows_for_one_piece_give_one_product(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row(), row("R-2", serial=" 0120 21000123"))
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    assert report(made) == [("R-1", "moved", [], ""), ("R-2", "duplicate", [], "")]
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (1, 250)
    second = LegacyProduct.objects.get(reference="R-2")
    assert (second.status, second.reason, second.product) == ("not_moved", "duplicate", None)
    assert made.rows.get(legacy=second).product == Product.objects.get()
    assert migration_offer(cast.fjordlys).state is MigrationState.DONE


def test_b6_what_was_registered_again_by_hand_is_the_same_product(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(), row("R-2", serial="012021000124"))
    whole, part = by_hand(cast, "012021000123", now=now), by_hand(cast, "012021000124", dealer="", now=now)
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    assert report(made) == [("R-1", "moved", [], ""), ("R-2", "incomplete", ["dealer"], "")]
    assert [each.product for each in made.rows.order_by("id")] == [whole, part]
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (2, 250)


def test_b6_a_removed_product_is_migrated_anew(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row())
    products.remove(product=by_hand(cast, "012021000123", now=now), by=cast.alice.as_member, now=now)
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [("R-1", "moved", [], "")]
    assert points_of(cast.fjordlys) == 250


def test_b4_a_serial_number_held_elsewhere_is_moved_as_disputed(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    by_hand(cast, "012021000123", account=cast.nordkapp, now=now)
    imported(tmp_path, row())
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [("R-1", "disputed", [], "")]
    assert (cast.fjordlys.products.get().status, points_of(cast.fjordlys)) == ("disputed", 0)


def test_b6_pressed_again_nothing_is_left(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row(), row("R-2", serial=""))
    confirmed(cast, now=now)
    migrate(cast, now=now)
    assert report(migrate(cast, now=now + timedelta(days=1))) == []
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (2, 250)


def test_b6_new_rows_for_the_address_can_be_migrated_later(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row())
    confirmed(cast, now=now)
    migrate(cast, now=now)
    imported(tmp_path, row("R-2", serial="012021000124"))
    assert migration_offer(cast.fjordlys).waiting == 1
    assert report(migrate(cast, now=now)) == [("R-2", "moved", [], "")]


def test_b6_a_migration_that_was_stopped_can_be_repeated(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, *(row(f"R-{place}", serial=f"01202100010{place}") for place in range(3)))
    confirmed(cast, now=now)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():  # noqa: PT012 - stopped before its commit
        migrate(cast, now=now)
        raise KeyboardInterrupt
    assert (Product.objects.count(), Migration.objects.count(), points_of(cast.fjordlys)) == (0, 0, 0)
    assert [outcome for _reference, outcome, *_ in report(migrate(cast, now=now))] == ["moved"] * 3


def test_b6_several_former_addresses_are_migrated_together(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row(), row("R-2", email="Older@Fjordlys.example", serial="012021000124"))
    for email in (FORMER, "older@fjordlys.example"):
        confirmed(cast, email=email, now=now)
    assert [reference for reference, *_ in report(migrate(cast, now=now))] == ["R-1", "R-2"]


def test_b6_nobody_migrates_what_belongs_to_another_address(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(), row("R-2", email="post@nordkapp.example", serial="012021000124"))
    confirmed(cast, now=now)
    migrate(cast, now=now)
    assert LegacyProduct.objects.get(reference="R-2").status == "waiting"
    assert cast.nordkapp.products.count() == 0


@pytest.mark.usefixtures("committing")
def test_b6_twenty_clicks_at_once_move_each_product_once(cast: Cast, tmp_path: Path, now: datetime) -> None:
    clicks = 20 if connection.vendor == "postgresql" else 8
    imported(
        tmp_path,
        *(row(f"R-{place}", serial=f"0120210001{place:02d}") for place in range(10)),
        row("R-10", serial="012021000100"),
        row("R-11", model="EOS 300V Date"),
    )
    confirmed(cast, now=now)
    made = together(*[lambda: migrate(cast, now=now)] * clicks)
    assert {type(each) for each in made} == {Migration}
    moved = sorted(len([each for each in report(one) if each[1] != "unknown_model"]) for one in made)
    assert moved == [0] * (clicks - 1) + [11]
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (10, 2_500)
    assert MigratedProduct.objects.filter(outcome="moved").count() == 10
    assert sorted(LegacyProduct.objects.values_list("status", flat=True)) == [
        *["moved"] * 10,
        "not_moved",
        "waiting",
    ]
    assert balances_that_disagree() == []


def test_b6_the_database_knows_that_a_moved_product_has_one(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(), row("R-2", serial="012021000124"))
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    first, second = LegacyProduct.objects.order_by("id")
    for change in ({"product": None}, {"product": second.product}, {"status": "waiting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegacyProduct.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        MigratedProduct.objects.create(migration=made, legacy=first, outcome="moved")
