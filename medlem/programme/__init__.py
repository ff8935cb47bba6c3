"""The programme: one manufacturer's own rules, read from a file, checked, and asked by everyone.

`current()` gives it. `schema` says what it holds, `reading` how it comes from the file.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from medlem.programme.problems import Problem, ProgrammeError
from medlem.programme.reading import read
from medlem.programme.schema import Programme

__all__ = ["Problem", "Programme", "ProgrammeError", "current", "read"]


def current() -> Programme:
    """The programme of this installation (MEDLEM_PROGRAMME), read once for each process."""
    return _read_once(Path(settings.MEDLEM_PROGRAMME_FILE))


@lru_cache(maxsize=4)
def _read_once(path: Path) -> Programme:
    return read(path)
