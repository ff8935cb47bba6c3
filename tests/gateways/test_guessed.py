"""What readers of pictures make of letters: how much of it is forgiven, and what never is (A4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.gateways.documents import Address, Findings, PageText, Reader, findings

NUMBER = "310313815"


def find(
    text: str, *, name: str = "Ingen Treff", number: str = NUMBER, street: str = "Storgata 15"
) -> Findings:
    return findings(
        [PageText(1, text, reader=Reader.RAPIDOCR)],
        number=number,
        vat_number=f"{number}MVA",
        name=name,
        address=Address((street,), "5003"),
        today=date(2026, 11, 23),
    )


@pytest.mark.parametrize(
    "printed", ["310 313 815", "3IO 3l3 815", "31O313815", "310 313 B1S", "310  313  815"]
)
def test_a4_digits_taken_for_letters_are_the_number(printed: str) -> None:
    found = find(f"Org.nr. {printed} MVA")
    assert found.number
    assert found.vat_number
    assert found.number.text == printed


@pytest.mark.parametrize(
    "printed", ["310 313 816", "310 373 815", "310 313 81", "3103138155", "BIO BIB BIS", "31O3138"]
)
def test_a4_another_digit_is_another_number(printed: str) -> None:
    assert find(f"Org.nr. {printed} MVA").number is None


@pytest.mark.parametrize("printed", ["30 004 312", "330 04 312", "330 004 312", "33 004 3l2"])
def test_a4_one_of_two_equal_digits_that_was_dropped_is_forgiven(printed: str) -> None:
    found = find(f"Org.nr. NO {printed} MVA", number="330004312")
    assert found.number
    assert found.vat_number


@pytest.mark.parametrize("printed", ["30 04 312", "330 004 12", "330 004 31", "3300 004 312"])
def test_a4_what_lacks_another_digit_or_more_is_another_number(printed: str) -> None:
    assert find(f"Org.nr. NO {printed} MVA", number="330004312").number is None


def test_a4_of_a_text_layer_no_digit_is_forgiven() -> None:
    page = PageText(1, "Org.nr. NO 30 004 312 MVA", reader=Reader.TEXT)
    read = findings(
        [page],
        number="330004312",
        vat_number="330004312MVA",
        name="X",
        address=None,
        today=date(2026, 11, 23),
    )
    assert (read.number, read.vat_number) == (None, None)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("SÆTHERØY FOTO AS", "SAETHEROY FOTO AS"),
        ("NORDVIK & SØNN FOTO AS", "NORDVIK&SØNNFOTOAS"),
        ("NORDVIK & SØNN FOTO AS", "N0RDVIK & S0NN F0T0"),
        ("BILDEHUSET AS", "B1LDEHU5ET AS"),
        ("MARNA MODELL AS", "MAMA MODELL AS"),
        ("LYSMÅLEREN ASA", "LYSMALERENASA"),
        ("SAMVIRKELAGET FOR NATURFOTOGRAFER SA", "SAMVIRKELAGETFORNATURFOTOGRAFER"),
    ],
)
def test_a4_letters_that_look_alike_and_dropped_blanks_are_forgiven(name: str, printed: str) -> None:
    found = find(f"Faktura fra {printed}, takk", name=name)
    assert found.name
    assert found.name.text == printed.removesuffix(" AS")


@pytest.mark.parametrize(
    ("name", "printed"), [("SÆTHERØY FOTO AS", "SETHERØY FOTO AS"), ("NORDVIK FILM AS", "NORDVlK FlLN AS")]
)
def test_a4_another_slip_counts_beside_the_businesss_own_number_only(name: str, printed: str) -> None:
    assert find(printed, name=name).name is None
    assert find(f"{printed}\nOrg.nr. {NUMBER} MVA", name=name).name


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("NORDVIK FOTO AS", "NORDVIK FILM AS"),
        ("HANSEN FOTO AS", "JOHANSEN FOTO AS"),
        ("HANSEN FOTO AS", "JOHANSENFOTO"),
        ("STUDIO 54 AS", "STUDIO 64 AS"),
        ("STUDIO NORDLYS 2 AS", "STUDIO NORDLYS 3 AS"),
        ("FOTO NORD AS", "NORD FOTO AS"),
        ("FJELL FOTO AS", "FJELL FOTOGRAFENE AS"),
        ("LYS AS", "LY5 og lyd"),
        ("SOLBILDER AS", "SOLBILDENE AS"),
    ],
)
def test_a4_another_business_is_never_taken_for_it(name: str, printed: str) -> None:
    assert find(f"{printed}\nOrg.nr. {NUMBER} MVA", name=name).name is None


@pytest.mark.parametrize(
    "printed", ["Storgata 15\n5003", "STORGATA15 5OO3", "Storgata I5, 5003", "St0rgata 15, 5003"]
)
def test_a4_an_address_with_letters_that_look_alike(printed: str) -> None:
    assert find(printed).address


@pytest.mark.parametrize(
    "printed", ["Storgata 18, 5003", "Storgata 75, 5003", "Storgata 15, 5004", "Storgata 151, 5003"]
)
def test_a4_a_house_number_is_the_very_number(printed: str) -> None:
    assert find(f"{printed}\nOrg.nr. {NUMBER} MVA").address is None


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_any_reading_is_looked_through_and_what_is_found_stands_there(
    text: str, name: str, street: str
) -> None:
    page = f"{text} {name} {NUMBER} {street} 5003"
    found = find(page, name=name, street=street)
    assert all(each.text in page for each in (*found.places.values(), *found.other_numbers.values()))
