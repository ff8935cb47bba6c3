"""The rows of a list of products in words: what each is, what becomes of it, and why (B5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.products.actions import PROBLEMS
from medlem.products.columns import Column
from medlem.products.models import ImportRow, ProductImport
from medlem.products.queries import models_matching, shown_names
from medlem.products.reading import Catalogue, ReadRow, read_rows
from medlem.products.rules import nearest
from medlem.web.countries import country_name
from medlem.web.portal.details import named
from medlem.web.templatetags.medlem import day

MOST_LOOKED_UP = 200
"""So many unknown names are compared with the catalogue for one page or file; it takes some milliseconds each."""

WORDS = {
    "no_model": gettext_lazy("No model is named."),
    "two_models": gettext_lazy("“%(text)s” and the bar code of %(other)s are two models."),
    "no_day": gettext_lazy("“%(text)s” is not a date. Write it as 12.03.2024."),
    "ambiguous_day": gettext_lazy("“%(text)s” can be %(day_first)s or %(month_first)s."),
    "no_country": gettext_lazy("“%(text)s” is no country that we know."),
    "dealer": gettext_lazy("The dealer's name has more than 120 characters."),
    "repeated": gettext_lazy("The same as line %(line)s."),
    "missing": gettext_lazy("Missing: %(details)s."),
    "earlier": gettext_lazy("Came in with an earlier list, also without a serial number."),
    "rounded": gettext_lazy(
        "The spreadsheet has rounded this number (%(text)s), so its last digits are lost. Format the column as text"
        " and type it once more."
    ),
    "unusual": gettext_lazy("%(text)s looks unusual for this model. Compare it once more."),
}


class Named:
    """The names of the catalogue, for saying which look like an unknown one; asked for only where there is one."""

    def __init__(self) -> None:
        self.names: dict[str, str] | None = None
        self.close: dict[str, list[str]] = {}

    def like(self, text: str) -> list[str]:
        if self.names is None:
            self.names = shown_names()
        if text not in self.close:
            self.close[text] = nearest(text, self.names) if len(self.close) < MOST_LOOKED_UP else []
        return self.close[text]


CLOSE = 3
"""So many names are offered for one that nobody knows."""


def reasons_in_words(reasons: Iterable[dict[str, Any]], names: Named) -> list[str]:
    """Each reason as a sentence that says what to do where it is not plain."""
    return [_reason(reason, names) for reason in reasons]


def _reason(reason: dict[str, Any], names: Named) -> str:
    code = reason["code"]
    if code == "unknown_model":
        return _unknown(reason["text"], names.like(reason["text"]))
    if code in WORDS:
        values = {name: _value(name, value) for name, value in reason.items()}
        return str(WORDS[code]) % values
    return str(PROBLEMS.get(code, code))


def unknown_model(typed: str) -> str:
    """That the catalogue has no such model, and what may be meant: names that have all that was typed."""
    return _unknown(typed, models_matching(typed, most=CLOSE) or nearest(typed, shown_names()))


def _unknown(typed: str, close: Sequence[str]) -> str:
    if not close:
        return _("We do not know the model “%(text)s”.") % {"text": typed}
    words = _("We do not know the model “%(text)s”. Did you mean %(close)s?")
    return words % {"text": typed, "close": _one_of(close)}


def _one_of(names: Sequence[str]) -> str:
    """Names to choose from, such as “A, B or C”."""
    *others, last = names
    return _("%(others)s or %(last)s") % {"others": ", ".join(others), "last": last} if others else last


def _value(name: str, value: Any) -> str:
    match name:
        case "details":
            return named(value)
        case "day_first" | "month_first":
            return day(date.fromisoformat(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row as a table shows it."""

    row: ImportRow
    name: str
    serial_number: str
    bought: str
    points: int
    words: list[str]


def rows_shown(page: Iterable[ImportRow], made: ProductImport, catalogue: Catalogue) -> list[RowShown]:
    rows = list(page)
    read = read_rows([(row.line, row.cells) for row in rows], made, catalogue)
    names = Named()
    places = {column: place for place, column in enumerate(made.columns) if column}
    return [_shown(row, each, places, names, catalogue) for row, each in zip(rows, read, strict=True)]


def _shown(
    row: ImportRow, read: ReadRow, places: dict[str, int], names: Named, catalogue: Catalogue
) -> RowShown:
    item = read.item
    if item is None:
        name = _cell(row.cells, places.get(Column.MODEL)) or _cell(row.cells, places.get(Column.EAN))
        serial = _cell(row.cells, places.get(Column.SERIAL_NUMBER))
        written = (Column.PURCHASED_ON, Column.PURCHASE_COUNTRY, Column.DEALER)
        bought = [_cell(row.cells, places.get(column)) for column in written]
    else:
        details = item.details
        name, serial = item.model.name, details.serial_number
        on = day(details.purchased_on)
        on = _("%(detail)s (best guess)") % {"detail": on} if details.purchased_on_estimated else on
        bought = [on, country_name(details.purchase_country), details.dealer]
    return RowShown(
        row=row,
        name=name or " ".join(row.cells)[:60],
        serial_number=serial,
        bought=", ".join(part for part in bought if part),
        points=catalogue.points_of(item.model.pk) if item else 0,
        words=reasons_in_words(row.reasons, names),
    )


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
