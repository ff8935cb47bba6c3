"""My products as CSV and XLSX, and as a printable list (B9)."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from medlem.gateways.documents import text_of
from medlem.products import actions as products
from medlem.products.columns import Column
from medlem.products.models import Product, ProductModel
from medlem.products.status import Missing
from medlem.web.portal.exports import harmless, headings
from tests import factories
from tests.people import Cast
from tests.web.visits import set_clock, signed_in

PAGE = "/en/products/"
CSV, XLSX, PDF = f"{PAGE}products.csv", f"{PAGE}products.xlsx", f"{PAGE}equipment-list.pdf"


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def add(cast: Cast, serial: str, *, code: str = "eos-r5", now: datetime, **changes: Any) -> Product:
    return products.add(
        account=cast.fjordlys,
        model=ProductModel.objects.get(code=code),
        details=factories.details(serial, **changes),
        by=cast.alice.as_member,
        now=now,
    )


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def table(response: Any) -> list[list[str]]:
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def owned(cast: Cast, now: datetime) -> list[Product]:
    first = add(cast, "0012340", dealer="Blåbær & Sønn; Øst", dealer_estimated=True, now=now)
    second = add(cast, "", code="eos-r6", dealer="", now=now + timedelta(hours=1))
    return [first, second]


def test_b9_a_csv_has_everything_and_keeps_leading_zeros(alice: Client, owned: list[Product]) -> None:
    answer = alice.get(CSV)
    assert answer["Content-Disposition"] == 'attachment; filename="equipment-2026-11-23.csv"'
    assert ["|".join(row) for row in table(answer)] == [
        "|".join(headings()),
        "EOS R6|Camera||2024-03-12|Norway|||Needs details|serial number, dealer||2026-11-23",
        "EOS R5|Camera|0012340|2024-03-12|Norway|Blåbær & Sønn; Øst|dealer|Complete||250|2026-11-23",
    ]


def test_b9_an_export_is_narrowed_and_sorted_as_the_list(alice: Client, owned: list[Product]) -> None:
    assert [row[0] for row in table(alice.get(CSV, {"sort": "model"}))[1:]] == ["EOS R5", "EOS R6"]
    assert [row[0] for row in table(alice.get(CSV, {"needs_details": "1"}))[1:]] == ["EOS R6"]
    assert [row[0] for row in table(alice.get(CSV, {"q": "0012340"}))[1:]] == ["EOS R5"]
    assert table(alice.get(CSV, {"q": "nothing"})) == [headings()]


def test_b9_a_csv_speaks_the_readers_language(alice: Client, owned: list[Product]) -> None:
    first = table(alice.get("/nb/products/products.csv"))
    assert first[0][:6] == ["Modell", "Type", "Serienummer", "Kjøpsdato", "Kjøpsland", "Forhandler"]
    assert first[2][7] == "Komplett"


@pytest.mark.parametrize("language", ["nb", "en"])
def test_b5_what_was_exported_can_be_read_in_again(language: str) -> None:
    from django.utils import translation

    from medlem.products.columns import BY_HEADING
    from medlem.products.rules import folded

    with translation.override(language):
        known = [BY_HEADING.get(folded(heading)) for heading in headings()]
    assert [known[place] for place in (0, 2, 3, 4, 5)] == [
        Column.MODEL,
        Column.SERIAL_NUMBER,
        Column.PURCHASED_ON,
        Column.PURCHASE_COUNTRY,
        Column.DEALER,
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+47", "'+47"),
        ("-1234", "'-1234"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Foto = Nord", "Foto = Nord"),
        ("", ""),
    ],
)
def test_b9_no_cell_is_a_formula(typed: str, written: str) -> None:
    assert harmless(typed) == written


def test_b9_formulas_of_others_stay_text(alice: Client, cast: Cast, now: datetime) -> None:
    add(cast, "-12345", dealer='=HYPERLINK("https://evil.example")', now=now)
    row = table(alice.get(CSV))[1]
    assert (row[2], row[5]) == ("'-12345", '\'=HYPERLINK("https://evil.example")')
    sheet = CalamineWorkbook.from_filelike(BytesIO(body(alice.get(XLSX)))).get_sheet_by_index(0)
    assert sheet.to_python()[1][5] == '=HYPERLINK("https://evil.example")'
    assert b"<f>" not in body(alice.get(XLSX))


def test_b9_a_workbook_has_serial_numbers_as_text_and_days_as_days(
    alice: Client, owned: list[Product]
) -> None:
    answer = alice.get(XLSX)
    assert answer["Content-Disposition"] == 'attachment; filename="equipment-2026-11-23.xlsx"'
    rows = CalamineWorkbook.from_filelike(BytesIO(body(answer))).get_sheet_by_index(0).to_python()
    assert rows[0] == headings()
    assert rows[2][2:6] == ["0012340", date(2024, 3, 12), "Norway", "Blåbær & Sønn; Øst"]
    assert rows[2][9] == 250.0


def test_b9_a_printable_list_for_insurers_and_customs(
    alice: Client, cast: Cast, owned: list[Product], now: datetime
) -> None:
    products.mark_missing(
        product=owned[0],
        missing_as=Missing.STOLEN,
        since_on=date(2026, 11, 20),
        note="",
        by=cast.alice.as_member,
        now=now,
    )
    answer = alice.get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    (page,) = text_of(answer.content)
    text = " ".join(page.text.split())
    for expected in (
        "Equipment",
        "Fjordlys Foto AS",
        "974 760 673",
        "2 pieces · 23 Nov 2026",
        "EOS R5 (Stolen) 0012340 12 Mar 2024 Blåbær & Sønn; Øst (best guess) Norway",
        "Page 1 of 1",
    ):
        assert expected in text, expected


def test_b9_what_is_not_certain_is_marked_on_the_printed_list(
    alice: Client, cast: Cast, now: datetime
) -> None:
    products.add(
        account=cast.nordkapp,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details("THEIRS-1"),
        by=cast.charlie.as_member,
        now=now,
    )
    add(cast, "THEIRS-1", purchased_on_estimated=True, dealer_estimated=True, now=now)
    add(cast, "", code="eos-r6", now=now)
    (page,) = text_of(alice.get(PDF).content)
    text = " ".join(page.text.split())
    for expected in (
        "EOS R5 (ownership being looked into) THEIRS-1",
        "(best guess)",
        "EOS R6 not given",
    ):
        assert expected in text, expected
    assert text.count("(best guess)") == 2


def test_b9_a_strangers_export_is_empty(cast: Cast, owned: list[Product]) -> None:
    charlie = signed_in(cast.charlie)
    assert table(charlie.get(CSV)) == [headings()]
    assert "EOS R5" not in text_of(body(charlie.get(PDF)))[0].text


@pytest.mark.parametrize("address", [CSV, XLSX, PDF])
@pytest.mark.parametrize("many", [1, 3])
def test_b9_an_export_asks_the_database_as_often_for_one_product_as_for_three(
    alice: Client, cast: Cast, now: datetime, address: str, many: int, django_assert_num_queries: Any
) -> None:
    for place in range(many):
        add(cast, f"001234{place}", now=now)
    body(alice.get(address))
    with django_assert_num_queries(4):
        body(alice.get(address))
