"""Doing things at the same moment, each in a thread with a database connection of its own.

Tests that use it take the fixture `committing`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections

PATIENCE = 30


def together(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned, or the exception that it raised, in the order given."""
    ready = Barrier(len(actions))

    def act(action: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(PATIENCE)
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(act, actions))
