"""From a row of a list to the product that it means, or to the reasons why it means none (B5).

The same for looking at a list and for taking it in (`many.py`). The row's text is kept; what is read from it
is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from medlem.core.clock import date_in
from medlem.products.bulk import NewProduct
from medlem.products.cells import Ambiguous, DayOrder, NoDay, about_day, country_of, day_of, day_order
from medlem.products.columns import Column
from medlem.products.models import ProductImport, ProductModel
from medlem.products.queries import Piece, known_eans, values_in_force
from medlem.products.rules import (
    Details,
    filled_up,
    folded,
    kept,
    normalised_serial,
    problem_of,
    rounded,
    unusual_shape,
)
from medlem.programme import current

LONGEST_DEALER = 120
FORMULA = ("=", "+", "-", "@")

type Reason = dict[str, Any]
"""Why, in a form that can be kept: a code, and what is needed to say it in words."""


Twin = tuple[int, date | None, str, str]
"""A model's key, day, country and dealer of purchase: what products without a serial number are compared by."""


def twin_of(model_id: int, details: Details) -> Twin:
    return model_id, details.purchased_on, details.purchase_country, folded(details.dealer)


class RowOutcome(StrEnum):
    """What a row of a list will do, or has done."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    DISPUTED = "disputed"
    OWN_DUPLICATE = "own_duplicate"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row with the product that it means; without one, `reasons` say why, else they are worth a look."""

    line: int
    cells: list[str]
    item: NewProduct | None
    reasons: list[Reason] = field(default_factory=list)

    @property
    def piece(self) -> Piece | None:
        """What tells this piece of equipment from others, where it has a serial number (B4)."""
        if self.item is None or not self.item.details.serial_number:
            return None
        return self.item.model.pk, self.item.details.serial_number

    @property
    def twin(self) -> Twin | None:
        """What tells a product without a serial number from others, as far as anything does."""
        if self.item is None or self.item.details.serial_number:
            return None
        return twin_of(self.item.model.pk, self.item.details)

    @property
    def fillable(self) -> bool:
        """Whether its serial number lacks the zeros in front that its model's have."""
        if self.item is None:
            return False
        return bool(filled_up(self.item.details.serial_number, self.item.model.serial_hint))


class Catalogue:
    """The catalogue for reading many rows: models by every name and bar code, and their points today."""

    def __init__(self, *, now: datetime) -> None:
        self.today = date_in(current().timezone, now)
        self.models = {model.pk: model for model in ProductModel.objects.all()}
        self.brands = frozenset(folded(model.brand) for model in self.models.values())
        self.eans = known_eans()
        self.points: dict[int, int] | None = None
        self._by_name: dict[str, int] = {}
        for model in self.models.values():
            for name in (model.name, model.code, *model.former_names):
                self._by_name.setdefault(folded(name), model.pk)
        self._by_ean = {model.ean.lstrip("0"): model.pk for model in self.models.values() if model.ean}

    def model(self, text: str) -> ProductModel | None:
        """The model that somebody names: by name, with or without its brand, former name, code or bar code."""
        name = folded(text)
        key = self._by_name.get(name)
        if key is None and name.isdecimal() and 8 <= len(name) <= 13:
            key = self._by_ean.get(name.lstrip("0"))
        if key is None:
            brand = next((brand for brand in self.brands if brand and name.startswith(brand)), "")
            key = self._by_name.get(name.removeprefix(brand))
        return self.models.get(key) if key else None

    def is_model(self, text: str) -> bool:
        return self.model(text) is not None

    def points_of(self, model_id: int) -> int:
        """The points that are in force today."""
        if self.points is None:
            values = values_in_force(self.models, on=self.today)
            self.points = {key: value.points for key, value in values.items()}
        return self.points.get(model_id, 0)


def said_order(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> DayOrder:
    """The order of day and month that the column of purchase dates says of itself."""
    if Column.PURCHASED_ON not in columns:
        return DayOrder.UNKNOWN
    place = list(columns).index(Column.PURCHASED_ON)
    return day_order(cells[place] for cells in rows if place < len(cells))


def read_rows(
    rows: Iterable[tuple[int, list[str]]], made: ProductImport, catalogue: Catalogue
) -> list[ReadRow]:
    """Reads rows as the import's columns say, with what holds for all rows where one does not say it."""
    places = {column: place for place, column in enumerate(made.columns) if column}
    order = DayOrder(made.defaults.get("day_order") or made.defaults.get("said_order") or "")
    return [
        _read(line, cells, places, made.defaults, order=order, catalogue=catalogue) for line, cells in rows
    ]


def _read(
    line: int,
    cells: list[str],
    places: Mapping[str, int],
    defaults: Mapping[str, Any],
    *,
    order: DayOrder,
    catalogue: Catalogue,
) -> ReadRow:
    def cell(column: Column) -> str:
        place = places.get(column)
        return _plain(cells[place]) if place is not None and place < len(cells) else ""

    reasons: list[Reason] = []
    model = _model(cell(Column.MODEL), cell(Column.BRAND), cell(Column.EAN), catalogue, reasons)
    bought, estimated = _day(cell(Column.PURCHASED_ON), order, reasons, today=catalogue.today)
    serial = _serial(cell(Column.SERIAL_NUMBER), model, reasons, fill=bool(defaults.get("fill")))
    details = kept(
        Details(
            serial_number=serial,
            purchased_on=bought,
            purchased_on_estimated=estimated,
            purchase_country=_country(cell(Column.PURCHASE_COUNTRY), reasons)
            or defaults.get("purchase_country", ""),
            dealer=cell(Column.DEALER) or defaults.get("dealer", ""),
        )
    )
    if len(details.dealer) > LONGEST_DEALER:
        reasons.append({"code": "dealer"})
    if problem := problem_of(details, known_eans=catalogue.eans, today=catalogue.today):
        reasons.append({"code": str(problem)})
    if reasons or model is None:
        return ReadRow(line=line, cells=cells, item=None, reasons=reasons)
    if details.serial_number and unusual_shape(details.serial_number, model.serial_hint):
        reasons.append({"code": "unusual", "text": details.serial_number})
    return ReadRow(line=line, cells=cells, item=NewProduct(model=model, details=details), reasons=reasons)


def _plain(cell: str) -> str:
    """A cell without the sign with which our own list of refused rows keeps spreadsheets from computing it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _model(
    name: str, brand: str, ean: str, catalogue: Catalogue, reasons: list[Reason]
) -> ProductModel | None:
    by_name = (catalogue.model(name) or catalogue.model(f"{brand} {name}")) if name else None
    by_ean = catalogue.model(ean) if ean else None
    if by_name and by_ean and by_name != by_ean:
        reasons.append({"code": "two_models", "text": name, "other": by_ean.name})
        return None
    model = by_name or by_ean
    if model is None:
        reasons.append(
            {"code": "unknown_model", "text": name or ean} if name or ean else {"code": "no_model"}
        )
    return model


def _serial(text: str, model: ProductModel | None, reasons: list[Reason], *, fill: bool) -> str:
    """The serial number, filled up with the zeros that a spreadsheet took where somebody asked for that."""
    serial = normalised_serial(text)
    if rounded(serial):
        reasons.append({"code": "rounded", "text": text})
        return ""
    return (filled_up(serial, model.serial_hint) if model and fill and serial else "") or serial


def _day(text: str, order: DayOrder, reasons: list[Reason], *, today: date) -> tuple[date | None, bool]:
    """The day of purchase, and whether it is a best guess: only a month or a year is written (B2)."""
    if not text:
        return None, False
    try:
        return day_of(text, order=order), False
    except Ambiguous as error:
        first, second = error.readings
        reasons.append(
            {
                "code": "ambiguous_day",
                "text": text,
                "day_first": first.isoformat(),
                "month_first": second.isoformat(),
            }
        )
    except NoDay:
        try:
            day = about_day(text)
            # The middle of this year may be to come yet.
            return (min(day, today) if day.year == today.year else day), True
        except NoDay:
            reasons.append({"code": "no_day", "text": text})
    return None, False


def _country(text: str, reasons: list[Reason]) -> str:
    code = country_of(text) if text else ""
    if code is None:
        reasons.append({"code": "no_country", "text": text})
    return code or ""
