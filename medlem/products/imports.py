"""Taking in the members and products of the former system (B6).

Reads a CSV, takes the right rows and refuses the wrong ones with file, line and reason. Taking the
same file again changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.db import transaction

from medlem.products.models import LegacyMember, LegacyProduct

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


@dataclass
class Report:
    """What became of a file: rows taken, rows that were there already, rows refused with their reason."""

    taken: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


class WrongFile(Exception):
    """The file as a whole cannot be read: not text, or without the expected columns."""


@transaction.atomic
def import_legacy(path: Path) -> Report:
    """Reads former members and their products, one product a line (B6); `reference` is what makes it unique.

    The columns are LEGACY_COLUMNS, in any order, separated by `;` or `,`, in UTF-8 or cp1252. A line
    without a model gives a member only. Raises WrongFile.
    """
    report = Report()
    members = {member.email: member for member in LegacyMember.objects.all()}
    references = set(LegacyProduct.objects.values_list("reference", flat=True))
    for line, written in _rows(path):
        try:
            row = _columns(written)
            product = _product(row)
        except ValueError as error:
            report.refused.append(f"{path.name}, line {line}: {error}")
            continue
        is_new = row["email"] not in members
        if is_new:
            members[row["email"]] = LegacyMember.objects.create(
                email=row["email"], name=row["member_name"], number=row["member_number"], level=row["level"]
            )
        if product and row["reference"] not in references:
            is_new = True
            references.add(row["reference"])
            LegacyProduct.objects.create(member=members[row["email"]], **product)
        if is_new:
            report.taken += 1
        else:
            report.unchanged += 1
    return report


def _rows(path: Path) -> Iterator[tuple[int, dict[str | Any, str | Any]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        lacking = set(LEGACY_COLUMNS) - set(reader.fieldnames or [])
        if lacking:
            raise WrongFile(f"{path.name}, line 1: no column {', '.join(sorted(lacking))}")
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise WrongFile(f"{path.name}, line {reader.reader.line_num}: {error}") from error


def _columns(row: dict[str | Any, str | Any]) -> dict[str, str]:
    """The columns without blanks around them. Raises ValueError, also where a separator has shifted them."""
    if None in row or None in row.values():
        raise ValueError("has not as many columns as the first line")
    columns = {name: row[name].strip() for name in LEGACY_COLUMNS}
    for column, longest in LONGEST.items():
        if len(columns[column]) > longest:
            raise ValueError(f"{column}: longer than {longest} characters")
    if "@" not in columns["email"]:
        raise ValueError(f"email: {columns['email']!r} is no e-mail address")
    return {**columns, "email": columns["email"].casefold()}


def _product(row: dict[str, str]) -> dict[str, Any] | None:
    """The columns of the former product, or None on a line that gives a member only. Raises ValueError."""
    if not row["model"]:
        return None
    if not row["reference"]:
        raise ValueError("reference: missing; it is what tells this product from others")
    return {
        "reference": row["reference"],
        "model_name": row["model"],
        "serial_number": row["serial_number"],
        "purchased_on": _day(row["purchase_date"]),
        "purchase_country": _country(row["country"]),
        "dealer": row["dealer"],
    }


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
