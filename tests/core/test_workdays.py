"""The moment by which an application is answered: working days of the country, and its clock (A6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from medlem.core.workdays import add_working_days, answer_by, is_bank_day, is_working_day

OSLO = ZoneInfo("Europe/Oslo")


def answered(sent_at: datetime) -> datetime:
    """When an application that was sent in Norway is answered, in its time."""
    moment = answer_by(sent_at, working_days=2, cutoff_hour=16, country="NO", zone="Europe/Oslo")
    assert moment.tzinfo is UTC
    return moment.astimezone(OSLO)


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


# --- what Norway's calendar says, worked out here by itself ---------------------------------------


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    w = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, day = divmod(h + w - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> set[date]:
    """Norway's public holidays, by the laws of 1995 and 1947."""
    moving = {easter(year) + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)}
    return moving | {date(year, *day) for day in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))}


HOLIDAYS = {day for year in range(2025, 2033) for day in holidays(year)}
DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range((date(2032, 1, 1) - date(2025, 1, 1)).days)]
WORKING = [
    day
    for day in DAYS + [date(2032, 1, n) for n in range(1, 32)]
    if day.weekday() < 5 and day not in HOLIDAYS
]


def test_a6_working_days_of_seven_years() -> None:
    assert [day for day in DAYS if is_working_day(day, "NO")] == [day for day in WORKING if day.year < 2032]


@pytest.mark.parametrize("sent_at", [time(0, 0), time(9, 0), time(16, 0), time(16, 0, 1), time(23, 59)])
def test_a6_every_day_of_seven_years_is_answered_at_1600_two_working_days_on(sent_at: time) -> None:
    """Counted here by place in the list of working days, not step by step as the rule does."""
    following = 0
    for day in DAYS:
        counts_as = day if sent_at <= time(16, 0) else day + timedelta(days=1)
        while WORKING[following] <= counts_as:
            following += 1
        due = answered(datetime.combine(day, sent_at, OSLO))
        assert due == datetime.combine(WORKING[following + 1], time(16, 0), OSLO)
        assert due.hour == 16


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2026-11-23 10:00", "2026-11-25 16:00"),  # Monday
        ("2026-11-23 15:59", "2026-11-25 16:00"),
        ("2026-11-23 16:00", "2026-11-25 16:00"),  # after 16:00 is after it
        ("2026-11-23 16:01", "2026-11-26 16:00"),
        ("2026-11-23 00:00", "2026-11-25 16:00"),
        ("2026-11-26 10:00", "2026-11-30 16:00"),  # Thursday
        ("2026-11-27 15:59", "2026-12-01 16:00"),  # Friday
        ("2026-11-28 12:00", "2026-12-01 16:00"),  # Saturday
        ("2026-11-29 15:59", "2026-12-01 16:00"),  # Sunday
        ("2026-11-29 16:01", "2026-12-02 16:00"),  # counts as Monday, which does not count either
        ("2026-03-31 10:00", "2026-04-07 16:00"),  # Tuesday before Easter: Wednesday, and then Tuesday
        ("2026-04-01 10:00", "2026-04-08 16:00"),  # Wednesday; Thursday, Friday and Monday are holidays
        ("2026-04-29 10:00", "2026-05-04 16:00"),  # 1 May is a Friday
        ("2026-05-12 10:00", "2026-05-15 16:00"),  # Ascension on the 14th
        ("2027-05-14 10:00", "2027-05-19 16:00"),  # Friday; 17 May 2027 is Whit Monday too
        ("2026-05-22 10:00", "2026-05-27 16:00"),  # Whit Monday on the 25th
        ("2026-12-22 10:00", "2026-12-24 16:00"),  # 24 December is a working day …
        ("2026-12-23 10:00", "2026-12-28 16:00"),  # … and 25 and 26 are not
        ("2026-12-30 10:00", "2027-01-04 16:00"),  # New Year's Eve, a holiday, a weekend
        ("2026-12-31 16:01", "2027-01-05 16:00"),
    ],
)
def test_a6_computed_by_hand(sent: str, due: str) -> None:
    assert answered(oslo(sent)) == oslo(due)


def test_a6_sent_on_friday_evening_is_answered_by_tuesday() -> None:
    assert answered(oslo("2026-11-27 17:00")) == oslo("2026-12-01 16:00")


def test_a6_the_hour_is_the_countrys_across_summer_time() -> None:
    into_summer = answer_by(
        datetime(2026, 3, 27, 9, 0, tzinfo=UTC),
        working_days=2,
        cutoff_hour=16,
        country="NO",
        zone="Europe/Oslo",
    )
    out_of_it = answer_by(
        datetime(2026, 10, 23, 8, 0, tzinfo=UTC),
        working_days=2,
        cutoff_hour=16,
        country="NO",
        zone="Europe/Oslo",
    )
    assert (into_summer, out_of_it) == (
        datetime(2026, 3, 31, 14, 0, tzinfo=UTC),
        datetime(2026, 10, 27, 15, 0, tzinfo=UTC),
    )


def test_a6_the_day_is_the_countrys_not_utc() -> None:
    just_past_midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # Tuesday 00:30 in Oslo
    assert answered(just_past_midnight) == oslo("2026-11-26 16:00")


def test_a6_another_country_has_its_own_holidays() -> None:
    # A Wednesday. Sweden has its national day on Friday, and no Whit Monday, as Norway has.
    sent_at = datetime(2025, 6, 4, 8, 0, tzinfo=UTC)
    arguments = {"working_days": 2, "cutoff_hour": 15}
    assert answer_by(sent_at, country="NO", zone="Europe/Oslo", **arguments) == datetime(
        2025, 6, 6, 13, 0, tzinfo=UTC
    )
    assert answer_by(sent_at, country="SE", zone="Europe/Stockholm", **arguments) == datetime(
        2025, 6, 9, 13, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 12, 23), 3, date(2026, 12, 29)),
    ],
)
def test_working_days_are_added_after_the_first(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days, "NO") == end


def test_banks_also_close_on_24_and_31_december() -> None:
    week = [date(2026, 12, day) for day in range(21, 32)]
    assert [day.day for day in week if is_working_day(day, "NO")] == [21, 22, 23, 24, 28, 29, 30, 31]
    assert [day.day for day in week if is_bank_day(day, "NO")] == [21, 22, 23, 28, 29, 30]
