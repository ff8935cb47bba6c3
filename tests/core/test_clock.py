"""The clock: real time, and a calendar that demo moves forward for every process at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from medlem.core import clock

MOMENT = timedelta(seconds=5)


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clock"
    monkeypatch.setenv("MEDLEM_CLOCK_FILE", str(path))
    return path


def test_without_a_file_it_is_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDLEM_CLOCK_FILE", raising=False)
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert (clock.now().tzinfo, clock.offset()) == (UTC, timedelta(0))


def test_the_file_holds_whole_seconds(clock_file: Path) -> None:
    clock_file.write_text(str(30 * 86_400))
    before = datetime.now(UTC)
    assert clock.offset() == timedelta(days=30)
    assert before <= clock.now() - timedelta(days=30) <= datetime.now(UTC)


def test_a_file_that_is_not_there_yet_moves_nothing(clock_file: Path) -> None:
    assert (clock_file.exists(), clock.offset()) == (False, timedelta(0))


def test_e7_the_calendar_moves_forward_to_a_moment(clock_file: Path) -> None:
    goal = datetime.now(UTC) + timedelta(days=40)
    clock.move_to(goal)
    assert abs(clock.now() - goal) < MOMENT
    further = goal + timedelta(hours=3)
    clock.move_to(further)
    assert abs(clock.now() - further) < MOMENT
    assert sorted(path.name for path in clock_file.parent.glob("clock*")) == ["clock"]


def test_e7_the_calendar_never_moves_back(clock_file: Path) -> None:
    clock_file.write_text(str(86_400))
    for passed in (datetime.now(UTC), clock.now() - timedelta(minutes=1)):
        with pytest.raises(ValueError, match="the calendar only moves forward"):
            clock.move_to(passed)
    assert clock_file.read_text() == str(86_400)


def test_e7_outside_of_demo_the_clock_cannot_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDLEM_CLOCK_FILE", raising=False)
    with pytest.raises(RuntimeError, match="the clock can be moved in demo only"):
        clock.move_to(datetime.now(UTC) + timedelta(days=1))


@pytest.mark.parametrize(("zone", "day"), [("Europe/Oslo", date(2026, 11, 24)), ("UTC", date(2026, 11, 23))])
def test_the_date_is_the_zones(zone: str, day: date) -> None:
    assert clock.date_in(zone, datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == day


def test_today_is_the_date_of_the_moved_clock(clock_file: Path) -> None:
    clock_file.write_text(str(400 * 86_400))
    assert clock.today("Europe/Oslo") == clock.date_in("Europe/Oslo", clock.now())
    assert clock.today("Europe/Oslo") > datetime.now(UTC).date() + timedelta(days=398)
