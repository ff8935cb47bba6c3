"""What the rows of a list would do, before anything is registered, and how much of it is told (B4, B5).

`many.py` asks when a list is looked at, and once more for rows without a serial number when it is taken in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from medlem.events.actions import record
from medlem.events.actors import Actor
from medlem.products.lists import earlier_without_serial
from medlem.products.models import Product, ProductImport
from medlem.products.queries import pieces_of
from medlem.products.reading import ReadRow, Reason, RowOutcome, Twin
from medlem.products.rules import missing_details
from medlem.products.status import HOLDING

MOST_TOLD = 20
"""Of so many rows the preview says that somebody else holds their serial numbers; of more only how many (B4)."""

EARLIER: Reason = {"code": "earlier"}

type Would = tuple[RowOutcome, list[Reason]]


def would_be(made: ProductImport, rows: Sequence[ReadRow]) -> list[Would]:
    """What would become of each row today, and why: nothing is registered, and no holder is named (B4)."""
    account, earlier = made.account, earlier_products(made, rows)
    present = pieces_of(row.piece for row in rows if row.piece)
    own = {(each.model_id, each.serial_number) for each in present if each.account_id == account.pk}
    held = {(each.model_id, each.serial_number) for each in present if each.status in HOLDING} - own
    lines: dict[tuple[int, str], int] = {}
    outcomes: list[Would] = []
    for row in rows:
        if row.item is None:
            outcomes.append((RowOutcome.REFUSED, []))
        elif row.piece and row.piece in own:
            outcomes.append((RowOutcome.OWN_DUPLICATE, []))
        elif row.piece and row.piece in lines:
            outcomes.append((RowOutcome.REPEATED, [{"code": "repeated", "line": lines[row.piece]}]))
        elif row.twin and earlier[row.twin]:
            earlier[row.twin].pop()
            outcomes.append((RowOutcome.OWN_DUPLICATE, [EARLIER]))
        else:
            if row.piece:
                lines[row.piece] = row.line
            outcomes.append((RowOutcome.DISPUTED, []) if row.piece in held else _if_free(row))
    return outcomes


def earlier_products(made: ProductImport, rows: Sequence[ReadRow]) -> Mapping[Twin, list[Product]]:
    """Products of earlier lists that rows without a serial number look like, unless they are to go in `again`."""
    if made.defaults.get("again") or not any(row.twin for row in rows):
        return defaultdict(list)
    return earlier_without_serial(made)


def _if_free(row: ReadRow) -> Would:
    """What would become of a row whose serial number nobody else holds."""
    missing = missing_details(row.item.details) if row.item else []
    if missing:
        return RowOutcome.INCOMPLETE, [{"code": "missing", "details": missing}]
    return RowOutcome.COMPLETE, []


def told(
    made: ProductImport, rows: Sequence[ReadRow], outcomes: list[Would], *, by: Actor, now: datetime
) -> list[Would]:
    """The outcomes as the preview may tell them: of many rows that others hold only how many there are (B4).

    Those rows stand there as if nobody held them; taken in, each becomes a dispute that says so.
    """
    held = sum(outcome == RowOutcome.DISPUTED for outcome, _reasons in outcomes)
    if held and held != made.defaults.get("held"):
        record(
            "products.preview_met_held",
            by=by,
            now=now,
            subject=made,
            account_id=made.account.public_id,
            after={"held": held, "rows": len(rows)},
        )
    made.defaults["held"] = held
    if held <= MOST_TOLD:
        return outcomes
    return [
        _if_free(row) if outcome == RowOutcome.DISPUTED else (outcome, reasons)
        for row, (outcome, reasons) in zip(rows, outcomes, strict=True)
    ]
