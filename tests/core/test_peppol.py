"""E-invoice addresses: a scheme that exists, and a number that can (A1, D3)."""

from __future__ import annotations

import pytest

from medlem.core import peppol
from medlem.core.errors import Refused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0192:923609016", "0192:923609016"),
        (" 0192: 923 609 016 ", "0192:923609016"),
        ("iso6523-actorid-upis::0192:923609016", "0192:923609016"),
        ("0007:556677-8899", "0007:5566778899"),
        ("0088:7300010000001", "0088:7300010000001"),
        ("0208:0123456749", "0208:0123456749"),
        ("0184:DK12345607", "0184:DK12345607"),
        ("9930:DE123456788", "9930:DE123456788"),
        ("0204:991-12345-06", "0204:991-12345-06"),
    ],
)
def test_an_address_is_kept_in_its_standard_form(typed: str, kept: str) -> None:
    assert peppol.address(typed, example="0192:123456785") == kept


@pytest.mark.parametrize(
    ("typed", "error", "said"),
    [
        ("923609016", peppol.NoAddress, "It is written like 0192:123456785."),
        ("faktura@firma.no", peppol.NoAddress, "It is written like 0192:123456785."),
        ("192:923609016", peppol.NoAddress, "It is written like 0192:123456785."),
        ("0192:", peppol.NoAddress, "It is written like 0192:123456785."),
        ("9908:923609016", peppol.NoScheme, "There is no number of the kind 9908."),
        ("0192:923609017", peppol.NoNumber, "a digit is wrong or missing"),
        ("0192:NO923609016MVA", peppol.NoNumber, "a digit is wrong or missing"),
        ("0088:7300010000002", peppol.NoNumber, "a digit is wrong or missing"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(typed: str, error: type[Refused], said: str) -> None:
    with pytest.raises(error) as refused:
        peppol.address(typed, example="0192:123456785")
    assert said in str(refused.value)


def test_every_scheme_with_check_digits_is_one_of_the_network() -> None:
    assert set(peppol.KINDS) <= peppol.SCHEMES
