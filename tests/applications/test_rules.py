"""What makes an application complete (A1), names as they are compared (A7), and the clock (A6, A8)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.applications import rules
from medlem.applications.rules import Turn, Urgency
from medlem.core.workdays import answer_by, is_working_day


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Blåtimen Film AS", "BLÅTIMEN FILM AS", True),
        ("Blaatimen Film A/S", "BLÅTIMEN FILM AS", True),
        ("Fotograf Ingrid Saetheroy", "FOTOGRAF INGRID SÆTHERØY", True),
        ("Nordvik &  Sønn – Foto AS", "NORDVIK & SØNN FOTO AS", True),
        ("Café Noir ENK", "CAFE NOIR", True),
        ("Blåtimen Film DA", "BLÅTIMEN FILM AS", True),  # the form is no part of the name
        ("Blåtimen", "BLÅTIMEN FILM AS", False),
        ("Film Blåtimen AS", "BLÅTIMEN FILM AS", False),
        ("Ås", "Es", False),
        ("AS", "ASA", False),  # nothing but a form: then the form counts
        ("Åsmund", "Asmund", True),
        ("Åsmund", "Aasmund", True),
    ],
)
def test_a7_names_are_compared_folded(one: str, other: str, same: bool) -> None:
    assert (rules.folded_name(one) == rules.folded_name(other)) == same


@given(st.text("cmvæøåéü&/-. ", max_size=40), st.sampled_from(["", " AS", " A/S", " ANS"]))
def test_a7_case_accents_punctuation_and_form_do_not_count(name: str, form: str) -> None:
    folded = rules.folded_name(name)
    assert rules.folded_name(name.upper()) == folded
    assert rules.folded_name(f"  {name}. ") == folded
    assert folded == "" or rules.folded_name(name + form) == folded


# --- the form -------------------------------------------------------------------------------------

WHOLE: dict[str, object] = {
    "country": "NO",
    "registration_number": "310003913",
    "business_name": "Blåtimen Film AS",
    "street": "Nedre Skogvei 14B",
    "postcode": "0484",
    "place": "Oslo",
    "vat_registered": True,
    "vat_number": "310003913MVA",
    "first_name": "Åse",
    "last_name": "Blåfjell",
    "email": "ase@blatimen.example",
    "trade": "photography",
    "invoice_email": "faktura@blatimen.example",
}


@pytest.mark.parametrize(
    ("changes", "documents", "step"),
    [
        ({}, 1, "check"),
        ({}, 0, "evidence"),
        ({"registration_number": ""}, 1, "business"),
        ({"place": ""}, 1, "business"),
        ({"vat_registered": None}, 1, "evidence"),
        ({"vat_number": ""}, 1, "evidence"),
        ({"vat_registered": False, "vat_number": ""}, 1, "check"),
        ({"vat_registered": False, "vat_number": ""}, 0, "evidence"),
        ({"email": ""}, 1, "contact"),
        ({"trade": ""}, 1, "information"),
        ({"email": "", "trade": ""}, 1, "contact"),
    ],
)
def test_a1_the_applicant_goes_on_at_the_first_step_that_wants_something(
    changes: dict[str, object], documents: int, step: str
) -> None:
    assert rules.first_open_step({**WHOLE, **changes}, documents=documents) == step


def test_a1_the_last_step_has_no_answers_of_its_own() -> None:
    assert rules.step_complete("check", {}, documents=0)
    assert set(rules.STEPS) == set(rules.MANDATORY)
    assert all(set(rules.MANDATORY[step]) <= set(columns) for step, columns in rules.STEPS.items())


# --- the clock ------------------------------------------------------------------------------------

OSLO = ZoneInfo("Europe/Oslo")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
NORWAY = {"country": "NO", "zone": "Europe/Oslo"}


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("now", "paused", "urgency"),
    [
        ("2026-11-23 10:00", False, Urgency.IN_TIME),  # sent on Monday, to be answered by Wednesday at four
        ("2026-11-24 15:59", False, Urgency.IN_TIME),
        ("2026-11-24 16:00", False, Urgency.HALF_TIME),  # one of its two working days is left
        ("2026-11-25 16:00", False, Urgency.HALF_TIME),
        ("2026-11-25 16:01", False, Urgency.OVERDUE),
        ("2026-12-25 12:00", True, Urgency.PAUSED),
    ],
)
def test_a6_half_time_is_marked_before_an_application_is_overdue(
    now: str, paused: bool, urgency: Urgency
) -> None:
    half_time_by = rules.half_time_by(oslo(now), working_days=2, **NORWAY)
    by = oslo("2026-11-25 16:00")
    assert rules.urgency(answer_by_at=by, paused=paused, half_time_by=half_time_by, now=oslo(now)) == urgency


@pytest.mark.parametrize(
    ("answer_by_at", "half_time"),
    [
        ("2026-11-30 16:00", "2026-11-27 16:00"),  # a Monday: on Friday, not in the weekend
        ("2026-04-07 16:00", "2026-04-01 16:00"),  # after Easter: on the Wednesday before
        ("2026-03-31 16:00", "2026-03-30 16:00"),  # summer time began in between
    ],
)
def test_a6_half_of_the_time_is_half_of_the_working_time(answer_by_at: str, half_time: str) -> None:
    for seconds, is_half in ((-1, False), (0, True)):
        moment = oslo(half_time) + seconds * SECOND
        assert (oslo(answer_by_at) <= rules.half_time_by(moment, working_days=2, **NORWAY)) == is_half


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer_by", "asked", "answered", "new_answer_by"),
    [
        ("2026-11-25 15:00", "2026-11-24 09:00", "2026-11-24 14:00", "2026-11-25 15:00"),  # the same day
        ("2026-11-25 15:00", "2026-11-24 09:00", "2026-11-25 07:00", "2026-11-26 15:00"),
        (
            "2026-11-25 15:00",
            "2026-11-24 09:00",
            "2026-11-27 09:00",
            "2026-11-30 15:00",
        ),  # three days, a weekend
        ("2026-11-25 15:00", "2026-11-24 22:59", "2026-11-24 23:01", "2026-11-26 15:00"),  # midnight in Oslo
        (
            "2026-12-01 15:00",
            "2026-11-27 09:00",
            "2026-11-29 09:00",
            "2026-12-01 15:00",
        ),  # a weekend is no time
        (
            "2026-12-23 15:00",
            "2026-12-22 09:00",
            "2026-12-29 09:00",
            "2026-12-30 15:00",
        ),  # Christmas: 23, 24, 28, 29
        (
            "2026-03-26 15:00",
            "2026-03-25 09:00",
            "2026-03-30 09:00",
            "2026-03-31 14:00",
        ),  # 16:00 in summer time too
        (
            "2026-11-25 15:00",
            "2026-11-26 09:00",
            "2026-11-27 09:00",
            "2026-11-26 15:00",
        ),  # it was late before
    ],
)
def test_a8_the_clock_stands_still_while_the_applicant_is_asked(
    answer_by: str, asked: str, answered: str, new_answer_by: str
) -> None:
    assert rules.answer_by_after_pause(
        utc(answer_by), asked_at=utc(asked), answered_at=utc(answered), country="NO", zone="Europe/Oslo"
    ) == utc(new_answer_by)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-23 15:30", 5.5),
        ("2026-11-27 12:00", "2026-11-30 12:00", 24),  # Friday to Monday
        ("2026-11-28 12:00", "2026-11-29 12:00", 0),  # a weekend
        ("2026-03-27 12:00", "2026-03-30 12:00", 24),  # the night of summer time is no working time
        ("2026-12-23 12:00", "2026-12-28 12:00", 48),  # 24 December is a working day
        ("2026-11-23 10:00", "2026-11-23 09:00", 0),
    ],
)
def test_a6_working_time_is_that_of_working_days(start: str, end: str, hours: float) -> None:
    assert rules.working_time(oslo(start), oslo(end), **NORWAY) == hours * HOUR


def turn(from_staff: bool, at: str) -> Turn:
    return Turn(from_staff, oslo(at))


@pytest.mark.parametrize(
    ("turns", "hours"),
    [
        ([], 78),  # Monday at ten to Thursday at four
        ([turn(True, "2026-11-24 10:00"), turn(False, "2026-11-25 16:00")], 48),
        ([turn(True, "2026-11-24 10:00")], 24),  # decided while the applicant was asked
        (
            [
                turn(True, "2026-11-24 10:00"),
                turn(False, "2026-11-24 12:00"),
                turn(True, "2026-11-24 13:00"),
                turn(False, "2026-11-26 15:00"),
            ],
            26,
        ),
    ],
)
def test_a6_the_time_taken_leaves_out_what_was_the_applicants(turns: list[Turn], hours: float) -> None:
    taken = rules.time_taken(oslo("2026-11-23 10:00"), oslo("2026-11-26 16:00"), turns, **NORWAY)
    assert taken == hours * HOUR


# --- every day of seven years (A6) ----------------------------------------------------------------

DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(2_556)]
COUNTRIES = [("NO", "Europe/Oslo"), ("SE", "Europe/Stockholm"), ("GB", "Europe/London")]


def moments(zone: str, *hours: time) -> list[datetime]:
    here = ZoneInfo(zone)
    return [datetime.combine(day, hour, here).astimezone(UTC) for day in DAYS for hour in hours]


@lru_cache
def working_days(country: str) -> list[date]:
    days = DAYS + [DAYS[-1] + timedelta(days=n) for n in range(1, 60)]
    return [day for day in days if is_working_day(day, country)]


def left(day: date, until: date, country: str) -> int:
    """Working days after one day, up to and with another: by their places in the list of all."""
    return bisect_right(working_days(country), until) - bisect_right(working_days(country), day)


@pytest.mark.parametrize(("country", "zone"), COUNTRIES)
def test_a6_every_day_is_answered_at_four_on_the_second_working_day(country: str, zone: str) -> None:
    here, before = ZoneInfo(zone), datetime.min.replace(tzinfo=UTC)
    for sent_at in moments(zone, time(8), time(16), time(16, 0, 1)):
        due = answer_by(sent_at, working_days=2, cutoff_hour=16, country=country, zone=zone)
        local, sent = due.astimezone(here), sent_at.astimezone(here)
        counts_as = sent.date() if sent.time() <= time(16) else sent.date() + timedelta(days=1)
        assert (local.time(), left(counts_as, local.date(), country)) == (time(16), 2)
        assert is_working_day(local.date(), country)
        assert due >= before  # who sends later is never answered sooner
        before = due


@pytest.mark.parametrize(("country", "zone"), COUNTRIES)
def test_a6_a_pause_on_any_day_leaves_as_many_working_days_as_there_were(country: str, zone: str) -> None:
    """However long it was: the day's hour, and the working days from then on, are what they were."""
    here = ZoneInfo(zone)
    for n, asked_at in enumerate(moments(zone, time(9), time(23, 59))):
        due = answer_by(asked_at, working_days=2, cutoff_hour=16, country=country, zone=zone)
        answered_at = asked_at + timedelta(days=n % 17, hours=n % 5)
        moved = rules.answer_by_after_pause(
            due, asked_at=asked_at, answered_at=answered_at, country=country, zone=zone
        )
        asked, answered, was, now = (
            moment.astimezone(here) for moment in (asked_at, answered_at, due, moved)
        )
        assert left(answered.date(), now.date(), country) == left(asked.date(), was.date(), country)
        assert (now.time(), moved >= due) == (time(16), True)


@pytest.mark.parametrize(("country", "zone"), COUNTRIES)
def test_a6_half_time_comes_after_sending_and_before_the_answer_is_due(country: str, zone: str) -> None:
    for sent_at in moments(zone, time(11)):
        due = answer_by(sent_at, working_days=2, cutoff_hour=16, country=country, zone=zone)
        assert rules.half_time_by(sent_at, working_days=2, country=country, zone=zone) < due
        assert rules.half_time_by(due, working_days=2, country=country, zone=zone) >= due
        # Working time and what follows from it are each other's way back.
        after = rules.after_working_time(sent_at, timedelta(hours=24), country=country, zone=zone)
        assert rules.working_time(sent_at, after, country=country, zone=zone) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Specimen Pictures Ltd", "SPECIMEN PICTURES LIMITED", True),
        ("Specimen Pictures Ltd.", "SPECIMEN PICTURES PLC", False),
        ("Lichtspur G.m.b.H.", "LICHTSPUR GMBH", True),
        ("Atelier S.A.R.L.", "SARL ATELIER", False),  # where it stands is part of the name
        ("Lys og Skygge ApS", "LYS OG SKYGGE ANPARTSSELSKAB", True),
        ("Blåtimen A/S", "BLÅTIMEN AS", True),
    ],
)
def test_a7_legal_forms_that_mean_the_same_agree(one: str, other: str, same: bool) -> None:
    assert rules.same_name(one, other) == same
