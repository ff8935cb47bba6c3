"""Finding a business in the text of a document (A3, A4, A7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.gateways.documents import Address, Findings, Found, PageText, findings, text_of

from .samples import SHARED, pdf

NUMBER, VAT = "923609016", "NO923609016MVA"


def find(
    *texts: str,
    number: str = NUMBER,
    vat_number: str | None = VAT,
    name: str = "Ingen Treff",
    address: Address | None = None,
) -> Findings:
    pages = [PageText(index, text) for index, text in enumerate(texts, 1)]
    return findings(pages, number=number, vat_number=vat_number, name=name, address=address)


def text(found: Found | None) -> str | None:
    return found.text if found else None


def test_a_whole_invoice() -> None:
    pages = text_of(
        pdf(
            "Generelle vilkår",
            "Faktura\nSætherøy & Ås Foto A/S\nKirkegt. 14 B\n0484 Oslo\nOrg.nr. NO 310 003 913 MVA\n"
            "Til: Nordvik og Sønn, org.nr. 310313815\nKonto 1503.20.12345",
        )
    )
    found = findings(
        pages,
        number="310003913",
        vat_number="NO310003913MVA",
        name="SÆTHERØY & ÅS FOTO AS",
        address=Address(("c/o Åse Hvit", "Kirkegata 14B"), "0484"),
    )
    assert {
        "number": text(found.number),
        "vat_number": text(found.vat_number),
        "name": text(found.name),
        "address": text(found.address),
        "other_numbers": [text(other) for other in found.other_numbers],
    } == {
        "number": "310 003 913",
        "vat_number": "NO 310 003 913 MVA",
        "name": "Sætherøy & Ås Foto",
        "address": "Kirkegt. 14 B\n0484",
        "other_numbers": ["310313815"],
    }
    assert found.name
    assert found.name.page == 2
    assert pages[1].text[found.name.start : found.name.end] == found.name.text


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed",
    [
        "923609016",
        "923 609 016",
        "923\u00a0609\u00a0016",
        "923\u202f609\u202f016",
        "923.609.016",
        "923-609-016",
        "9 2 3 6 0 9 0 1 6",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Org.nr.:{}", "Org.nr {}.", "({})", "NO{}MVA", "Foretaksregisteret NO {} MVA"]
)
def test_the_number_in_every_shape(printed: str, around: str) -> None:
    assert text(find(around.format(printed)).number) == printed


@pytest.mark.parametrize(
    "printed",
    [
        "923 609 016 MVA",
        "923609016 MVA",
        "923609016MVA",
        "NO 923 609 016 MVA",
        "NO923609016MVA",
        "no 923609016 mva",
        "NO-923.609.016-MVA",
        "923\u00a0609\u00a0016\u00a0MVA",
        "923 609 016, MVA",
        "923 609 016 M.V.A",
        "MVA-nr. 923 609 016",
        "MVA nr: NO 923609016",
        "VAT no. 923609016",
        "VAT number NO923609016",
    ],
)
def test_the_vat_number_in_every_shape(printed: str) -> None:
    assert text(find(f"Seller: {printed}. Thank you").vat_number) == printed


@pytest.mark.parametrize(
    "printed",
    [
        "Org.nr. 923 609 016",
        "Org.nr. 923 609 016\nMVA 25 % 500,00",  # the line of sums below
        "Org.nr. 923 609 016 MVA 25 % 500,00",
        "Ikke MVA-registrert. Org.nr. 923 609 016",
        "923 609 016 MVAFRI",
    ],
)
def test_an_organisation_number_alone_is_no_vat_number(printed: str) -> None:
    found = find(printed)
    assert text(found.number) == "923 609 016"
    assert found.vat_number is None


@pytest.mark.parametrize(
    "printed",
    [
        "1923609016",
        "9236090161",
        "923 609 016,00",
        "1.923.609.016",
        "KID 0000923609016",
        "923\n609\n016",
        "923 609 017",
        "",
    ],
)
def test_other_digits_are_not_the_number(printed: str) -> None:
    assert find(printed).number is None
    assert find(printed).vat_number is None


@pytest.mark.parametrize(("number", "vat_number"), [("", ""), ("", "MVA"), ("9", "NO 9 MVA"), (" ", None)])
def test_no_number_is_never_found(number: str, vat_number: str | None) -> None:
    found = find("Pos. 9 MVA 25 %, 9 MVA", number=number, vat_number=vat_number)
    assert (found.number, found.vat_number) == (None, None)


def test_a_vat_number_above_a_line_of_sums() -> None:
    assert text(find("Org.nr. 923 609 016 MVA\n25 % 500,00").vat_number) == "923 609 016 MVA"


def test_numbers_of_other_countries() -> None:
    found = find("CVR 12 34 56 78, VAT DK-12345678", number="12345678", vat_number="DK12345678")
    assert (text(found.number), text(found.vat_number)) == ("12 34 56 78", "12 34 56 78")
    found = find("Org.nr 556703-7485, SE 5567037485 01", number="556703-7485", vat_number="SE556703748501")
    assert (text(found.number), text(found.vat_number)) == ("556703-7485", "SE 5567037485 01")


def test_numbers_of_others_are_named_once_and_only_with_right_check_digits() -> None:
    found = find("923 609 016, 310 003 913 and 310.003.913", "981566378, 981566379, 310003913")
    assert [(other.page, other.text) for other in found.other_numbers] == [
        (1, "310 003 913"),
        (2, "981566378"),
    ]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("EQUINOR ASA", "Equinor"),
        ("SÆTHERØY FOTO AS", "Sætherøy Foto"),
        ("SÆTHERØY FOTO AS", "SAETHEROEY FOTO"),
        ("SÆTHERØY FOTO AS", "SAETHEROY FOTO"),
        ("ÅSNES FOTO AS", "Aasnes Foto"),
        ("ÅSNES FOTO AS", "Asnes Foto"),
        ("ÅSNES FOTO AS", "A\u030asnes Foto"),  # the ring as a letter of its own
        ("NORDVIK & SØNN", "Nordvik og Sønn"),
        ("OLE-JAKOB FOTO", "Ole Jakob\nFoto"),
        ("A/S NORDLYS FOTO", "Nordlys Foto"),
        ("CAFÉ FOTO S.A.", "Cafe\u00a0Foto"),
        ("FLIKKFOTO AS", "\ufb02ikkfoto".replace("\ufb02", "Fl")),
        ("KONFLIKTFOTO AS", "Kon\ufb02iktfoto"),  # a ligature
        ("BO AS", "Bo A/S"),
        ("ÅS", "Ås"),
    ],
)
def test_names_folded(name: str, printed: str) -> None:
    assert text(find(f"Faktura fra {printed}, takk", name=name).name) == printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("ÅS", "Nordvik AS"),  # short names are compared letter by letter
        ("BO AS", "vi bo i Oslo"),
        ("LYS AS", "lys og lyd"),
        ("NORD FOTO AS", "Nordfoto AS"),
        ("FOTO NORD AS", "Foto og Nord"),
        ("HANSEN FOTO AS", "Johansen Foto"),
        ("AS", "NORDVIK"),
        ("", "NORDVIK"),
    ],
)
def test_other_names(name: str, printed: str) -> None:
    assert find(printed, name=name).name is None


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        (("Storgata 5 B",), "STORGATEN 5B\n0484"),
        (("Storgata 5 B",), "Storgt. 5 b, 0484"),
        (("Nedre Skogvei 14",), "Nedre Skogveien 14, Norge, 0484"),
        (("Øvre Bryggesmug 3",), "Oevre Bryggesmug 3\n0484"),
        (("Plan 4", "Sjøhuskaien 50"), "Sjøhuskaien 50\nPlan 4\n0484"),
        (("Postboks 900",), "Pb. 900, 0484"),
        (("Storgata 5",), "0484 Oslo, Storgata 5"),
    ],
)
def test_addresses_folded(lines: tuple[str, ...], printed: str) -> None:
    assert text(find(f"Til {printed} ", address=Address(lines, "0484")).address) == printed


@pytest.mark.parametrize(
    "printed",
    [
        "Storgata 5, 0485 Oslo",
        "Storgata 55, 0484 Oslo",
        "Storgata 5 " + "og videre " * 10 + "0484",
        "0484 Oslo",
        "Lillestorgata 5, 0484 Oslo",
    ],
)
def test_other_addresses(printed: str) -> None:
    assert find(printed, address=Address(("Storgata 5",), "0484")).address is None


def test_an_address_that_is_empty_is_never_found() -> None:
    assert find("Storgata 5, 0484 Oslo", address=Address((), "")).address is None
    assert find("Storgata 5, 0484 Oslo", address=Address(("Storgata 5",), "")).address is None


# --- whatever comes ---------------------------------------------------------------------------------


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_and_what_is_found_stands_there(page: str, name: str, street: str) -> None:
    found = find(page, f"{page} {name} {NUMBER} {street} 0484", name=name, address=Address((street,), "0484"))
    pages = {1: page, 2: f"{page} {name} {NUMBER} {street} 0484"}
    for each in (found.number, found.vat_number, found.name, found.address, *found.other_numbers):
        if each:
            assert pages[each.page][each.start : each.end] == each.text


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_a_real_invoice() -> None:
    pages = text_of((SHARED / "documents" / "NetpresseInvoice.pdf").read_bytes())
    found = findings(
        pages,
        number="530848134",
        vat_number="FR63530848134",
        name="Netpresse S.A.R.L.",
        address=Address(("16 rue Mollien",), "92100"),
    )
    assert text(found.number) == "530 848 134"
    assert text(found.vat_number) == "63530848134"  # the seller printed F for FR
    assert text(found.name) == "NETPRESSE"
    assert text(found.address) == "16 rue Mollien - 92100"
