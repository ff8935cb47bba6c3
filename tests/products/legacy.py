"""Files of the former system, as they come."""

from __future__ import annotations

from pathlib import Path

from medlem.products.legacy import LEGACY_COLUMNS, Report, import_legacy
from tests.conftest import NOW

HEADER = ";".join(LEGACY_COLUMNS)


def row(
    reference: str = "R-1",
    *,
    email: str = "gamle@fjordlys.example",
    number: str = "CPS-104417",
    name: str = "Fjordlys Foto",
    level: str = "Gold",
    model: str = "EOS R5",
    serial: str = "012021000123",
    bought: str = "2021-03-12",
    country: str = "NO",
    dealer: str = "Fotohuset Oslo",
) -> str:
    return ";".join((email, number, name, level, reference, model, serial, bought, country, dealer))


def written(folder: Path, *rows: str, encoding: str = "utf-8", header: str = HEADER, end: str = "\n") -> Path:
    file = folder / "former.csv"
    file.write_bytes((end.join((header, *rows)) + end).encode(encoding))
    return file


def imported(folder: Path, *rows: str) -> Report:
    """All of these rows are taken."""
    report = import_legacy(written(folder, *rows), now=NOW)
    assert report == Report(taken=len(rows))
    return report
