"""Numbers as their countries write them (`numbers.py`)."""

from __future__ import annotations

import pytest

from medlem.web import numbers
from medlem.web.templatetags import medlem as tags


@pytest.mark.parametrize(
    ("country", "given", "written"),
    [
        ("NO", "310313815MVA", "NO 310 313 815 MVA"),
        ("NO", "NO310313815MVA", "NO 310 313 815 MVA"),
        ("DE", "DE999900008", "DE 999 900 008"),
        ("FR", "FR31000123455", "FR 31 000 123 455"),
        ("GB", "GB999900002", "GB 999 9000 02"),
        ("DK", "99000007", "DK 99 00 00 07"),
        ("SE", "SE556677889901", "SE 556677889901"),
        ("NO", "what came", "what came"),
        ("NO", "", ""),
    ],
)
def test_a8_vat_numbers_are_grouped_and_keep_their_country(country: str, given: str, written: str) -> None:
    assert numbers.vat_number(given, country).replace("\xa0", " ") == written


@pytest.mark.parametrize(
    ("country", "given", "written"),
    [
        ("NO", "310313815", "310 313 815"),
        ("FR", "000123455", "000 123 455"),
        ("DK", "99000007", "99 00 00 07"),
        ("SE", "5566778899", "556677-8899"),
        ("DE", "12/345/67890", "12/345/67890"),
    ],
)
def test_a8_registration_numbers_are_grouped(country: str, given: str, written: str) -> None:
    assert numbers.registration_number(given, country).replace("\xa0", " ") == written


def test_post_codes_stand_where_the_country_has_them() -> None:
    assert numbers.place_line("ZZ1 1ZZ", "London", "GB") == "London, ZZ1 1ZZ"
    assert numbers.place_line("0155", "Oslo", "NO") == "0155 Oslo"
    assert numbers.place_line("", "Oslo", "NO") == "Oslo"


@pytest.mark.usefixtures("english")
def test_sizes_are_in_thousands() -> None:
    assert tags.file_size(24_230) == "24.2\xa0kB"
    assert tags.file_size(10_000_000) == "10\xa0MB"
