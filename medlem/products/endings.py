"""The last signs of a serial number as the database indexes them: for numbers that came without their zeros (B8)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func

LENGTH = 5
"""So many signs are indexed. Two million products in a row have twenty that end in the same five."""


class Ending(Func):
    """The last five signs of a column, written without parameters, as SQLite finds an index by its exact words."""

    function = "RIGHT"
    template = f"%(function)s(%(expressions)s, {LENGTH})"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, -{LENGTH})", **more)
