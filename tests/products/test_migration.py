"""MIGRATE PRODUCTS takes each former product exactly once and ends in a report (B6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from medlem.accounts.models import Account
from medlem.commands.tick import tick
from medlem.core import turns
from medlem.core.errors import Refused
from medlem.events.actions import link
from medlem.events.models import Event, Mail
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import actions as products
from medlem.products import migration, naming
from medlem.products.former import (
    MigrationOffer,
    MigrationState,
    migration_of,
    migration_offer,
    migrations_to_go_on,
)
from medlem.products.former_names import UnknownName, kept_waiting, linked_names, unknown_names
from medlem.products.models import Dispute, LegacyProduct, MigratedProduct, Migration, Product, ProductModel
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


def test_b6_an_unknown_model_waits_until_staff_say_which_it_is(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(model="EOS 300V Date"), row("R-2"), row("R-3", model="eos-300v date", serial=""))
    confirmed(cast, now=now)
    unknown = [(reference, "unknown_model", [], "unknown_model") for reference in ("R-1", "R-3")]
    assert report(migrate(cast, now=now)) == [unknown[0], ("R-2", "moved", [], ""), unknown[1]]
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.UNKNOWN, 0, 2, "")
    with pytest.raises(migration.NothingToMigrate):
        migrate(cast, now=now)
    assert unknown_names() == [UnknownName("eos-300v date", products=2, claimed=2)]
    assert kept_waiting() == 2

    named(cast, "  EOS 300V  Date", now=now)
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.READY, 2, 0, "")
    assert (unknown_names(), kept_waiting()) == ([], 0)
    again = report(migrate(cast, now=now))
    assert again == [("R-1", "duplicate", [], ""), ("R-3", "incomplete", ["serial_number"], "")]
    assert migration_offer(cast.fjordlys).state is MigrationState.DONE


def named(cast: Cast, name: str, *, code: str = "eos-r5", now: datetime) -> None:
    model = ProductModel.objects.get(code=code)
    naming.name_model(model=model, name=name, by=cast.sara.as_staff, now=now)


def test_b6_staff_link_a_former_name_to_a_model_once(cast: Cast, now: datetime) -> None:
    before = ProductModel.objects.get(code="eos-r5").former_names
    for name in ("EOS 300V Date", "eos300vdate", "EOS R5"):
        named(cast, name, now=now)
    assert ProductModel.objects.get(code="eos-r5").former_names == [*before, "EOS 300V Date"]
    event = Event.objects.get(name="model.named")
    assert (event.actor_id, event.after) == (
        cast.sara.public_id,
        {"model": "EOS R5", "code": "eos-r5", "name": "EOS 300V Date"},
    )
    for name in ("EOS 300V Date", "EOS R6", " - "):
        with pytest.raises(Refused) as refused:
            named(cast, name, code="eos-r6-mark-ii", now=now)
        assert refused.value.field == "model"
    assert Event.objects.filter(name="model.named").count() == 1


def test_b6_businesses_that_waited_for_a_model_are_told_once(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(model="EOS 300V Date"), row("R-2"), row("R-3", model="eos-300v date", serial=""))
    confirmed(cast, now=now)
    for _twice in range(2):
        named(cast, "EOS 300V Date", now=now)
    told = Mail.objects.get(template="former_model_known")
    assert (told.to, told.values["products"], told.values["model"]) == ("alice@fjordlys.example", 2, "EOS R5")


def test_b6_what_staff_said_of_a_name_can_be_taken_back_until_something_came_of_it(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(tmp_path, row(model="EOS 300V Date"))
    confirmed(cast, now=now)
    model = ProductModel.objects.get(code="eos-r5")

    def take_back() -> None:
        naming.unname_model(model=model, name="eos 300v date", by=cast.sara.as_staff, now=now)

    named(cast, "EOS 300V Date", now=now)
    assert [(each.name, each.model, each.migrated) for each in linked_names(most=9)] == [
        ("EOS 300V Date", model, 0)
    ]
    for _twice in range(2):
        take_back()
    assert (linked_names(most=9), kept_waiting()) == ([], 1)
    assert Event.objects.filter(name="model.unnamed").count() == 1

    named(cast, "EOS 300V Date", now=now)
    migrate(cast, now=now)
    with pytest.raises(naming.UsedAlready):
        take_back()
    assert [each.migrated for each in linked_names(most=9)] == [1]


def test_b6_names_that_keep_our_businesses_waiting_come_first(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    imported(
        tmp_path,
        row("R-1", model="EOS 300V Date"),
        *(row(f"R-2{n}", model="EOS 5", email="somebody@else.example") for n in range(3)),
        row("R-3", model="Eos-5", email="somebody@else.example"),
    )
    assert [(each.name, each.products, each.claimed) for each in unknown_names()] == [
        ("EOS 5", 4, 0),
        ("EOS 300V Date", 1, 0),
    ]
    confirmed(cast, now=now)
    assert [(each.name, each.products, each.claimed) for each in unknown_names()] == [
        ("EOS 300V Date", 1, 1),
        ("EOS 5", 4, 0),
    ]
    assert kept_waiting() == 1


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
    holder = by_hand(cast, "012021000123", account=cast.nordkapp, now=now)
    imported(tmp_path, row())
    confirmed(cast, now=now)
    assert report(migrate(cast, now=now)) == [("R-1", "disputed", [], "")]
    claim = cast.fjordlys.products.get()
    assert (claim.status, points_of(cast.fjordlys)) == ("disputed", 0)
    dispute = Dispute.objects.get()
    assert (dispute.product, dispute.holder, dispute.status) == (claim, holder, "open")


def test_b6_pressed_again_nothing_is_left(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(tmp_path, row(), row("R-2", serial=""))
    confirmed(cast, now=now)
    migrate(cast, now=now)
    with pytest.raises(migration.NothingToMigrate):
        migrate(cast, now=now + timedelta(days=1))
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
    (did,) = (each for each in made if isinstance(each, Migration))
    assert {type(each) for each in made if each is not did} == {migration.NothingToMigrate}
    assert (did, Mail.objects.filter(template="migrated").count()) == (Migration.objects.get(), 1)
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


# --- large ones, in the worker -------------------------------------------------------------------------


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large and how large a piece is, in figures that a test can wait for."""
    monkeypatch.setattr(migration, "AT_ONCE", 5)
    monkeypatch.setattr(migration, "PIECE", 4)
    monkeypatch.setattr(turns, "PAUSE", 0)


def ten(tmp_path: Path) -> None:
    rows = [row(f"R-{place}", serial=f"0120210001{place:02d}") for place in range(8)]
    imported(tmp_path, *rows, row("R-8", model="EOS 300V Date"), row("R-9", serial=""))


def state(made: Migration) -> tuple[str, int, int, int]:
    made.refresh_from_db()
    return made.status, made.total, made.rows.count(), points_of(made.account)


def test_b6_a_large_one_goes_on_in_the_worker_a_piece_after_the_other(
    cast: Cast, tmp_path: Path, many: None, now: datetime
) -> None:
    ten(tmp_path)
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    assert (state(made), migrate(cast, now=now)) == (("running", 10, 0, 0), made)
    assert migration_offer(cast.fjordlys).state is MigrationState.RUNNING
    assert DBTaskResult.objects.filter(task_path="medlem.products.tasks.go_on_migrating").count() == 1
    assert migrations_to_go_on() == [made.pk]
    later = now + timedelta(minutes=1)
    migration.go_on(migration_id=made.pk, now=later)
    assert (state(made), made.finished_at, migrations_to_go_on()) == (("done", 10, 10, 2_000), later, [])
    assert [outcome for _reference, outcome, *_ in report(made)] == [
        *["moved"] * 8,
        "unknown_model",
        "incomplete",
    ]
    (event,) = Event.objects.filter(name="products.migrated")
    assert (event.actor_id, event.after) == (cast.alice.public_id, {"status": "done", "rows": 10})
    migration.go_on(migration_id=made.pk, now=later)
    assert (state(made), Mail.objects.filter(template="migrated").count()) == (("done", 10, 10, 2_000), 1)


def test_b6_the_tick_goes_on_where_a_worker_was_killed(
    cast: Cast, tmp_path: Path, many: None, now: datetime
) -> None:
    ten(tmp_path)
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    migration._go_on_once(made.pk, now=now)
    assert state(made) == ("running", 10, 4, 1_000)
    assert tick(now=now).trouble == []
    assert state(made) == ("done", 10, 10, 2_000)
    assert sorted(made.rows.values_list("legacy__reference", flat=True)) == [f"R-{n}" for n in range(10)]


def test_b6_a_large_one_can_be_stopped_and_the_rest_migrated_later(
    cast: Cast, tmp_path: Path, many: None, now: datetime
) -> None:
    ten(tmp_path)
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    migration._go_on_once(made.pk, now=now)
    stopped_at = now + timedelta(seconds=5)
    for _ in range(2):
        migration.stop(migration=made, by=cast.bob.as_member, now=stopped_at)
    migration.go_on(migration_id=made.pk, now=now)
    assert state(made) == ("stopped", 10, 4, 1_000)
    assert (made.stop_asked_at, made.finished_at) == (stopped_at, stopped_at)
    (event,) = Event.objects.filter(name="products.migration_stopped")
    assert (event.actor_id, event.after) == (cast.bob.public_id, {"status": "stopped", "rows": 4})
    assert migration_offer(cast.fjordlys) == MigrationOffer(MigrationState.READY, 5, 1, "")

    rest = migrate(cast, now=now)
    migration.go_on(migration_id=rest.pk, now=now)
    assert state(rest) == ("done", 6, 6, 2_000)
    assert Mail.objects.filter(template="migrated").count() == 1  # of the one that came to its end


@pytest.mark.usefixtures("committing")
def test_b6_clicks_workers_and_ticks_at_once_move_each_product_once(
    cast: Cast, tmp_path: Path, many: None, now: datetime
) -> None:
    ten(tmp_path)
    confirmed(cast, now=now)
    made = migrate(cast, now=now)
    together(
        *[lambda: migrate(cast, now=now)] * 4,
        *[lambda: migration.go_on(migration_id=made.pk, now=now)] * 3,
    )
    assert (state(made), Migration.objects.count()) == (("done", 10, 10, 2_000), 1)
    assert (Product.objects.count(), balances_that_disagree()) == (9, [])
    assert Mail.objects.filter(template="migrated").count() == 1


def test_b6_what_came_of_it_is_mailed_to_whoever_began_it(cast: Cast, tmp_path: Path, now: datetime) -> None:
    imported(
        tmp_path,
        row(),
        row("R-2", serial="", dealer=""),
        row("R-3", serial=""),
        row("R-4", model="EOS 300V Date"),
        row("R-5"),
    )
    confirmed(cast, now=now)
    made = migration.migrate(account=cast.fjordlys, by=cast.bob.as_member, now=now)
    mail = Mail.objects.get(template="migrated")
    assert (mail.to, mail.language, mail.account_id) == (cast.bob.email, "nb", cast.fjordlys.public_id)
    assert mail.values == {
        "name": "Bob",
        "outcomes": {"moved": 1, "incomplete": 2, "unknown_model": 1, "duplicate": 1},
        "missing": {"serial_number": 2, "dealer": 1},
        "link": link("portal:migration", public_id=str(made.public_id)),
    }


def test_b6_former_products_by_the_hundred_cost_no_more_queries(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    def queries(prefix: str, times: int) -> int:
        imported(
            tmp_path,
            *(
                each
                for n in range(times)
                for each in (
                    row(f"{prefix}-{n}", serial=f"{prefix}-{n:05}"),
                    row(f"{prefix}-{n}-B", serial=f"{prefix}-{n:05}"),
                    row(f"{prefix}-{n}-C", serial="", dealer=""),
                    row(f"{prefix}-{n}-D", model=f"{prefix} Date"),
                )
            ),
        )
        with CaptureQueriesContext(connection) as captured:
            migrate(cast, now=now)
        return len(captured)

    factories.give_points(cast.fjordlys, 500, now=now)
    confirmed(cast, now=now)
    assert queries("AAA", 1) == queries("BBB", 20)
