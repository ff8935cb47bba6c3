"""Money in whole minor units (øre, cent). A float never touches it; there is one rounding function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_group_symbol,
    parse_decimal,
)

BASIS_POINTS = 10_000
WRITTEN = re.compile(r"-?[0-9][0-9.,\s]*")
THOUSANDS_OR_DECIMALS = re.compile(r"(-?[0-9]{1,3})[.,]([0-9]{3})")


class CurrencyMismatch(ValueError):
    """Two sums of different currencies were added or compared."""


def round_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole number; halves go away from zero, as on invoices."""
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, not {denominator}")
    quotient, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """A sum in the minor units of an ISO 4217 currency: `Money(298750, "NOK")` is 2 987,50 kr."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError("money is multiplied by whole numbers; use share() or percent() for parts")
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, numerator: int, denominator: int) -> Money:
        """The part `numerator / denominator` of the sum, rounded once, half up."""
        return Money(round_half_up(self.minor * numerator, denominator), self.currency)

    def percent(self, basis_points: int) -> Money:
        """The part given in basis points (2500 is 25 %), rounded once, half up."""
        return self.share(basis_points, BASIS_POINTS)

    @property
    def decimal(self) -> Decimal:
        """The sum in major units, exact: what e-invoices and card providers print."""
        places = get_currency_precision(self.currency)
        return Decimal(self.minor).scaleb(-places)


def format_money(money: Money, language: str) -> str:
    """The sum as the reader's language writes it: `2 987,50 kr` in Norwegian, `NOK 2,987.50` in English."""
    if language == "en":
        return format_currency(
            money.decimal, money.currency, format="¤¤ #,##0.00", locale="en_GB", currency_digits=True
        )
    return format_currency(money.decimal, money.currency, locale=language)


def format_rate(basis_points: int, language: str) -> str:
    """A rate as the reader's language writes it: 2500 basis points are `25 %` in Norwegian, `25%` in English."""
    pattern = "#,##0.##%" if language == "en" else "#,##0.##\xa0%"
    return str(format_percent(Decimal(basis_points).scaleb(-4), format=pattern, locale=_locale(language)))


def typed_money(money: Money, language: str) -> str:
    """The sum as somebody would type it: `2987,50`, without currency or groups; `parse_money` reads it."""
    written = "0." + "0" * get_currency_precision(money.currency)
    return str(format_decimal(money.decimal, format=written.rstrip("."), locale=_locale(language)))


class NoMoney(ValueError):
    """What somebody typed is no sum of the currency."""


class TwoWaysToRead(NoMoney):
    """Its one mark may part thousands or decimals: `375,005` is 375005 in English, a slip of 375,00 in Norwegian.

    `sum` is what it comes to with thousands, for asking back.
    """

    def __init__(self, typed: str, thousands: Money) -> None:
        super().__init__(typed)
        self.sum = thousands


def parse_money(typed: str, currency: str, language: str) -> Money:
    """The sum that somebody typed in major units, as the language writes it, exact: `2 987,50` or `2,987.50`.

    Never guesses: raises TwoWaysToRead where only the writer knows, whatever the language says of points and
    commas, and NoMoney for anything else, also for more decimals than the currency has.
    """
    locale = _locale(language)
    places = get_currency_precision(currency)
    if places != 3 and (either := THOUSANDS_OR_DECIMALS.fullmatch(typed.strip())):
        raise TwoWaysToRead(typed, Money(int(either[1] + either[2]) * 10**places, currency))
    # People type a plain blank where the language groups by one that does not break.
    blank = get_group_symbol(locale) if get_group_symbol(locale).isspace() else " "
    typed = re.sub(r"\s", blank, typed.strip())
    try:
        if not WRITTEN.fullmatch(typed):
            raise NumberFormatError(typed)
        amount = parse_decimal(typed, locale=locale, strict=True)
    except NumberFormatError as error:
        raise NoMoney(typed) from error
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise NoMoney(typed)
    return Money(int(minor), currency)


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else language
