"""Planned catalogues as workbooks say the same as the programme's CSV (B7)."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from medlem.products.workbooks import read_planned
from medlem.programme.catalogue import HEADER

R1 = "eos-r1;EOS R1;Canon;body;2900000000018;500;2020-01-01;;[0-9]{12};Canon R1|R-1"
FILE = Path("catalogue.xlsx")


def workbook(*rows: list[object]) -> bytes:
    """As a spreadsheet saves it: days and numbers are no text."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet()
    for line, cells in enumerate([list(HEADER.split(";")), *rows]):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, cell)  # type: ignore[arg-type]
            elif cell is not None:
                sheet.write(line, column, cell)
    book.close()
    return file.getvalue()


def test_b7_a_workbook_says_the_same_as_a_csv() -> None:
    row = ["eos-r1", "EOS R1", "Canon", "body", 2900000000018, 500, date(2020, 1, 1), None, "[0-9]{12}"]
    later = [*row[:5], 450, date(2027, 1, 1), *row[7:]]
    (model,), problems = read_planned(workbook([*row, "Canon R1|R-1"], [], [*later, "Canon R1|R-1"]), FILE)
    text = "\n".join([HEADER, R1, R1.replace(";500;2020", ";450;2027")])
    assert (read_planned(text.encode(), FILE), problems) == (((model,), ()), ())
    assert [dated.line for dated in model.points] == [2, 4]


def test_b7_a_wrong_row_of_a_workbook_is_refused_with_its_line(tmp_path: Path) -> None:
    row = ["eos-r1", "EOS R1", "Canon", "body", "0013803366358", 12.5, date(2020, 1, 1), None, "", ""]
    models, problems = read_planned(workbook(row), FILE)
    assert (models, [(each.line, each.reason) for each in problems]) == (
        (),
        [(2, "points: must be a whole number from 1 to 100000, not '12.5'")],
    )


def test_a_bar_code_that_a_spreadsheet_took_for_a_number_gets_its_zeros_back() -> None:
    row = ["eos-r1", "EOS R1", "Canon", "body", 13803366358, 500, date(2020, 1, 1), None, "", ""]
    (model,), _none = read_planned(workbook(row), FILE)
    assert model.ean == "0013803366358"


def test_a_model_without_former_names_has_a_shorter_row_and_one_with_a_note_beside_it_a_longer_one() -> None:
    row = ["eos-r1", "EOS R1", "Canon", "body", "2900000000018", 500, date(2020, 1, 1)]
    (model,), _none = read_planned(workbook(row), FILE)
    assert (model.qualifies_until, model.former_names) == (None, ())
    noted = [*row, *["", "", "", "", "ask Kari"]]
    models, problems = read_planned(workbook(noted), FILE)
    assert (models, [(each.line, each.reason) for each in problems]) == ((), [(2, "must have 10 columns")])


def test_a_workbook_that_cannot_be_read_is_refused_whole() -> None:
    for content in (b"PK\x03\x04 and then nothing", workbook()[:-400]):
        models, (problem,) = read_planned(content, FILE)
        assert (models, problem.line, problem.reason) == (
            (),
            None,
            "is no workbook that can be read; save it as XLSX or as CSV",
        )


def test_a_workbook_that_unpacks_to_far_more_than_a_catalogue_has_is_refused_whole() -> None:
    bomb = BytesIO()
    with ZipFile(BytesIO(workbook())) as plain, ZipFile(bomb, "w", ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            packed.writestr(name, b" " * 20_000_001 if "sheet1" in name else plain.read(name))
    models, (problem,) = read_planned(bomb.getvalue(), FILE)
    assert (models, problem.line) == ((), None)
    assert problem.reason.startswith("is too large for a catalogue: ")
