"""The language that is being read, and days as it writes them: for refusals, which are worded where they arise."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language

LOCALES = {"en": "en_GB"}
"""Where Babel's locale is not the language's code: dates in English are written the European way."""

DAYS = {"nb": "dd.MM.y", "en": "d MMM y"}


def reader() -> str:
    """The language that the page is written in."""
    return (get_language() or "nb").split("-")[0]


def format_day(day: date, language: str) -> str:
    """`23.11.2026` in Norwegian, `23 Nov 2026` in English."""
    return str(format_date(day, DAYS.get(language, "medium"), locale=LOCALES.get(language, language)))
