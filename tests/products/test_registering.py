"""Registering, completing, changing and removing: points follow the details (B2, B3, B7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product as combinations
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.queries import history_of
from medlem.memberships.queries import balances_that_disagree, entries_of, points_of
from medlem.products import actions as products
from medlem.products.ledger import allocations_that_disagree
from medlem.products.models import ModelPoints, Product, ProductModel
from medlem.products.queries import product_of, row_of
from medlem.products.rules import MANDATORY, Details
from tests.factories import details
from tests.people import Cast
from tests.together import together

# Worth 60 points from 2024, 45 from 1 December 2026.
CHANGING = "eos-rp"
# Worth 60 points; its qualifying life ends with November 2026.
ENDING = "imageprograf-pro-1000"
IN_NOVEMBER = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def model(code: str = "eos-r5") -> ProductModel:
    return ProductModel.objects.get(code=code)


def add(cast: Cast, known: Details, *, code: str = "eos-r5", now: datetime) -> Product:
    return products.add(
        account=cast.fjordlys, model=model(code), details=known, by=cast.bob.as_member, now=now
    )


def change(cast: Cast, product: Product, *, now: datetime, **changes: Any) -> Product:
    product.refresh_from_db()
    known = {name: getattr(product, name) for name in Details.__dataclass_fields__}
    return products.change(
        product=product, details=Details(**{**known, **changes}), by=cast.bob.as_member, now=now
    )


def ledger(cast: Cast) -> list[tuple[str, int, date | None]]:
    """The account's points: how they came or went, how many, and since when the value was in force."""
    entries = entries_of(cast.fjordlys).order_by("id")
    return [(entry.kind, entry.points, entry.value_from_on) for entry in entries]


@pytest.mark.parametrize("known", list(combinations([True, False], repeat=4)))
def test_b2_a_product_may_be_saved_incomplete(cast: Cast, now: datetime, known: tuple[bool, ...]) -> None:
    whole = details("0012345")
    blank = {name: None if name == "purchased_on" else "" for name in MANDATORY}
    given = {name: blank[name] for name, is_known in zip(MANDATORY, known, strict=True) if not is_known}
    product = add(cast, replace(whole, **given), now=now)
    found = product_of(cast.fjordlys, product.public_id, today=date(2026, 11, 23))
    assert found is not None
    row = row_of(found)
    complete = all(known)
    assert (found.status, found.completed_at) == (("complete", now) if complete else ("incomplete", None))
    assert (row.points, row.allocated, row.missing) == (250, complete, list(given))
    assert points_of(cast.fjordlys) == (250 if complete else 0)


def test_b2_everything_is_written(cast: Cast, now: datetime) -> None:
    product = add(cast, details(" 0012 345x ", dealer="  Foto \t& Film ", dealer_estimated=True), now=now)
    assert model_to_dict(product, exclude=["id"]) == {
        "account": cast.fjordlys.pk,
        "model": model().pk,
        "status": "complete",
        "serial_number": "0012345X",
        "purchased_on": date(2024, 3, 12),
        "purchased_on_estimated": False,
        "purchase_country": "NO",
        "purchase_country_estimated": False,
        "dealer": "Foto & Film",
        "dealer_estimated": True,
        "added_at": now,
        "completed_at": now,
        "removed_at": None,
        "removed_as": "",
        "missing_as": "",
        "missing_since_on": None,
        "missing_note": "",
    }
    columns = ("name", "actor_id", "account_id", "before", "after")
    assert list(history_of(product.public_id).values_list(*columns)) == [
        (
            "product.added",
            cast.bob.public_id,
            cast.fjordlys.public_id,
            {},
            {
                "model": "EOS R5",
                "serial_number": "0012345X",
                "purchased_on": "2024-03-12",
                "purchase_country": "NO",
                "dealer": "Foto & Film",
                "dealer_estimated": True,
            },
        ),
        (
            "product.completed",
            cast.bob.public_id,
            cast.fjordlys.public_id,
            {"status": "incomplete"},
            {"status": "complete", "points": 250},
        ),
    ]


def test_b2_an_estimate_of_nothing_is_nothing(cast: Cast, now: datetime) -> None:
    guess = Details(
        purchased_on_estimated=True, purchase_country_estimated=True, dealer_estimated=True, dealer=" "
    )
    product = add(cast, guess, now=now)
    assert (product.purchased_on_estimated, product.purchase_country_estimated, product.dealer_estimated) == (
        False,
        False,
        False,
    )


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(1933, 12, 31)])
def test_b2_a_purchase_date_that_cannot_be_is_refused(cast: Cast, now: datetime, day: date) -> None:
    with pytest.raises(Refused) as refused:
        add(cast, details("0012345", purchased_on=day), now=now)
    assert (refused.value.field, Product.objects.count()) == ("purchased_on", 0)


def test_b2_today_is_the_day_in_oslo(cast: Cast) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert add(cast, details("0012345", purchased_on=date(2026, 11, 24)), now=late).status == "complete"


def test_b2_a_form_that_is_sent_twice_registers_once(cast: Cast, now: datetime) -> None:
    form: dict[str, Any] = {
        "account": cast.fjordlys,
        "model": model(),
        "details": Details(),
        "public_id": uuid7(),
        "by": cast.bob.as_member,
        "now": now,
    }
    assert products.add(**form) == products.add(**form) == Product.objects.get()
    assert history_of(form["public_id"]).count() == 1


def test_b2_a_form_that_is_sent_again_with_another_serial_number_registers_another(
    cast: Cast, now: datetime
) -> None:
    """The browser's Back shows the form as it was, with the id of the product that it registered."""
    form: dict[str, Any] = {
        "account": cast.fjordlys,
        "model": model(),
        "public_id": uuid7(),
        "by": cast.bob.as_member,
        "now": now,
    }
    sent = [products.add(details=details(serial), **form) for serial in ("0012341", "0012342", "0012342")]
    assert [each.serial_number for each in sent] == ["0012341", "0012342", "0012342"]
    assert (sent[0].public_id, sent[1]) == (form["public_id"], sent[2])
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (2, 500)
    other = products.add(details=details("0012341"), **{**form, "model": model("eos-r6")})
    assert (other.model.code, Product.objects.count()) == ("eos-r6", 3)


def test_b2_a_form_that_is_sent_again_after_its_product_was_removed_registers_it_anew(
    cast: Cast, now: datetime
) -> None:
    form: dict[str, Any] = {
        "account": cast.fjordlys,
        "model": model(),
        "details": details("0012341"),
        "public_id": uuid7(),
        "by": cast.bob.as_member,
        "now": now,
    }
    first = products.add(**form)
    products.remove(product=first, by=cast.bob.as_member, now=now)
    again = products.add(**form)
    assert (again.status, again.public_id == first.public_id) == ("complete", False)
    assert products.add(**form) == again


@pytest.mark.usefixtures("committing")
def test_b2_two_clicks_at_once_register_once(cast: Cast, now: datetime) -> None:
    form_id = uuid7()
    together(
        *[
            lambda: products.add(
                account=cast.fjordlys,
                model=model(),
                details=details("0012341"),
                public_id=form_id,
                by=cast.bob.as_member,
                now=now,
            )
        ]
        * 3
    )
    assert Product.objects.count() == 1


def test_b3_completing_allocates_the_value_in_force_at_completion(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345", dealer=""), code=CHANGING, now=now)
    assert ledger(cast) == []
    change(cast, product, dealer="Fotohuset", now=IN_NOVEMBER)
    assert ledger(cast) == [("allocated", 60, date(2024, 1, 1))]


@pytest.mark.parametrize(
    ("moment", "points", "since"),
    [(IN_NOVEMBER, 60, date(2024, 1, 1)), (IN_DECEMBER, 45, date(2026, 12, 1))],
)
def test_b7_the_value_changes_at_midnight_in_oslo(
    cast: Cast, moment: datetime, points: int, since: date
) -> None:
    add(cast, details("0012345"), code=CHANGING, now=moment)
    assert ledger(cast) == [("allocated", points, since)]


def test_b7_after_the_end_of_a_models_qualifying_life_a_product_is_complete_without_points(
    cast: Cast,
) -> None:
    late, early = (
        add(cast, details(serial), code=ENDING, now=moment)
        for serial, moment in (("0012345", IN_DECEMBER), ("0012346", IN_NOVEMBER))
    )
    assert (late.status, early.status) == ("complete", "complete")
    assert ledger(cast) == [("allocated", 60, date(2020, 1, 1))]
    waiting = add(cast, details("0012347", dealer=""), code=ENDING, now=IN_NOVEMBER)
    assert change(cast, waiting, dealer="Fotohuset", now=IN_DECEMBER).status == "complete"
    assert len(ledger(cast)) == 1


def test_b7_a_later_value_never_applies_in_retrospect(cast: Cast) -> None:
    product = add(cast, details("0012345"), code=CHANGING, now=IN_NOVEMBER)
    change(cast, product, dealer="Another shop", dealer_estimated=True, now=IN_DECEMBER)
    found = product_of(cast.fjordlys, product.public_id, today=date(2026, 12, 24))
    assert found is not None
    assert (row_of(found).points, row_of(found).allocated) == (60, True)
    assert ledger(cast) == [("allocated", 60, date(2024, 1, 1))]


@pytest.mark.parametrize("detail", MANDATORY)
def test_b7_completing_again_brings_the_value_of_the_first_time(cast: Cast, detail: str) -> None:
    product = add(cast, details("0012345"), code=CHANGING, now=IN_NOVEMBER)
    before = getattr(product, detail)
    lost = change(cast, product, now=IN_NOVEMBER, **{detail: None if detail == "purchased_on" else ""})
    assert (lost.status, lost.completed_at, points_of(cast.fjordlys)) == ("incomplete", None, 0)
    again = change(cast, product, now=IN_DECEMBER, **{detail: before})
    assert (again.status, again.completed_at) == ("complete", IN_DECEMBER)
    assert ledger(cast) == [
        ("allocated", 60, date(2024, 1, 1)),
        ("withdrawn", -60, None),
        ("allocated", 60, date(2024, 1, 1)),
    ]
    assert balances_that_disagree() == []


def test_b7_correcting_a_serial_number_leaves_points_and_moment_alone(cast: Cast) -> None:
    product = add(cast, details("0012345"), code=CHANGING, now=IN_NOVEMBER)
    renumbered = change(cast, product, serial_number="0012346", now=IN_DECEMBER)
    assert (renumbered.status, renumbered.completed_at) == ("complete", IN_NOVEMBER)
    assert ledger(cast) == [("allocated", 60, date(2024, 1, 1))]
    assert [event.name for event in history_of(product.public_id)] == [
        "product.added",
        "product.completed",
        "product.changed",
    ]


def test_b7_a_value_that_rose_is_not_harvested_by_editing(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345"), now=now)
    ModelPoints.objects.create(model=model(), points=900, from_on=date(2026, 12, 1))
    change(cast, product, serial_number="0012346", now=IN_DECEMBER)
    change(cast, product, dealer="", now=IN_DECEMBER)
    assert points_of(cast.fjordlys) == 0
    change(cast, product, dealer="Fotohuset", now=IN_DECEMBER)
    assert points_of(cast.fjordlys) == 250
    add(cast, details("0012347"), now=IN_DECEMBER)
    assert points_of(cast.fjordlys) == 250 + 900


def test_b7_a_correction_to_somebody_elses_number_withdraws_and_back_brings_the_same_value(
    cast: Cast,
) -> None:
    products.add(
        account=cast.nordkapp,
        model=model(CHANGING),
        details=details("0012399"),
        by=cast.charlie.as_member,
        now=IN_NOVEMBER,
    )
    product = add(cast, details("0012345"), code=CHANGING, now=IN_NOVEMBER)
    slip = change(cast, product, serial_number="0012399", now=IN_DECEMBER)
    assert (slip.status, slip.completed_at, points_of(cast.fjordlys)) == ("disputed", None, 0)
    right = change(cast, product, serial_number="0012346", now=IN_DECEMBER)
    assert (right.status, right.completed_at) == ("complete", IN_DECEMBER)
    assert ledger(cast) == [
        ("allocated", 60, date(2024, 1, 1)),
        ("withdrawn", -60, None),
        ("allocated", 60, date(2024, 1, 1)),
    ]
    assert balances_that_disagree() == []
    assert allocations_that_disagree(date(2026, 12, 1)) == []


def test_b3_saving_what_is_there_changes_nothing(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345"), now=now)
    change(cast, product, serial_number=" 00 12345", dealer=" Fotoforhandler  AS", now=IN_DECEMBER)
    assert [event.name for event in history_of(product.public_id)] == ["product.added", "product.completed"]
    assert len(ledger(cast)) == 1


def test_b7_removing_withdraws_the_points(cast: Cast, now: datetime) -> None:
    product, kept = (add(cast, details(serial), now=now) for serial in ("0012345", "0012346"))
    for _ in range(2):
        products.remove(product=product, by=cast.bob.as_member, now=IN_NOVEMBER)
    product.refresh_from_db()
    assert (product.status, product.removed_at, kept.status) == ("removed", IN_NOVEMBER, "complete")
    assert [points for _kind, points, _since in ledger(cast)] == [250, 250, -250]
    assert [event.name for event in history_of(product.public_id)][-1] == "product.removed"
    assert product_of(cast.fjordlys, product.public_id, today=date(2026, 11, 30)) is None
    with pytest.raises(Refused):
        change(cast, product, dealer="Another", now=IN_NOVEMBER)


def test_b3_the_database_knows_what_complete_means(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345"), now=now)
    wrong = ({"serial_number": ""}, {"purchased_on": None}, {"purchase_country": ""}, {"dealer": ""})
    for change_of in (*wrong, {"completed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.filter(pk=product.pk).update(**change_of)


@pytest.mark.usefixtures("committing")
def test_b3_completed_twice_at_once_the_points_come_once(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345", dealer=""), now=now)
    together(*[lambda: change(cast, Product.objects.get(pk=product.pk), dealer="Fotohuset", now=now)] * 3)
    assert ledger(cast) == [("allocated", 250, date(2020, 1, 1))]


@pytest.mark.usefixtures("committing")
def test_b7_removed_while_it_is_changed_no_points_stay(cast: Cast, now: datetime) -> None:
    product = add(cast, details("0012345"), now=now)
    together(
        lambda: products.remove(product=product, by=cast.bob.as_member, now=now),
        lambda: change(cast, Product.objects.get(pk=product.pk), serial_number="0012399", now=now),
    )
    product.refresh_from_db()
    assert (product.status, points_of(cast.fjordlys), balances_that_disagree()) == ("removed", 0, [])
