"""The register's own bulk download, read entry by entry: JSON or CSV, gzipped or not (A2).

`/enheter/lastned` and `/underenheter/lastned` give one JSON array; with `/csv` behind them, a table whose
columns name the JSON's fields with dots (`forretningsadresse.postnummer`). Neither fits into memory, so
neither is ever read whole. Called by `medlem import-register`.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from stdnum.no import orgnr

from .brreg import entity_of
from .entity import RegisterEntity, RegisterUnavailable

PIECE = 1 << 20
LONGEST_ENTRY = 1 << 20
"""Characters that one entry may have; what goes on for longer is damaged."""

PLAIN = (
    "organisasjonsnummer",
    "navn",
    "overordnetEnhet",
    "slettedato",
    "nedleggelsesdato",
    "hjemmeside",
    "epostadresse",
)
FLAGS = ("registrertIMvaregisteret", "konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning")
NESTED = {
    "organisasjonsform": ("kode", "beskrivelse"),
    "forretningsadresse": ("adresse", "postnummer", "poststed", "landkode"),
    "beliggenhetsadresse": ("adresse", "postnummer", "poststed", "landkode"),
    "postadresse": ("adresse", "postnummer", "poststed", "landkode"),
}
"""The fields that are read: what the checks look at. The download has many more, which we do not keep."""

BETWEEN = re.compile(r"[\s,]*")
TRUTH = {"true": True, "false": False}


class WrongFile(Exception):
    """The file as a whole is no bulk download, or it is damaged; the text says where and why."""


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that was not understood: where it stands in the file, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def read_bulk(path: Path) -> Iterator[RegisterEntity | RefusedEntry]:
    """Each entry of a bulk download, in the order of the file.

    `raw` of an entity holds the fields that are read here, named as the register names them. Raises
    WrongFile, after the entries before the damage, and OSError.
    """
    try:
        with _opened(path) as text:
            is_json = text.read(64).lstrip().startswith("[")
            text.seek(0)
            yield from _from_json(path.name, text) if is_json else _from_csv(path.name, text)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise WrongFile(f"{path.name}: the archive is damaged or not complete ({error})") from error
    except UnicodeDecodeError as error:
        raise WrongFile(f"{path.name}: this is not text in UTF-8 ({error.reason})") from error


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        is_archive = file.read(2) == b"\x1f\x8b"
    if is_archive:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


# --- JSON -----------------------------------------------------------------------------------------


def _from_json(name: str, text: TextIO) -> Iterator[RegisterEntity | RefusedEntry]:
    decode = json.JSONDecoder().raw_decode
    piece = text.read(PIECE)
    piece, at, index = piece[piece.index("[") + 1 :], 0, 1
    while True:
        at = BETWEEN.match(piece, at).end()  # type: ignore[union-attr]  # matches nothing, too
        if piece.startswith("]", at):
            return
        try:
            answer, at = decode(piece, at)
        except (ValueError, RecursionError) as error:
            # Most often the entry goes on in the next piece.
            more = text.read(PIECE)
            if not more or len(piece) - at > LONGEST_ENTRY:
                raise WrongFile(f"{name}, entry {index}: the JSON is damaged or not complete") from error
            piece, at = piece[at:] + more, 0
            continue
        yield _entry(answer, f"{name}, entry {index}")
        index += 1


# --- CSV ------------------------------------------------------------------------------------------


def _from_csv(name: str, text: TextIO) -> Iterator[RegisterEntity | RefusedEntry]:
    first = text.readline()
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
    try:
        header = next(rows, [])
        columns = {column.casefold(): index for index, column in enumerate(header)}
        if not columns.keys() >= {"organisasjonsnummer", "navn"}:
            raise WrongFile(f"{name}: this is neither the register's JSON nor its CSV")
        for row in rows:
            place = f"{name}, line {rows.line_num}"
            if len(row) != len(header):
                yield RefusedEntry(place, "has not as many columns as the first line")
            else:
                yield _from_row(row, columns, place)
    except csv.Error as error:
        raise WrongFile(f"{name}, line {rows.line_num}: {error}") from error


def _from_row(row: list[str], columns: Mapping[str, int], place: str) -> RegisterEntity | RefusedEntry:
    """A row as the JSON has it. The two spell some names with other capitals: `registrertIMvaRegisteret`."""

    def value(field: str) -> str:
        index = columns.get(field.casefold())
        return "" if index is None else row[index].strip()

    answer: dict[str, Any] = {field: value(field) for field in PLAIN}
    for flag in FLAGS:
        written = value(flag)
        if written and written not in TRUTH:
            return RefusedEntry(place, f"{flag}: {written!r} is neither true nor false")
        answer[flag] = TRUTH.get(written)
    for outer, inner in NESTED.items():
        answer[outer] = {field: value(f"{outer}.{field}") for field in inner}
        if "adresse" in inner:
            answer[outer]["adresse"] = answer[outer]["adresse"].splitlines()
    return _entry(answer, place)


# --- both -----------------------------------------------------------------------------------------


def _entry(answer: Any, place: str) -> RegisterEntity | RefusedEntry:
    if not isinstance(answer, dict):
        return RefusedEntry(place, "is no object")
    number, name = answer.get("organisasjonsnummer"), answer.get("navn")
    if not (isinstance(number, str) and _is_number(number)):
        return RefusedEntry(place, f"organisasjonsnummer: {number!r} is no organisation number (check digit)")
    if not (isinstance(name, str) and name.strip()):
        return RefusedEntry(place, f"navn: {number} has none")
    try:
        return entity_of(_read_of(answer))
    except (AttributeError, RegisterUnavailable) as error:
        return RefusedEntry(
            place, f"{number}: {error.reason if isinstance(error, RegisterUnavailable) else error}"
        )


def _is_number(text: str) -> bool:
    """As `orgnr.is_valid` for a number that is written plainly, in a fifth of the time."""
    return len(text) == 9 and text.isascii() and text.isdecimal() and orgnr.checksum(text) == 0


def _read_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry that are read; empty ones are left out."""
    read: dict[str, Any] = {
        field: answer[field] for field in (*PLAIN, *FLAGS) if answer.get(field) not in (None, "")
    }
    for outer, inner in NESTED.items():
        part = answer.get(outer) or {}
        kept = {field: part[field] for field in inner if part.get(field)}
        if kept:
            read[outer] = kept
    return read
