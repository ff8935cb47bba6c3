"""The catalogue: the models that members register, and what they are worth from which day on (B7).

A table with a row for each model and each day on which its points change. `reading` reads the programme's
own, a CSV file; `products.workbooks` reads those that people plan in a spreadsheet.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO
from pathlib import Path

from stdnum import ean

from medlem.programme.problems import Problem, gettext_noop

HEADER = "code;name;brand;kind;ean;points;from_on;qualifies_until;serial_hint;former_names"
COLUMNS = tuple(HEADER.split(";"))
WRONG_WIDTH = gettext_noop("must have %(count)s columns", count=len(COLUMNS))
SAME_IN_ALL_ROWS = ("name", "brand", "kind", "ean", "qualifies_until", "serial_hint", "former_names")
KINDS = ("body", "lens", "extender", "flash", "video", "printer", "accessory")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_POINTS = 100_000
LONGEST = {"code": 60, "name": 120, "brand": 40, "serial_hint": 60}


@dataclass(frozen=True, slots=True)
class DatedPoints:
    """What a product is worth that is completed from a day on; `line` is where the file says so."""

    from_on: date
    points: int
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModel:
    """A model of the catalogue. `points` stands in the order of the days, each day once.

    `qualifies_until` is the last day on which its products count, or None: after it their points are
    withdrawn (B7). `serial_hint` is a regular expression of the usual shape of its serial numbers, or
    empty: an unusual one is warned of, never refused (B4). `former_names` are other names it is known
    by: in the former system's lists, and those that cameras write into pictures (B5). `ean` is empty
    where nobody knows the bar code.
    """

    code: str
    name: str
    brand: str
    kind: str
    ean: str
    points: tuple[DatedPoints, ...]
    qualifies_until: date | None = None
    serial_hint: str = ""
    former_names: tuple[str, ...] = ()

    def points_on(self, day: date) -> int:
        """The points in force on `day`; 0 before the first value and after the qualifying life (B7)."""
        if self.qualifies_until and day > self.qualifies_until:
            return 0
        in_force = 0
        for dated in self.points:
            if dated.from_on <= day:
                in_force = dated.points
        return in_force

    def is_usual(self, serial: str) -> bool:
        """Whether a serial number has the usual shape; any has where no shape is known (B4)."""
        return not self.serial_hint or re.fullmatch(self.serial_hint, serial) is not None


def read_file(file: Path) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of a catalogue file, and what is wrong with it."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return (), (Problem(file, None, gettext_noop("cannot be read: %(error)s", error=error.strerror)),)
    return read_csv(content, file)


def read_csv(content: bytes, file: Path) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """As `read_table`, of a CSV with `;`, `,` or tabs; `file` is what it is called in its problems."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return (), (Problem(file, line, gettext_noop("is not UTF-8; save it as CSV with UTF-8")),)
    first = text.split("\n", 1)[0]
    delimiter = next((sign for sign in ";\t," if sign in first), ";")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return read_table([(reader.line_num, cells) for cells in reader], file)
    except csv.Error as error:
        return (), (Problem(file, reader.line_num, str(error)),)


def read_table(
    lines: Sequence[tuple[int, Sequence[str]]], file: Path
) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of a table's numbered lines, the heading first, and the problems of those refused.

    Lines without anything are left out, and so are empty cells after the last column.
    """
    _line, heading = lines[0] if lines else (1, ())
    if _cut(heading) != COLUMNS:
        return (), (Problem(file, 1, gettext_noop("the columns must be %(columns)s", columns=HEADER)),)
    return _read_rows(((line, _cut(cells)) for line, cells in lines[1:] if any(cells)), file)


def _cut(cells: Sequence[str]) -> tuple[str, ...]:
    """Without what a spreadsheet adds on the right."""
    return tuple(cells) if any(cells[len(COLUMNS) :]) else tuple(cells[: len(COLUMNS)])


def _read_rows(
    rows: Iterable[tuple[int, tuple[str, ...]]], file: Path
) -> tuple[tuple[CatalogueModel, ...], tuple[Problem, ...]]:
    """The models of numbered rows, and the problems of those that are refused.

    A wrong row is left out and the others of its model stay; the caller decides if that will do.
    """
    problems: list[Problem] = []
    models: dict[str, tuple[int, CatalogueModel]] = {}
    owners: dict[tuple[str, str], tuple[int, str]] = {}
    for line, cells in rows:
        row = dict(zip(COLUMNS, cells, strict=False))
        reasons = list(_row_reasons(row)) if len(cells) == len(COLUMNS) else [WRONG_WIDTH]
        if not reasons:
            model = _model(row, line)
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
    if not CODE.fullmatch(row["code"]):
        yield gettext_noop("code: must be written like eos-r5-mark-ii, not %(code)r", code=row["code"])
    for column in ("name", "brand"):
        if not row[column].strip():
            yield gettext_noop("%(column)s: is missing", column=column)
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            yield gettext_noop(
                "%(column)s: has %(count)s characters; %(most)s is the most",
                column=column,
                count=len(row[column]),
                most=longest,
            )
    if row["kind"] not in KINDS:
        yield gettext_noop(
            "kind: must be one of %(kinds)s, not %(kind)r", kinds=", ".join(KINDS), kind=row["kind"]
        )
    if row["ean"] and not (re.fullmatch(r"[0-9]+", row["ean"]) and ean.is_valid(row["ean"])):
        yield gettext_noop("ean: %(ean)r is no EAN (check digit)", ean=row["ean"])
    if not (re.fullmatch(r"[0-9]{1,6}", row["points"]) and 0 < int(row["points"]) <= MOST_POINTS):
        yield gettext_noop(
            "points: must be a whole number from 1 to %(most)s, not %(points)r",
            most=MOST_POINTS,
            points=row["points"],
        )
    for column in ("from_on", "qualifies_until"):
        if not _is_date(row[column]) and (row[column] or column == "from_on"):
            yield gettext_noop(
                "%(column)s: must be a date written like 2026-01-31, not %(text)r",
                column=column,
                text=row[column],
            )
    try:
        re.compile(row["serial_hint"])
    except re.error as error:
        yield gettext_noop("serial_hint: is no regular expression (%(error)s)", error=error)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


def _model(row: Mapping[str, str], line: int) -> CatalogueModel:
    return CatalogueModel(
        code=row["code"],
        name=row["name"].strip(),
        brand=row["brand"].strip(),
        kind=row["kind"],
        ean=row["ean"],
        points=(DatedPoints(date.fromisoformat(row["from_on"]), int(row["points"]), line),),
        qualifies_until=date.fromisoformat(row["qualifies_until"]) if row["qualifies_until"] else None,
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
            yield gettext_noop(
                "%(column)s: %(text)r belongs to %(code)s already (line %(line)s)",
                column=claim[0],
                text=claim[1],
                code=code,
                line=line,
            )


def _clash(model: CatalogueModel, known: tuple[int, CatalogueModel] | None) -> Iterator[str]:
    """Where a further dated row of a model contradicts its first."""
    if known is None:
        return
    line, first = known
    for column in SAME_IN_ALL_ROWS:
        if getattr(model, column) != getattr(first, column):
            yield gettext_noop(
                "%(column)s: differs from the first row of %(code)s (line %(line)s)",
                column=column,
                code=model.code,
                line=line,
            )
    if model.points[0].from_on in {dated.from_on for dated in first.points}:
        yield f"from_on: {model.code} has points from {model.points[0].from_on} already"
