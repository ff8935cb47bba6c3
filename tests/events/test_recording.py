"""Everything that changes leaves one event, and statuses move along their diagrams only (E3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.forms.models import model_to_dict

from medlem.accounts.models import Account
from medlem.events.actions import NotAllowed, move, record
from medlem.events.actors import APPLICANT, SYSTEM, Actor
from medlem.events.models import Event, Seal
from medlem.events.queries import account_history, history_of
from tests.people import Cast

MOVED: list[Any] = [model for model in apps.get_models() if hasattr(model, "TRANSITIONS")]


def states_of(model: Any) -> list[str]:
    return [str(state) for state, _label in model._meta.get_field("status").choices]


def test_e3_an_event_says_who_what_when_before_and_after(cast: Cast, now: datetime) -> None:
    event = record(
        "account.renamed",
        by=cast.alice.as_member,
        now=now,
        subject=cast.fjordlys,
        account_id=cast.fjordlys.public_id,
        before={"name": "Fjordlys"},
        after={"name": "Fjordlys Foto AS", "at": now},
    )
    assert model_to_dict(Event.objects.get(pk=event.pk), exclude=["id"]) == {
        "name": "account.renamed",
        "at": now,
        "actor_kind": "member",
        "actor_id": cast.alice.public_id,
        "account_id": cast.fjordlys.public_id,
        "subject_kind": "accounts.account",
        "subject_id": cast.fjordlys.public_id,
        "before": {"name": "Fjordlys"},
        "after": {"name": "Fjordlys Foto AS", "at": "2026-11-23T09:00:00Z"},
    }


@pytest.mark.django_db(transaction=True)
def test_e3_an_event_outside_of_a_transaction_is_refused(now: datetime) -> None:
    told = "account.opened: an event is recorded in the transaction of what it tells"
    with pytest.raises(RuntimeError, match=told):
        record("account.opened", by=SYSTEM, now=now, subject=Account())
    assert Event.objects.count() == 0


@pytest.mark.usefixtures("db")
def test_e3_what_is_rolled_back_leaves_no_event(now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - both in one transaction
        record("account.opened", by=SYSTEM, now=now, subject=Account())
        raise ZeroDivisionError
    assert Event.objects.count() == 0


@pytest.mark.parametrize("model", [Event, Seal])
def test_e3_the_log_is_never_rewritten(model: Any) -> None:
    with pytest.raises(TypeError, match=f"{model.__name__} rows are never changed; record another"):
        model.objects.filter(pk=1).update(pk=2)
    with pytest.raises(TypeError, match=f"{model.__name__} rows are never removed"):
        model.objects.all().delete()


def test_e3_members_see_the_accounts_own_history_and_staff_that_of_each_thing(
    cast: Cast, now: datetime
) -> None:
    for name, account in (
        ("a.first", cast.fjordlys),
        ("b.other", cast.nordkapp),
        ("a.second", cast.fjordlys),
    ):
        record(name, by=SYSTEM, now=now, subject=account, account_id=account.public_id)
    assert [event.name for event in account_history(cast.fjordlys.public_id)] == [
        "a.second",
        "a.first",
        "account.opened",
    ]
    assert [event.name for event in history_of(cast.nordkapp.public_id)] == ["account.opened", "b.other"]


def test_an_actor_without_a_person_is_no_person(cast: Cast) -> None:
    assert cast.vera.as_staff.person_id == cast.vera.public_id
    for actor in (SYSTEM, APPLICANT, Actor("member")):
        with pytest.raises(ValueError, match=f"{actor.kind} is no person"):
            actor.person_id  # noqa: B018


def test_every_status_of_the_house_is_moved() -> None:
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("medlem.")
        and any(column.name == "status" for column in model._meta.fields)
    ]
    assert {model._meta.label for model in ours} == {model._meta.label for model in MOVED}


@pytest.mark.parametrize("model", MOVED, ids=lambda model: model.__name__)
def test_a_diagram_knows_every_state_and_reaches_it_from_the_first(model: Any) -> None:
    transitions = {str(state): set(map(str, following)) for state, following in model.TRANSITIONS.items()}
    states = states_of(model)
    assert sorted(transitions) == sorted(states)
    reached, following = set(), {str(model._meta.get_field("status").default)}
    while following - reached:
        reached |= following
        following = set().union(*(transitions[state] for state in reached))
    assert reached == set(states)


@pytest.mark.parametrize("model", MOVED, ids=lambda model: model.__name__)
def test_a_status_never_moves_where_there_is_no_arrow(model: Any, now: datetime) -> None:
    """The row is not saved: a refused move never comes as far as the database."""
    for came_from in states_of(model):
        for to in [*states_of(model), "no_such_state"]:
            if to in model.TRANSITIONS[came_from]:
                continue
            thing = model(status=came_from)
            told = f"{model._meta.verbose_name} cannot go from {came_from} to {to}"
            with pytest.raises(NotAllowed, match=told):
                move(thing, to=to, name="thing.moved", by=SYSTEM, now=now)
            assert thing.status == came_from


def test_a_move_saves_the_status_with_its_columns_and_one_event(cast: Cast, now: datetime) -> None:
    account = cast.fjordlys
    account.place = "Not saved: it is not named"
    event = move(
        account,
        to="closed",
        name="account.closed",
        by=cast.sara.as_staff,
        now=now,
        account_id=account.public_id,
        fields={"trade": "press"},
        reason="asked for",
    )
    saved = Account.objects.get(pk=account.pk)
    assert (saved.status, saved.trade, saved.place) == ("closed", "press", "Oslo")
    assert (event.name, event.actor_id, event.subject_id, event.account_id, event.before, event.after) == (
        "account.closed",
        cast.sara.public_id,
        account.public_id,
        account.public_id,
        {"status": "active"},
        {"status": "closed", "reason": "asked for"},
    )
    move(saved, to="active", name="account.opened_again", by=SYSTEM, now=now)
    assert Account.objects.get(pk=account.pk).status == "active"
