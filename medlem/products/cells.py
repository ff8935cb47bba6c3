"""What people write into the cells of a list: days and countries in every usual form (B5). Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from babel import Locale
from babel.core import get_global

# --- days ------------------------------------------------------------------------------------------


class DayOrder(StrEnum):
    """Which of two numbers is the day in `03/04/2020`; a list says it by days that can be read one way only."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNKNOWN = ""


class Ambiguous(ValueError):
    """The day can be read in two ways: `readings` are both."""

    def __init__(self, *readings: date) -> None:
        super().__init__(" or ".join(map(str, readings)))
        self.readings = readings


class NoDay(ValueError):
    """What stands there is no day."""


WITH_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d{2})(\d{2})")
WITH_YEAR_LAST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
WITH_MONTH_NAMED = re.compile(
    r"(?:(\d{1,2})[.\s-]+)?([^\W\d]{3,})\.?[\s-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)
TIME = re.compile(
    r"[T\s]+\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?\s*(Z|[ap]m|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
DAY_OF_A_SHEET = re.compile(r"[1-6]\d{4}")
FIRST_OF_A_SHEET = date(1899, 12, 30)
LANGUAGES = ("nb", "en", "sv", "da", "fi", "de", "fr", "nl", "es", "it", "is", "pl", "pt")


def day_order(cells: Iterable[str]) -> DayOrder:
    """The order that the days of a column have in common, as far as some can be read one way only."""
    said = {order for cell in cells if (order := _order_said(cell))}
    return said.pop() if len(said) == 1 else DayOrder.UNKNOWN


def day_of(cell: str, *, order: DayOrder = DayOrder.UNKNOWN) -> date:
    """The day that somebody wrote: ISO 8601, 31.12.2019, 31/12/2019, 31 Dec 2019, or a sheet's number of days.

    Dots are written with the day first everywhere; with strokes and dashes both orders are in use, so a day
    that can be read in two ways needs `order`. Raises Ambiguous, NoDay.
    """
    text = TIME.sub("", cell.strip()).strip()
    if found := WITH_YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
        return _day(year, month, day)
    if found := WITH_YEAR_LAST.fullmatch(text):
        return _with_year_last(*found.groups(), order=order)
    if found := WITH_MONTH_NAMED.fullmatch(text):
        before, name, after, last = found.groups()
        named = _months().get(_key(name))
        if named and bool(before) != bool(after):
            return _day(int(last), named, int(before or after))
    if DAY_OF_A_SHEET.fullmatch(text):
        return FIRST_OF_A_SHEET + timedelta(days=int(text))
    raise NoDay(cell)


YEAR = re.compile(r"(?:19|20)\d{2}")
MONTH_OF_YEAR = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{4})|(\d{4})\s*[./-]\s*(\d{1,2})")
MONTH_NAMED = re.compile(r"([^\W\d]{3,})\.?[\s-]+(\d{4})")


def about_day(cell: str) -> date:
    """The best guess of the day where only a month or a year is written (B2): the first of the month, the first of
    July of the year, which is the middle. Raises NoDay."""
    text = cell.strip()
    if YEAR.fullmatch(text):
        return _day(int(text), 7, 1)
    if found := MONTH_OF_YEAR.fullmatch(text):
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _day(int(year), int(month), 1)
    if (found := MONTH_NAMED.fullmatch(text)) and (named := _months().get(_key(found[1]))):
        return _day(int(found[2]), named, 1)
    raise NoDay(cell)


def _with_year_last(first: str, sign: str, second: str, year: str, *, order: DayOrder) -> date:
    # The short years are those of cameras that are still in use.
    full = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)
    one, two = int(first), int(second)
    if sign == "." or one > 12 or order == DayOrder.DAY_FIRST:
        return _day(full, two, one)
    if two > 12 or order == DayOrder.MONTH_FIRST:
        return _day(full, one, two)
    readings = {_day(full, two, one), _day(full, one, two)}
    if len(readings) > 1:
        raise Ambiguous(_day(full, two, one), _day(full, one, two))
    return readings.pop()


def _order_said(cell: str) -> DayOrder | None:
    found = WITH_YEAR_LAST.fullmatch(TIME.sub("", cell.strip()).strip())
    if not found or found[2] == ".":
        return None
    if int(found[1]) > 12 >= int(found[3]):
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if int(found[3]) > 12 >= int(found[1]) else None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoDay(f"{year}-{month}-{day}") from error


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Months by their names and abbreviations in the languages of our customers."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in months[context].get(width, {}).items():
                    names.setdefault(_key(name), number)
    return names


# --- countries --------------------------------------------------------------------------------------

ALSO_CALLED = {
    "US": ["USA", "U.S.", "America", "United States of America"],
    "GB": ["UK", "U.K.", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland", "Skottland"],
    "NL": ["Holland", "The Netherlands"],
    "CZ": ["Czech Republic", "Tsjekkiske republikk"],
    "KR": ["Korea", "South Korea"],
    "HK": ["Hong Kong"],
    "AE": ["UAE", "Emirates", "Dubai"],
    "SJ": ["Svalbard"],
}
MORE_LANGUAGES = ("nn", "cs", "hu", "sk", "sl", "hr", "ro", "bg", "el", "et", "lv", "lt", "tr", "uk")
NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def country_of(cell: str) -> str | None:
    """The code of a country that somebody wrote: by code (NO, NOR) or name, in its own language or in ours."""
    return _countries().get(_key(cell))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in (*LANGUAGES, *MORE_LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY:
                names.setdefault(_key(name), code)
    for code, others in ALSO_CALLED.items():
        names |= {_key(name): code for name in others}
    own = {code: code for code in names.values()}
    for code, stands_for in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and len(stands_for) == 1 and stands_for[0] in own:
            names.setdefault(_key(code), stands_for[0])
    return names | {_key(code): code for code in own}


def _key(text: str) -> str:
    """For comparing: small letters without accents, blanks and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
