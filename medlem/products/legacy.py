"""Taking in the former system's list of members and products, a million lines and more (B6).

The command `import-legacy` calls it. Lines are read one at a time and laid down in a table of their own
(`legacy_table.py`), which is then compared with what is there: taking the same file again changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from medlem.accounts import actions as accounts
from medlem.core.identifiers import uuid7
from medlem.events.actors import SYSTEM
from medlem.gateways.tables import NotReadable, encoding_of, is_workbook, rows_of_workbook, separator_of
from medlem.products.former import former_numbers_to_note
from medlem.products.legacy_table import LegacyRow, LegacyTable
from medlem.products.models import ProductModel
from medlem.products.queries import names_of_models
from medlem.products.rules import model_called, unusual_shape

LEGACY_COLUMNS = (
    "email",
    "member_number",
    "member_name",
    "level",
    "reference",
    "model",
    "serial_number",
    "purchase_date",
    "country",
    "dealer",
)

LONGEST = {"member_number": 30, "member_name": 200, "level": 30, "reference": 60, "model": 120}
LONGEST |= {"serial_number": 40, "dealer": 120, "email": 254}

BATCH = 10_000
MERGED_AT_ONCE = 100_000


@dataclass
class Report:
    """What became of a list: lines that brought something new, that changed what still waits, that were there
    already, and that are about products moved since, which are left alone. `refused` names file, line and
    reason of the others; `doubtful` what was taken and is worth a look."""

    taken: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    refused: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


class WrongFile(Exception):
    """The file as a whole cannot be read: not text, or without the expected columns."""


def import_legacy(path: Path, *, now: datetime) -> Report:
    """Reads former members and their products, one product a line (B6); `reference` is what makes it unique.

    The columns are LEGACY_COLUMNS, in any order, in a CSV or the first sheet of an XLSX. A line without a
    model gives a member only. First the whole file is read, and nothing is written where that fails; then
    it is taken in by the hundred thousand lines. Last, accounts that proved their former address before its
    member was known get the former number (C5). Raises WrongFile.
    """
    report = Report()
    with closing(LegacyTable()) as table:
        batch: list[LegacyRow] = []
        for row in _read(path, report):
            batch.append(row)
            if len(batch) == BATCH:
                table.add(batch)
                batch.clear()
        table.add(batch)
        for line, first in table.take_out_repeated():
            report.refused.append(f"{path.name}, line {line}: reference: line {first} has it already")
        for part in table.parts(MERGED_AT_ONCE):
            with transaction.atomic():
                merged = table.merge(part)
            report.taken += merged.taken
            report.changed += merged.changed
            report.unchanged += merged.unchanged
            report.moved += merged.moved
    for account, number in former_numbers_to_note():
        accounts.note_former_number(account=account, number=number, by=SYSTEM, now=now)
    return report


def _read(path: Path, report: Report) -> Iterator[LegacyRow]:
    """The right lines of the file; the wrong ones go into the report with their reason."""
    with path.open("rb") as file:
        lines = _workbook(path) if is_workbook(file.read(4)) else _csv(path)
    heading = [str(cell).strip().casefold() for cell in next(lines, (1, []))[1]]
    lacking = set(LEGACY_COLUMNS) - set(heading)
    if lacking:
        raise WrongFile(f"{path.name}, line 1: no column {', '.join(sorted(lacking))}")
    places = [heading.index(column) for column in LEGACY_COLUMNS]
    serials = Serials()
    for line, cells in lines:
        if not any(cells):
            continue
        try:
            if len(cells) != len(heading):
                raise ValueError("has not as many columns as the first line")
            written = [cells[place] for place in places]
            row = _row(line, [_text(cell) for cell in written])
        except ValueError as error:
            report.refused.append(f"{path.name}, line {line}: {error}")
            continue
        if isinstance(written[6], float | int) and (doubt := serials.doubt(row)):
            report.doubtful.append(f"{path.name}, line {line}: {doubt}")
        yield row


def _csv(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        separator = separator_of(file.readline(), ";,\t")
        file.seek(0)
        reader = csv.reader(file, delimiter=separator, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise WrongFile(f"{path.name}, line {reader.line_num}: {error}") from error


def _workbook(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of a sheet, as wide as its heading: a sheet does not keep empty cells at the end."""
    try:
        width = 0
        for line, cells in rows_of_workbook(path):
            width = width or len(cells)
            yield line, [*cells, *[""] * (width - len(cells))]
    except NotReadable as error:
        raise WrongFile(f"{path.name}: {error}") from error


def _text(cell: Any) -> str:
    """A cell as text; days and numbers of a sheet write themselves as needed here."""
    return cell.strip() if isinstance(cell, str) else str(cell)


def _row(line: int, cells: Sequence[str]) -> LegacyRow:
    """The line as it is kept. Raises ValueError with the reason, where it cannot be."""
    for column, cell in zip(LEGACY_COLUMNS, cells, strict=True):
        if len(cell) > LONGEST.get(column, 254):
            raise ValueError(f"{column}: longer than {LONGEST[column]} characters")
    email, number, name, level, reference, model, serial, bought, country, dealer = cells
    if "@" not in email:
        raise ValueError(f"email: {email!r} is no e-mail address")
    if not model:
        reference = ""
    elif not reference:
        raise ValueError("reference: missing; it is what tells this product from others")
    return LegacyRow(
        line=line,
        public_id=uuid7().hex,
        email=email.casefold(),
        member_number=number,
        member_name=name,
        level=level,
        reference=reference,
        model_name=model,
        serial_number=serial,
        purchased_on=_day(bought),
        purchase_country=_country(country),
        dealer=dealer,
    )


def _day(text: str) -> date | None:
    """An ISO date or a Norwegian one (31.12.2019); empty is not known. Raises ValueError."""
    if not text:
        return None
    try:
        if "." in text:
            day, month, year = text.split(".")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"purchase_date: {text!r} is no date (2019-12-31 or 31.12.2019)") from None


def _country(text: str) -> str:
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(f"country: {text!r} is no country code of two letters")
    return text.upper()


class Serials:
    """Looks at serial numbers that a sheet kept as numbers: their leading zeros are gone, if they had any."""

    def __init__(self) -> None:
        self.names = names_of_models()
        self.hints: Mapping[int, str] = dict(ProductModel.objects.values_list("pk", "serial_hint"))

    def doubt(self, row: LegacyRow) -> str:
        """What is worth a look, or nothing: the number is taken as it is."""
        hint = self.hints.get(model_called(row.model_name, self.names) or 0, "")
        if not unusual_shape(row.serial_number, hint):
            return ""
        return (
            f"serial_number: {row.serial_number} stands there as a number and looks unusual for"
            f" {row.model_name}; if it began with zeros, they are lost"
        )
