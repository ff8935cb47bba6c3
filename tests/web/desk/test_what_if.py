"""The page of the what-if: file, pasted rows, one model, thresholds; and that it publishes nothing (B7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from medlem.programme import current
from medlem.programme.catalogue import HEADER
from tests import factories
from tests.people import Cast
from tests.rows import rows
from tests.web.visits import lacking, signed_in, words

PAGE = "/en/desk/programme/what-if/"
R5 = "eos-r5;EOS R5;Canon;body;2900000000056;100;2027-06-01;;[0-9]{12};"


@pytest.fixture(autouse=True)
def house(set_clock: Callable[[datetime], None]) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def mona(cast: Cast) -> Client:
    return signed_in(cast.mona)


def answers(**changes: Any) -> dict[str, Any]:
    levels = {f"level_{level.code}": level.points for level in current().levels}
    return {"invitation": 500, **levels, **changes}


def test_b7_one_model_is_typed_and_both_readings_are_shown(mona: Client, cast: Cast, now: datetime) -> None:
    for place in range(2):
        factories.product(cast.fjordlys, points=250, serial=f"02302100048{place}", now=now)
    name = factories.model_worth(250).name
    before = rows()
    page = mona.post(PAGE, answers(model=name, points=100, from_on="2027-06-01"))
    assert page.status_code == 200
    assert (
        lacking(
            words(page),
            [
                f"The plan {name} 100 points from 1 Jun 2027",
                "From the day on which it is published Nobody’s points change by a new value",
                "No account would come to another membership level.",
                "If today’s products were valued anew",
                "Silver 500 1 0 −1 0",
                "1 account would reach another level",
                "Fjordlys Foto AS 500 → 200 Silver → none –",
            ],
        )
        == []
    )
    changed = {model for model, now_there in rows().items() if now_there != before[model]}
    assert changed == set()


def test_b7_a_file_and_pasted_rows_are_read_and_what_cannot_be_published_is_named(
    mona: Client, cast: Cast, now: datetime
) -> None:
    factories.product(cast.fjordlys, points=500, serial="023021000480", now=now)
    file = SimpleUploadedFile("k.csv", f"{HEADER}\n{R5}\n{R5.replace('100', 'x')}\n".encode())
    pasted = f"{HEADER}\n{R5.replace('2027-06-01', '2020-01-01')}".replace(";", "\t")
    page = words(mona.post(PAGE, answers(file=file, pasted=pasted)))
    assert (
        lacking(
            page,
            [
                "EOS R5 100 points from 1 Jun 2027",
                "line 3: points: must be a whole number from 1 to 100000, not 'x'",
                "line 2: eos-r5: 100 points from 2020-01-01, but 250 were published for that day; give a later day",
            ],
        )
        == []
    )


def test_b7_problems_of_a_catalogue_are_said_in_the_readers_language(mona: Client, cast: Cast) -> None:
    file = SimpleUploadedFile("k.csv", f"{HEADER}\n{R5.replace('100', 'x')}\n".encode())
    page = words(mona.post(PAGE.replace("/en/", "/nb/"), answers(file=file)))
    assert "linje 2: points: må være et heltall fra 1 til 100000, ikke 'x'" in page
    wrong = words(mona.post(PAGE.replace("/en/", "/nb/"), answers(pasted="a;b;c")))
    assert "linje 1: kolonnene må være code;name;brand" in wrong


def test_b7_a_plan_of_what_is_published_already_changes_nothing(mona: Client, cast: Cast) -> None:
    for plan in ({}, {"pasted": Path("programmes/cps/catalogue.csv").read_text(encoding="utf-8")}):
        page = words(mona.post(PAGE, answers(**plan)))
        assert ("Nothing changes" in page, "From the day on which" in page) == (True, False)


def test_c2_thresholds_alone_have_one_reading(mona: Client, cast: Cast, now: datetime) -> None:
    membership = factories.member(cast.fjordlys, points=950, now=now)
    page = words(mona.post(PAGE, answers(level_gold=900)))
    assert "Gold 1,000 → 900 0 +1 0 1" in page
    assert "Fjordlys Foto AS 950 → 950 Silver → Gold Silver" in page
    assert "valued anew" not in page
    membership.refresh_from_db()
    assert membership.status == "active"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "Hasselblad"}, "We do not know “Hasselblad”. Choose a model from the list."),
        ({"model": "EOS R5"}, "Give the new points, or the last day on which the model counts."),
        ({"points": "20"}, "Model : Choose the model."),
        ({"level_gold": "400"}, "Gold : Each level needs more points than the one before it."),
        ({"invitation": ""}, "Invitation : Fill this in."),
        ({"model": "EOS R5", "points": "0"}, "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(mona: Client, changes: dict[str, str], said: str) -> None:
    page = mona.post(PAGE, answers(pasted="keep\nthis", **changes))
    assert (page.status_code, said in words(page), "keep\nthis" in page.text) == (422, True, True)


@pytest.mark.parametrize("many", [1, 2])
def test_the_list_of_accounts_asks_the_database_as_often_for_one_as_for_two(
    mona: Client, cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for account in (cast.fjordlys, cast.nordkapp)[:many]:
        factories.give_points(account, 950, now=now)
    mona.get(PAGE)
    with django_assert_num_queries(12):
        page = mona.post(PAGE, answers(level_gold=900))
    assert page.text.count("950 → 950") == many


def test_the_programme_page_shows_the_catalogue_as_it_is_published(mona: Client) -> None:
    page = words(mona.get("/en/desk/programme/"))
    assert (
        lacking(
            page,
            [
                "What if points or thresholds change?",
                "1 Dec 2026 To come EOS RP 45 1",
                "imagePROGRAF PRO-1000 30 Nov 2026 To come",
            ],
        )
        == []
    )
