"""All countries by name, as a product may have been bought anywhere (B2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from babel import Locale

from medlem.web.templatetags.medlem import reader

NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of two letters that are groups of countries, or stand for testing."""

LAST_LETTERS = {"nb": "æøå"}
"""Letters that come after z, in their order; elsewhere they stand with the letter that they are made of."""


def country_name(code: str) -> str:
    """The country as the reader's language calls it; the code itself where nobody knows it."""
    return _names(reader()).get(code, code)


def countries(first: Iterable[str]) -> list[tuple[str, str]]:
    """Codes and names of all countries, in the order of the alphabet; those in `first` before the others."""
    names = {code: name for code, name in _names(reader()).items() if len(code) == 2 and code.isalpha()}
    top = [code for code in first if code in names]
    rest = sorted(set(names) - set(top) - NO_COUNTRY, key=lambda code: _alphabetical(names[code]))
    return [(code, names[code]) for code in [*top, *rest]]


@lru_cache(maxsize=4)
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


def _alphabetical(name: str) -> str:
    last = LAST_LETTERS.get(reader(), "")
    order = (
        chr(0x10FF00 + last.index(letter)) if letter in last else unicodedata.normalize("NFKD", letter)[0]
        for letter in name.casefold()
    )
    return "".join(order)
