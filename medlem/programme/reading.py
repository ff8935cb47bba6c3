"""From a programme file to a checked `Programme`, or to all that is wrong with it, line by line.

Beside the TOML file lie the catalogue and the long texts that it names.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from medlem.programme import catalogue
from medlem.programme.lines import line_of, lines_of
from medlem.programme.problems import Problem, ProgrammeError
from medlem.programme.schema import Programme
from medlem.programme.text import Location

DOCUMENTS = ("terms_of_membership", "privacy")


def read(path: Path) -> Programme:
    """Reads and checks a programme file. Raises ProgrammeError with every problem found."""
    source = _source(path)
    values = _parsed(source, path)
    wrong: list[tuple[Location, str]] = []
    problems = [*_fill_catalogue(values, path.parent, wrong)]
    _fill_documents(values, path.parent, wrong)
    programme = None
    try:
        programme = Programme.model_validate(values, context={"languages": _languages(values)})
    except ValidationError as error:
        wrong += [(_location(detail), _reason(detail)) for detail in error.errors()]
    lines = lines_of(source)
    problems += [
        Problem(path, line_of(where, lines), f"{'.'.join(map(str, where))}: {reason}")
        for where, reason in wrong
    ]
    if programme is None or problems:
        raise ProgrammeError(sorted(problems, key=lambda p: (p.file != path, p.file, p.line or 0)))
    return programme


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProgrammeError([Problem(path, None, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ProgrammeError([Problem(path, line, "is not UTF-8")]) from None


def _parsed(source: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        # Its words end in the place: "… (at line 3, column 8)" or "… (at end of document)".
        words = str(error)
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", words)
        line = int(place[1]) if place and place[1] else source.count("\n") + 1
        reason = words[: place.start()] if place else words
        raise ProgrammeError([Problem(path, line, f"is no TOML: {reason}")]) from None


def _languages(values: dict[str, Any]) -> tuple[str, ...]:
    """The programme's languages, the default first: what each `Text` is checked against."""
    listed = values.get("languages")
    languages = listed if isinstance(listed, list) else []
    default = values.get("default_language")
    return tuple(sorted((x for x in languages if isinstance(x, str)), key=lambda x: x != default))


def _fill_catalogue(
    values: dict[str, Any], folder: Path, wrong: list[tuple[Location, str]]
) -> tuple[Problem, ...]:
    """Puts the models of the catalogue file where its name stood."""
    name = values.get("catalogue")
    if name is None:
        return ()
    values["catalogue"] = ()
    file = _beside(folder, name)
    if file is None:
        wrong.append((("catalogue",), f"there is no file {name!r} beside the programme file"))
        return ()
    values["catalogue"], problems = catalogue.read_file(file)
    return problems


def _fill_documents(values: dict[str, Any], folder: Path, wrong: list[tuple[Location, str]]) -> None:
    """Puts the words of each document where the names of its files stood."""
    for document in DOCUMENTS:
        table = values.get(document)
        names = table.get("text") if isinstance(table, dict) else None
        if not isinstance(names, dict):
            continue
        for language, name in names.items():
            words = _words(folder, name)
            if words is None:
                reason = f"there is no text file {name!r} beside the programme file, or it is empty"
                wrong.append(((document, "text", language), reason))
            names[language] = words or "(missing)"


def _words(folder: Path, name: object) -> str | None:
    file = _beside(folder, name)
    try:
        return (file.read_text(encoding="utf-8").strip() or None) if file else None
    except UnicodeDecodeError:
        return None


def _beside(folder: Path, name: object) -> Path | None:
    file = folder / name if isinstance(name, str) else folder
    return file if file.is_file() else None


def _location(detail: ErrorDetails) -> Location:
    """Where it is wrong in the file: pydantic adds `[key]` for a wrong key of a table."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def _reason(detail: ErrorDetails) -> str:
    """Pydantic's finding in the words of whoever writes the file."""
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is no setting of a programme file"
        case "value_error":
            return str(detail["ctx"]["error"])
        case "programme":
            return detail["msg"]
        case "tuple_type":
            return "must be a list"
        case "dict_type" | "model_type":
            return "must be a table"
    rule = detail["msg"][:1].lower() + detail["msg"][1:]
    found = detail["input"]
    shown = f", not {found!r}" if isinstance(found, str | int | float) else ""
    return re.sub(r"^\w+ should ", "must ", rule) + shown
