"""A temporary table for the lines of the former system's list, and its comparison with what is there, in SQL (B6).

Works on PostgreSQL (COPY) and on SQLite (batches). The table is this connection's own and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection


class LegacyRow(NamedTuple):
    """A line of the list as it is kept; `reference` is empty where it gives a member only."""

    line: int
    public_id: str
    email: str
    member_number: str
    member_name: str
    level: str
    reference: str
    model_name: str
    serial_number: str
    purchased_on: date | None
    purchase_country: str
    dealer: str


COLUMNS = ", ".join(LegacyRow._fields)

CREATE = """
CREATE TEMPORARY TABLE legacy_rows (
    line integer PRIMARY KEY, public_id {uuid} NOT NULL, email text NOT NULL, member_number text NOT NULL,
    member_name text NOT NULL, level text NOT NULL, reference text NOT NULL, model_name text NOT NULL,
    serial_number text NOT NULL, purchased_on date, purchase_country text NOT NULL, dealer text NOT NULL
)
"""

REPEATED = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY reference) AS first FROM legacy_rows WHERE reference <> ''
) AS places WHERE line > first ORDER BY line
"""

NEW_MEMBERS_ONLY = """
SELECT count(DISTINCT rows.email) FROM legacy_rows AS rows
WHERE rows.reference = '' AND rows.line BETWEEN %s AND %s
  AND NOT EXISTS (SELECT 1 FROM products_legacymember AS member WHERE lower(member.email) = rows.email)
"""

# What a member is told of on several lines is told on one of them at least.
PEOPLE = """
SELECT email, max(member_name) AS name, max(member_number) AS number, max(level) AS level, min(line) AS first
FROM legacy_rows WHERE line BETWEEN %s AND %s GROUP BY email
"""

ADD_MEMBERS = f"""
INSERT INTO products_legacymember (email, name, number, level)
SELECT email, name, number, level FROM ({PEOPLE}) AS people WHERE true ORDER BY first
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own words

CHANGE_MEMBERS = f"""
UPDATE products_legacymember SET
    name = CASE people.name WHEN '' THEN products_legacymember.name ELSE people.name END,
    number = CASE people.number WHEN '' THEN products_legacymember.number ELSE people.number END,
    level = CASE people.level WHEN '' THEN products_legacymember.level ELSE people.level END
FROM ({PEOPLE}) AS people
WHERE lower(products_legacymember.email) = people.email AND (
    people.name NOT IN ('', products_legacymember.name)
    OR people.number NOT IN ('', products_legacymember.number)
    OR people.level NOT IN ('', products_legacymember.level)
)
"""  # noqa: S608 - our own words

MOVED = """
SELECT count(*) FROM legacy_rows AS rows JOIN products_legacyproduct AS product
ON product.reference = rows.reference WHERE rows.line BETWEEN %s AND %s AND product.status <> 'waiting'
"""

CHANGE_PRODUCTS = """
UPDATE products_legacyproduct SET
    member_id = rows.member_id, model_name = rows.model_name, serial_number = rows.serial_number,
    purchased_on = rows.purchased_on, purchase_country = rows.purchase_country, dealer = rows.dealer
FROM (
    SELECT legacy_rows.*, member.id AS member_id FROM legacy_rows
    JOIN products_legacymember AS member ON lower(member.email) = legacy_rows.email
    WHERE line BETWEEN %s AND %s
) AS rows
WHERE products_legacyproduct.reference = rows.reference AND products_legacyproduct.status = 'waiting' AND (
    products_legacyproduct.member_id <> rows.member_id
    OR products_legacyproduct.model_name <> rows.model_name
    OR products_legacyproduct.serial_number <> rows.serial_number
    OR products_legacyproduct.purchased_on IS DISTINCT FROM rows.purchased_on
    OR products_legacyproduct.purchase_country <> rows.purchase_country
    OR products_legacyproduct.dealer <> rows.dealer
)
"""

ADD_PRODUCTS = """
INSERT INTO products_legacyproduct
    (public_id, member_id, reference, model_name, serial_number, purchased_on, purchase_country, dealer,
     status, reason)
SELECT rows.public_id, member.id, rows.reference, rows.model_name, rows.serial_number, rows.purchased_on,
    rows.purchase_country, rows.dealer, 'waiting', ''
FROM legacy_rows AS rows JOIN products_legacymember AS member ON lower(member.email) = rows.email
WHERE rows.reference <> '' AND rows.line BETWEEN %s AND %s
ORDER BY rows.line
ON CONFLICT (reference) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many lines brought something new, changed what waits, were there already, or were moved since."""

    taken: int
    changed: int
    unchanged: int
    moved: int


Part = tuple[int, int]
"""The first and the last line of a part."""


class LegacyTable:
    """The lines of one list. Closed, it is gone."""

    def __init__(self) -> None:
        kind = "uuid" if connection.vendor == "postgresql" else "text"
        self._run("DROP TABLE IF EXISTS legacy_rows")
        self._run(CREATE.format(uuid=kind))

    def close(self) -> None:
        if not connection.needs_rollback:
            self._run("DROP TABLE IF EXISTS legacy_rows")

    def add(self, rows: Sequence[LegacyRow]) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.cursor.copy(f"COPY legacy_rows ({COLUMNS}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                places = ", ".join(["%s"] * len(LegacyRow._fields))
                cursor.executemany(
                    f"INSERT INTO legacy_rows ({COLUMNS}) VALUES ({places})",  # noqa: S608 - our own words
                    rows,
                )

    def take_out_repeated(self) -> list[Part]:
        """Takes out lines whose reference stands on an earlier one; with each, that earlier line."""
        repeated: list[Part] = self._all(REPEATED)
        if repeated:
            with connection.cursor() as cursor:
                cursor.executemany(
                    "DELETE FROM legacy_rows WHERE line = %s", [(line,) for line, _first in repeated]
                )
        return repeated

    def parts(self, lines: int) -> Iterator[Part]:
        """The table in parts of so many lines."""
        last = self._one("SELECT coalesce(max(line), 0) FROM legacy_rows")
        if connection.vendor == "postgresql":
            self._run("ANALYZE legacy_rows")
        for first in range(1, last + 1, lines):
            yield first, first + lines - 1

    def merge(self, part: Part) -> Merged:
        """Brings a part of the lines into members and products, in the caller's transaction."""
        lines = self._one("SELECT count(*) FROM legacy_rows WHERE line BETWEEN %s AND %s", part)
        members_only = self._one(NEW_MEMBERS_ONLY, part)
        self._run(ADD_MEMBERS, part)
        self._run(CHANGE_MEMBERS, part)
        moved = self._one(MOVED, part)
        changed = self._run(CHANGE_PRODUCTS, part)
        taken = self._run(ADD_PRODUCTS, part) + members_only
        return Merged(taken=taken, changed=changed, unchanged=lines - taken - changed - moved, moved=moved)

    def _run(self, sql: str, part: Sequence[int] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, part)
            written: int = cursor.rowcount
            return max(written, 0)

    def _one(self, sql: str, part: Sequence[int] = ()) -> int:
        return int(self._all(sql, part)[0][0])

    def _all(self, sql: str, part: Sequence[int] = ()) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, part)
            found: list[Any] = cursor.fetchall()
            return found
