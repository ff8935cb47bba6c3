"""Columns are recognised by heading, by content, and by what the account said before (B5)."""

from __future__ import annotations

import pytest

from medlem.products.columns import Column, Known, recognised, split_heading

MODELS = {"EOS R5", "EOS R6", "RF 50mm F1.2L USM"}
KNOWN = Known(
    is_model=lambda text: text in MODELS,
    brands=frozenset({"canon"}),
    dealers=frozenset({"fotohusetoslo"}),
)
ROWS = [
    ["EOS R5", "012021000123", "12.03.2021", "Norge", "Fotohuset Oslo"],
    ["EOS R6", "012021000124", "13.03.2021", "NO", "Kamerabua"],
    ["RF 50mm F1.2L USM", "0012345678", "03/04/2020", "Sverige", "Fotohuset Oslo"],
]
ALL = ["model", "serial_number", "purchased_on", "purchase_country", "dealer"]


def told(*rows: list[str], known: Known = KNOWN) -> tuple[list[str], list[str]]:
    heading, rest = split_heading(rows, known)
    return heading, [str(column) for column in recognised(heading, rest, known)]


@pytest.mark.parametrize(
    "heading",
    [
        ["Modell", "Serienummer", "Kjøpsdato", "Land", "Forhandler"],
        ["MODEL", "S/N", "Date of purchase", "Country", "Dealer"],
        ["Produkt", "Serienr.", "Kjøpt", "Kjøpsland", "Butikk"],
        ["Beskrivelse av utstyr", "Serial number (on the body)", "Dato for kjøp", "Landkode", "Leverandør"],
        ["Modelo", "Número", "Fecha", "País", "Tienda"],
        ["A", "B", "C", "D", "E"],
    ],
)
def test_b5_a_heading_in_any_words(heading: list[str]) -> None:
    found, columns = told(heading, *ROWS)
    assert (found, columns[:4]) == (heading, ALL[:4])
    assert columns[4] == "dealer"


def test_b5_without_a_heading_the_content_says_it() -> None:
    assert told(*ROWS) == ([], ALL)
    assert told(ROWS[0]) == ([], ALL)


@pytest.mark.parametrize("order", [[4, 3, 2, 1, 0], [1, 0, 4, 2, 3]])
def test_b5_columns_stand_in_any_order(order: list[int]) -> None:
    rows = [[row[place] for place in order] for row in ROWS]
    assert told(*rows) == ([], [ALL[place] for place in order])


def test_b5_other_columns_stay_out() -> None:
    heading = ["Nr", "Merke", "Modell", "Eier", "Serienummer", "Pris", "Kjøpsdato", "Garanti til", "Grunn"]
    rows = [
        ["1", "Canon", "EOS R5", "Alice", "012021000123", "45 990,00", "12.03.2021", "12.03.2023", "x"],
        ["2", "Canon", "EOS R6", "Bob", "012021000124", "23 990,00", "13.03.2021", "12.03.2023", "y"],
    ]
    assert told(heading, *rows)[1] == ["", "brand", "model", "", "serial_number", "", "purchased_on", "", ""]


def test_b5_a_bar_code_is_no_serial_number() -> None:
    rows = [["4549292218039", "012021000123"], ["4960999575261", "012021000124"]]
    assert told(*rows)[1] == ["ean", "serial_number"]


def test_b5_of_two_columns_of_days_the_heading_tells() -> None:
    rows = [["EOS R5", "12.03.2023", "12.03.2021"], ["EOS R6", "12.03.2023", "13.03.2021"]]
    assert told(["Modell", "Levert", "Kjøpsdato"], *rows)[1] == ["model", "", "purchased_on"]
    assert told(*rows)[1] == ["model", "purchased_on", ""]


def test_b5_what_the_account_said_before_is_remembered() -> None:
    known = Known(
        is_model=KNOWN.is_model,
        headings={"bilagsdato": "purchased_on", "kjpsdato": "", "hylle": "dealer"},
    )
    heading = ["Kjøpsdato", "Bilagsdato", "Modell", "Hylle"]
    rows = [["12.03.2021", "13.03.2021", "EOS R5", "A7"], ["12.03.2021", "13.03.2021", "EOS R6", "B2"]]
    assert told(heading, *rows, known=known)[1] == ["", "purchased_on", "model", "dealer"]


def test_b5_nothing_that_can_be_recognised() -> None:
    assert told() == ([], [])
    assert told(["hello"], ["world", "again"]) == ([], ["", ""])


def test_b5_rows_of_different_lengths() -> None:
    assert told(["Modell", "Serienummer"], ["EOS R5"], ["EOS R6", "0012345678", "", "x"])[1] == [
        "model",
        "serial_number",
        "",
        "",
    ]


def test_every_column_has_its_words() -> None:
    assert told(["Modell", "Merke", "EAN", "Serienummer", "Kjøpsdato", "Kjøpsland", "Forhandler"])[1] == [
        str(each)
        for each in (
            Column.MODEL,
            Column.BRAND,
            Column.EAN,
            Column.SERIAL_NUMBER,
            Column.PURCHASED_ON,
            Column.PURCHASE_COUNTRY,
            Column.DEALER,
        )
    ]
