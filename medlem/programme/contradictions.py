"""Where the parts of a programme file do not fit each other: the place and the reason of each.

`schema` asks these once each part is right by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from medlem.programme.text import Location

if TYPE_CHECKING:
    from medlem.programme.schema import Country, Level, Programme, Seller


VAT_REGISTERS = {
    # Greece is EL there. Northern Ireland is XI, and HMRC knows its numbers too.
    "vies": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "hmrc": "GB",
}
"""Whose VAT numbers a register of VAT numbers knows (A7)."""


def repeated(things: Sequence[object]) -> Iterator[tuple[Location, str]]:
    seen: set[object] = set()
    for index, thing in enumerate(things):
        key = next((k for k in ("code", "months") if hasattr(thing, k)), None)
        value = getattr(thing, key) if key else thing
        if value in seen:
            yield ((index, key) if key else (index,), f"{value!r} is there twice")
        seen.add(value)


def not_rising(levels: Sequence[Level]) -> Iterator[tuple[Location, str]]:
    """Individual levels need more points one by one; business levels may share a figure (C2)."""
    before: dict[str, int] = {}
    for index, level in enumerate(levels):
        least = before.get(level.group, 0)
        if level.group == "individual" and level.points <= least:
            yield (index, "points"), f"must be greater than the level before ({least})"
        if level.group == "business" and level.points < least:
            yield (index, "points"), f"must not be less than the level before ({least})"
        before[level.group] = level.points


def contradictions(programme: Programme) -> Iterator[tuple[Location, str]]:
    """Where one part of the file does not fit another, with the reason."""
    countries = {country.code: country for country in programme.countries}
    if programme.default_language not in programme.languages:
        yield ("default_language",), f"{programme.default_language!r} is not among the languages"
    if programme.home_country not in countries:
        yield ("home_country",), f"{programme.home_country!r} is not among the countries"
    yield from _wrong_seller(programme.brand.seller, countries)
    yield from _wrong_registers(programme)
    switch = programme.membership.business_switch_above
    currencies = {country.currency for country in programme.countries}
    currencies.add(programme.invoices.currency)
    for index, level in enumerate(programme.levels):
        if level.group == "business" and level.points < switch:
            yield (
                ("levels", index, "points"),
                f"must not be less than membership.business_switch_above ({switch})",
            )
        for currency in sorted(currencies - set(level.fees)):
            yield ("levels", index, "fees"), f"has no fee in {currency}"


def _wrong_seller(seller: Seller, countries: dict[str, Country]) -> Iterator[tuple[Location, str]]:
    here: Location = ("brand", "seller")
    country = countries.get(seller.address.country)
    if country is None:
        yield (*here, "address", "country"), "is not among the countries"
        return
    if country.registration_number(seller.organisation_number) is None:
        yield (*here, "organisation_number"), f"is no number of {country.code} (check digit)"
    if country.vat_number(seller.vat_number) is None:
        yield (*here, "vat_number"), f"is no VAT number of {country.code} (check digit)"


def _wrong_registers(programme: Programme) -> Iterator[tuple[Location, str]]:
    for index, country in enumerate(programme.countries):
        if country.vat_lookup != "none" and country.code not in VAT_REGISTERS[country.vat_lookup].split():
            yield (
                ("countries", index, "vat_lookup"),
                f"{country.vat_lookup!r} knows no VAT numbers of {country.code}",
            )
    registers = programme.registers
    if registers.answer_is_fresh > registers.answer_stands:
        yield (
            ("registers", "fresh_minutes"),
            f"must not be longer than answer_hours ({registers.answer_hours})",
        )
