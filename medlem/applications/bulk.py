"""The register's bulk download in our own table, for those who run without outside calls (A2, A7).

`medlem import-register` loads it; `registers` looks businesses up in it. An entry's age is the moment of the
download that last had it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Min

from medlem.applications.models import RegisterEntry
from medlem.applications.rules import folded_name
from medlem.gateways.register import (
    RefusedEntry,
    RegisterEntity,
    RegisterHit,
    RegisterUnavailable,
    WrongFile,
    entity_of,
    read_bulk,
)

TABLE = RegisterEntry._meta.db_table
COLUMNS = "number, folded_name, raw, loaded_at"

ENOUGH = 3
"""Letters of a name's beginning that narrow a search down."""

BATCH = 10_000
"""Entries that are written in one transaction: few enough that nobody waits for the database meanwhile."""

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
REFUSALS_KEPT = 50
MOST_GONE = 10
"""A file that lacks more than every tenth entry that we have is not whole, whatever it looks like."""


# --- looking up -----------------------------------------------------------------------------------


def entry(number: str) -> RegisterEntry | None:
    """The entry of a business or a place of work."""
    return RegisterEntry.objects.filter(number=number).first()


def loaded_at() -> datetime | None:
    """The moment of the download that every entry is at least as young as; None where none was loaded."""
    oldest: datetime | None = RegisterEntry.objects.aggregate(oldest=Min("loaded_at"))["oldest"]
    return oldest


def search(name: str, limit: int = 8) -> list[RegisterHit]:
    """Up to `limit` businesses whose name begins with the first word of `name`, in the order of the alphabet.

    Every further word begins a word anywhere in the name: `blå fil` finds *Blåtimen Film AS*, `film` does not.
    Names are folded as the check compares them, so capitals, accents and the legal form do not count.
    """
    first, *others = folded_name(name).split() or [""]
    while others and len(first) < ENOUGH:  # nobody wants all names that begin with one letter
        first = f"{first} {others.pop(0)}"
    if not first:
        return []
    names = _names_beginning_with(first, others, limit)
    found = RegisterEntry.objects.filter(folded_name__in=names)[: limit * limit]  # many may have one name
    hits = [_hit(each) for each in sorted(found, key=lambda each: (each.folded_name, each.number))]
    return [hit for hit in hits if hit][:limit]


def _names_beginning_with(text: str, words: Sequence[str], limit: int) -> list[str]:
    """The first folded names that begin so and have words that begin like these; they are a–z, 0–9 and blanks.

    Read from the index alone, in its order: SQLite's compares bytes. PostgreSQL's for LIKE does, too, whatever the
    collation of the database is; in any other order, all that begin so would have to be read and sorted first.
    """
    if connection.vendor == "postgresql":
        within, order, given = "folded_name LIKE %s", "folded_name USING ~<~", [f"{text}%"]
    else:
        within, order, given = "folded_name >= %s AND folded_name < %s", "folded_name", [text, f"{text}~"]
    also = " AND folded_name LIKE %s" * len(words)
    sql = f"SELECT folded_name FROM {TABLE} WHERE {within}{also} ORDER BY {order} LIMIT %s"  # noqa: S608 - all ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, *(f"% {word}%" for word in words), limit])
        return [name for (name,) in cursor.fetchall()]


def _hit(entry: RegisterEntry) -> RegisterHit | None:
    try:
        entity = entity_of(entry.raw)
    except RegisterUnavailable:
        return None
    return RegisterHit(number=entity.number, name=entity.name, form_code=entity.form_code, place=entity.place)


# --- loading --------------------------------------------------------------------------------------

type Row = tuple[str, str]
"""Folded name and raw entry of a number."""


@dataclass
class Loaded:
    """What came of loading. Only the first refusals are kept, all are counted; `trouble` is why it broke off."""

    taken: int = 0
    new: int = 0
    gone: int = 0
    refused: int = 0
    refusals: list[RefusedEntry] = field(default_factory=list)
    trouble: str = ""

    def refuse(self, entry: RefusedEntry) -> None:
        self.refused += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(entry)


def load(paths: Sequence[Path], *, may_shrink: bool = False, now: datetime) -> Loaded:
    """Loads bulk downloads: businesses, places of work, or both. Written batch by batch; safe to repeat.

    When all files were read to their end, entries that are no longer in them are deleted, among those of the
    kinds that the files hold. A damaged file deletes nothing, and neither does one that lacks more than every
    tenth entry that we have, unless it `may_shrink`; `trouble` then says so.
    """
    loaded = Loaded()
    before = RegisterEntry.objects.count()
    kinds: set[bool] = set()
    try:
        moment = min(now, *(_changed_at(path) for path in paths))
        for path in paths:
            for rows in _batches(path, loaded):
                _write(rows, moment)
                kinds |= {folded == "" for folded, _raw in rows.values()}
    except (WrongFile, OSError) as error:
        loaded.trouble = f"{error}; broke off after {loaded.taken + loaded.refused} entries, removed none"
    loaded.new = RegisterEntry.objects.count() - before
    if not loaded.trouble:
        _remove_others(loaded, kinds, moment, may_shrink=may_shrink)
    return loaded


def _changed_at(path: Path) -> datetime:
    """When the file was downloaded, as far as it tells: loading an old file makes it no younger."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _batches(path: Path, loaded: Loaded) -> Iterator[dict[str, Row]]:
    """What is written for each number, so many at a time; of a damaged file all that comes before the damage."""
    rows: dict[str, Row] = {}
    damage = None
    try:
        for each in read_bulk(path):
            if isinstance(each, RefusedEntry):
                loaded.refuse(each)
                continue
            rows[each.number] = _row(each)
            loaded.taken += 1
            if len(rows) == BATCH:
                yield rows
                rows = {}
    except (WrongFile, OSError) as error:
        damage = error
    yield rows
    if damage:
        raise damage


def _row(entity: RegisterEntity) -> Row:
    """Folded name and raw entry. A place of work has no name here: it is no business to choose."""
    folded = "" if entity.is_subentity_of else folded_name(entity.name) or entity.number
    return folded[:200], COMPACT(entity.raw)


def _remove_others(loaded: Loaded, kinds: Iterable[bool], moment: datetime, *, may_shrink: bool) -> None:
    for is_place_of_work in kinds:
        known = RegisterEntry.objects.all()
        known = known.filter(folded_name="") if is_place_of_work else known.exclude(folded_name="")
        others = known.exclude(loaded_at=moment)
        missing = others.count()
        if missing * MOST_GONE > known.count() and not may_shrink:
            loaded.trouble = (
                f"the file lacks {missing} of the entries that are loaded, so it may be cut off; removed none. "
                "If it is whole, repeat with --may-shrink"
            )
        else:
            loaded.gone += others.delete()[0]


# --- writing --------------------------------------------------------------------------------------

INSERT = f"INSERT INTO {TABLE} ({COLUMNS})"
UPSERT = (
    "ON CONFLICT (number) DO UPDATE "
    "SET folded_name = excluded.folded_name, raw = excluded.raw, loaded_at = excluded.loaded_at"
)


@transaction.atomic
def _write(rows: dict[str, Row], moment: datetime) -> None:
    """Inserts or overwrites; past the ORM, which needs several times as long for a million rows."""
    loaded_at = connection.ops.adapt_datetimefield_value(moment)
    in_order = [(number, *rows[number], loaded_at) for number in sorted(rows)]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"{INSERT} VALUES (%s, %s, %s, %s) {UPSERT}", in_order)
            return
        cursor.execute(f"CREATE TEMP TABLE register_batch (LIKE {TABLE})")
        with cursor.copy(f"COPY register_batch ({COLUMNS}) FROM STDIN") as copy:
            for row in in_order:
                copy.write_row(row)
        cursor.execute(f"{INSERT} SELECT {COLUMNS} FROM register_batch {UPSERT}")  # noqa: S608 - all of it ours
        cursor.execute("DROP TABLE register_batch")
