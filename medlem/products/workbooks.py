"""Planned catalogues as people have them: CSV, or a workbook of a spreadsheet (B7).

The programme's own is CSV and read by `programme.catalogue`; so is the text here that becomes of a workbook.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

from medlem.gateways.tables import Cell, NotReadable, TooLarge, is_workbook, rows_of_workbook
from medlem.programme.catalogue import COLUMNS, CatalogueModel, read_csv, read_table
from medlem.programme.problems import Problem, gettext_noop

MOST_UNPACKED = 20_000_000
"""A catalogue has some hundred kilobytes."""


def read_planned(content: bytes, file: Path) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of a catalogue, CSV or XLSX, and what is wrong with it; `file` is what problems call it."""
    if not is_workbook(content):
        return read_csv(content, file)
    try:
        rows = list(rows_of_workbook(BytesIO(content), most_bytes=MOST_UNPACKED))
    except TooLarge as error:
        return (), (
            Problem(file, None, gettext_noop("is too large for a catalogue: %(error)s", error=error)),
        )
    except NotReadable:
        return (), (
            Problem(file, None, gettext_noop("is no workbook that can be read; save it as XLSX or as CSV")),
        )
    return read_table([(line, _texts(cells)) for line, cells in rows], file)


def _texts(cells: list[Cell]) -> list[str]:
    """A row of as many texts as there are columns, or more; a workbook leaves empty cells at its end out."""
    texts = [_text(cell, column) for cell, column in zip_longest(cells, COLUMNS[: len(cells)])]
    return texts + [""] * (len(COLUMNS) - len(cells))


def _text(cell: Cell, column: str | None) -> str:
    """What one would have typed. A bar code that a spreadsheet took for a number gets its zeros back."""
    match cell:
        case date():
            return cell.isoformat()
        case int() if column == "ean" and len(str(cell)) in {11, 12}:
            return str(cell).zfill(13)
    return str(cell)
