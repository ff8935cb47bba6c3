"""Taking turns with others who write, for long work that is done a piece at a time."""

from __future__ import annotations

import time

from django.db import connection

PAUSE = 0.05


def let_others_write() -> None:
    """A moment between two pieces of long work, where one writes at a time and those who wait look now and then."""
    if connection.vendor == "sqlite":
        time.sleep(PAUSE)
