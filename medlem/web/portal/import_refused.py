"""The rows of a list that were refused, as a file to correct and send again (B5).

As they came, with the line on which each stood before them and the reasons behind.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO
from uuid import UUID

import xlsxwriter
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.products.lists import refused_rows
from medlem.products.models import ProductImport
from medlem.products.reading import FORMULA
from medlem.web.access import MemberRequest, member
from medlem.web.portal.exports import SPREADSHEET
from medlem.web.portal.import_forms import column_names
from medlem.web.portal.import_rows import Named, reasons_in_words
from medlem.web.portal.imports import made_of

WIDTH, LINE_WIDTH, REASON_WIDTH = 20, 8, 80


@member
@require_safe
def refused_xlsx(request: MemberRequest, public_id: UUID) -> FileResponse:
    """All cells are text, and so are those that are typed over them: serial numbers keep their zeros."""
    made = made_of(request, public_id)
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_("To correct")[:31])
        as_text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        width = len(made.columns)
        sheet.set_column(0, 0, LINE_WIDTH, as_text)
        sheet.set_column(1, width, WIDTH, as_text)
        sheet.set_column(width + 1, width + 1, REASON_WIDTH, as_text)
        for place, cells in enumerate(_rows(made)):
            for column, cell in enumerate(cells):
                sheet.write_string(place, column, cell, as_text if place else bold)
        sheet.freeze_panes(1, 0)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_filename(made, "xlsx"), content_type=SPREADSHEET)


@member
@require_safe
def refused_csv(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """For programs. A spreadsheet that opens it takes the zeros of serial numbers away."""
    made = made_of(request, public_id)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = content_disposition_header(True, _filename(made, "csv"))
    answer.headers["Content-Disposition"] = name or "attachment"
    answer.write("\ufeff")  # without it, spreadsheets do not believe that it is UTF-8
    written = csv.writer(answer, delimiter=";", lineterminator="\r\n")
    written.writerows(map(_harmless, _rows(made)))
    return answer


def _rows(made: ProductImport) -> Iterator[list[str]]:
    """The heading, then each refused row with its line and its reasons."""
    width = len(made.columns)
    heading = made.heading or column_names(made.columns)
    yield [_("Line"), *heading, *[""] * (width - len(heading)), _("Reason")]
    named = Named()
    for row in refused_rows(made).iterator():
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        yield [str(row.line), *cells, " ".join(reasons_in_words(row.reasons, named))]


def _filename(made: ProductImport, ending: str) -> str:
    name = made.filename.rpartition(".")[0] or _("Pasted list")
    return _("%(list)s - to correct") % {"list": name} + f".{ending}"


def _harmless(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet computes; reading them, we take the sign before them away again."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
