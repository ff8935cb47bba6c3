"""Post codes: taking in the public register, and the place of a code for the form (A2)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from medlem.applications.models import Postcode

NORWAY = "NO"
CODES, PLACES = {"postnummer", "code", "postcode"}, {"poststed", "place"}
LONGEST_PLACE = 80


def place_of(*, country: str, code: str) -> str:
    """The place of a code as its register writes it; empty where the code is not known."""
    written = "".join(code.split())
    if not written or len(written) > 12:
        return ""
    found = Postcode.objects.filter(country=country, code=written).values_list("place", flat=True).first()
    return found or ""


@dataclass
class Report:
    """What became of a file: rows taken, rows that were there already, rows refused with their reason."""

    taken: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


class WrongFile(Exception):
    """The file as a whole is no register of post codes; the text says why."""


def import_postcodes(path: Path) -> Report:
    """Takes in Bring's register of Norwegian post codes: code, place and more, apart by tabs.

    In UTF-8 or cp1252, with or without a line of headings. The later of two places for a code stands; codes
    that the file does not have are kept. Taking the same file again changes nothing. Raises WrongFile and
    OSError.
    """
    report = Report()
    places: dict[str, str] = {}
    for line, row in _rows(path):
        try:
            code, place = _postcode(row)
        except ValueError as error:
            report.refused.append(f"{path.name}, line {line}: {error}")
        else:
            places[code] = place
    report.taken, report.unchanged = keep(country=NORWAY, places=places)
    return report


@transaction.atomic
def keep(*, country: str, places: Mapping[str, str]) -> tuple[int, int]:
    """Writes places by their code. Returns how many are new or another, and how many were there already."""
    known = dict(Postcode.objects.filter(country=country).values_list("code", "place"))
    new = [
        Postcode(country=country, code=code, place=place)
        for code, place in places.items()
        if known.get(code) != place
    ]
    Postcode.objects.bulk_create(
        new,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["country", "code"],
        update_fields=["place"],
    )
    return len(new), len(places) - len(new)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows with their line, without the headings and empty lines."""
    lines = _text(path).splitlines()
    if not any("\t" in line for line in lines):
        raise WrongFile(f"{path.name}: no columns that are apart by tabs; is it the register's text file?")
    for line, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
        cells = [cell.strip() for cell in row]
        if any(cells) and not (line == 1 and _are_headings(cells)):
            yield line, cells


def _are_headings(cells: Iterable[str]) -> bool:
    words = {cell.casefold() for cell in cells}
    return bool(words & CODES and words & PLACES)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise WrongFile(f"{path.name}, line {line}: is neither UTF-8 nor cp1252") from None


def _postcode(row: list[str]) -> tuple[str, str]:
    """Code and place of a row. Raises ValueError, worded for whoever takes the file in."""
    if len(row) < 2:
        raise ValueError("has no place")
    code, place = row[:2]
    if not (len(code) == 4 and code.isascii() and code.isdigit()):
        raise ValueError(f"code: {code!r} has not four digits")
    if not place or len(place) > LONGEST_PLACE or not any(map(str.isalpha, place)):
        raise ValueError(f"place: {place!r} is no name of a place")
    return code, place
