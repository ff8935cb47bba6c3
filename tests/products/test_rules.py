"""Serial numbers, completeness and names of models: values in, values out (B2, B4, B6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from medlem.products.rules import (
    MANDATORY,
    SERIAL_NUMBER,
    SerialProblem,
    folded,
    missing_details,
    model_called,
    normalised_serial,
    possible_purchase_date,
    serial_problem,
    unusual_shape,
)
from tests.factories import details

PLAIN = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-", min_size=4, max_size=20)


@pytest.mark.parametrize(
    ("typed", "kept", "problem"),
    [
        ("012021000123", "012021000123", None),
        ("0000000123", "0000000123", None),
        ("  ab12-3\t", "AB12-3", None),
        ("0120 2100 0123", "012021000123", None),
        ("0120\u00a02100\u202f0123", "012021000123", None),
        ("1234", "1234", None),
        ("123", "123", SerialProblem.SHAPE),
        ("A" * 20, "A" * 20, None),
        ("A" * 21, "A" * 21, SerialProblem.SHAPE),
        ("blåbær12", "BLÅBÆR12", SerialProblem.SHAPE),
        ("1234ø", "1234Ø", SerialProblem.SHAPE),
        ("12/34", "12/34", SerialProblem.SHAPE),
        ("1234–5", "1234–5", SerialProblem.SHAPE),
        ("١٢٣٤", "١٢٣٤", SerialProblem.SHAPE),
        ("1234\n'--", "1234'--", SerialProblem.SHAPE),
        ("0000", "0000", SerialProblem.ZEROS),
        ("0-0 0-0", "0-00-0", SerialProblem.ZEROS),
        ("0000000000000", "0000000000000", SerialProblem.ZEROS),
        ("----", "----", SerialProblem.ZEROS),
        ("4549292218039", "4549292218039", SerialProblem.EAN),
        ("4 549292 218039", "4549292218039", SerialProblem.EAN),
        ("4549292218038", "4549292218038", None),  # no check digit: may well be a serial number
    ],
)
def test_b4_what_is_kept_of_a_serial_number_and_what_is_wrong_with_it(
    typed: str, kept: str, problem: SerialProblem | None
) -> None:
    assert (normalised_serial(typed), serial_problem(kept)) == (kept, problem)


@given(PLAIN)
def test_b4_letters_digits_and_hyphens_are_kept_in_upper_case(typed: str) -> None:
    kept = normalised_serial(typed)
    assert kept == typed.upper()
    assert serial_problem(kept) in {None, SerialProblem.EAN, SerialProblem.ZEROS}


@given(st.integers(1, 10**9), st.integers(0, 6))
def test_b4_leading_zeros_are_kept(number: int, zeros: int) -> None:
    typed = "0" * zeros + f"{number:04d}"
    assert (normalised_serial(f" {typed} "), serial_problem(typed)) == (
        typed,
        SerialProblem.EAN if len(typed) == 13 and ean.is_valid(typed) else None,
    )


@given(st.text(max_size=30))
def test_b4_whatever_is_typed_is_refused_or_a_serial_number(typed: str) -> None:
    kept = normalised_serial(typed)
    assert normalised_serial(kept) == kept
    if serial_problem(kept) is None:
        assert SERIAL_NUMBER.fullmatch(kept)
        assert kept.strip("0-")


@given(st.integers(1, 10**12 - 1))
def test_b4_every_ean_is_recognised(number: int) -> None:
    body = f"{number:012d}"
    assert serial_problem(body + ean.calc_check_digit(body)) is SerialProblem.EAN


@pytest.mark.parametrize(
    ("serial", "hint", "unusual"),
    [("012021000123", "[0-9]{12}", False), ("12021000123", "[0-9]{12}", True), ("X1", "", False)],
)
def test_b4_an_unusual_shape_is_worth_a_warning(serial: str, hint: str, unusual: bool) -> None:
    assert unusual_shape(serial, hint) is unusual


def test_b2_four_details_are_mandatory() -> None:
    whole = details("0012345")
    assert MANDATORY == ("serial_number", "purchased_on", "purchase_country", "dealer")
    assert missing_details(whole) == []
    for name in MANDATORY:
        assert missing_details(replace(whole, **{name: None if name == "purchased_on" else ""})) == [name]
    guess = replace(
        whole, purchased_on_estimated=True, purchase_country_estimated=True, dealer_estimated=True
    )
    assert missing_details(guess) == []


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (date(1933, 12, 31), False),
        (date(1934, 1, 1), True),
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
    ],
)
def test_b2_a_purchase_date_that_can_be(day: date, possible: bool) -> None:
    assert possible_purchase_date(day, today=date(2026, 11, 23)) is possible


def test_b6_former_names_are_compared_without_case_blanks_and_punctuation() -> None:
    names = {folded("RF 24-70mm F2.8L IS USM"): 7}
    for written in ("rf24-70mm f2.8 l is usm", "RF 24–70mm  F2.8L  IS USM", "RF24-70MM/F2.8L/IS/USM"):
        assert model_called(written, names) == 7
    assert model_called("RF 24-105mm F2.8L IS USM", names) is None
