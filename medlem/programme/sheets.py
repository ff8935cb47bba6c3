"""Tables as people save them: CSV (`;`, `,` or tabs between the columns) and XLSX, as numbered rows of text.

`catalogue` reads its rows with it. A cell of a workbook becomes the text that one would have typed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

WORKBOOK = b"PK\x03\x04"
MOST_BYTES = 20_000_000
"""Of a workbook when unpacked: a catalogue has some hundred kilobytes."""


class WrongSheet(Exception):
    """The table as a whole cannot be read; `line` is where it went wrong, None for all of it."""

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def rows_of(content: bytes, columns: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    """The rows under the heading, each with its line from 1, by column. Raises WrongSheet.

    Lines without anything are left out. In a CSV, a row with too few columns has None for those, and one
    with too many has them under None, as `csv.DictReader` gives them.
    """
    return _workbook(content, columns) if content.startswith(WORKBOOK) else _csv(content, columns)


def _csv(content: bytes, columns: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongSheet(line, "is not UTF-8; save it as CSV with UTF-8") from None
    first = text.split("\n", 1)[0]
    delimiter = next((sign for sign in ";\t," if sign in first), ";")
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        _check_heading(tuple(reader.fieldnames or ()), columns)
        return [(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        raise WrongSheet(reader.line_num, str(error)) from None


def _workbook(content: bytes, columns: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    """The first sheet. A workbook that unpacks to a multiple of what any catalogue has is not opened."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise WrongSheet(None, "is too large for a catalogue")
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (BadZipFile, CalamineError, OSError) as error:
        raise WrongSheet(None, "is no workbook that can be read; save it as XLSX or as CSV") from error
    _check_heading(tuple(_text(cell, "") for cell in rows[0]) if rows else (), columns)
    return list(_numbered(rows[1:], columns))


def _numbered(
    rows: Sequence[Sequence[object]], columns: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, cells in enumerate(rows, start=2):
        row = {column: _text(cell, column) for column, cell in zip(columns, cells, strict=False)}
        if any(row.values()):
            yield line, row


def _check_heading(heading: tuple[str, ...], columns: Sequence[str]) -> None:
    if heading[: len(columns)] != tuple(columns) or any(heading[len(columns) :]):
        raise WrongSheet(1, f"the columns must be {';'.join(columns)}")


def _text(cell: object, column: str) -> str:
    """What one would have typed. A bar code that a spreadsheet took for a number gets its zeros back."""
    match cell:
        case datetime():
            return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            digits = str(int(cell))
            return digits.zfill(13) if column == "ean" and len(digits) in {11, 12} else digits
    return str(cell).strip()
