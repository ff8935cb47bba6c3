"""The same serial number of the same model is active in one account only (B4)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from medlem.accounts.models import Account
from medlem.core.errors import Refused
from medlem.events.models import Mail
from medlem.events.queries import account_history
from medlem.memberships.queries import entries_of, points_of
from medlem.products import actions as products
from medlem.products.models import Dispute, Product, ProductModel
from medlem.products.queries import details_of, disputed, holders_of, product_of, row_of
from medlem.products.rules import Details
from tests.factories import details, super_user
from tests.people import Cast
from tests.together import together


def add(account: Account, serial: str, *, code: str = "eos-r5", now: datetime, **changes: Any) -> Product:
    return products.add(
        account=account,
        model=ProductModel.objects.get(code=code),
        details=details(serial, **changes),
        by=super_user(account),
        now=now,
    )


def renumber(product: Product, serial: str, *, now: datetime) -> Product:
    known = {
        **{name: getattr(product, name) for name in Details.__dataclass_fields__},
        "serial_number": serial,
    }
    return products.change(product=product, details=Details(**known), by=super_user(product.account), now=now)


@pytest.mark.parametrize(
    ("serial", "words"),
    [
        (
            "12æ4",
            "A serial number has 4 to 20 letters, digits or hyphens. Copy it as it stands on the product.",
        ),
        ("00 00 00", "Only zeros cannot be a serial number. Look for the number on the product."),
        (
            "4549292218039",
            "This is the bar code of the model (EAN), the same on every box."
            " The serial number stands on the product.",
        ),
        (
            "2900000000056",  # of the catalogue
            "This is the bar code of the model (EAN), the same on every box."
            " The serial number stands on the product.",
        ),
    ],
)
def test_b4_what_is_no_serial_number_is_refused(
    cast: Cast, now: datetime, english: None, serial: str, words: str
) -> None:
    with pytest.raises(products.WrongSerial) as refused:
        add(cast.fjordlys, serial, now=now)
    assert (str(refused.value), refused.value.field) == (words, "serial_number")
    product = add(cast.fjordlys, "0012345", now=now)
    with pytest.raises(products.WrongSerial):
        renumber(product, serial, now=now)
    assert Product.objects.get().serial_number == "0012345"


def test_b4_an_unusual_shape_is_not_refused(cast: Cast, now: datetime) -> None:
    assert add(cast.fjordlys, "ODD-1", now=now).status == "complete"  # the brand's have twelve digits


def test_b4_a_bar_code_without_its_leading_zeros_is_recognised(cast: Cast, now: datetime) -> None:
    ProductModel.objects.filter(code="eos-r5").update(ean="0013803345674")
    for typed in ("0013803345674", "013803345674", "13803345674"):
        with pytest.raises(products.WrongSerial):
            add(cast.fjordlys, typed, now=now)


def test_b4_the_own_duplicate_is_refused(cast: Cast, now: datetime) -> None:
    first = add(cast.fjordlys, "AB-00123", now=now)
    with pytest.raises(products.OwnDuplicate) as refused:
        add(cast.fjordlys, " ab-00 123", now=now)
    assert refused.value.field == "serial_number"
    second = add(cast.fjordlys, "AB-00124", now=now)
    with pytest.raises(products.OwnDuplicate):
        renumber(second, "ab-00123", now=now)
    assert add(cast.fjordlys, "AB-00123", code="eos-r6", now=now).status == "complete"
    assert renumber(first, "AB-00123", now=now).status == "complete"


def test_b4_products_without_a_serial_number_are_no_duplicates(cast: Cast, now: datetime) -> None:
    made = [add(account, "", now=now) for account in (cast.fjordlys, cast.fjordlys, cast.nordkapp)]
    assert [product.status for product in made] == ["incomplete"] * 3


def test_b4_a_leading_zero_makes_another_number(cast: Cast, now: datetime) -> None:
    made = [
        add(account, serial, now=now)
        for account, serial in ((cast.fjordlys, "0123"), (cast.nordkapp, "00123"))
    ]
    assert [product.status for product in made] == ["complete", "complete"]


def test_b4_a_second_claim_is_disputed_and_gives_no_points(cast: Cast, now: datetime) -> None:
    held = add(cast.fjordlys, "AB-00123", now=now)
    claim = add(cast.nordkapp, "ab-00123", now=now)
    assert (held.status, claim.status) == ("complete", "disputed")
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (250, 0)
    found = product_of(cast.nordkapp, claim.public_id, today=now.date())
    assert found is not None
    assert (row_of(found).points, row_of(found).allocated, row_of(found).missing) == (250, False, [])
    assert list(disputed()) == [claim]
    assert holders_of(disputed()) == {claim.pk: held}


def test_b4_an_incomplete_product_holds_its_number_too(cast: Cast, now: datetime) -> None:
    add(cast.fjordlys, "AB-00123", dealer="", now=now)
    assert add(cast.nordkapp, "AB-00123", now=now).status == "disputed"


def test_b4_the_first_holder_is_not_named(cast: Cast, now: datetime) -> None:
    held = add(cast.fjordlys, "AB-00123", now=now)
    claim = add(cast.nordkapp, "AB-00123", now=now)
    renumber(add(cast.nordkapp, "AB-00124", now=now), "AB-00999", now=now)
    history = account_history(cast.nordkapp.public_id).values()
    mails = Mail.objects.filter(account_id=cast.nordkapp.public_id).values()
    seen = json.dumps([*history, *mails], cls=DjangoJSONEncoder, ensure_ascii=False)
    holder = cast.fjordlys
    for secret in (
        holder.name,
        holder.number,
        holder.registration_number,
        holder.invoice_email,
        str(holder.public_id),
        str(held.public_id),
        cast.alice.email,
    ):
        assert secret not in seen
    assert str(claim.public_id) in seen


def test_b4_a_disputed_product_stays_so_until_its_number_changes(cast: Cast, now: datetime) -> None:
    held = add(cast.fjordlys, "AB-00123", now=now)
    claim = add(cast.nordkapp, "AB-00123", dealer="", now=now)
    known = details_of(claim)
    same = products.change(
        product=claim,
        details=Details(**{name: getattr(known, name) for name in ("serial_number",)}),
        by=cast.charlie.as_member,
        now=now,
    )
    assert same.status == "disputed"
    products.remove(product=held, by=cast.alice.as_member, now=now)
    claim.refresh_from_db()
    assert (claim.status, points_of(cast.nordkapp)) == ("disputed", 0)


def test_b4_a_corrected_typing_slip_ends_the_dispute(cast: Cast, now: datetime) -> None:
    add(cast.fjordlys, "AB-00123", now=now)
    add(cast.fjordlys, "AB-00124", now=now)
    claim = add(cast.nordkapp, "AB-00123", now=now)
    assert renumber(claim, "AB-00124", now=now).status == "disputed"
    corrected = renumber(Product.objects.get(pk=claim.pk), "AB-00125", now=now)
    assert (corrected.status, corrected.completed_at) == ("complete", now)
    assert (points_of(cast.nordkapp), list(disputed())) == (250, [])
    names = account_history(cast.nordkapp.public_id).filter(subject_id=claim.public_id).order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "product.disputed",
        "product.changed",
        "product.dispute_ended",
        "product.changed",
        "product.completed",
    ]


def disputes() -> list[tuple[object, ...]]:
    columns = ("product", "holder", "serial_number", "status", "opened_at", "settled_at")
    return list(Dispute.objects.order_by("id").values_list(*columns))


def test_b4_a_dispute_names_claim_and_holder_and_follows_the_claim(cast: Cast, now: datetime) -> None:
    first, second = (add(cast.fjordlys, serial, now=now) for serial in ("AB-00123", "AB-00124"))
    later, last = now + timedelta(days=1), now + timedelta(days=2)
    claim = add(cast.nordkapp, "AB-00123", now=now)
    opened = (claim.pk, first.pk, "AB-00123", "open", now, None)
    assert disputes() == [opened]
    renumber(claim, "AB-00124", now=later)
    withdrawn = (*opened[:3], "withdrawn", now, later)
    assert disputes() == [withdrawn, (claim.pk, second.pk, "AB-00124", "open", later, None)]
    renumber(Product.objects.get(pk=claim.pk), "AB-00125", now=last)
    renumber(Product.objects.get(pk=claim.pk), "AB-00123", now=last)
    ended = (claim.pk, second.pk, "AB-00124", "withdrawn", later, last)
    again = (claim.pk, first.pk, "AB-00123", "open", last, None)
    assert disputes() == [withdrawn, ended, again]
    products.remove(product=claim, by=cast.charlie.as_member, now=last)
    assert disputes() == [withdrawn, ended, (*again[:3], "withdrawn", last, last)]


def test_b4_correcting_frees_the_number_for_its_owner(cast: Cast, now: datetime) -> None:
    slip = add(cast.fjordlys, "AB-00123", now=now)
    renumber(slip, "AB-00132", now=now)
    assert add(cast.nordkapp, "AB-00123", now=now).status == "complete"


def test_b4_typing_somebodys_number_later_withdraws_the_points(cast: Cast, now: datetime) -> None:
    add(cast.fjordlys, "AB-00123", now=now)
    own = add(cast.nordkapp, "AB-00124", now=now)
    changed = renumber(own, "AB-00123", now=now)
    assert (changed.status, changed.completed_at, points_of(cast.nordkapp)) == ("disputed", None, 0)
    assert [entry.points for entry in entries_of(cast.nordkapp)] == [-250, 250]


def test_b7_removing_frees_the_number(cast: Cast, now: datetime) -> None:
    held = add(cast.fjordlys, "AB-00123", now=now)
    products.remove(product=held, by=cast.alice.as_member, now=now)
    assert add(cast.nordkapp, "AB-00123", now=now).status == "complete"
    assert add(cast.fjordlys, "AB-00123", now=now).status == "disputed"


def test_b4_the_database_decides_who_holds_a_number(cast: Cast, now: datetime) -> None:
    held = add(cast.fjordlys, "AB-00123", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.create(
            account=cast.nordkapp,
            model=held.model,
            serial_number="AB-00123",
            status="incomplete",
            added_at=now,
        )


@pytest.mark.usefixtures("committing")
@pytest.mark.parametrize("dealer", ["Fotohuset", ""])
def test_b4_of_two_accounts_at_once_one_holds_and_one_is_disputed(
    cast: Cast, now: datetime, dealer: str
) -> None:
    made = together(
        lambda: add(cast.fjordlys, "AB-00123", dealer=dealer, now=now),
        lambda: add(cast.nordkapp, "AB-00123", dealer=dealer, now=now),
    )
    holding, points = ("complete", 250) if dealer else ("incomplete", 0)
    assert sorted(product.status for product in made) == sorted([holding, "disputed"])
    earned = {product.status: points_of(product.account) for product in made}
    assert earned == {holding: points, "disputed": 0}
    names = [
        account_history(product.account.public_id).filter(name="product.added").count() for product in made
    ]
    assert sorted(names) == [0, 1]


@pytest.mark.usefixtures("committing")
def test_b4_of_two_who_correct_to_the_same_number_at_once_one_is_disputed(cast: Cast, now: datetime) -> None:
    ours, theirs = add(cast.fjordlys, "AB-00001", now=now), add(cast.nordkapp, "AB-00002", now=now)
    made = together(
        lambda: renumber(ours, "AB-00123", now=now),
        lambda: renumber(theirs, "AB-00123", now=now),
    )
    assert sorted(product.status for product in made) == ["complete", "disputed"]
    stored = {product.status: points_of(product.account) for product in Product.objects.all()}
    assert stored == {"complete": 250, "disputed": 0}


@pytest.mark.usefixtures("committing")
def test_b4_of_two_clicks_at_once_one_registers(cast: Cast, now: datetime) -> None:
    given = together(*[lambda: add(cast.fjordlys, "AB-00123", now=now)] * 2)
    assert {type(each) for each in given} == {Product, products.OwnDuplicate}
    assert isinstance(next(each for each in given if not isinstance(each, Product)), Refused)
    assert (Product.objects.count(), points_of(cast.fjordlys)) == (1, 250)


@pytest.mark.usefixtures("committing")
def test_b4_of_two_disputes_that_end_with_the_same_number_at_once_one_goes_on(
    cast: Cast, now: datetime
) -> None:
    add(cast.fjordlys, "AB-00001", now=now)
    add(cast.nordkapp, "AB-00002", now=now)
    ours, theirs = add(cast.fjordlys, "AB-00002", now=now), add(cast.nordkapp, "AB-00001", now=now)
    assert (ours.status, theirs.status) == ("disputed", "disputed")
    made = together(
        lambda: renumber(ours, "AB-00123", now=now),
        lambda: renumber(theirs, "AB-00123", now=now),
    )
    assert sorted(product.status for product in made) == ["complete", "disputed"]
    assert sorted(product.status for product in Product.objects.filter(serial_number="AB-00123")) == [
        "complete",
        "disputed",
    ]
    assert Dispute.objects.filter(status="open").count() == 1
    assert points_of(cast.fjordlys) + points_of(cast.nordkapp) == 750
