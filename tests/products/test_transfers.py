"""Giving a product to another account, and marking one as lost or stolen (B8)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from medlem.accounts.models import Account
from medlem.commands.tick import tick
from medlem.core.errors import Refused
from medlem.events.models import Mail
from medlem.events.queries import account_history, history_of
from medlem.memberships.queries import balances_that_disagree, entries_of, points_of
from medlem.products import actions as products
from medlem.products import receiving, transfers
from medlem.products.contested import offer_by, offer_to, offers_to, open_offer
from medlem.products.ledger import allocations_that_disagree
from medlem.products.models import Dispute, Product, ProductModel, Transfer
from medlem.products.status import Gone, Missing
from medlem.web.letters import write
from tests import factories
from tests.factories import offer
from tests.people import Cast, open_account
from tests.together import together

TODAY = date(2026, 11, 23)


def add(
    account: Account, serial: str = "AB-00123", *, code: str = "eos-r5", now: datetime, **changes: Any
) -> Product:
    return products.add(
        account=account,
        model=ProductModel.objects.get(code=code),
        details=factories.details(serial, **changes),
        by=factories.super_user(account),
        now=now,
    )


def accept(transfer: Transfer, *, dealer: str = "Fjordlys Foto AS", now: datetime) -> Product:
    return receiving.accept(
        transfer=transfer, dealer=dealer, by=factories.super_user(transfer.to_account), now=now
    )


def state(transfer: Transfer) -> str:
    return Transfer.objects.get(pk=transfer.pk).status


def test_b8_product_and_points_change_hands_when_the_receiver_accepts(cast: Cast, now: datetime) -> None:
    product = add(cast.fjordlys, now=now)
    offered = offer(product, cast.nordkapp, now=now)
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (250, 0)
    later = now + timedelta(days=3)
    received = accept(offered, now=later)
    product.refresh_from_db()
    offered.refresh_from_db()
    assert (product.status, product.removed_as, product.removed_at) == ("removed", "given", later)
    assert (received.account, received.model, received.serial_number, received.status) == (
        cast.nordkapp,
        product.model,
        "AB-00123",
        "complete",
    )
    assert (received.purchased_on, received.purchase_country, received.dealer, received.added_at) == (
        date(2026, 11, 26),
        "NO",
        "Fjordlys Foto AS",
        later,
    )
    assert (offered.status, offered.received_as, offered.answered_at) == ("accepted", received, later)
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 250)
    assert entries_of(cast.fjordlys)[0].reason == "removed_given"
    assert allocations_that_disagree(TODAY) == balances_that_disagree() == []


def test_b7_the_receiver_gets_the_value_in_force_on_acceptance(cast: Cast, now: datetime) -> None:
    """EOS RP counts 60 until December 2026, and 45 then."""
    offered = offer(add(cast.fjordlys, code="eos-rp", now=now), cast.nordkapp, now=now)
    accept(offered, now=now + timedelta(days=10))
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 45)


def test_b8_the_receiver_is_told_by_whom_and_the_owner_not_to_whom(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, message="Som avtalt", now=now)
    mail = Mail.objects.get(template="transfer_offered")
    letter = str(write(mail).body)
    assert (mail.to, "Fjordlys Foto AS wants to give you EOS R5" in letter, "“Som avtalt”" in letter) == (
        "charlie@nordkapp.example",
        True,
        True,
    )
    accept(offered, now=now)
    seen = json.dumps(
        [
            *account_history(cast.fjordlys.public_id).values(),
            *Mail.objects.filter(account_id=cast.fjordlys.public_id).values(),
        ],
        cls=DjangoJSONEncoder,
    )
    answered = Mail.objects.get(template="transfer_answered")
    assert (answered.to, answered.values["how"]) == ("alice@fjordlys.example", "accepted")
    for secret in ("Nordkapp", str(cast.nordkapp.public_id), str(cast.charlie.public_id), "charlie@"):
        assert secret not in seen
    assert cast.nordkapp.number in seen


def test_b8_a_message_cannot_become_a_button(cast: Cast, now: datetime) -> None:
    offer(add(cast.fjordlys, now=now), cast.nordkapp, message="[Sign in](https://evil.example/)", now=now)
    letter = write(Mail.objects.get(template="transfer_offered"))
    html = str(letter.alternatives[0][0])
    assert 'href="https://evil.example' not in html


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("100025", "The account number has a typing slip: its last digit does not fit the others."),
        ("no number", "The account number has a typing slip: its last digit does not fit the others."),
        ("100016", "This is your own account number."),
        ("999995", "No business can be reached with this number. Ask for it once more."),
    ],
)
def test_b8_a_number_that_is_nobodys_is_refused(cast: Cast, now: datetime, number: str, words: str) -> None:
    with pytest.raises(transfers.NoSuchAccount) as refused:
        transfers.offer(
            product=add(cast.fjordlys, now=now),
            to_number=number,
            message="",
            by=cast.alice.as_member,
            now=now,
        )
    assert (str(refused.value), refused.value.field) == (words, "to_number")
    assert (cast.fjordlys.number, Transfer.objects.count()) == ("100016", 0)


def test_b8_a_closed_account_receives_nothing(cast: Cast, now: datetime) -> None:
    Account.objects.filter(pk=cast.nordkapp.pk).update(status="closed")
    with pytest.raises(transfers.NoSuchAccount):
        offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)


def test_b8_what_cannot_be_given(cast: Cast, now: datetime) -> None:
    nameless = add(cast.fjordlys, "", now=now)
    held = add(cast.fjordlys, "AB-00001", now=now)
    claim = add(cast.nordkapp, "AB-00001", now=now)
    stolen = add(cast.fjordlys, "AB-00002", now=now)
    products.mark_missing(
        product=stolen, missing_as=Missing.STOLEN, since_on=TODAY, note="", by=cast.alice.as_member, now=now
    )
    gone = add(cast.fjordlys, "AB-00003", now=now)
    products.remove(product=gone, by=cast.alice.as_member, now=now)
    third = open_account(name="Tredje AS", number="985589712", email="t@tredje.example", now=now)
    for product, to in (
        (nameless, cast.nordkapp),
        (held, third),
        (claim, cast.fjordlys),
        (stolen, cast.nordkapp),
        (gone, cast.nordkapp),
    ):
        with pytest.raises(transfers.NotToBeGiven):
            offer(product, to, now=now)
    twice = add(cast.fjordlys, "AB-00004", now=now)
    offer(twice, cast.nordkapp, now=now)
    with pytest.raises(transfers.NotToBeGiven):
        offer(twice, cast.nordkapp, now=now)


def test_b8_declined_taken_back_or_run_out_changes_nothing(cast: Cast, now: datetime) -> None:
    made = [offer(add(cast.fjordlys, f"AB-0012{n}", now=now), cast.nordkapp, now=now) for n in range(3)]
    transfers.decline(transfer=made[0], by=cast.charlie.as_member, now=now)
    transfers.take_back(transfer=made[1], by=cast.alice.as_member, now=now)
    tick(now=now + timedelta(days=30))
    assert [state(each) for each in made] == ["declined", "withdrawn", "offered"]
    for _ in range(2):
        tick(now=now + timedelta(days=31))
    assert [state(each) for each in made] == ["declined", "withdrawn", "expired"]
    assert points_of(cast.fjordlys) == 750
    told = Mail.objects.filter(template="transfer_answered").order_by("id")
    assert [mail.values["how"] for mail in told] == ["declined", "expired"]
    for each in made:
        with pytest.raises(transfers.NotToBeGiven):
            accept(each, now=now)
        with pytest.raises(transfers.NotToBeGiven):
            transfers.take_back(transfer=each, by=cast.alice.as_member, now=now)


def test_b8_an_offer_that_ran_out_is_not_accepted_before_the_tick_has_seen_it(
    cast: Cast, now: datetime
) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    assert list(offers_to(cast.nordkapp, today=TODAY + timedelta(days=30))) == [offered]
    assert list(offers_to(cast.nordkapp, today=TODAY + timedelta(days=31))) == []
    with pytest.raises(transfers.NotToBeGiven):
        accept(offered, now=now + timedelta(days=31))


def test_b8_a_product_that_goes_takes_its_offer_along(cast: Cast, now: datetime) -> None:
    product = add(cast.fjordlys, now=now)
    offered = offer(product, cast.nordkapp, now=now)
    products.remove(product=product, gone=Gone.SOLD, by=cast.alice.as_member, now=now)
    assert (state(offered), open_offer(product)) == ("withdrawn", None)
    lost = add(cast.fjordlys, "AB-00124", now=now)
    offered = offer(lost, cast.nordkapp, now=now)
    products.mark_missing(
        product=lost, missing_as=Missing.LOST, since_on=TODAY, note="", by=cast.alice.as_member, now=now
    )
    assert state(offered) == "withdrawn"


def test_b8_an_offer_ends_the_receivers_own_claim(cast: Cast, now: datetime) -> None:
    """The buyer registered it before the seller gave it: no need to trouble support."""
    product = add(cast.fjordlys, now=now)
    claim = add(cast.nordkapp, now=now)
    assert claim.status == "disputed"
    received = accept(offer(product, cast.nordkapp, now=now), now=now)
    assert (received, received.status, received.dealer) == (claim, "complete", "Fotoforhandler AS")
    assert Dispute.objects.get().status == "withdrawn"
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 250)


def test_b8_what_somebody_else_claims_since_is_not_accepted(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    third = open_account(name="Tredje AS", number="985589712", email="t@tredje.example", now=now)
    claim = add(third, now=now)
    with pytest.raises(transfers.NotToBeGiven):
        accept(offered, now=now)
    products.remove(product=claim, by=factories.super_user(third), now=now)
    assert accept(offered, now=now).status == "complete"


def test_b8_without_saying_from_whom_nothing_is_taken(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    with pytest.raises(Refused) as refused:
        accept(offered, dealer="  ", now=now)
    assert (refused.value.field, state(offered)) == ("dealer", "offered")


def test_b8_an_offer_is_its_two_accounts_alone(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    assert (offer_to(cast.nordkapp, offered.public_id), offer_by(cast.fjordlys, offered.public_id)) == (
        offered,
        offered,
    )
    assert offer_to(cast.fjordlys, offered.public_id) is offer_by(cast.nordkapp, offered.public_id) is None


@pytest.mark.usefixtures("committing")
def test_b8_of_two_acceptances_at_once_one_takes_it(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    given = together(*[lambda: accept(offered, now=now)] * 2)
    assert sorted(type(each).__name__ for each in given) == ["NotToBeGiven", "Product"]
    assert Product.objects.filter(serial_number="AB-00123").count() == 2
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 250)


@pytest.mark.usefixtures("committing")
def test_b8_accepting_while_it_is_taken_back_comes_to_one_end(cast: Cast, now: datetime) -> None:
    offered = offer(add(cast.fjordlys, now=now), cast.nordkapp, now=now)
    together(
        lambda: accept(offered, now=now),
        lambda: transfers.take_back(transfer=offered, by=cast.alice.as_member, now=now),
    )
    points = (points_of(cast.fjordlys), points_of(cast.nordkapp))
    assert (state(offered), points) in [("accepted", (0, 250)), ("withdrawn", (250, 0))]
    assert allocations_that_disagree(TODAY) == balances_that_disagree() == []


@pytest.mark.usefixtures("committing")
def test_b8_two_who_give_each_other_something_at_once_do_not_wait_for_ever(cast: Cast, now: datetime) -> None:
    there = offer(add(cast.fjordlys, "AB-00001", now=now), cast.nordkapp, now=now)
    back = offer(add(cast.nordkapp, "AB-00002", now=now), cast.fjordlys, now=now)
    given = together(lambda: accept(there, now=now), lambda: accept(back, now=now))
    assert [type(each).__name__ for each in given] == ["Product", "Product"]


# --- lost, stolen, removed ---------------------------------------------------------------------------


def test_b8_lost_or_stolen_is_a_mark_and_the_points_stay(cast: Cast, now: datetime) -> None:
    product = add(cast.fjordlys, now=now)
    marked = products.mark_missing(
        product=product,
        missing_as=Missing.STOLEN,
        since_on=date(2026, 11, 20),
        note=" Anmeldt 12345 ",
        by=cast.alice.as_member,
        now=now,
    )
    assert (marked.missing_as, marked.missing_since_on, marked.missing_note, marked.status) == (
        "stolen",
        date(2026, 11, 20),
        "Anmeldt 12345",
        "complete",
    )
    assert points_of(cast.fjordlys) == 250
    for _ in range(2):
        products.mark_found(product=product, by=cast.alice.as_member, now=now)
    product.refresh_from_db()
    assert (product.missing_as, product.missing_since_on, product.missing_note) == ("", None, "")
    names = [event.name for event in history_of(product.public_id)]
    assert names[-2:] == ["product.missing", "product.found"]


def test_b8_nothing_is_lost_tomorrow(cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        products.mark_missing(
            product=add(cast.fjordlys, now=now),
            missing_as=Missing.LOST,
            since_on=TODAY + timedelta(days=1),
            note="",
            by=cast.alice.as_member,
            now=now,
        )
    assert refused.value.field == "since_on"


@pytest.mark.parametrize("gone", [Gone.SOLD, Gone.SCRAPPED, Gone.MISTAKE])
def test_b7_why_a_product_was_removed_stands_in_the_ledger_too(cast: Cast, now: datetime, gone: Gone) -> None:
    product = add(cast.fjordlys, now=now)
    products.remove(product=product, gone=gone, by=cast.alice.as_member, now=now)
    product.refresh_from_db()
    assert (product.removed_as, entries_of(cast.fjordlys)[0].reason) == (gone, f"removed_{gone}")
