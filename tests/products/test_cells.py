"""Days and countries as people write them into lists (B5)."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from medlem.products.cells import Ambiguous, DayOrder, NoDay, about_day, country_of, day_of, day_order

NEW_YEARS_EVE = date(2019, 12, 31)


@pytest.mark.parametrize(
    "written",
    [
        "2019-12-31",
        "2019/12/31",
        "2019.12.31",
        "20191231",
        "2019-12-31 00:00:00",
        "2019-12-31T13:30:05.123Z",
        "31.12.2019",
        "31. 12. 2019",
        "31.12.19",
        "31/12/2019",
        "31/12/19",
        "31-12-2019",
        "12/31/2019",
        "12/31/2019 1:30 PM",
        "31. desember 2019",
        "31 des. 2019",
        "31 Dec 2019",
        "31-Dec-2019",
        "December 31, 2019",
        "Dec 31st 2019",
        "31. Dezember 2019",
        "31 décembre 2019",
        "43830",
    ],
)
def test_b5_a_day_in_every_usual_form(written: str) -> None:
    assert day_of(f" {written} ") == NEW_YEARS_EVE


@pytest.mark.parametrize(
    "written",
    ["", "2019", "12.2019", "mars 2019", "31.02.2019", "2019-13-01", "soon", "31/12", "0012", "99999", "13.13.2019",
     "1/2/3/2019", "31.12/2019", "012021000123", "31 foo 2019", "3 mars 4 2019"],
)  # fmt: skip
def test_b5_what_is_no_day_is_never_guessed(written: str) -> None:
    with pytest.raises(NoDay):
        day_of(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024", date(2024, 7, 1)),
        ("mars 2024", date(2024, 3, 1)),
        ("Mar. 2024", date(2024, 3, 1)),
        ("03.2024", date(2024, 3, 1)),
        ("2024-3", date(2024, 3, 1)),
    ],
)
def test_b2_a_month_or_a_year_gives_a_best_guess(written: str, day: date) -> None:
    assert about_day(written) == day


@pytest.mark.parametrize("written", ["", "1824", "13.2024", "soon 2024", "20244", "2024 2025"])
def test_b2_nothing_is_guessed_of_what_is_no_month_or_year(written: str) -> None:
    with pytest.raises(NoDay):
        about_day(written)


def test_b5_a_day_that_can_be_read_in_two_ways_needs_to_be_told() -> None:
    for written in ("03/04/2020", "3-4-2020", "03/04/20"):
        with pytest.raises(Ambiguous) as raised:
            day_of(written)
        assert raised.value.readings == (date(2020, 4, 3), date(2020, 3, 4))
        assert day_of(written, order=DayOrder.DAY_FIRST) == date(2020, 4, 3)
        assert day_of(written, order=DayOrder.MONTH_FIRST) == date(2020, 3, 4)
    assert day_of("03/03/2020") == date(2020, 3, 3)
    assert day_of("03.04.2020") == date(2020, 4, 3)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2020", "31/12/2019"], DayOrder.DAY_FIRST),
        (["03/04/2020", "12/31/2019"], DayOrder.MONTH_FIRST),
        (["03/04/2020", "31/12/2019", "12/31/2019"], DayOrder.UNKNOWN),
        (["03/04/2020", "31.12.2019", "2019-12-31", "", "EOS R5"], DayOrder.UNKNOWN),
    ],
)
def test_b5_a_column_says_its_order_by_days_that_can_be_read_one_way_only(
    cells: list[str], order: DayOrder
) -> None:
    assert day_order(cells) is order


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)), st.sampled_from(["nb", "en_GB", "de", "sv"]))
def test_b5_a_day_that_is_written_with_its_month_is_read(day: date, language: str) -> None:
    for pattern in ("d. MMMM y", "d MMM y", "dd.MM.y", "dd.MM.yy"):
        assert day_of(format_date(day, pattern, locale=language)) == day


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NO", "NO"), ("no", "NO"), ("NOR", "NO"), ("Norge", "NO"), ("NORWAY", "NO"), ("Noreg", "NO"),
        ("Norwegen", "NO"), ("Sverige", "SE"), ("Deutschland", "DE"), ("Tyskland", "DE"), ("Suomi", "FI"),
        ("Österreich", "AT"), ("Osterreich", "AT"), ("España", "ES"), ("Hellas", "GR"), ("Ελλάδα", "GR"),
        ("USA", "US"), ("U.S.A.", "US"), ("U.K.", "GB"), ("England", "GB"), ("Great Britain", "GB"), ("GBR", "GB"),
        ("Holland", "NL"), ("Magyarország", "HU"), ("Storbritannia", "GB"), ("Sør-Afrika", "ZA"), ("Hong Kong", "HK"),
        ("", None), ("EU", None), ("Atlantis", None), ("47", None), ("Oslo", None),
    ],
)  # fmt: skip
def test_b5_a_country_by_code_or_by_name_in_its_own_language_or_in_ours(
    written: str, code: str | None
) -> None:
    assert country_of(written) == code
