"""Money is whole minor units, rounded once, and written as the reader's language writes it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.core.money import (
    CurrencyMismatch,
    Money,
    NoMoney,
    TwoWaysToRead,
    format_money,
    format_rate,
    parse_money,
    round_half_up,
    typed_money,
)

SUMS = st.integers(-(10**12), 10**12)
PARTS = st.integers(1, 10**5)


@given(SUMS, PARTS)
def test_there_is_one_rounding_half_up_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert round_half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (1, 2, 1), (-1, 2, -1), (49, 100, 0), (-49, 100, 0), (0, 7, 0), (7, 7, 1)],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded


@pytest.mark.parametrize("denominator", [0, -2])
def test_a_part_of_nothing_is_refused(denominator: int) -> None:
    with pytest.raises(ValueError, match=f"denominator must be positive, not {denominator}"):
        round_half_up(1, denominator)


@given(SUMS, st.data())
def test_two_shares_add_up_to_the_whole_or_differ_by_one_where_both_are_halves(
    minor: int, data: st.DataObject
) -> None:
    denominator = data.draw(PARTS)
    numerator = data.draw(st.integers(0, denominator))
    whole = Money(minor, "NOK")
    both = whole.share(numerator, denominator) + whole.share(denominator - numerator, denominator)
    is_half = 2 * (abs(minor) * numerator % denominator) == denominator
    sign = 1 if minor > 0 else -1
    assert both == Money(minor + (sign if is_half else 0), "NOK")


@given(SUMS, st.integers(0, 20_000))
def test_a_percentage_is_the_share_in_basis_points_and_mirrors_for_credits(minor: int, points: int) -> None:
    sum_ = Money(minor, "NOK")
    assert sum_.percent(points) == sum_.share(points, 10_000) == -(-sum_).percent(points)


@given(SUMS, SUMS, st.integers(-1000, 1000))
def test_sums_add_up_as_whole_numbers_do(a: int, b: int, times: int) -> None:
    one, two = Money(a, "EUR"), Money(b, "EUR")
    assert one + two == Money(a + b, "EUR")
    assert one + two - two == one
    assert (one + two) * times == one * times + two * times
    assert (one < two, one <= two, one > two, one >= two) == (a < b, a <= b, a > b, a >= b)
    assert bool(one) == (a != 0)


@pytest.mark.parametrize("amount", [12.5, "12", Decimal(12), True, None])
def test_a_float_never_touches_money(amount: object) -> None:
    with pytest.raises(TypeError, match="minor units are whole numbers"):
        Money(amount, "NOK")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="multiplied by whole numbers"):
        Money(100, "NOK") * amount  # type: ignore[operator]


def test_currencies_are_never_mixed() -> None:
    crowns, euros = Money(100, "NOK"), Money(100, "EUR")
    assert crowns != euros
    for mixed in (lambda: crowns + euros, lambda: crowns - euros, lambda: crowns < euros):
        with pytest.raises(CurrencyMismatch, match="NOK and EUR"):
            mixed()


@pytest.mark.parametrize(
    ("money", "norwegian", "english"),
    [
        (Money(298_750, "NOK"), "2\xa0987,50\xa0kr", "NOK 2,987.50"),
        (Money(5_990_000, "NOK"), "59\xa0900,00\xa0kr", "NOK 59,900.00"),
        (Money(0, "NOK"), "0,00\xa0kr", "NOK 0.00"),
        (Money(-148_750, "NOK"), "-1\xa0487,50\xa0kr", "-NOK 1,487.50"),
        (Money(123_456, "EUR"), "1\xa0234,56\xa0€", "EUR 1,234.56"),
        (Money(1500, "JPY"), "1\xa0500\xa0JPY", "JPY 1,500"),
    ],
)
def test_money_is_written_as_the_language_writes_it(money: Money, norwegian: str, english: str) -> None:
    assert (format_money(money, "nb"), format_money(money, "en")) == (norwegian, english)


@pytest.mark.parametrize(
    ("basis_points", "norwegian", "english"),
    [(2500, "25\xa0%", "25%"), (2550, "25,5\xa0%", "25.5%"), (0, "0\xa0%", "0%"), (1, "0,01\xa0%", "0.01%")],
)
def test_rates_are_written_as_the_language_writes_them(
    basis_points: int, norwegian: str, english: str
) -> None:
    assert (format_rate(basis_points, "nb"), format_rate(basis_points, "en")) == (norwegian, english)


@pytest.mark.parametrize(
    ("money", "places"),
    [(Money(298_750, "NOK"), "2987.50"), (Money(-5, "EUR"), "-0.05"), (Money(7, "JPY"), "7")],
)
def test_the_sum_in_major_units_is_exact(money: Money, places: str) -> None:
    assert str(money.decimal) == places


@given(SUMS, st.sampled_from(["NOK", "EUR", "JPY"]), st.sampled_from(["nb", "en"]))
def test_what_a_form_shows_is_read_back_as_the_same_sum(minor: int, currency: str, language: str) -> None:
    money = Money(minor, currency)
    shown = typed_money(money, language).replace("−", "-")
    assert parse_money(shown, currency, language) == money


@pytest.mark.parametrize(
    ("typed", "language", "minor"),
    [
        ("2 987,50", "nb", 298_750),
        ("2\xa0987,50", "nb", 298_750),
        (" 1190 ", "nb", 119_000),
        ("1190,5", "nb", 119_050),
        ("1190.5", "nb", 119_050),  # can mean one thing only
        ("2,987.50", "en", 298_750),
        ("1,002,987", "en", 100_298_700),
        ("375 005", "nb", 37_500_500),
        ("1190", "en", 119_000),
        ("-12.30", "en", -1230),
    ],
)
def test_sums_are_read_as_people_type_them(typed: str, language: str, minor: int) -> None:
    assert parse_money(typed, "NOK", language) == Money(minor, "NOK")


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("", "nb"),
        ("abc", "nb"),
        ("1190,505", "nb"),  # more decimals than the currency has
        ("1,19,00", "en"),
        ("1.002.987", "nb"),
        ("12 kr", "nb"),
        ("1e3", "en"),
        ("NaN", "en"),
        ("٣", "en"),
    ],
)
def test_what_is_no_sum_is_never_guessed(typed: str, language: str) -> None:
    with pytest.raises(NoMoney):
        parse_money(typed, "NOK", language)


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("375,005", "NOK", 37_500_500),
        ("375.005", "NOK", 37_500_500),
        (" 2,987 ", "NOK", 298_700),
        ("-1.190", "EUR", -119_000),
        ("0,500", "NOK", 50_000),
        ("1,500", "JPY", 1_500),
    ],
)
def test_d4_thousands_or_decimals_is_asked_and_never_guessed(
    typed: str, currency: str, minor: int, language: str
) -> None:
    """One mark before three digits: in one country it parts thousands, in the next decimals."""
    with pytest.raises(TwoWaysToRead) as asked:
        parse_money(typed, currency, language)
    assert asked.value.sum == Money(minor, currency)


def test_d4_where_the_currency_has_three_decimals_the_language_says_which() -> None:
    assert parse_money("375.005", "KWD", "en") == Money(375_005, "KWD")
    assert parse_money("375,005", "KWD", "nb") == Money(375_005, "KWD")
