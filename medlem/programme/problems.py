"""What is wrong with a programme file: each problem with its file, line and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Reason(str):
    """A reason in English that a page can say in the reader's language: it keeps its words and what stands in them."""

    words: str
    values: Mapping[str, Any]


def gettext_noop(words: str, **values: Any) -> Reason:
    """A reason to be translated by whoever shows it; named so that the translators' tools find its words.

    Not Django's own: programme files are read before there are settings, and so before there are languages.
    """
    reason = Reason(words % values if values else words)
    reason.words, reason.values = words, values
    return reason


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. `line` counts from 1; None stands for the file as a whole."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line is not None else ""
        return f"{_short(self.file)}{place}: {self.reason}"


class ProgrammeError(Exception):
    """A programme file cannot be used; `problems` holds all that is wrong, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _short(file: Path) -> str:
    """The path from where the command was called, if the file lies below it."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
