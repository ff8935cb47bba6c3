"""Rows that many tests begin with, made once through the actions and then written as they were.

Making the cast takes a hundred statements; writing its rows again takes one for each table.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction


@dataclass
class Snapshot[Made]:
    """What `make` returns, with the rows that it wrote. Made anew in each process of the tests, and where a test
    has already written what now has one of their keys.

    A number that a rolled back test had is not given out again: PostgreSQL's sequences do not roll back, and
    SQLite's go on after the highest.
    """

    make: Callable[[], Made]
    _made: bytes = b""
    _rows: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)

    def __call__(self) -> Made:
        if not self._made:
            return self._first()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement, rows in self._rows.values():
                    cursor.executemany(statement, rows)
        except IntegrityError:
            return self.make()
        made: Made = pickle.loads(self._made)
        return made

    def _first(self) -> Made:
        before = {table: {row[0] for row in rows} for table, _, rows in _tables()}
        made = self.make()
        for table, columns, rows in _tables():
            if new := [row for row in rows if row[0] not in before[table]]:
                places = ", ".join(["%s"] * len(columns))
                names = ", ".join(map(connection.ops.quote_name, columns))
                self._rows[table] = (f"INSERT INTO {table} ({names}) VALUES ({places})", new)
        self._made = pickle.dumps(made)
        return made


def _tables() -> list[tuple[str, list[str], list[Any]]]:
    """Name, columns and rows of every table of a model, the key first."""
    read = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            meta = model._meta
            if not meta.managed or meta.proxy:
                continue
            columns = [each.column for each in meta.concrete_fields]
            columns.sort(key=lambda column: column != meta.pk.column)
            names = ", ".join(map(connection.ops.quote_name, columns))
            table = connection.ops.quote_name(meta.db_table)
            cursor.execute(f"SELECT {names} FROM {table}")
            read.append((table, columns, cursor.fetchall()))
    return read
