"""The event log in words (E3): every name has its sentence, and every sentence its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from medlem.events.models import Event
from medlem.payments.status import ChargeStatus
from medlem.web.history import SENTENCES, STATES, TOLD_TWICE, changes_of, history, sentences
from tests import factories
from tests.people import Cast

PACKAGE = Path(__file__).parents[2] / "medlem"


def recorded_names() -> set[str]:
    """Every event name in the code of a domain: given to `record`, `move` and their like, or kept as their `name`."""
    answers = {f"charge.{status}" for status in ChargeStatus if status != ChargeStatus.INTENDED}
    texts = {
        node.value
        for path in PACKAGE.glob("*/*.py")
        for said in names_in(ast.parse(path.read_text()))
        for node in ast.walk(said)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"(?!medlem)[a-z_]+\.[a-z_]+", text)} | answers


def names_in(module: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"record", "move", "move_many", "Happened"}
        ):
            yield from node.args[:1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "name")
        elif isinstance(node, ast.Assign) and "name" in {
            getattr(each, "id", "") for each in ast.walk(node.targets[0])
        }:
            yield node.value


def event(name: str, *, now: datetime, **values: Any) -> Event:
    kept = {"before": {}, "after": {}, "subject_kind": "", "subject_id": None, **values}
    return Event(name=name, at=now, actor_kind="system", **kept)


def test_e3_every_event_has_its_sentence() -> None:
    assert set(SENTENCES) == recorded_names()
    assert set(STATES) | TOLD_TWICE <= set(SENTENCES)


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_e3_every_sentence_can_be_said_of_an_event_without_values(name: str, db: None, now: datetime) -> None:
    (sentence,) = sentences([event(name, now=now)])
    assert sentence
    assert "%" not in sentence


def test_e3_an_unknown_name_has_a_neutral_sentence(db: None, now: datetime, english: None) -> None:
    assert sentences([event("moon.landed", now=now)]) == ["Something was changed."]


def test_e3_sentences_name_invoices_products_and_people(cast: Cast, now: datetime, english: None) -> None:
    factories.product(cast.fjordlys, points=310, serial="023021000484", now=now)
    membership = factories.member(cast.fjordlys, level="gold", now=now)
    said = sentences(Event.objects.filter(account_id=cast.fjordlys.public_id).order_by("id"))
    assert said[-4:] == [
        "The points were adjusted from 310 to 2,010: test",
        "The business was invited to the programme, with 2,010 points.",
        "Invoice 10001 for NOK 2,987.50 was issued. It is due on 23 Dec 2026.",
        f"The business joined: Gold, member number {membership.number}.",
    ]


def test_e3_who_is_given_access_and_which_role_is_named(cast: Cast, now: datetime, english: None) -> None:
    added = event(
        "account.person_added", now=now, after={"person": str(cast.bob.public_id), "role": "member"}
    )
    given = event(
        "staff.role_given",
        now=now,
        after={"role": "finance"},
        subject_kind="accounts.user",
        subject_id=cast.finn.public_id,
    )
    assert sentences([added, given]) == [
        "Bob Bakke was given access to the account.",
        "Finn Vik was given the role Finance.",
    ]


def test_e3_a_thing_that_is_gone_is_still_spoken_of(db: None, now: datetime, english: None) -> None:
    gone = event("product.removed", now=now, subject_kind="products.product", subject_id=uuid4())
    assert sentences([gone]) == ["A product was removed."]


def test_e3_changes_say_before_and_after(db: None, now: datetime, english: None) -> None:
    changed = event(
        "product.changed",
        now=now,
        before={"serial_number": "0231", "purchased_on": "2024-03-12", "dealer": "Foto AS"},
        after={
            "serial_number": "0231",
            "purchased_on": "2024-03-13",
            "purchased_on_estimated": True,
            "purchase_country": "NO",
        },
    )
    assert changes_of(changed) == [
        "Purchase date: 12 Mar 2024 → 13 Mar 2024 (best guess)",
        "Country of purchase: missing → Norway",
        "Dealer: Foto AS → missing",
    ]


def test_e3_whoever_is_no_member_has_no_name_for_members(cast: Cast, now: datetime) -> None:
    staff = event("account.opened", now=now)
    staff.actor_kind, staff.actor_id = "staff", cast.sara.public_id
    by_itself = event("account.opened", now=now)
    assert [each.who for each in history([staff, by_itself])] == ["Canon Professional Services", ""]
