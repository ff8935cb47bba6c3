"""Nobody alters the event log unseen: a chain of seals names what was changed or is missing (E3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from medlem.accounts.models import Account
from medlem.commands import doctor
from medlem.events import chain
from medlem.events.actions import record
from medlem.events.actors import SYSTEM
from medlem.events.models import Event, Seal
from tests.together import together


def happen(count: int, *, now: datetime) -> list[int]:
    """So many events at that moment, by their keys."""
    with transaction.atomic():
        return [
            record(
                "test.happened", by=SYSTEM, now=now, subject=Account(), after={"place": place, "æ": "ø"}
            ).pk
            for place in range(count)
        ]


def raw(statement: str, *values: object) -> None:
    """What somebody with a database console does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def seals() -> list[tuple[int, int]]:
    return list(Seal.objects.order_by("first_id").values_list("last_id", "count"))


@pytest.fixture
def sealed(db: None, now: datetime) -> list[int]:
    """Two seals, over three events and over two."""
    first = happen(3, now=now)
    chain.seal(now=now + timedelta(minutes=5))
    second = happen(2, now=now + timedelta(hours=1))
    chain.seal(now=now + timedelta(hours=2))
    return [*first, *second]


def test_e3_settled_events_are_sealed_once(db: None, now: datetime) -> None:
    first = happen(3, now=now)
    assert chain.seal(now=now + timedelta(minutes=4, seconds=59)) == 0
    assert chain.seal(now=now + timedelta(minutes=5)) == 3
    assert chain.seal(now=now + timedelta(hours=5)) == 0
    second = happen(2, now=now + timedelta(days=1))
    assert chain.seal(now=now + timedelta(days=2)) == 2
    assert seals() == [(first[-1], 3), (second[-1], 2)]
    assert Seal.objects.get(count=2).first_id == first[-1] + 1
    assert chain.broken() == []


def test_e3_events_are_sealed_in_batches(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 4)
    happen(10, now=now)
    assert chain.seal(now=now + timedelta(hours=1)) == 10
    assert [count for _last, count in seals()] == [4, 4, 2]
    assert chain.broken() == []


def test_e3_a_younger_event_between_older_ones_waits_with_all_behind_it(db: None, now: datetime) -> None:
    before = happen(2, now=now)
    happen(1, now=now + timedelta(minutes=10))
    happen(1, now=now)
    assert chain.seal(now=now + timedelta(minutes=5)) == 2
    assert seals() == [(before[-1], 2)]
    assert chain.seal(now=now + timedelta(minutes=15)) == 2
    assert chain.broken() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "test.invented"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("actor_kind", "staff"),
        ("subject_kind", "other.thing"),
        ("before", '{"place": 7}'),
        ("after", "{}"),
    ],
)
def test_e3_an_altered_event_is_named(sealed: list[int], column: str, value: str) -> None:
    raw(f"UPDATE events_event SET {column} = %s WHERE id = %s", value, sealed[1])
    assert chain.broken() == [f"events 1 to {sealed[2]}: altered since 2026-11-23"]


def test_e3_a_missing_event_is_named(sealed: list[int]) -> None:
    raw("DELETE FROM events_event WHERE id = %s", sealed[4])
    assert chain.broken() == [f"events {sealed[3]} to {sealed[4]}: 2 were sealed, 1 are there"]


def test_e3_an_event_slipped_in_is_named(sealed: list[int]) -> None:
    raw("DELETE FROM events_event WHERE id = %s", sealed[0])
    raw("UPDATE events_event SET id = %s WHERE id = %s", sealed[0], sealed[1])
    assert chain.broken() == [f"events 1 to {sealed[2]}: 3 were sealed, 2 are there"]


def test_e3_a_seal_made_anew_over_altered_events_breaks_the_next(sealed: list[int]) -> None:
    raw("UPDATE events_event SET name = 'test.invented' WHERE id = %s", sealed[0])
    forged = chain._digest("", Event.objects.filter(pk__lte=sealed[2]).order_by("pk"))
    raw("UPDATE events_seal SET digest = %s WHERE last_id = %s", forged, sealed[2])
    assert chain.broken() == [f"events {sealed[3]} to {sealed[4]}: altered since 2026-11-23"]


def test_e3_a_missing_seal_is_named(sealed: list[int]) -> None:
    raw("DELETE FROM events_seal WHERE last_id = %s", sealed[2])
    assert chain.broken() == [f"events 1 to {sealed[2]}: their seal is missing"]


def test_e3_doctor_names_what_was_altered(sealed: list[int]) -> None:
    assert doctor.LOOKS["event chain"]() == []
    raw("UPDATE events_event SET actor_kind = 'staff' WHERE id = %s", sealed[3])
    raw("DELETE FROM events_event WHERE id = %s", sealed[0])
    assert doctor.LOOKS["event chain"]() == [
        f"events 1 to {sealed[2]}: 3 were sealed, 2 are there",
        f"events {sealed[3]} to {sealed[4]}: altered since 2026-11-23",
    ]


@pytest.mark.django_db(transaction=True)
def test_e3_four_sealers_at_once_make_one_chain(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 3)
    events = happen(10, now=now)
    for hours in (1, 2):  # with no seal to lock, and with one
        done = together(*[lambda hours=hours: chain.seal(now=now + timedelta(hours=hours))] * 4)
        assert [type(each) for each in done] == [int] * 4
        assert sum(done) == len(events)
        events = happen(7, now=now + timedelta(hours=1))
    assert chain.seal(now=now + timedelta(hours=3)) == 7
    assert (chain.broken(), sum(count for _last, count in seals())) == ([], Event.objects.count())
