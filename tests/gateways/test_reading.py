"""Finding a business in the text of a document (A3, A4, A7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.gateways.documents import Address, Findings, Found, PageText, Reader, findings, text_of

from .samples import SHARED, pdf

NUMBER, VAT = "923609016", "NO923609016MVA"
TODAY = date(2026, 11, 23)


def find(
    *texts: str,
    number: str = NUMBER,
    vat_number: str | None = VAT,
    name: str = "Ingen Treff",
    address: Address | None = None,
    reader: Reader = Reader.TEXT,
) -> Findings:
    pages = [PageText(index, text, reader=reader) for index, text in enumerate(texts, 1)]
    return findings(pages, number=number, vat_number=vat_number, name=name, address=address, today=TODAY)


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
        today=TODAY,
    )
    assert {
        "number": text(found.number),
        "vat_number": text(found.vat_number),
        "name": text(found.name),
        "address": text(found.address),
        "other_numbers": [text(other) for other in found.other_numbers.values()],
    } == {
        "number": "310 003 913",
        "vat_number": "NO 310 003 913 MVA",
        "name": "Sætherøy & Ås Foto",
        "address": "Kirkegt. 14 B\n0484",
        "other_numbers": ["310313815"],
    }
    assert found.name
    assert found.name.page == 2


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


@pytest.mark.parametrize(
    ("number", "vat_number", "printed", "found"),
    [
        (
            "556703-7485",
            "SE556703748501",
            "Org.nr 556703-7485 Momsreg.nr SE 5567037485 01",
            "SE 5567037485 01",
        ),
        ("12345678", "DK12345678", "CVR-nr. 12 34 56 78", "12 34 56 78"),
        ("0112038-9", "FI01120389", "Y-tunnus 0112038-9, ALV rek. FI 01120389", "0112038-9"),
        ("450401-3150", "62455", "Kt. 450401-3150, VSK-nr. 62455", "62455"),
        ("143/262/80527", "DE136695976", "St.-Nr. 143/262/80527 USt-IdNr.: DE 136 695 976", "DE 136 695 976"),
        ("552008443", "FR40303265045", "N° TVA : FR 40 303 265 045", "FR 40 303 265 045"),
        ("", "NL004495445B01", "BTW-nr. NL0044.95.445.B01", "NL0044.95.445.B01"),
        ("0428759497", "BE0428759497", "BTW BE 0428.759.497", "BE 0428.759.497"),
        ("", "LU15027442", "TVA LU 150 274 42", "LU 150 274 42"),
        ("", "IE6433435F", "VAT IE 6433435F", "IE 6433435F"),
        ("", "GB980780684", "VAT Reg No GB 980 7806 84", "GB 980 7806 84"),
        ("B58378431", "ESB58378431", "CIF/NIF: ES B-58378431", "ES B-58378431"),
        ("501964843", "PT501964843", "NIPC 501 964 843", "501 964 843"),
        ("00743110157", "IT00743110157", "P.IVA IT 00743110157", "IT 00743110157"),
        ("122119m", "ATU13585627", "UID-Nr. ATU 13585627", "ATU 13585627"),
        ("CHE100155212", "CHE100155212MWST", "CHE-100.155.212 TVA", "CHE-100.155.212"),
        ("8567346215", "PL8567346215", "NIP PL 856-734-62-15", "PL 856-734-62-15"),
        ("25123891", "CZ25123891", "DIČ: CZ25123891", "CZ25123891"),
    ],
)
def test_a4_vat_numbers_of_every_country_of_the_programme(
    number: str, vat_number: str, printed: str, found: str
) -> None:
    assert text(find(printed, number=number, vat_number=vat_number).vat_number) == found
    assert find(printed, number=number, vat_number=vat_number).other_numbers == {}


def test_a4_a_short_vat_number_counts_beside_a_word_that_says_so() -> None:
    assert text(find("VSK nr: 62455", number="", vat_number="62455").vat_number) == "62455"
    assert find("Reikningur 62455", number="", vat_number="62455").vat_number is None


@pytest.mark.parametrize("printed", ["552 008 443 00012", "SIRET 55200844300012", "RCS Paris B 552 008 443"])
def test_a4_a_french_business_is_found_in_the_number_of_its_establishment(printed: str) -> None:
    assert (text(find(printed, number="552008443").number) or "").replace(" ", "") == "552008443"


def test_a7_numbers_of_others_are_named_once_beside_a_word_that_says_what_they_are() -> None:
    found = find(
        "Org.nr. 923 609 016, kunde org.nr. 310 003 913 og NO 310.003.913 MVA, KID 315037344",
        "Foretaksregisteret 981566378, org.nr 981566379, org.nr 310003913",
    )
    assert [(number, other.page, other.text) for number, other in found.other_numbers.items()] == [
        ("310003913", 1, "310 003 913"),
        ("981566378", 2, "981566378"),
    ]


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("USt-IdNr. DE 136 695 976", "DE136695976"),
        ("VAT: GB 980 7806 84.", "GB980780684"),
        ("TVA FR40303265045", "FR40303265045"),
        ("BTW NL004495445B01 KvK 1", "NL004495445B01"),
        ("moms SE 556703748501", "SE556703748501"),
        ("UID ATU13585627", "ATU13585627"),
    ],
)
def test_a7_vat_numbers_of_others_abroad(printed: str, number: str) -> None:
    assert list(find(printed).other_numbers) == [number]


@pytest.mark.parametrize(
    "printed",
    [
        "IBAN DE89 3704 0044 0532 0130 00",
        "IBAN DK50 0040 0440 1162 43",
        "IBAN PL61 1090 1014 0000 0712 1981 2874",
        "IBAN BE68 5390 0754 7034",
        "IBAN NL91ABNA0417164300",
        "USt-IdNr. DE 136 695 975",
        "ref. SE 12",
        "DE 10115 Berlin",
    ],
)
def test_a7_account_numbers_and_slips_are_nobodys_vat_number(printed: str) -> None:
    assert find(printed).other_numbers == {}


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
        ("Müller & Sohn GmbH & Co. KG", "Mueller & Sohn"),
        ("Müller & Sohn GmbH & Co. KG", "MÜLLER & SOHN"),
        ("Straßenbild UG (haftungsbeschränkt)", "STRASSENBILD"),
        ("Fotografía Núñez, S.L.", "FOTOGRAFIA NUNEZ"),
        ("Ljósmyndun Þórðar ehf.", "Ljosmyndun Thordar"),
        ("Objectif Lumière SARL", "OBJECTIF LUMIERE"),
        ("Kuvaamo Ärjä Oy", "KUVAAMO ÄRJÄ"),
        ("Bilder & Co", "Bilder & Co"),
        ("Foto AS", "Foto A/S"),
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
        ("FOTO AS", "Vi har foto"),
        ("BILDER & CO", "Bilder av huset"),
        ("NORDVIK FOTO AS", "N0RDVIK F0TO"),  # a text layer takes no letter for another
        ("HÆGELAND FOTO AS", "Hageland Foto AS"),
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
        (("Hauptstraße 12",), "Hauptstr. 12, 0484"),
        (("Nørrevej 3",), "NORREVEJ 3\n0484"),
        (("16 rue de l’Église",), "16, Rue de l'Eglise, 0484"),
        (("Kungsgatan 4 B",), "Kungsgatan 4b, 0484"),
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


@pytest.mark.parametrize(
    ("postcode", "printed"),
    [
        ("11351", "Storgata 5, 113 51"),
        ("SW1A 1AA", "Storgata 5\nSW1A1AA"),
        ("1012AB", "Storgata 5, NL-1012 AB"),
    ],
)
def test_a4_postcodes_written_together_or_in_two(postcode: str, printed: str) -> None:
    assert find(printed, address=Address(("Storgata 5",), postcode)).address


def test_an_address_that_is_empty_is_never_found() -> None:
    assert find("Storgata 5, 0484 Oslo", address=Address((), "")).address is None
    assert find("Storgata 5, 0484 Oslo", address=Address(("Storgata 5",), "")).address is None


# --- whatever comes ---------------------------------------------------------------------------------


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_and_what_is_found_stands_there(page: str, name: str, street: str) -> None:
    found = find(page, f"{page} {name} {NUMBER} {street} 0484", name=name, address=Address((street,), "0484"))
    pages = {1: page, 2: f"{page} {name} {NUMBER} {street} 0484"}
    for each in (*found.places.values(), *found.other_numbers.values()):
        assert each.text in pages[each.page]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_a_real_invoice() -> None:
    pages = text_of((SHARED / "documents" / "NetpresseInvoice.pdf").read_bytes())
    found = findings(
        pages,
        number="530848134",
        vat_number="FR63530848134",
        name="Netpresse S.A.R.L.",
        address=Address(("16 rue Mollien",), "92100"),
        today=TODAY,
    )
    assert text(found.number) == "530 848 134"
    assert text(found.vat_number) == "63530848134"  # the seller printed F for FR
    assert text(found.name) == "NETPRESSE"
    assert text(found.address) == "16 rue Mollien - 92100"
