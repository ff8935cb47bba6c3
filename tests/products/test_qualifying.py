"""The end of a model's qualifying life: announced sixty days before, and then the points go, once (B7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from medlem.accounts.models import Account
from medlem.commands.tick import tick
from medlem.events.models import Event, Mail
from medlem.memberships.models import PointsEntry, Term
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import actions as products
from medlem.products import qualifying
from medlem.products.ledger import allocations_that_disagree
from medlem.products.models import Product, ProductModel, QualifyingNotice
from medlem.products.queries import greyed_points, product_of, row_of, worth_completing
from medlem.web.letters import write
from tests import factories
from tests.people import Cast
from tests.rows import rows
from tests.together import together

END = date(2027, 2, 28)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def none_of_the_catalogues_own(request: pytest.FixtureRequest) -> None:
    """The programme's own catalogue has a model that ends; these tests choose theirs."""
    request.getfixturevalue("cast")
    ProductModel.objects.update(qualifies_until=None)


def ending(code: str = "eos-r5", *, until: date = END) -> ProductModel:
    ProductModel.objects.filter(code=code).update(qualifies_until=until)
    return ProductModel.objects.get(code=code)


def owned(account: Account, serial: str, *, code: str = "eos-r5", now: datetime, **changes: Any) -> Product:
    return products.add(
        account=account,
        model=ProductModel.objects.get(code=code),
        details=factories.details(serial, **changes),
        by=factories.super_user(account),
        now=now,
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def told() -> list[dict[str, Any]]:
    return [mail.values for mail in Mail.objects.filter(template="models_ending").order_by("id")]


def test_b7_holders_are_told_sixty_days_before(cast: Cast, now: datetime) -> None:
    owned(cast.fjordlys, "0012340", now=now)
    ending()
    for day in (END - timedelta(days=61), END - timedelta(days=60), END):
        tick(now=at(day))
    assert [
        (each.account, each.ends_on, each.products, each.at) for each in QualifyingNotice.objects.all()
    ] == [(cast.fjordlys, END, 1, at(END - timedelta(days=60)))]
    (mail,) = Mail.objects.filter(template="models_ending")
    assert (mail.to, mail.language) == ("alice@fjordlys.example", "en")


def test_b7_one_mail_names_all_models_that_end(cast: Cast, now: datetime) -> None:
    for place, code in enumerate(("eos-r5", "eos-r5", "eos-r6")):
        owned(cast.fjordlys, f"001234{place}", code=code, now=now)
    owned(cast.fjordlys, "0012349", code="eos-r1", now=now)
    ending("eos-r5")
    ending("eos-r6", until=END + 3 * DAY)
    tick(now=at(END - timedelta(days=30)))
    (values,) = told()
    assert values["models"] == [
        {"name": "EOS R5", "until": "2027-02-28", "products": 2, "points": 500},
        {"name": "EOS R6", "until": "2027-03-03", "products": 1, "points": 120},
    ]
    assert (values["total"], values["left"]) == (1120, 500)
    letter = write(Mail.objects.get(template="models_ending"))
    assert letter.subject == "2 of your models will soon count no longer"
    assert "EOS R5: until 28 Feb 2027, 2 products, 500 points\nEOS R6: until 3 Mar 2027" in str(letter.body)


def test_b7_who_holds_nothing_of_it_is_not_told(cast: Cast, now: datetime) -> None:
    owned(cast.fjordlys, "0012340", dealer="", now=now)
    products.remove(product=owned(cast.nordkapp, "0012341", now=now), by=cast.charlie.as_member, now=now)
    ending()
    tick(now=at(END))
    assert (told(), QualifyingNotice.objects.count()) == ([], 0)


def test_b7_who_completes_one_later_is_told_then_and_of_another_day_again(cast: Cast, now: datetime) -> None:
    ending()
    tick(now=at(END - timedelta(days=30)))
    owned(cast.fjordlys, "0012340", now=at(END - timedelta(days=20)))
    tick(now=at(END - timedelta(days=20)))
    ending(until=END + timedelta(days=10))
    tick(now=at(END - timedelta(days=5)))
    assert [values["models"][0]["until"] for values in told()] == ["2027-02-28", "2027-03-10"]


def test_b7_on_the_day_after_the_points_go_and_the_product_stays_complete(cast: Cast, now: datetime) -> None:
    product = owned(cast.fjordlys, "0012340", now=now)
    owned(cast.fjordlys, "0012341", code="eos-r1", now=now)
    ending()
    tick(now=at(END))
    assert points_of(cast.fjordlys) == 750
    tick(now=at(END + DAY))
    product.refresh_from_db()
    assert (points_of(cast.fjordlys), product.status) == (500, "complete")
    entry = PointsEntry.objects.latest("id")
    assert (entry.kind, entry.points, entry.product_id, entry.reason) == (
        "withdrawn",
        -250,
        product.public_id,
        "model_ended",
    )
    event = Event.objects.get(name="points.models_ended")
    assert (event.account_id, event.before, event.after) == (
        cast.fjordlys.public_id,
        {"total": 750},
        {"total": 500, "points": 250, "models": "EOS R5"},
    )
    found = product_of(cast.fjordlys, product.public_id, today=END + DAY)
    assert found is not None
    row = row_of(found)
    assert (row.points, row.allocated, row.ended, row.missing) == (0, True, True, [])


def test_b7_a_running_term_is_not_cut_short(cast: Cast, now: datetime) -> None:
    owned(cast.fjordlys, "0012340", now=now)
    membership = factories.member(cast.fjordlys, level="silver", points=300, now=now)
    ending()
    before = list(Term.objects.values())
    tick(now=at(END + DAY))
    membership.refresh_from_db()
    assert (points_of(cast.fjordlys), membership.status) == (300, "active")
    assert list(Term.objects.values()) == before


def test_b7_the_tick_withdraws_once_late_or_often(cast: Cast, now: datetime) -> None:
    owned(cast.fjordlys, "0012340", now=now)
    model = ending()
    tick(now=at(END + 30 * DAY))
    once = rows()
    for _ in range(2):
        tick(now=at(END + 30 * DAY))
    assert rows() == once
    model.refresh_from_db()
    assert model.ended_at == at(END + 30 * DAY)
    assert qualifying.accounts_to_end(END + 30 * DAY) == []


def test_b7_a_model_is_looked_at_for_a_day_more(cast: Cast, now: datetime) -> None:
    """Somebody may be completing a product at midnight, with the value of the day before."""
    model = ending()
    tick(now=at(END + DAY))
    owned(cast.fjordlys, "0012340", now=at(END))
    tick(now=at(END + DAY))
    assert points_of(cast.fjordlys) == 0
    tick(now=at(END + 2 * DAY))
    model.refresh_from_db()
    assert model.ended_at == at(END + 2 * DAY)


def test_b7_greyed_products_of_an_ended_model_promise_nothing(cast: Cast, now: datetime) -> None:
    owned(cast.fjordlys, "0012340", dealer="", now=now)
    ending()
    assert greyed_points(cast.fjordlys, today=END) == 250
    assert greyed_points(cast.fjordlys, today=END + DAY) == 0
    assert [product.value for product in worth_completing(cast.fjordlys, today=END)] == [250]
    assert list(worth_completing(cast.fjordlys, today=END + DAY)) == []


@pytest.mark.usefixtures("committing")
def test_b7_two_workers_at_once_tell_and_withdraw_once(cast: Cast, now: datetime) -> None:
    ProductModel.objects.update(qualifies_until=None)
    owned(cast.fjordlys, "0012340", now=now)
    ending()
    account = cast.fjordlys.pk
    together(*[lambda: qualifying.tell(account_id=account, now=at(END))] * 2)
    together(*[lambda: qualifying.end(account_id=account, now=at(END + DAY))] * 2)
    assert (len(told()), points_of(cast.fjordlys), PointsEntry.objects.count()) == (1, 0, 2)
    assert balances_that_disagree() == []


# --- what doctor looks for ---------------------------------------------------------------------------


def test_b3_complete_products_and_their_points_agree(cast: Cast, now: datetime) -> None:
    kept = owned(cast.fjordlys, "0012340", now=now)
    gone = owned(cast.fjordlys, "0012341", now=now)
    over = owned(cast.fjordlys, "0012342", code="eos-r6", now=now)
    products.remove(product=gone, by=cast.alice.as_member, now=now)
    owned(cast.fjordlys, "0012343", dealer="", now=now)
    owned(cast.nordkapp, "0012340", now=now)
    ending("eos-r6")
    for day in (END, END + DAY, END + 2 * DAY):
        tick(now=at(day))
        assert allocations_that_disagree(day) == []
    day = END + 2 * DAY
    for product, reverses in ((kept, 1), (over, 0)):
        entry = PointsEntry.objects.get(product_id=product.public_id, kind="allocated")
        PointsEntry._base_manager.filter(reverses=entry).delete()
        if reverses:
            PointsEntry.objects.create(
                account=cast.fjordlys, kind="withdrawn", points=-250, reverses=entry, at=now,
                product_id=product.public_id,
            )  # fmt: skip
    for _ in range(2):
        PointsEntry.objects.create(
            account=cast.fjordlys, kind="allocated", points=250, at=now, product_id=gone.public_id
        )
    assert allocations_that_disagree(day) == [
        f"product {kept.public_id} is complete and has no points",
        f"product {gone.public_id} has its points 2 times",
        f"product {gone.public_id} has points and is not complete",
        f"product {gone.public_id} has points and is not complete",
        f"product {over.public_id} has points, though its model's time is over",
    ]
