"""CSV with any separator and encoding, and the clipboard of a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

from medlem.gateways.tables.errors import NotReadable

SEPARATORS = "\t;,|"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
TOLD = re.compile(r"sep=(.)\r?\n")
BLOCK = 1 << 20
LOOKED_AT = 50


def encoding_of(path: Path) -> str:
    """UTF-8 or UTF-16 where it is, else cp1252, which Windows writes without telling. Reads the file once."""
    with path.open("rb") as file:
        start = file.read(4)
        for mark, encoding in MARKS.items():
            if start.startswith(mark):
                return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = start
        try:
            while block:
                decoder.decode(block)
                block = file.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def decoded(content: bytes) -> str:
    """The text of a small file, in the encoding that `encoding_of` would find. Raises NotReadable."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise NotReadable("this is no text")
    return text


def separator_of(text: str, among: str = SEPARATORS) -> str:
    """What stands between the columns: with it, most of the first lines have the same number of columns.

    The first of `among` where the text has one column only.
    """
    found, best = among[0], (0.0, 0)
    for separator in among:
        reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
        try:
            widths = Counter(len(row) for row in islice(reader, LOOKED_AT) if any(row))
        except csv.Error:
            continue
        width, lines = widths.most_common(1)[0] if widths else (1, 0)
        score = (lines / max(widths.total(), 1), width)
        if width > 1 and score > best:
            found, best = separator, score
    return found


def rows_of_text(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line on which it begins, cells without blanks around them.

    Cells may be quoted and hold line ends. Where the quotes do not come out even, they are taken as signs
    like others.
    """
    told = TOLD.match(text)  # what some spreadsheets write above the list
    separator = told[1] if told else separator_of("".join(islice(StringIO(text, newline=""), LOOKED_AT)))
    lines = StringIO(text, newline="")
    if _even(text, separator):
        reader = csv.reader(lines, delimiter=separator)
    else:
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    line = 1
    try:
        if told:
            next(reader)
            line = 2
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise NotReadable(f"line {line}: {error}") from error


def _even(text: str, separator: str) -> bool:
    if '"' not in text:
        return True
    try:
        for _row in csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True
