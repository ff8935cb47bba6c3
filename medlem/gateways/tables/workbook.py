"""The first sheet of an XLSX (ECMA-376), read as a stream.

Not by a library, though there are good ones: those that are quick hold the whole sheet, which is 900 MB for
a million products, and all the memory there is for a sheet of two cells that stand far enough apart.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from medlem.gateways.tables.errors import NotReadable, TooLarge

type Cell = str | int | float | date

BLOCK = 1 << 16
MOST_COLUMNS = 200
MOST_BYTES = 8_000_000_000
DATE_FORMATS = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
"""The numbers of built-in formats that show a day (ECMA-376, 18.8.30)."""
ZEROS = re.compile(r"(0{2,})(;.*)?")
"""A format that fills numbers up with zeros in front, as people give it to columns of serial numbers."""
ROUNDED_FROM = 10**15
"""Spreadsheets keep fifteen digits. Of longer numbers the last ones are gone, so they are written as rounded."""
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def is_workbook(content: bytes) -> bool:
    """Whether a file begins as an XLSX does, which is a zip."""
    return content.startswith(b"PK\x03\x04")


def rows_of_workbook(
    file: Path | IO[bytes], *, most_columns: int = MOST_COLUMNS, most_bytes: int = MOST_BYTES
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that are not empty, each with its line: texts without blanks around them, numbers, days.

    Numbers that a cell's format fills up with zeros are texts with their zeros, as one sees them; those of more
    than fifteen digits are texts such as 1.23456789012346E+17. Cells before the last one that are empty are "".
    `most_bytes` is how much may be unpacked. Raises NotReadable, TooLarge.
    """
    try:
        with ZipFile(file) as zipped:
            book = _Book(zipped, most_bytes=most_bytes)
            yield from _Sheet(book, most_columns=most_columns).rows()
    except NotReadable:
        raise
    except (BadZipFile, ExpatError, zlib.error, LookupError, RuntimeError, ValueError) as error:
        raise NotReadable(f"this is no XLSX that can be read: {error}") from error


class _Book:
    """What the sheets of a file share: texts, which formats show days, where the sheets are."""

    def __init__(self, zipped: ZipFile, *, most_bytes: int) -> None:
        self.zipped = zipped
        self.left = most_bytes
        self.first_day = date(1899, 12, 30)
        self.sheet = ""
        self._find_sheet()
        self.texts = self._texts() if "xl/sharedStrings.xml" in zipped.namelist() else []
        self.day_styles: set[str] = set()
        self.zero_styles: dict[str, int] = {}
        if "xl/styles.xml" in zipped.namelist():
            self._read_styles()

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[None]:
        """Parses a part of the file; stops after every block, so that what was found can be passed on."""
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse
        with self.zipped.open(name) as part:
            while block := part.read(BLOCK):
                self.left -= len(block)
                if self.left < 0:
                    raise TooLarge("it unpacks to more than is taken")
                parser.Parse(block, False)
                yield
        parser.Parse(b"", True)
        yield

    def _find_sheet(self) -> None:
        """The first sheet that is not hidden, by the way of its relation."""
        sheets: list[str] = []
        targets: dict[str, str] = {}

        def workbook(name: str, attributes: dict[str, str]) -> None:
            tag = _plain(name)
            if tag == "sheet" and attributes.get("state", "visible") == "visible":
                sheets.extend(value for key, value in attributes.items() if key.endswith(":id"))
            elif tag == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self.first_day = date(1904, 1, 1)

        def relations(name: str, attributes: dict[str, str]) -> None:
            if _plain(name) == "Relationship":
                targets[attributes["Id"]] = attributes["Target"]

        for _ in self.parse("xl/workbook.xml", workbook):
            pass
        for _ in self.parse("xl/_rels/workbook.xml.rels", relations):
            pass
        target = targets[sheets[0]]
        self.sheet = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _texts(self) -> list[str]:
        texts: list[str] = []
        parts: list[str] = []
        reading = spoken = False  # how a text is spoken in East Asia is no part of it

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal reading, spoken
            match _plain(name):
                case "si":
                    parts.clear()
                case "t":
                    reading = not spoken
                case "rPh":
                    spoken = True

        def end(name: str) -> None:
            nonlocal reading, spoken
            match _plain(name):
                case "si":
                    texts.append(_unescaped("".join(parts)))
                case "t":
                    reading = False
                case "rPh":
                    spoken = False

        def text(data: str) -> None:
            if reading:
                parts.append(data)

        for _ in self.parse("xl/sharedStrings.xml", start, end, text):
            pass
        return texts

    def _read_styles(self) -> None:
        """The styles of cells whose numbers are days, and of those that are filled up with zeros."""
        days = set(map(str, DATE_FORMATS))
        zeros: dict[str, int] = {}
        place, inside = 0, False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal place, inside
            tag = _plain(name)
            if tag == "numFmt":
                code, number = attributes.get("formatCode", ""), attributes["numFmtId"]
                if _shows_a_day(code):
                    days.add(number)
                elif only_zeros := ZEROS.fullmatch(code):
                    zeros[number] = len(only_zeros[1])
            elif tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside:
                format_number = attributes.get("numFmtId", "")
                if format_number in days:
                    self.day_styles.add(str(place))
                elif format_number in zeros:
                    self.zero_styles[str(place)] = zeros[format_number]
                place += 1

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and _plain(name) != "cellXfs"

        for _ in self.parse("xl/styles.xml", start, end):
            pass


class _Sheet:
    """The sheet being read: the row so far, and the cell in it."""

    def __init__(self, book: _Book, *, most_columns: int) -> None:
        self.book = book
        self.most_columns = most_columns
        self.done: list[tuple[int, list[Cell]]] = []
        self.line = 0
        self.cells: list[Cell] = []
        self.kind = self.style = ""
        self.column = 0
        self.parts: list[str] = []
        self.reading = False

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        for _ in self.book.parse(self.book.sheet, self.start, self.end, self.text):
            yield from self.done
            self.done.clear()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _plain(name)
        if tag == "c":
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "")
            place = attributes.get("r", "")
            self.column = _column(place) if place else len(self.cells)
            self.parts.clear()
        elif tag == "v" or tag == "t":
            self.reading = True
        elif tag == "row":
            self.line = int(attributes.get("r", self.line + 1))
            self.cells = []

    def end(self, name: str) -> None:
        tag = _plain(name)
        if tag == "v" or tag == "t":
            self.reading = False
        elif tag == "c":
            cell = self.cell()
            if cell != "":
                if self.column >= self.most_columns:
                    raise TooLarge(f"line {self.line} has more than {self.most_columns} columns")
                self.cells.extend([""] * (self.column + 1 - len(self.cells)))
                self.cells[self.column] = cell
        elif tag == "row" and self.cells:
            self.done.append((self.line, self.cells))

    def text(self, data: str) -> None:
        if self.reading:
            self.parts.append(data)

    def cell(self) -> Cell:
        written = "".join(self.parts)
        match self.kind:
            case "s":
                return self.book.texts[int(written)].strip() if written else ""
            case "n":
                return self.number(written) if written else ""
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(written, written)
            case "e":
                return ""  # such as #N/A: nothing is known
            case "d":
                return _day(written)
        return _unescaped(written).strip()

    def number(self, written: str) -> Cell:
        try:
            number = float(written)
            if self.style in self.book.day_styles:
                return self.book.first_day + timedelta(days=int(number))
            if not number.is_integer():
                return number
            if abs(number) >= ROUNDED_FROM:
                return f"{number:.14E}"
            zeros = self.style in self.book.zero_styles and number >= 0
            return str(int(number)).zfill(self.book.zero_styles[self.style]) if zeros else int(number)
        except (ValueError, OverflowError):
            return written


def _plain(name: str) -> str:
    """An element's name without the prefix of its namespace, which some programs write."""
    return name if ":" not in name else name.rpartition(":")[2]


def _column(place: str) -> int:
    """The column of a cell, from 0: `B7` is 1."""
    column = 0
    for sign in place:
        if not sign.isalpha():
            break
        column = column * 26 + ord(sign) - 64
    return column - 1


def _day(written: str) -> Cell:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return written


def _shows_a_day(code: str) -> bool:
    """Whether a format of one's own shows a day: outside of quotes and brackets it has a day or a year."""
    return re.search(r"[dy]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code), re.IGNORECASE) is not None


def _unescaped(text: str) -> str:
    """Signs that XML cannot hold are written as `_x000D_`."""
    return ESCAPED.sub(_sign, text) if "_x" in text else text


def _sign(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    # Neither the end of a text nor half a sign is one.
    return "" if number == 0 or 0xD800 <= number < 0xE000 else chr(number)


def _refuse(*_declared: Any) -> None:
    raise NotReadable("a workbook declares no document type")
