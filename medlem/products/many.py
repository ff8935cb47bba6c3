"""Many products at once: a list is looked at row by row, then taken in a piece after the other (B5).

`reading.py` makes products of rows; `lists.py` reads what is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.accounts.queries import person_of, super_user_of
from medlem.core.errors import Refused
from medlem.core.turns import let_others_write
from medlem.events.actions import link, move, queue_mail
from medlem.events.actors import Actor
from medlem.gateways.tables import (
    NotReadable,
    TooLarge,
    decoded,
    is_workbook,
    rows_of_text,
    rows_of_workbook,
)
from medlem.products.bulk import Added, Outcome, add_many
from medlem.products.columns import recognised, split_heading
from medlem.products.foreseeing import EARLIER, earlier_products, told, would_be
from medlem.products.lists import counts_of_rows, known_by, rows_to_take_in
from medlem.products.models import ImportRow, Product, ProductImport
from medlem.products.reading import Catalogue, ReadRow, RowOutcome, read_rows, said_order
from medlem.products.rules import missing_details
from medlem.products.status import ImportStatus

MOST_BYTES = 10_000_000
MOST_UNPACKED = 40_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 50
LONGEST_CELL = 300

AT_ONCE = 200
"""So many rows are taken in while one waits for the page; more are taken in by the worker."""

PIECE = 500
"""So many the worker takes in in one transaction."""

KEPT = timedelta(days=7)
"""So long a list that was looked at waits to be started."""

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class UnreadableList(Refused):
    """What was sent is no list that we can read."""


# --- looking at a list ---------------------------------------------------------------------------------


@transaction.atomic
def look_at(
    *, account: Account, content: bytes, filename: str = "", by: Actor, now: datetime
) -> ProductImport:
    """Reads a list from a file or from the clipboard and says what each of its rows will do; registers nothing.

    Writes the import with its columns as they were recognised, and its rows. Raises UnreadableList.
    """
    rows = _rows_in(content)
    catalogue = Catalogue(now=now)
    known = known_by(account, catalogue.is_model, catalogue.brands)
    heading, below = split_heading([cells for _line, cells in rows], known)
    columns = recognised(heading, below, known)
    made = ProductImport.objects.create(
        account=account,
        filename=filename[:120],
        heading=heading,
        columns=columns,
        defaults={"purchase_country": "" if "purchase_country" in columns else account.country},
        made_by_id=by.person_id,
        made_at=now,
    )
    _look(made, rows[len(rows) - len(below) :], catalogue, by=by, now=now)
    return made


@transaction.atomic
def look_again(
    *,
    made: ProductImport,
    columns: Sequence[str],
    country: str = "",
    dealer: str = "",
    order: str = "",
    fill: bool = False,
    again: bool = False,
    by: Actor,
    now: datetime,
) -> ProductImport:
    """Looks at a list once more, after somebody said what its columns are, and what holds for rows without it.

    `fill` gives serial numbers the zeros in front that their models have; `again` takes in what looks like products
    of an earlier list. Raises Refused when it was started already, or when two columns are said to be the same.
    """
    made = _locked(made)
    if made.status != ImportStatus.PREVIEW:
        raise Refused(_("This list was started already; its columns stay as they were."))
    named = [column for column in columns if column]
    if len(named) > len(set(named)):
        raise Refused(_("Two columns are said to be the same. Choose each only once."))
    made.columns = list(columns)
    made.defaults = {
        "purchase_country": country,
        "dealer": " ".join(dealer.split()),
        "day_order": order,
        "fill": fill,
        "again": again,
        "held": made.defaults.get("held", 0),
    }
    rows = list(made.rows.values_list("line", "cells"))
    made.rows.all().delete()
    _look(made, rows, Catalogue(now=now), by=by, now=now)
    return made


def _rows_in(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows of a file as text, within the limits."""
    if len(content) > MOST_BYTES:
        raise UnreadableList(_("The file is larger than 10 MB. Send the list in parts."), field="file")
    if content.startswith(OLD_WORKBOOK):
        raise UnreadableList(
            _("This is a workbook of the kind before 2007. Save it as XLSX or CSV and send that."),
            field="file",
        )
    rows: list[tuple[int, list[str]]] = []
    try:
        for line, cells in _read(content):
            if len(rows) > MOST_ROWS:
                raise UnreadableList(_("The list has more than 20,000 rows. Send it in parts."), field="file")
            if len(cells) > MOST_COLUMNS:
                raise TooLarge(f"line {line} has more than {MOST_COLUMNS} columns")
            rows.append((line, [str(cell)[:LONGEST_CELL] for cell in cells]))
    except TooLarge as error:
        raise UnreadableList(
            _("The list has more than 50 columns, or unpacks to far more than a list of products needs."),
            field="file",
        ) from error
    except NotReadable as error:
        raise UnreadableList(
            _("We cannot read this. Send a CSV or XLSX file, or copy the cells and paste them."), field="file"
        ) from error
    if not rows:
        raise UnreadableList(
            _("There is nothing in the list. Choose a file, or paste the cells."), field="file"
        )
    return rows


def _read(content: bytes) -> Iterable[tuple[int, Sequence[object]]]:
    if is_workbook(content):
        return rows_of_workbook(BytesIO(content), most_columns=MOST_COLUMNS, most_bytes=MOST_UNPACKED)
    return rows_of_text(decoded(content))


def _look(
    made: ProductImport,
    rows: Sequence[tuple[int, list[str]]],
    catalogue: Catalogue,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Writes what each row would do, and what the complete ones would bring; an event where it meets serial numbers
    that others hold, as looking is a way of asking for them (B4)."""
    made.defaults["said_order"] = said_order([cells for _line, cells in rows], made.columns)
    read = read_rows(rows, made, catalogue)
    outcomes = would_be(made, read)
    made.points = sum(
        catalogue.points_of(row.item.model.pk)
        for row, (outcome, _reasons) in zip(read, outcomes, strict=True)
        if row.item and outcome == RowOutcome.COMPLETE
    )
    made.defaults["ambiguous"] = any(
        reason["code"] == "ambiguous_day" for row in read for reason in row.reasons
    )
    going_in = {RowOutcome.COMPLETE, RowOutcome.INCOMPLETE, RowOutcome.DISPUTED}
    fresh = [row for row, (outcome, _why) in zip(read, outcomes, strict=True) if outcome in going_in]
    made.defaults |= {
        "unusual": sum(reason["code"] == "unusual" for row in fresh for reason in row.reasons),
        "fillable": sum(row.fillable for row in fresh),
        "earlier": sum(why == [EARLIER] for _outcome, why in outcomes),
    }
    outcomes = told(made, read, outcomes, by=by, now=now)
    made.save(update_fields=["columns", "defaults", "points"])
    ImportRow.objects.bulk_create(
        ImportRow(
            product_import=made,
            line=row.line,
            cells=row.cells,
            outcome=outcome,
            reasons=row.reasons + reasons,
        )
        for row, (outcome, reasons) in zip(read, outcomes, strict=True)
    )


@transaction.atomic
def discard(*, made: ProductImport) -> None:
    """Throws a list away that was looked at and not started; nothing of it was registered."""
    made = _locked(made)
    if made.status != ImportStatus.PREVIEW:
        raise Refused(_("This list was started already, so it cannot be discarded."))
    made.delete()


@transaction.atomic
def forget(*, import_id: int, now: datetime) -> None:
    """Erases a list that was looked at and never started."""
    ProductImport.objects.filter(pk=import_id, status=ImportStatus.PREVIEW, made_at__lte=now - KEPT).delete()


# --- taking it in ----------------------------------------------------------------------------------------


@transaction.atomic
def start(*, made: ProductImport, by: Actor, now: datetime) -> ProductImport:
    """Takes a list in: a small one at once, a large one in the worker (`go_on`). A stopped one goes on.

    Of two clicks the second changes nothing. Raises Refused when none of its rows can go in.
    """
    made = _locked(made)
    if made.status in {ImportStatus.RUNNING, ImportStatus.DONE}:
        return made
    waiting = rows_to_take_in(made)
    if not waiting.exclude(outcome=RowOutcome.REFUSED).exists():
        raise Refused(_("None of the rows can go in. Say which column is what, or correct the list."))
    move(
        made,
        to=ImportStatus.RUNNING,
        name="products.import_started",
        by=by,
        now=now,
        account_id=made.account.public_id,
        fields={"started_at": now},
        rows=waiting.count(),
    )
    if waiting.count() <= AT_ONCE:
        _take_in_piece(made, now=now)
    else:
        from medlem.products.tasks import go_on_importing

        go_on_importing.enqueue(made.pk)
    return made


def go_on(*, import_id: int, now: datetime) -> None:
    """Does what is left of an import, a piece after the other, until it is done or stopped (B5).

    Each piece is a transaction under the account's lock in which rows and products are written together: a
    killed worker leaves whole pieces, and no row goes in twice.
    """
    while _go_on_once(import_id, now=now):
        let_others_write()


@transaction.atomic
def stop(*, made: ProductImport, by: Actor, now: datetime) -> ProductImport:
    """Stops an import between two pieces; what went in stays, and it can be gone on with."""
    made = _locked(made)
    if made.status != ImportStatus.RUNNING:
        return made
    move(
        made,
        to=ImportStatus.STOPPED,
        name="products.import_stopped",
        by=by,
        now=now,
        account_id=made.account.public_id,
        rows=made.rows.exclude(done_at=None).count(),
    )
    return made


def _locked(made: ProductImport) -> ProductImport:
    Account.objects.select_for_update().get(pk=made.account_id)
    return ProductImport.objects.select_related("account").get(pk=made.pk)


@transaction.atomic
def _go_on_once(import_id: int, *, now: datetime) -> bool:
    """Takes in a piece; whether there is more to do."""
    made = _locked(ProductImport.objects.get(pk=import_id))
    if made.status != ImportStatus.RUNNING:
        return False
    _take_in_piece(made, now=now)
    return made.status == ImportStatus.RUNNING


def _take_in_piece(made: ProductImport, *, now: datetime) -> None:
    """Takes in the next rows in their order, and ends the import with the last of them.

    Rows are read once more: what became known since they were looked at counts. Writes the products with all
    that goes with them, then the rows anew, each with what became of it.
    """
    by = Actor("member", made.made_by_id)
    rows = list(rows_to_take_in(made)[:PIECE])
    read = read_rows([(row.line, row.cells) for row in rows], made, Catalogue(now=now))
    earlier = earlier_products(made, read)
    there = [earlier[row.twin].pop() if row.twin and earlier[row.twin] else None for row in read]
    items = [row.item for row, product in zip(read, there, strict=True) if row.item and not product]
    added = iter(add_many(account=made.account, items=items, by=by, now=now))
    done = [
        _there_already(row, product) if product else _done(row, each, next(added) if each.item else None)
        for row, each, product in zip(rows, read, there, strict=True)
    ]
    for row in done:
        row.done_at = now
    made.rows.filter(pk__in=[row.pk for row in rows]).delete()
    ImportRow.objects.bulk_create(done)
    if len(rows) < PIECE:
        _finish(made, by=by, now=now)


def _there_already(before: ImportRow, product: Product) -> ImportRow:
    """The row of a product without a serial number that came in with an earlier list."""
    return ImportRow(
        product_import_id=before.product_import_id,
        line=before.line,
        cells=before.cells,
        outcome=RowOutcome.OWN_DUPLICATE,
        reasons=[EARLIER],
        product=product,
    )


def _done(before: ImportRow, read: ReadRow, added: Added | None) -> ImportRow:
    """The row with what became of it."""
    row = ImportRow(
        product_import_id=before.product_import_id, line=before.line, cells=before.cells, reasons=read.reasons
    )
    if read.item is None or added is None:
        row.outcome = RowOutcome.REFUSED
    elif added.outcome == Outcome.REFUSED:
        row.outcome, row.reasons = RowOutcome.REFUSED, [{"code": added.reason}]
    elif added.outcome == Outcome.OWN_DUPLICATE:
        # What was in the list twice is in the account now, by the first of both.
        repeated = before.outcome == RowOutcome.REPEATED
        row.outcome = RowOutcome.REPEATED if repeated else RowOutcome.OWN_DUPLICATE
        row.reasons = before.reasons if repeated else read.reasons
        row.product = added.product
    else:
        row.outcome, row.product = RowOutcome(added.outcome), added.product
        if added.outcome == Outcome.INCOMPLETE:
            row.reasons = [*read.reasons, {"code": "missing", "details": missing_details(read.item.details)}]
    return row


def _finish(made: ProductImport, *, by: Actor, now: datetime) -> None:
    """Ends the import and mails what came of it to whoever sent the list, once, where it was a large one."""
    counts = counts_of_rows(made)
    move(
        made,
        to=ImportStatus.DONE,
        name="products.imported",
        by=by,
        now=now,
        account_id=made.account.public_id,
        fields={"finished_at": now},
        rows=sum(counts.values()),
    )
    person = person_of(made.account, made.made_by_id) or super_user_of(made.account)
    if person and sum(counts.values()) > AT_ONCE:
        queue_mail(
            "imported",
            to=person.email,
            language=person.language,
            now=now,
            account_id=made.account.public_id,
            name=person.first_name,
            filename=made.filename,
            outcomes=counts,
            link=link("portal:import", public_id=str(made.public_id)),
        )
