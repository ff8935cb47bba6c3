"""The kinds of plain values in a programme file: currencies, countries, colours, numbers.

Each is a type that pydantic checks; the reasons are worded for whoever wrote the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Annotated
from zoneinfo import ZoneInfo

import phonenumbers
from babel.numbers import list_currencies
from holidays.registry import COUNTRIES
from pydantic import AfterValidator, Field
from stdnum import iban

from medlem.core import peppol

# A list in the file; strict pydantic would take a Python tuple only.
type Many[T] = Annotated[tuple[T, ...], Field(strict=False)]
type AtLeastOne[T] = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]

Whole = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
Words = Annotated[str, Field(min_length=1)]


def shaped(pattern: str, example: str) -> AfterValidator:
    """Takes a text that is wholly of `pattern`; the reason shows the example."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be written like {example}, not {value!r}")
        return value

    return AfterValidator(check)


def one_of(known: Callable[[], set[str]], what: str) -> AfterValidator:
    """Takes a text that is among `known()`; the reason says of what it is none."""

    def check(value: str) -> str:
        if value not in known():
            raise ValueError(f"{value!r} is no {what}")
        return value

    return AfterValidator(check)


def stdnum_module(kind: str) -> ModuleType:
    """The python-stdnum module of a kind of number: `no.orgnr`, `de.vat`. Raises ValueError."""
    try:
        module = import_module(f"stdnum.{kind}")
        module.validate  # noqa: B018 - a package such as stdnum.no knows no numbers itself
    except (ImportError, AttributeError):
        raise ValueError(f"{kind!r} is no module of python-stdnum, such as 'no.orgnr'") from None
    return module


def standard_form(kind: str, text: str) -> str | None:
    """A number as its register writes it, without blanks and marks; None if it cannot be one."""
    module = stdnum_module(kind)
    return str(module.compact(text)) if module.is_valid(text) else None


def written_form(kind: str | None, number: str) -> str:
    """A number as people write it, where python-stdnum knows how; else as it is."""
    module = stdnum_module(kind) if kind else None
    if module is None or not hasattr(module, "format") or not module.is_valid(number):
        return number
    return str(module.format(number))


def fitting(pattern: str, text: str) -> str | None:
    """A number in capitals, without blanks and marks; None if it is not of `pattern`."""
    number = re.sub(r"[\s./-]", "", text).upper()
    return number if re.fullmatch(pattern, number) else None


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return text


def _stdnum_kind(kind: str) -> str:
    stdnum_module(kind)
    return kind


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone, such as 'Europe/Oslo'") from None
    return name


def _phone(number: str) -> str:
    try:
        if phonenumbers.is_possible_number(phonenumbers.parse(number)):
            return number
    except phonenumbers.NumberParseException:
        pass
    raise ValueError(f"must be a phone number written like +4721000000, not {number!r}")


def _iban(number: str) -> str:
    if not iban.is_valid(number) or number != iban.compact(number):
        raise ValueError(f"must be an IBAN without blanks; {number!r} is none (check digits)")
    return number


@lru_cache(maxsize=1)
def _countries_with_calendar() -> set[str]:
    # From the registry of names: asking for the calendars themselves would load each of them.
    return {code for _name, *codes in COUNTRIES.values() for code in codes if len(code) == 2}


Code = Annotated[str, shaped(r"[a-z][a-z0-9-]*", "business-a")]
Currency = Annotated[str, one_of(list_currencies, "currency code of ISO 4217")]
# Answer-by moments count working days (A6), so each country needs a calendar of its holidays.
CountryCode = Annotated[str, one_of(_countries_with_calendar, "country code of ISO 3166 with a calendar")]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Language = Annotated[str, shaped(r"[a-z]{2,3}(-[a-z0-9]+)*", "nb")]
Email = Annotated[str, shaped(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", "no-reply@brand.example")]
Domain = Annotated[str, shaped(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "mail.example")]
Phone = Annotated[str, AfterValidator(_phone)]
PhonePrefix = Annotated[str, shaped(r"\+[1-9][0-9]{0,3}", "+47")]
Colour = Annotated[str, shaped(r"#[0-9a-f]{6}", "#0b5cad")]
Iban = Annotated[str, AfterValidator(_iban)]
Bic = Annotated[str, shaped(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", "EXMPNOK1")]
PeppolScheme = Annotated[str, one_of(lambda: set(peppol.SCHEMES), "scheme of Peppol addresses")]
Pattern = Annotated[str, AfterValidator(_pattern)]
NumberKind = Annotated[str, AfterValidator(_stdnum_kind)]
