"""The catalogue: the models that members register, and what they are worth from which day on (B7).

A CSV file with `;` between the columns, and a row for each model and each day on which its points
change. `reading` reads the programme's own; the command `import-catalogue` may give its rows to
`read_rows`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path

from stdnum import ean

from medlem.programme.problems import Problem

HEADER = "code;name;brand;kind;ean;points;from_on;serial_hint;former_names"
COLUMNS = tuple(HEADER.split(";"))
KINDS = ("body", "lens", "extender", "flash", "video", "printer", "accessory")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_POINTS = 100_000
LONGEST = {"code": 60, "name": 120, "brand": 40, "serial_hint": 60}


@dataclass(frozen=True, slots=True)
class DatedPoints:
    """What a model is worth from a day on; 0 ends its qualifying life."""

    from_on: date
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModel:
    """A model of the catalogue. `points` stands in the order of the days, each day once.

    `serial_hint` is a regular expression of the usual shape of its serial numbers, or empty: an
    unusual one is warned of, never refused (B4). `former_names` are other names it is known by, in
    legacy lists or in the data of photos. `ean` is empty where nobody knows the bar code.
    """

    code: str
    name: str
    brand: str
    kind: str
    ean: str
    points: tuple[DatedPoints, ...]
    serial_hint: str = ""
    former_names: tuple[str, ...] = ()

    def points_on(self, day: date) -> int:
        """The points in force on `day`; 0 before the first value (B7)."""
        in_force = 0
        for dated in self.points:
            if dated.from_on <= day:
                in_force = dated.points
        return in_force

    def is_usual(self, serial: str) -> bool:
        """Whether a serial number has the usual shape; any has where no shape is known (B4)."""
        return not self.serial_hint or re.fullmatch(self.serial_hint, serial) is not None


def read_csv(file: Path) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of a catalogue file, and what is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        return (), (Problem(file, None, f"cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return (), (Problem(file, line, "is not UTF-8; save it as CSV with UTF-8"),)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            return (), (Problem(file, 1, f"the columns must be {HEADER}"),)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        return (), (Problem(file, reader.line_num, str(error)),)
    return read_rows(rows, file)


def read_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], file: Path
) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of numbered rows, and the problems of those that are refused.

    A wrong row is left out and the others of its model stay; the caller decides if that will do.
    """
    problems: list[Problem] = []
    models: dict[str, tuple[int, CatalogueModel]] = {}
    owners: dict[tuple[str, str], tuple[int, str]] = {}
    for line, row in rows:
        reasons = list(_row_reasons(row))
        if not reasons:
            model = _model(row)
            reasons = [*_claimed(model, owners), *_clash(model, models.get(model.code))]
            if not reasons:
                first, known = models.get(model.code, (line, replace(model, points=())))
                dated = sorted((*known.points, *model.points), key=lambda d: d.from_on)
                models[model.code] = first, replace(known, points=tuple(dated))
                for claim in _claims(model):
                    owners.setdefault(claim, (line, model.code))
        problems += [Problem(file, line, reason) for reason in reasons]
    return tuple(model for _, model in models.values()), tuple(problems)


def _row_reasons(row: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with one row by itself."""
    if None in row or None in row.values():
        yield f"must have {len(COLUMNS)} columns"
        return
    if not CODE.fullmatch(row["code"]):
        yield f"code: must be written like eos-r5-mark-ii, not {row['code']!r}"
    for column in ("name", "brand"):
        if not row[column].strip():
            yield f"{column}: is missing"
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            yield f"{column}: has {len(row[column])} characters; {longest} is the most"
    if row["kind"] not in KINDS:
        yield f"kind: must be one of {', '.join(KINDS)}, not {row['kind']!r}"
    if row["ean"] and not (re.fullmatch(r"[0-9]+", row["ean"]) and ean.is_valid(row["ean"])):
        yield f"ean: {row['ean']!r} is no EAN (check digit)"
    if not (re.fullmatch(r"[0-9]{1,6}", row["points"]) and int(row["points"]) <= MOST_POINTS):
        yield f"points: must be a whole number from 0 to {MOST_POINTS}, not {row['points']!r}"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", row["from_on"]) or not _is_date(row["from_on"]):
        yield f"from_on: must be a date written like 2026-01-31, not {row['from_on']!r}"
    try:
        re.compile(row["serial_hint"])
    except re.error as error:
        yield f"serial_hint: is no regular expression ({error})"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _model(row: Mapping[str, str]) -> CatalogueModel:
    return CatalogueModel(
        code=row["code"],
        name=row["name"].strip(),
        brand=row["brand"].strip(),
        kind=row["kind"],
        ean=row["ean"],
        points=(DatedPoints(date.fromisoformat(row["from_on"]), int(row["points"])),),
        serial_hint=row["serial_hint"],
        former_names=tuple(name.strip() for name in row["former_names"].split("|") if name.strip()),
    )


def _claims(model: CatalogueModel) -> Iterator[tuple[str, str]]:
    """What no two models may share, or a bar code or a legacy name would find two."""
    if model.ean:
        yield "ean", model.ean
    for name in (model.name, *model.former_names):
        # Case, blanks and punctuation do not count where legacy names are looked up either (B6).
        yield "name", "".join(sign for sign in name.casefold() if sign.isalnum())


def _claimed(model: CatalogueModel, owners: Mapping[tuple[str, str], tuple[int, str]]) -> Iterator[str]:
    for claim in _claims(model):
        line, code = owners.get(claim, (0, model.code))
        if code != model.code:
            yield f"{claim[0]}: {claim[1]!r} belongs to {code} already (line {line})"


def _clash(model: CatalogueModel, known: tuple[int, CatalogueModel] | None) -> Iterator[str]:
    """Where a further dated row of a model contradicts its first."""
    if known is None:
        return
    line, first = known
    for column in ("name", "brand", "kind", "ean", "serial_hint", "former_names"):
        if getattr(model, column) != getattr(first, column):
            yield f"{column}: differs from the first row of {model.code} (line {line})"
    if model.points[0].from_on in {dated.from_on for dated in first.points}:
        yield f"from_on: {model.code} has points from {model.points[0].from_on} already"
