"""My products as files: CSV and XLSX with everything, and a printable list for insurers and customs (B9).

All that the list is narrowed to, in its order; the address is that of the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.gateways.equipment_list import EquipmentList, Item, render
from medlem.products.models import Product
from medlem.products.queries import row_of
from medlem.products.status import ProductStatus
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.countries import country_name
from medlem.web.portal.details import kind_name, named
from medlem.web.portal.products import Wanted
from medlem.web.templatetags.medlem import day, number, reader, text

CHUNK = 2_000
BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something older."""

WIDTHS = (34, 14, 18, 14, 18, 28, 26, 18, 26, 9, 14)
DATES = {"nb": "dd.mm.yyyy", "en": "d mmm yyyy"}

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Row:
    """A product as the files have it; the cells in the order of `headings`."""

    cells: tuple[str | int | date | None, ...]


def headings() -> list[str]:
    """The first five are what the importer of many at once reads, whatever else a list has (B5)."""
    return [
        _("Model"),
        _("Kind"),
        _("Serial number"),
        _("Purchase date"),
        _("Country of purchase"),
        _("Dealer"),
        _("Best guess"),
        _("State"),
        _("Missing details"),
        _("Points"),
        _("Registered"),
    ]


@member
@require_safe
def products_csv(request: MemberRequest) -> HttpResponseBase:
    """Row by row as they are read, so that a long list takes no memory."""
    lines = _lines(request, get_language() or current().default_language)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_filename("csv")}"'
    return response


@member
@require_safe
def products_xlsx(request: MemberRequest) -> HttpResponseBase:
    """Serial numbers are text and days are days; nothing is a formula."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(_("My products")[:31])
    bold = book.add_format({"bold": True})
    dated = book.add_format({"num_format": DATES.get(reader(), "yyyy-mm-dd"), "align": "left"})
    for column, (heading, width) in enumerate(zip(headings(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    products = Wanted.by(request.GET).of(request.account).iterator(chunk_size=CHUNK)
    for line, product in enumerate(products, start=1):
        for column, cell in enumerate(_row(product).cells):
            _write(sheet, line, column, cell, dated)
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_filename("xlsx"), content_type=SPREADSHEET)


@member
@require_safe
def equipment_list(request: MemberRequest) -> HttpResponse:
    """A PDF with model, serial number, date, dealer and country of each piece."""
    products = list(Wanted.by(request.GET).of(request.account))
    pdf = render(_document(request.account, products))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_filename("pdf")}"'
    return response


def _row(product: Product) -> Row:
    row = row_of(product)
    guessed = [
        name
        for name in ("purchased_on", "purchase_country", "dealer")
        if getattr(product, f"{name}_estimated")
    ]
    state = product.get_missing_as_display() or product.get_status_display()
    return Row(
        (
            product.model.name,
            kind_name(product.model.kind),
            product.serial_number,
            product.purchased_on,
            country_name(product.purchase_country) if product.purchase_country else "",
            product.dealer,
            named(guessed),
            str(state),
            named(row.missing),
            row.points if row.allocated else None,
            clock.date_in(current().timezone, product.added_at),
        )
    )


def _lines(request: MemberRequest, language: str) -> Iterator[str]:
    """The lines, each in the reader's language: they are made after the request's own was put away."""
    writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_MINIMAL)
    with translation.override(language):
        line = BOM + writer.writerow(headings())
    yield line
    for product in Wanted.by(request.GET).of(request.account).iterator(chunk_size=CHUNK):
        with translation.override(language):
            cells = _row(product).cells
            line = writer.writerow(["" if cell is None else harmless(str(cell)) for cell in cells])
        yield line


class _Echo:
    """What `csv` writes into: it gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _write(sheet: Any, line: int, column: int, cell: str | int | date | None, dated: Any) -> None:
    match cell:
        case date():
            sheet.write_datetime(line, column, datetime.combine(cell, time()), dated)
        case int():
            sheet.write_number(line, column, cell)
        case str() if cell:
            sheet.write_string(line, column, cell)


def _filename(ending: str) -> str:
    name = _("equipment")
    return f"{name}-{clock.today(current().timezone).isoformat()}.{ending}"


def _document(account: Account, products: list[Product]) -> EquipmentList:
    programme = current()
    today = clock.today(programme.timezone)
    count = len(products)
    pieces = ngettext("%(count)s piece", "%(count)s pieces", count) % {"count": number(count)}
    label = text(programme.country(account.country).number_label)
    return EquipmentList(
        language=reader(),
        made_on=today,
        wordmark=programme.brand.wordmark,
        accent=programme.brand.accent.light,
        business=account.name,
        facts=(
            f"{label} {_in_threes(account.registration_number)} · {account.street}, {account.postcode} {account.place}",
            f"{pieces} · {day(today)}",
        ),
        items=tuple(_item(product) for product in products),
        note=_("As registered by the business with %(programme)s.") % {"programme": programme.brand.name},
        labels={
            "title": _("Equipment"),
            "model": _("Model"),
            "serial_number": _("Serial number"),
            "purchased_on": _("Purchase date"),
            "dealer": _("Dealer"),
            "country": _("Country of purchase"),
            "page": _("Page {page} of {pages}"),
        },
    )


def _in_threes(number: str) -> str:
    """A registration number of nine digits as people read it, such as 974 760 673."""
    if not (number.isdecimal() and len(number) == 9):
        return number
    return "\N{NO-BREAK SPACE}".join(number[start : start + 3] for start in range(0, 9, 3))


def _item(product: Product) -> Item:
    """What an insurer should not take for certain is marked in words: what is missing, disputed or a best guess."""
    marks = [product.get_missing_as_display()] if product.missing_as else []
    if product.status == ProductStatus.DISPUTED:
        marks.append(_("ownership being looked into"))
    country = country_name(product.purchase_country) if product.purchase_country else ""
    return Item(
        model=f"{product.model.name} ({', '.join(map(str, marks))})" if marks else product.model.name,
        serial_number=product.serial_number or _("not given"),
        purchased_on=_guessed(day(product.purchased_on), product.purchased_on_estimated),
        dealer=_guessed(product.dealer, product.dealer_estimated),
        country=_guessed(country, product.purchase_country_estimated),
    )


def _guessed(written: str, is_a_guess: bool) -> str:
    return _("%(detail)s (best guess)") % {"detail": written} if written and is_a_guess else written
