"""How pages write down money, days, moments and numbers (`templatetags/medlem.py`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from medlem.core.money import Money
from medlem.programme.text import Text
from medlem.web.templatetags import medlem as tags

ANSWER_BY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MARKS = [
    {"points": 500, "label": "Silver"},
    {"points": 1000, "label": "Gold"},
    {"points": 1600, "label": "Platinum"},
]


@pytest.mark.parametrize(
    ("written", "value", "nb", "en"),
    [
        (tags.money, Money(298_750, "NOK"), "2\xa0987,50\xa0kr", "NOK 2,987.50"),
        (tags.day, date(2026, 11, 3), "03.11.2026", "3 Nov 2026"),
        # Half past eleven in the evening in London is the next day in Oslo.
        (tags.day, datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "23.11.2026", "23 Nov 2026"),
        (tags.moment, ANSWER_BY, "tirsdag 24. november, kl. 16:00", "Tuesday 24 November, 16:00"),
        (tags.stamp, ANSWER_BY, "24.11.2026 kl. 16:00", "24 Nov 2026, 16:00"),
        (tags.time_of_day, ANSWER_BY, "kl. 16:00", "16:00"),
        (tags.number, 1240, "1\xa0240", "1,240"),
        (tags.text, Text({"nb": "Sølv", "en": "Silver"}), "Sølv", "Silver"),
        (tags.text, "Gold", "Gold", "Gold"),
    ],
)
def test_written_as_the_readers_country_does(written: Any, value: Any, nb: str, en: str) -> None:
    with translation.override("nb"):
        assert written(value) == nb
    with translation.override("en"):
        assert written(value) == en


@pytest.mark.parametrize(
    "written", [tags.money, tags.day, tags.moment, tags.stamp, tags.time_of_day, tags.number]
)
def test_what_is_not_known_is_left_out(written: Any) -> None:
    assert written(None) == ""


def test_a_serial_number_is_read_in_fours_and_copied_whole() -> None:
    assert tags.serial("023021<0484") == (
        '<span class="serial"><span>0230</span><span>21&lt;0</span><span>484</span></span>'
    )


@pytest.mark.parametrize(
    ("points", "at", "reached"),
    [
        (0, "0.00%", []),
        (250, "16.67%", []),
        (500, "33.33%", ["Silver"]),
        (1240, "80.00%", ["Silver", "Gold"]),
        (9000, "100.00%", ["Silver", "Gold", "Platinum"]),
    ],
)
def test_c2_the_line_of_points(points: int, at: str, reached: list[str]) -> None:
    line = tags.scale(points, MARKS)

    assert line.at == at
    assert [mark.label for mark in line.marks if mark.reached] == reached
    assert [mark.at for mark in line.marks] == ["33.33%", "66.67%", "100.00%"]


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ("{% query page=3 %}", "?q=R5&amp;sort=model&amp;page=3"),
        ("{% query sort=None %}", "?q=R5&amp;page=2"),
        ("{% sort_link 'model' as link %}{{ link.address }}", "?q=R5&amp;sort=-model"),
        ("{% sort_link 'points' as link %}{{ link.address }}", "?q=R5&amp;sort=points"),
    ],
)
def test_addresses_keep_the_rest_of_the_query(tag: str, address: str) -> None:
    request = RequestFactory().get("/", {"q": "R5", "sort": "model", "page": "2"})

    assert Template(tag).render(Context({"request": request})) == address


def test_long_lists_name_the_pages_nearby() -> None:
    page = Paginator(range(5000), 25).page(90)

    assert list(tags.elided(page)) == [1, Paginator.ELLIPSIS, 89, 90, 91, Paginator.ELLIPSIS, 200]
