"""Two accounts claim one piece: what both say, how it is settled, and that neither learns of the other (B4, B7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from medlem.accounts.models import Account
from medlem.commands.tick import tick
from medlem.core.errors import Refused
from medlem.events.models import Event, Mail
from medlem.events.queries import account_history
from medlem.gateways.storage import files
from medlem.memberships.queries import balances_that_disagree, entries_of, points_of
from medlem.products import actions as products
from medlem.products import disputes, settling
from medlem.products.contested import about_serial, dispute_about, holder_of, statements_of
from medlem.products.endings import Ending
from medlem.products.ledger import allocations_that_disagree
from medlem.products.models import Dispute, DisputeStatement, Product, ProductModel
from medlem.web.letters import write
from tests import factories
from tests.factories import receipt
from tests.people import Cast, open_account
from tests.together import together

SERIAL = "AB-00123"


def add(account: Account, serial: str = SERIAL, *, now: datetime, **changes: Any) -> Product:
    return products.add(
        account=account,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details(serial, **changes),
        by=factories.super_user(account),
        now=now,
    )


@pytest.fixture
def held(cast: Cast, now: datetime) -> Product:
    return add(cast.fjordlys, now=now)


@pytest.fixture
def claim(cast: Cast, held: Product, now: datetime) -> Product:
    return add(cast.nordkapp, now=now)


def settle(
    dispute: Dispute, owner: Product, cast: Cast, *, reason: str = "The receipt.", now: datetime
) -> Dispute:
    return settling.settle(
        dispute=dispute, owner_id=owner.public_id, reason=reason, by=cast.sara.as_staff, now=now
    )


def fresh(product: Product) -> tuple[str, str]:
    found = Product.objects.get(pk=product.pk)
    return found.status, found.serial_number


# --- asking ------------------------------------------------------------------------------------------


def test_b4_the_holder_is_asked_once_and_nobody_is_named(cast: Cast, claim: Product, now: datetime) -> None:
    for _ in range(2):
        tick(now=now)
    (mail,) = Mail.objects.filter(template="dispute_opened")
    assert mail.to == "alice@fjordlys.example"
    letter = write(mail)
    assert letter.subject == "Somebody else has registered a serial number of yours"
    assert "EOS R5, AB-00123" in str(letter.body)
    assert "Nordkapp" not in f"{letter.subject}{letter.body}{letter.alternatives}"


def test_b4_many_claims_are_one_mail(cast: Cast, now: datetime) -> None:
    for account in (cast.fjordlys, cast.nordkapp):
        for place in range(3):
            add(account, f"AB-0012{place}", now=now)
    tick(now=now)
    (mail,) = Mail.objects.filter(template="dispute_opened")
    assert [each["serial"] for each in mail.values["products"]] == ["AB-00120", "AB-00121", "AB-00122"]


def test_b4_a_holder_that_is_gone_is_not_asked(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    products.remove(product=held, by=cast.alice.as_member, now=now)
    tick(now=now)
    assert not Mail.objects.filter(template="dispute_opened").exists()


# --- saying something ----------------------------------------------------------------------------------


def test_b4_both_sides_say_something_and_see_their_own_alone(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    hers = disputes.state(
        product=held, text="Kjøpt i 2024", upload=receipt(), by=cast.alice.as_member, now=now
    )
    his = disputes.state(product=claim, text=" Mine ", upload=None, by=cast.charlie.as_member, now=now)
    dispute = Dispute.objects.get()
    assert [list(statements_of(account, dispute)) for account in (cast.fjordlys, cast.nordkapp)] == [
        [hers],
        [his],
    ]
    assert (hers.filename, hers.kind, hers.pages, his.text, his.stored_as) == (
        "kvittering.png",
        "png",
        1,
        "Mine",
        "",
    )
    assert files().exists(hers.stored_as)
    assert hers.stored_as not in hers.filename
    assert disputes.picture_of(statement=hers, page=1, width=100).startswith(b"\x89PNG")
    names = account_history(cast.fjordlys.public_id).filter(name="product.ownership_shown")
    assert names.get().subject_id == held.public_id


@pytest.mark.parametrize(
    ("text", "upload", "field"),
    [
        ("  ", lambda: None, "text"),
        ("", lambda: SimpleUploadedFile("x.pdf", b"no pdf"), "file"),
        ("", lambda: SimpleUploadedFile("x.exe", b"MZ" * 40), "file"),
        ("", lambda: SimpleUploadedFile("x.png", b""), "file"),
        ("", lambda: SimpleUploadedFile("x.png", b"\x89PNG" + b"0" * 11_000_000), "file"),
    ],
)
def test_b4_what_is_no_receipt_is_refused_and_leaves_no_file(
    cast: Cast, claim: Product, now: datetime, text: str, upload: Callable[[], Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        disputes.state(product=claim, text=text, upload=upload(), by=cast.charlie.as_member, now=now)
    assert (refused.value.field, DisputeStatement.objects.count()) == (field, 0)
    assert not [path for path in files().root.rglob("*") if path.is_file()]


def test_b4_ten_messages_are_enough_and_an_over_dispute_takes_none(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    for _ in range(disputes.MOST_STATEMENTS):
        disputes.state(product=claim, text="Mine", upload=None, by=cast.charlie.as_member, now=now)
    with pytest.raises(Refused):
        disputes.state(product=claim, text="Mine", upload=receipt(), by=cast.charlie.as_member, now=now)
    settle(Dispute.objects.get(), held, cast, now=now)
    with pytest.raises(Refused):
        disputes.state(product=held, text="Mine", upload=receipt(), by=cast.alice.as_member, now=now)
    assert not [path for path in files().root.rglob("*") if path.is_file()]


def test_a11_receipts_are_erased_ninety_days_after_the_end(
    cast: Cast, held: Product, claim: Product, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    made = disputes.state(product=claim, text="", upload=receipt(), by=cast.charlie.as_member, now=now)
    tick(now=now + timedelta(days=200))
    assert files().exists(made.stored_as)
    settle(Dispute.objects.get(), held, cast, now=now)
    tick(now=now + timedelta(days=90))
    assert files().exists(made.stored_as)
    with django_capture_on_commit_callbacks(execute=True):
        tick(now=now + timedelta(days=91))
    assert not files().exists(made.stored_as)
    made.refresh_from_db()
    assert (made.stored_as, made.filename, made.kind) == ("", "", "png")
    with pytest.raises(disputes.Erased):
        disputes.hand_out(statement=made, by=cast.sara.as_staff, now=now)


# --- settling --------------------------------------------------------------------------------------------


def test_b4_settled_for_the_holder_the_claim_loses_its_number(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    dispute = settle(Dispute.objects.get(), held, cast, now=now)
    assert (fresh(held), fresh(claim)) == (("complete", SERIAL), ("incomplete", ""))
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (250, 0)
    assert (dispute.status, dispute.settled_for, dispute.settled_by_id, dispute.settled_at) == (
        "settled",
        held,
        cast.sara.public_id,
        now,
    )


def test_b4_settled_for_the_claim_number_and_points_change_hands(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    later = now + timedelta(days=2)
    settle(Dispute.objects.get(), claim, cast, now=later)
    assert (fresh(held), fresh(claim)) == (("incomplete", ""), ("complete", SERIAL))
    assert (points_of(cast.fjordlys), points_of(cast.nordkapp)) == (0, 250)
    withdrawn = entries_of(cast.fjordlys)[0]
    assert (withdrawn.points, withdrawn.reason) == (-250, "dispute_settled")
    claim.refresh_from_db()
    assert (claim.completed_at, entries_of(cast.nordkapp)[0].at) == (later, later)
    assert allocations_that_disagree(later.date()) == balances_that_disagree() == []


def test_b4_a_claim_that_lacks_details_wins_the_number_without_points(
    cast: Cast, held: Product, now: datetime
) -> None:
    claim = add(cast.nordkapp, dealer="", now=now)
    settle(Dispute.objects.get(), claim, cast, now=now)
    assert (fresh(held), fresh(claim), points_of(cast.nordkapp)) == (
        ("incomplete", ""),
        ("incomplete", SERIAL),
        0,
    )


def test_b4_an_incomplete_holder_loses_its_number_too(cast: Cast, now: datetime) -> None:
    held, claim = add(cast.fjordlys, dealer="", now=now), add(cast.nordkapp, now=now)
    settle(Dispute.objects.get(), claim, cast, now=now)
    assert (fresh(held), fresh(claim)) == (("incomplete", ""), ("complete", SERIAL))


def test_b4_both_are_told_why_and_neither_learns_of_the_other(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    disputes.state(product=held, text="Fjordlys", upload=None, by=cast.alice.as_member, now=now)
    disputes.state(product=claim, text="Nordkapp", upload=None, by=cast.charlie.as_member, now=now)
    tick(now=now)
    settle(Dispute.objects.get(), claim, cast, reason="The receipt shows it.", now=now)
    for account, other in ((cast.fjordlys, cast.nordkapp), (cast.nordkapp, cast.fjordlys)):
        mails = Mail.objects.filter(account_id=account.public_id)
        letters = [write(mail) for mail in mails]
        seen = json.dumps(
            [
                *account_history(account.public_id).values(),
                *mails.values(),
                *[[str(letter.subject), str(letter.body)] for letter in letters],
            ],
            cls=DjangoJSONEncoder,
            ensure_ascii=False,
        )
        person = other.people.get(role="super_user").user
        for secret in (other.name, other.number, str(other.public_id), person.email, str(person.public_id)):
            assert secret not in seen
    told = Mail.objects.filter(template="dispute_settled").order_by("to")
    assert [(mail.to, mail.values["won"], mail.values["complete"]) for mail in told] == [
        ("alice@fjordlys.example", False, False),
        ("charlie@nordkapp.example", True, True),
    ]
    assert "The receipt shows it." in str(write(told[0]).body)


def test_b4_a_reason_is_needed_and_an_over_dispute_stays(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    dispute = Dispute.objects.get()
    with pytest.raises(Refused) as refused:
        settle(dispute, held, cast, reason="  ", now=now)
    assert refused.value.field == "reason"
    settle(dispute, held, cast, now=now)
    with pytest.raises(settling.AlreadySettled):
        settle(dispute, claim, cast, now=now)
    assert fresh(held) == ("complete", SERIAL)


def test_b4_the_claim_ends_its_dispute_itself(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    changed = products.change(
        product=claim, details=factories.details("AB-00124"), by=cast.charlie.as_member, now=now
    )
    dispute = Dispute.objects.get()
    assert (changed.status, dispute.status, dispute_about(held)) == ("complete", "withdrawn", None)
    again = add(cast.nordkapp, now=now)
    products.remove(product=again, by=cast.charlie.as_member, now=now)
    assert list(Dispute.objects.values_list("status", flat=True)) == ["withdrawn", "withdrawn"]


def test_b4_where_the_holder_is_gone_the_claim_gets_the_number(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    products.remove(product=held, by=cast.alice.as_member, now=now)
    dispute = Dispute.objects.get()
    assert holder_of(dispute) is None
    settle(dispute, claim, cast, now=now)
    assert (fresh(claim), points_of(cast.nordkapp)) == (("complete", SERIAL), 250)


def test_b4_staff_decide_on_what_they_saw(cast: Cast, held: Product, claim: Product, now: datetime) -> None:
    """The holder removed it, and a third business registered it, while the page was open."""
    dispute = Dispute.objects.get()
    products.remove(product=held, by=cast.alice.as_member, now=now)
    third = open_account(name="Tredje AS", number="985589712", email="t@tredje.example", now=now)
    taken = add(third, now=now)
    with pytest.raises(settling.OtherHolder):
        settle(dispute, held, cast, now=now)
    settle(dispute, claim, cast, now=now)
    assert (fresh(taken), fresh(claim)) == (("incomplete", ""), ("complete", SERIAL))


def test_b4_a_third_claim_goes_on_against_the_winner_who_is_asked(
    cast: Cast, held: Product, claim: Product, now: datetime
) -> None:
    third = open_account(name="Tredje AS", number="985589712", email="t@tredje.example", now=now)
    last = add(third, now=now)
    tick(now=now)
    settle(Dispute.objects.get(product=claim), claim, cast, now=now)
    open_one = Dispute.objects.get(status="open")
    assert (open_one.product, open_one.holder, holder_of(open_one)) == (last, claim, claim)
    tick(now=now)
    asked = Mail.objects.filter(template="dispute_opened").order_by("id").values_list("to", flat=True)
    assert list(asked) == ["alice@fjordlys.example", "charlie@nordkapp.example"]
    settle(open_one, claim, cast, now=now)
    assert (fresh(last), fresh(claim)) == (("incomplete", ""), ("complete", SERIAL))


@pytest.mark.usefixtures("committing")
def test_b4_of_two_who_settle_at_once_the_second_is_told(cast: Cast, now: datetime) -> None:
    held, claim = add(cast.fjordlys, now=now), add(cast.nordkapp, now=now)
    dispute = Dispute.objects.get()
    given = together(
        lambda: settle(dispute, held, cast, now=now), lambda: settle(dispute, claim, cast, now=now)
    )
    assert sorted(type(each).__name__ for each in given) in (
        ["AlreadySettled", "Dispute"],
        ["Dispute", "OtherHolder"],
    )
    assert sorted([fresh(held), fresh(claim)]) == [("complete", SERIAL), ("incomplete", "")]
    assert points_of(cast.fjordlys) + points_of(cast.nordkapp) == 250
    assert Mail.objects.filter(template="dispute_settled").count() == 2


@pytest.mark.usefixtures("committing")
def test_b4_settling_while_the_claim_is_removed_comes_to_one_end(cast: Cast, now: datetime) -> None:
    held, claim = add(cast.fjordlys, now=now), add(cast.nordkapp, now=now)
    dispute = Dispute.objects.get()
    together(
        lambda: settle(dispute, claim, cast, now=now),
        lambda: products.remove(product=claim, by=cast.charlie.as_member, now=now),
    )
    assert fresh(claim)[0] == "removed"
    assert points_of(cast.nordkapp) == 0
    assert allocations_that_disagree(now.date()) == balances_that_disagree() == []
    assert fresh(held) in {("complete", SERIAL), ("incomplete", "")}


# --- looking a serial number up -------------------------------------------------------------------------


def test_b8_everything_about_a_serial_number_in_five_queries(
    cast: Cast, held: Product, claim: Product, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        found = about_serial("ab-00 123")
        shown = [(each.account.name, each.model.name) for each in found.products]
    assert shown == [("Nordkapp Film AS", "EOS R5"), ("Fjordlys Foto AS", "EOS R5")]
    assert (found.serial, found.holders, [each.status for each in found.disputes]) == (
        SERIAL,
        [held],
        ["open"],
    )
    assert {event.name for event in found.events} == {
        "product.added",
        "product.completed",
        "product.disputed",
    }
    assert (about_serial("AB-0012").products, about_serial("AB-0012").alike) == ([], [])
    assert Event.objects.filter(name="product.disputed").count() == 1


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ("21838", ["000000021838", "AB21838"]),  # as a spreadsheet shows it: the same number comes first
        ("0021838", ["000000021838", "AB21838"]),
        ("1838", []),  # too short for the end of a number
        ("7", ["0007"]),  # but with zeros in front it is one
        ("b21838", ["AB21838"]),
        ("000000021838", ["AB21838"]),
        ("0000", []),
    ],
)
def test_b8_a_number_without_its_zeros_or_its_beginning_finds_what_is_like_it(
    cast: Cast, now: datetime, typed: str, alike: list[str]
) -> None:
    for serial in ("000000021838", "AB21838", "0007", "000000021839"):
        factories.product(cast.fjordlys, points=250, serial=serial, now=now)
    assert [each.serial_number for each in about_serial(typed).alike] == alike


def test_b8_the_end_of_a_serial_number_is_looked_up_in_an_index(cast: Cast) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which reads a table of no rows through rather
            cursor.execute("SET LOCAL enable_seqscan = off")
        found = Product.objects.alias(ending=Ending("serial_number")).filter(ending="21838")
        assert "product_serial_ending" in found.explain()
