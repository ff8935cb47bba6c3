"""Identifiers: ordered ones for the outside, and numbers whose check digit catches a typing slip."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.core.identifiers import has_check_digit, kid_for, uuid7, uuid7_within, with_check_digit

NUMBERS = st.integers(1, 10**11)


def milliseconds(value: uuid.UUID) -> int:
    return value.int >> 80


def test_uuid7_has_version_variant_and_the_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = [uuid7() for _ in range(1000)]
    after = time.time_ns() // 1_000_000
    assert {(value.version, value.variant) for value in made} == {(7, uuid.RFC_4122)}
    assert [milliseconds(value) for value in made] == sorted(milliseconds(value) for value in made)
    assert before <= milliseconds(made[0]) <= milliseconds(made[-1]) <= after
    assert len(set(made)) == 1000


def test_uuid7_of_a_later_millisecond_sorts_later(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_795_424_400_000_000_000, 1_795_424_400_050_000_000, 1_000_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    made = [uuid7() for _ in range(50)]
    assert made == sorted(made)
    assert [str(value) for value in made] == sorted(str(value) for value in made)


def test_uuid7_within_is_the_same_each_time_and_of_the_moment_of_the_whole() -> None:
    whole, other = uuid7(), uuid7()
    made = [uuid7_within(each, name) for each in (whole, other) for name in ("body", "lens")]
    assert made == [uuid7_within(each, name) for each in (whole, other) for name in ("body", "lens")]
    assert len(set(made)) == 4
    assert {(value.version, value.variant) for value in made} == {(7, uuid.RFC_4122)}
    assert [milliseconds(value) for value in made] == [
        milliseconds(each) for each in (whole, whole, other, other)
    ]


@pytest.mark.parametrize(
    ("number", "digits"), [(7992739871, "79927398713"), (1, "18"), (10_001, "100016"), (0, "00")]
)
def test_check_digits_computed_by_hand(number: int, digits: str) -> None:
    assert with_check_digit(number) == digits


@given(NUMBERS, st.data())
def test_each_single_digit_slip_is_caught(number: int, data: st.DataObject) -> None:
    digits = with_check_digit(number)
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))
    assert has_check_digit(digits)
    assert not has_check_digit(digits[:place] + other + digits[place + 1 :])


@given(NUMBERS, st.data())
def test_two_neighbours_changing_places_are_caught_unless_they_are_0_and_9(
    number: int, data: st.DataObject
) -> None:
    digits = with_check_digit(number)
    place = data.draw(st.integers(0, len(digits) - 2))
    a, b = digits[place], digits[place + 1]
    slipped = digits[:place] + b + a + digits[place + 2 :]
    assert has_check_digit(slipped) == (a == b or {a, b} == {"0", "9"})


@pytest.mark.parametrize("text", ["", "18 ", "1-8", "abc", "-18", "١٨", "1.8"])
def test_what_is_no_number_has_no_check_digit(text: str) -> None:
    assert not has_check_digit(text)


def test_d4_kid_computed_by_hand() -> None:
    assert kid_for(account=100_016, invoice=10_001) == "0100016000100011"


@given(st.integers(1, 10**7 - 1), st.integers(1, 10**8 - 1))
def test_d4_kid_has_16_digits_of_mod_10_and_names_account_and_invoice(account: int, invoice: int) -> None:
    kid = kid_for(account=account, invoice=invoice)
    assert (len(kid), has_check_digit(kid)) == (16, True)
    assert (int(kid[:7]), int(kid[7:15])) == (account, invoice)


@pytest.mark.parametrize(("account", "invoice"), [(0, 1), (1, 0), (10**7, 1), (1, 10**8), (-1, 1)])
def test_d4_a_number_that_outgrew_its_place_gives_no_kid(account: int, invoice: int) -> None:
    with pytest.raises(ValueError, match=f"no KID of 16 digits for account {account}, invoice {invoice}"):
        kid_for(account=account, invoice=invoice)
