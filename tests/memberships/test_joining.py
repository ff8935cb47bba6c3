"""Joining: a member at once, before payment, under a new number (C5, D2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem.accounts import actions as accounts
from medlem.billing.models import Invoice, LedgerEntry
from medlem.billing.queries import balance_of
from medlem.billing.status import Means
from medlem.core.errors import Refused
from medlem.events.actors import SYSTEM
from medlem.events.models import Event, Mail
from medlem.memberships import actions as memberships
from medlem.memberships import choosing
from medlem.memberships.models import Membership, Term
from medlem.memberships.queries import (
    card_code,
    current_term,
    live_membership,
    membership_on_card,
    points_of,
)
from tests import factories
from tests.people import Cast
from tests.together import together


def join(cast: Cast, *, now: datetime, **changes: Any) -> Membership:
    choice: dict[str, Any] = {
        "account": cast.fjordlys,
        "level": "gold",
        "months": 24,
        "means": Means.BANK,
        "card": None,
        "terms_version": "2026-1",
        "by": cast.alice.as_member,
    }
    return memberships.join(**{**choice, **changes}, now=now)


def test_c5_everything_is_written(cast: Cast, now: datetime) -> None:
    accounts.note_former_number(account=cast.fjordlys, number="CPS-104417", by=SYSTEM, now=now)
    factories.give_points(cast.fjordlys, 1_234, now=now)
    membership = join(cast, now=now)
    term = membership.terms.get()
    invoice = factories.invoice_of(membership)
    assert model_to_dict(membership, exclude=["id"]) == {
        "account": cast.fjordlys.pk,
        "number": "CPS-2000016",
        "former_number": "CPS-104417",
        "status": "active",
        "joined_at": now,
        "suspended_on": None,
        "ended_on": None,
    }
    assert model_to_dict(term, exclude=["id"]) == {
        "membership": membership.pk,
        "level": "gold",
        "months": 24,
        "starts_on": date(2026, 11, 23),
        "ends_on": date(2028, 11, 23),
        "points_at_start": 1_234,
        "fee_minor": 454_100,
        "currency": "NOK",
        "terms_version": "2026-1",
        "accepted_by_id": cast.alice.public_id,
        "accepted_at": now,
        "invoice": invoice.pk,
    }
    assert term.valid_to == date(2028, 11, 22)
    assert (invoice.number, invoice.subject_id, invoice.due_on, invoice.means, invoice.gross_minor) == (
        10_001,
        term.public_id,
        date(2026, 12, 23),
        "bank",
        567_625,
    )
    columns = ("description", "starts_on", "ends_on", "net_minor", "vat_basis_points", "vat_minor")
    assert list(invoice.lines.values_list(*columns)) == [
        (
            "Canon Professional Services Gold",
            date(2026, 11, 23),
            date(2028, 11, 23),
            454_100,
            2_500,
            113_525,
        )
    ]
    event = Event.objects.get(name="membership.joined")
    assert (event.actor_id, event.subject_id, event.account_id, event.at, event.before) == (
        cast.alice.public_id,
        membership.public_id,
        cast.fjordlys.public_id,
        now,
        {},
    )
    assert event.after == {
        "number": "CPS-2000016",
        "former_number": "CPS-104417",
        "level": "gold",
        "months": 24,
        "means": "bank",
        "terms_version": "2026-1",
    }
    assert list(Mail.objects.filter(template="welcome").values_list("to", "language", "values")) == [
        (
            "alice@fjordlys.example",
            "en",
            {
                "name": "Alice",
                "level": "Gold",
                "number": "CPS-2000016",
                "former_number": "CPS-104417",
                "valid_to": "2028-11-22",
                "link": {"page": "portal:card", "purpose": "", "thing": "", "kwargs": {}},
            },
        )
    ]


def test_c5_active_at_once_before_payment(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 1_000, now=now)
    joined = join(cast, now=now)
    membership = live_membership(cast.fjordlys)
    assert membership == joined
    assert membership.status == "active"
    term = current_term(membership, date(2026, 11, 23))
    assert term is not None
    assert (term.level, term.runs_on(date(2026, 11, 22)), term.runs_on(date(2026, 11, 23))) == (
        "gold",
        False,
        True,
    )
    assert (term.runs_on(date(2028, 11, 22)), term.runs_on(date(2028, 11, 23))) == (True, False)
    assert balance_of(factories.invoice_of(membership)).minor == 567_625


def test_c5_by_card_nothing_is_charged_before_the_due_date(cast: Cast, now: datetime) -> None:
    card = factories.saved_card(cast.fjordlys, now=now)
    membership = factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)
    invoice = factories.invoice_of(membership)
    assert (invoice.means, invoice.card, invoice.status, invoice.charges.count()) == ("card", card, "open", 0)


def test_c5_a_lower_level_is_always_allowed(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 2_000, now=now)
    assert join(cast, level="silver", months=12, now=now).terms.get().level == "silver"


def test_c5_the_number_is_new_each_time(cast: Cast, now: datetime) -> None:
    first = factories.member(cast.fjordlys, now=now)
    Membership.objects.filter(pk=first.pk).update(status="ended")
    second = join(cast, now=now)
    other = factories.member(cast.nordkapp, now=now)
    assert [each.number for each in (first, second, other)] == ["CPS-2000016", "CPS-2000024", "CPS-2000032"]
    assert live_membership(cast.fjordlys) == second


REFUSED: list[tuple[int, dict[str, Any], type[Refused], str | None, str]] = [
    (999, {}, choosing.OutOfReach, None, "Gold needs 1 more point."),
    (2_500, {"level": "business-a"}, choosing.OutOfReach, None, "Business A needs 1 more point."),
    (5_000, {"level": "bronze"}, Refused, None, "This level or term is not offered. Choose another."),
    (5_000, {"months": 18}, Refused, None, "This level or term is not offered. Choose another."),
    (
        5_000,
        {"terms_version": "2025-1"},
        choosing.TermsChanged,
        "terms",
        "The terms have changed since you opened this page. Read them and accept again.",
    ),
    (5_000, {"means": Means.CARD}, Refused, "means", "Enter a card, or choose bank transfer."),
]


@pytest.mark.parametrize(("points", "choice", "refusal", "field", "words"), REFUSED)
def test_c5_refusals_say_why_and_write_nothing(
    cast: Cast,
    now: datetime,
    english: None,
    points: int,
    choice: dict[str, Any],
    refusal: type[Refused],
    field: str | None,
    words: str,
) -> None:
    factories.give_points(cast.fjordlys, points, now=now)
    with pytest.raises(Refused) as refused:
        join(cast, now=now, **choice)
    assert (type(refused.value), refused.value.field, str(refused.value)) == (refusal, field, words)
    assert (Membership.objects.count(), Term.objects.count(), Invoice.objects.count()) == (0, 0, 0)


def test_c5_only_the_super_user_may_bind(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 1_000, now=now)
    for person in (cast.bob.as_member, cast.charlie.as_member, cast.sara.as_staff):
        with pytest.raises(choosing.MayNotBind):
            join(cast, by=person, now=now)
    assert Membership.objects.count() == 0


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_c5_a_live_member_does_not_join_again(cast: Cast, now: datetime, status: str) -> None:
    membership = factories.member(cast.fjordlys, now=now)
    Membership.objects.filter(pk=membership.pk).update(status=status)
    with pytest.raises(memberships.AlreadyMember) as refused:
        join(cast, now=now)
    assert refused.value.term == membership.terms.get()  # who chose what, for the one who comes second
    assert (Membership.objects.count(), Invoice.objects.count()) == (1, 1)


@pytest.mark.usefixtures("committing")
def test_c5_two_clicks_at_once_make_one_membership_and_one_invoice(cast: Cast, now: datetime) -> None:
    factories.give_points(cast.fjordlys, 1_000, now=now)
    given = together(*[lambda: join(cast, now=now)] * 2)
    assert {type(each) for each in given} == {Membership, memberships.AlreadyMember}
    assert (Membership.objects.count(), Term.objects.count()) == (1, 1)
    assert (Invoice.objects.count(), LedgerEntry.objects.count()) == (1, 1)
    assert Mail.objects.filter(template="welcome").count() == 1


@pytest.mark.usefixtures("committing")
def test_c5_businesses_that_join_at_once_get_numbers_of_their_own(cast: Cast, now: datetime) -> None:
    for account in (cast.fjordlys, cast.nordkapp):
        factories.give_points(account, 1_000, now=now)
    given = together(
        lambda: join(cast, now=now),
        lambda: join(cast, account=cast.nordkapp, by=cast.charlie.as_member, now=now),
    )
    assert sorted(each.number for each in given) == ["CPS-2000016", "CPS-2000024"]
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [10_001, 10_002]


def test_c5_the_database_knows_one_live_membership_an_account(cast: Cast, now: datetime) -> None:
    factories.member(cast.fjordlys, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(account=cast.fjordlys, number="CPS-9", status="suspended", joined_at=now)


def test_c5_falling_points_do_not_end_a_term(cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, level="gold", points=1_000, now=now)
    factories.give_points(cast.fjordlys, -900, now=now)
    membership.refresh_from_db()
    assert (points_of(cast.fjordlys), membership.status, membership.terms.get().level) == (
        100,
        "active",
        "gold",
    )


def test_c6_the_card_opens_what_its_number_and_code_name(cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, now=now)
    code = card_code(membership.number)
    assert (len(code), code.isalnum(), code) == (12, True, code.lower())
    assert (
        membership_on_card("CPS-2000016", code)
        == membership_on_card("CPS-2000016", code.upper())
        == membership
    )
    assert membership_on_card("CPS-2000016", card_code("CPS-2000024")) is None
    assert membership_on_card("CPS-2000024", card_code("CPS-2000024")) is None
