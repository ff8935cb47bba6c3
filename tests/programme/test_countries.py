"""The countries of the programme: how their numbers and post codes are written, and what their papers are called."""

from __future__ import annotations

from typing import get_args

import pytest

from medlem.programme.applying import EvidenceDocument
from medlem.programme.schema import Country, Programme

COUNTRIES = "NO SE DK FI IS DE FR NL BE LU IE GB ES PT IT AT CH PL CZ".split()  # noqa: SIM905 - read aloud


def test_a1_businesses_of_nineteen_countries_may_apply(cps: Programme) -> None:
    assert [country.code for country in cps.countries] == COUNTRIES


@pytest.mark.parametrize("code", COUNTRIES)
def test_a1_no_country_takes_a_number_as_it_comes(cps: Programme, code: str) -> None:
    country = cps.country(code)
    for wrong in ("", "no number", "1", "12345678901234567890"):
        assert country.registration_number(wrong) is None, wrong
        assert country.vat_number(wrong) is None, wrong
        assert country.postcode(wrong) is None, wrong


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("NO", "123 456 785", "123456785"),
        ("NO", "123 456 758", None),
        ("SE", "556677-8899", "5566778899"),
        ("SE", "556677-8898", None),
        ("NL", "12 34 56 78", "12345678"),
        ("NL", "1234567", None),
        ("IE", "123456", "123456"),
        ("IE", "1234", None),
        ("LU", "b 123.456", "B123456"),
        ("LU", "123456", None),
        ("GB", "01234567", "01234567"),
        ("GB", "sc 123456", "SC123456"),
        ("GB", "12345 67890", "1234567890"),
        ("GB", "1234567", "01234567"),
        ("GB", "123456", None),
        # A number of python-stdnum, or one that it does not know.
        ("DE", "12/345/67890", "1234567890"),
        ("DE", "HRB 12345 B", "HRB12345B"),
        ("DE", "12345", None),
        ("AT", "FN 123456 a", "123456a"),
        ("AT", "12 345 678", "12345678"),
    ],
)
def test_a7_a_number_has_the_form_of_its_country(
    cps: Programme, code: str, typed: str, kept: str | None
) -> None:
    assert cps.country(code).registration_number(typed) == kept


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("NO", " 0150 ", "0150"),
        ("NO", "150", None),
        ("NO", "0150 Oslo", None),
        ("SE", "11120", "11120"),
        ("GB", "sw1a  1aa", "SW1A 1AA"),
        ("NL", "1011ab", "1011AB"),
        ("PL", "00-001", "00-001"),
        ("PL", "00001", None),
    ],
)
def test_a1_a_post_code_has_the_form_of_its_country(
    cps: Programme, code: str, typed: str, kept: str | None
) -> None:
    assert cps.country(code).postcode(typed) == kept


def test_a3_every_country_names_its_certificate_and_its_registration(cps: Programme) -> None:
    unnamed = [
        country.code
        for country in cps.countries
        if not {"vat_certificate", "registration"} <= set(country.documents)
    ]
    assert unnamed == []


def test_a3_with_and_without_vat_other_documents_are_asked_for(cps: Programme) -> None:
    assert cps.evidence.with_vat == ("vat_certificate", "invoice")
    assert cps.evidence.without_vat == ("invoice", "business_licence", "registration")
    assert set(cps.evidence.with_vat) | set(cps.evidence.without_vat) == set(
        get_args(EvidenceDocument.__value__)
    )


def test_a_country_without_a_form_takes_a_number_as_typed(cps: Programme) -> None:
    free = cps.country("NL").model_dump() | {"number_pattern": None, "number_example": "anything"}
    country = Country.model_construct(**free)
    assert (country.registration_number(" 12-34 "), country.registration_number("  ")) == ("12-34", None)
