"""Tables as people have them: separators, encodings, quotes; workbooks, compared with what calamine reads."""

from __future__ import annotations

import random
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from medlem.gateways.tables import (
    NotReadable,
    TooLarge,
    decoded,
    encoding_of,
    is_workbook,
    rows_of_text,
    rows_of_workbook,
    separator_of,
)

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
WORDS = 'Øye på Ås; 17" – “R5”'


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(("modell\n" * 300_000 + WORDS).encode(encoding))
    assert encoding_of(file) == encoding
    assert decoded(WORDS.encode(encoding)) == WORDS


def test_what_is_no_text_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(NotReadable):
        decoded(b"MZ\x90\x00\x03")
    assert decoded(b"") == ""
    (tmp_path / "empty").touch()
    assert encoding_of(tmp_path / "empty") == "utf-8"


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a\tb\nFoto, AS\tNord; Sør\n", "\t"),
        ("a,b\n1,2\n", ","),
        ("a|b\n1|2\n", "|"),
        ('a;b\n"Foto; Nord";x\n', ";"),
        ("EOS R5\nEOS R6\n", "\t"),
        ("EOS R5, EOS R6\nonly one\nand another\nand one\n", "\t"),
        ("", "\t"),
    ],
)
def test_a_separator_is_found(text: str, separator: str) -> None:
    assert separator_of(text) == separator


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_come_with_the_line_on_which_they_begin(end: str) -> None:
    text = end.join(["modell;serie", "", ' EOS R5 ;"0001', '2"', ";", 'R6;"a ""b"""', ""])
    assert list(rows_of_text(text)) == [
        (1, ["modell", "serie"]),
        (3, ["EOS R5", f"0001{end}2"]),
        (6, ["R6", 'a "b"']),
    ]


def test_a_spreadsheet_may_tell_its_separator() -> None:
    assert list(rows_of_text("sep=|\r\nEOS R5|0001;2\r\n")) == [(2, ["EOS R5", "0001;2"])]


def test_quotes_that_do_not_come_out_even_are_signs_like_others() -> None:
    assert list(rows_of_text('Monitor 17"\t0001\nMonitor 19"\t"0002\n')) == [
        (1, ['Monitor 17"', "0001"]),
        (2, ['Monitor 19"', '"0002']),
    ]


# --- workbooks ------------------------------------------------------------------------------------------


HALF_PAST_ONE = datetime.fromisoformat("2021-03-12 13:30")


def book(*rows: list[Any], **options: Any) -> BytesIO:
    made = BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "default_date_format": "dd.mm.yyyy", **options}
    ) as each:
        sheet = each.add_worksheet("Liste")
        each.add_worksheet("Andre").write(0, 0, "not this one")
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(line, column, cell)
    made.seek(0)
    return made


def changed(made: BytesIO, part: str, old: str, new: str) -> BytesIO:
    """The same workbook with other words in one of its parts."""
    result = BytesIO()
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            after.writestr(name, content)
    result.seek(0)
    return result


@pytest.mark.parametrize("options", [{}, {"in_memory": False, "constant_memory": True}, {"date_1904": True}])
def test_the_first_sheet_is_read_with_its_kinds_of_cells(options: dict[str, Any]) -> None:
    made = book(
        ["Modell", "Serienummer", "Kjøpt", " Forhandler "],
        [],
        ["EOS R5", "0012", date(2021, 3, 12), "Øye & Ås <AS>"],
        ["EOS R6", 12021000123, HALF_PAST_ONE, None, 1.5, True],
        [None, None, 43831],
        **options,
    )
    assert list(rows_of_workbook(made)) == [
        (1, ["Modell", "Serienummer", "Kjøpt", "Forhandler"]),
        (3, ["EOS R5", "0012", date(2021, 3, 12), "Øye & Ås <AS>"]),
        (4, ["EOS R6", 12021000123, date(2021, 3, 12), "", 1.5, "TRUE"]),
        (5, ["", "", 43831]),
    ]


def test_it_reads_what_calamine_reads() -> None:
    chance = random.Random(7)
    kinds: list[Any] = ["text", "ÆØÅ", 7, 12.25, date(2020, 2, 29), None, "0012", "a\nb", "_x0041_", -3, 0]
    rows = [[chance.choice(kinds) for _ in range(9)] for _ in range(300)]
    made = book(["heading"] * 9, *rows)
    theirs = python_calamine.CalamineWorkbook.from_filelike(made).get_sheet_by_index(0).to_python()
    made.seek(0)
    ours = [[*cells, *[""] * (9 - len(cells))] for _line, cells in rows_of_workbook(made)]
    assert [list(map(str, cells)) for cells in ours] == [
        [str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip() for cell in cells]
        for cells in theirs
        if any(cell != "" for cell in cells)
    ]


def test_formats_of_ones_own_show_days_or_not() -> None:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as each:
        sheet = each.add_worksheet()
        for column, code in enumerate(
            ["yyyy-mm", "[$-414]d. mmmm yyyy;@", '0 "days"', "#,##0.00", "[h]:mm", "mm/yy"]
        ):
            sheet.write(0, column, 43831, each.add_format({"num_format": code}))
    ((_line, cells),) = rows_of_workbook(made)
    day = date(2020, 1, 1)
    assert cells == [day, day, 43831, 43831, 43831, day]


def test_texts_in_parts_hidden_sheets_and_prefixes() -> None:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as each:
        each.add_worksheet("Hidden").write(0, 0, "hidden")
        sheet = each.add_worksheet("Shown")
        bold = each.add_format({"bold": True})
        sheet.write_rich_string(0, 0, "EOS ", bold, "R5", " II")
        sheet.write_formula(0, 1, '="00"&"12"', None, "0012")
        sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
        sheet.activate()
        each.worksheets()[0].hide()
    assert list(rows_of_workbook(made)) == [(1, ["EOS R5 II", "0012"])]
    made.seek(0)
    for old, new in (
        ("<row ", "<x:row "),
        ("</row>", "</x:row>"),
        ("<worksheet ", '<worksheet xmlns:x="y" '),
    ):
        made = changed(made, "xl/worksheets/sheet2.xml", old, new)
    assert list(rows_of_workbook(made)) == [(1, ["EOS R5 II", "0012"])]


def test_what_was_made_to_fill_the_memory_is_refused() -> None:
    far = changed(book(["a", "b"]), "xl/worksheets/sheet1.xml", 'r="B1"', 'r="XFD1"')
    with pytest.raises(TooLarge, match="more than 50 columns"):
        list(rows_of_workbook(far, most_columns=50))
    deep = changed(book(["a"], ["b"]), "xl/worksheets/sheet1.xml", 'r="2"', 'r="1048576"')
    assert list(rows_of_workbook(deep)) == [(1, ["a"]), (1048576, ["b"])]
    blown = changed(book(["a"]), "xl/sharedStrings.xml", "<t>a</t>", f"<t>{'a' * 3_000_000}</t>")
    assert len(blown.getvalue()) < 20_000
    with pytest.raises(TooLarge):
        list(rows_of_workbook(blown, most_bytes=1_000_000))
    entity = '<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst '
    with pytest.raises(NotReadable, match="document type"):
        list(rows_of_workbook(changed(book(["a"]), "xl/sharedStrings.xml", "<sst ", entity)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 and no more",
        b"modell;serienummer",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # the format before 2007
    ],
)
def test_what_is_no_workbook_is_not_read(content: bytes) -> None:
    assert is_workbook(content) == content.startswith(b"PK")
    with pytest.raises(NotReadable):
        list(rows_of_workbook(BytesIO(content)))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/workbook.xml", "<sheet ", "<nosheet "),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet9.xml"),
        ("xl/worksheets/sheet1.xml", "</row>", ""),
        ("xl/worksheets/sheet1.xml", "<v>1</v>", "<v>99</v>"),
        ("xl/worksheets/sheet1.xml", "<v>1</v>", "<v>x</v>"),
        ("xl/worksheets/sheet1.xml", '<row r="1"', '<row r="one"'),
    ],
)
def test_a_broken_workbook_is_not_read(part: str, old: str, new: str) -> None:
    with pytest.raises(NotReadable):
        list(rows_of_workbook(changed(book(["a"]), part, old, new)))


def test_signs_that_no_database_takes_are_left_out() -> None:
    made = changed(book(["a"]), "xl/sharedStrings.xml", "<t>a</t>", "<t>a_x0000_b_xD800_c_x0041_</t>")
    assert list(rows_of_workbook(made)) == [(1, ["abcA"])]
