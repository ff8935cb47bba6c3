"""Where each key of a TOML file stands, so that a reason can name the line.

`tomllib` gives values without places. This goes over a source that tomllib has accepted, and so it
trusts it: it only tells keys, strings, brackets and commas apart.
"""

from __future__ import annotations

import re

from medlem.programme.text import Location

BLANK = re.compile(r"(?:[\s]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}\n#]+")
STRINGS = [
    re.compile(r'"""(?:\\.|[^\\])*?"""+', re.DOTALL),
    re.compile(r"'''.*?'''+", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
]


def lines_of(source: str) -> dict[Location, int]:
    """The line (from 1) of each table, key and array item, by its path: `("levels", 2, "name")`."""
    return _Scanner(source).scan()


def line_of(location: Location, lines: dict[Location, int]) -> int:
    """The line of the thing itself, or of the nearest thing around it that stands in the file."""
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 1)


class _Scanner:
    """Walks through a TOML source once; `place` is how far it has come."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.lines: dict[Location, int] = {}
        # How many items each array of tables has so far.
        self.items: dict[Location, int] = {}

    def scan(self) -> dict[Location, int]:
        table: Location = ()
        self.skip(BLANK)
        while self.place < len(self.source):
            if self.at("["):
                table = self.header()
            else:
                self.key_and_value(table)
            self.skip(BLANK)
        return self.lines

    def header(self) -> Location:
        """`[a.b]` or `[[a.b]]`: the path that the following keys belong to."""
        start, array = self.place, self.at("[[")
        self.place += 2 if array else 1
        path: Location = ()
        keys = self.keys()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            last = number == len(keys)
            if array and last:
                self.items[path] = self.items.get(path, 0) + 1
            if path in self.items:
                # The place of an array of tables is its first header.
                self.note(path, start)
                path = (*path, self.items[path] - 1)
            self.note(path, start)
        self.place += 2 if array else 1
        return path

    def key_and_value(self, table: Location) -> None:
        start = self.place
        path = table
        for key in self.keys():
            path = (*path, key)
            self.note(path, start)
        self.place += 1  # the sign of equality
        self.value(path)

    def value(self, path: Location) -> None:
        self.skip(BLANK)
        if self.at("["):
            self.collection("]", path)
        elif self.at("{"):
            self.collection("}", path)
        elif not self.string():
            self.skip(SCALAR)

    def collection(self, end: str, path: Location) -> None:
        self.place += 1
        self.skip(BLANK)
        index = 0
        while not self.at(end):
            if end == "]":
                self.note((*path, index), self.place)
                self.value((*path, index))
            else:
                self.key_and_value(path)
            index += 1
            self.skip(BLANK)
            if self.at(","):
                self.place += 1
                self.skip(BLANK)
        self.place += 1

    def keys(self) -> list[str]:
        """A dotted key, read up to what follows it."""
        found: list[str] = []
        while True:
            self.skip(BLANK)
            start = self.place
            if self.string():
                found.append(self.source[start + 1 : self.place - 1])
            else:
                self.skip(BARE_KEY)
                found.append(self.source[start : self.place])
            self.skip(BLANK)
            if not self.at("."):
                return found
            self.place += 1

    def string(self) -> bool:
        return any(self.skip(pattern) for pattern in STRINGS)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.source, self.place)
        if match:
            self.place = match.end()
        return match is not None

    def at(self, sign: str) -> bool:
        return self.source.startswith(sign, self.place)

    def note(self, path: Location, place: int) -> None:
        self.lines.setdefault(path, self.source.count("\n", 0, place) + 1)
