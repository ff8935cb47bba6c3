"""Each key and item of a TOML file is found on its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.programme.lines import line_of, lines_of
from medlem.programme.text import Location

PROGRAMMES = Path(__file__).parents[2] / "programmes"

ALL_FORMS = '''\
a = 1
"b c" = 'x # no [remark]' # a remark = [
d.e . f = """
g = 1
"quoted" \\""" [x]
"""
h = [
  1, # one
  [2, 3],
  { i = "},]", "j" = [4,
    5] },
]
k = 1979-05-27 07:32:00
l = \'\'\'
m = 1\'\'\'

[n]
[n.o]
p = {}
q = []
[[r]]
s = +1e3
[[r.t]]
[[r.t]]
u = true
[[r]]
[r.v]
w = inf
'''


def test_every_form_of_key() -> None:
    assert lines_of(ALL_FORMS) == {
        ("a",): 1,
        ("b c",): 2,
        ("d",): 3,
        ("d", "e"): 3,
        ("d", "e", "f"): 3,
        ("h",): 7,
        ("h", 0): 8,
        ("h", 1): 9,
        ("h", 1, 0): 9,
        ("h", 1, 1): 9,
        ("h", 2): 10,
        ("h", 2, "i"): 10,
        ("h", 2, "j"): 10,
        ("h", 2, "j", 0): 10,
        ("h", 2, "j", 1): 11,
        ("k",): 13,
        ("l",): 14,
        ("n",): 17,
        ("n", "o"): 18,
        ("n", "o", "p"): 19,
        ("n", "o", "q"): 20,
        ("r",): 21,
        ("r", 0): 21,
        ("r", 0, "s"): 22,
        ("r", 0, "t"): 23,
        ("r", 0, "t", 0): 23,
        ("r", 0, "t", 1): 24,
        ("r", 0, "t", 1, "u"): 25,
        ("r", 1): 26,
        ("r", 1, "v"): 27,
        ("r", 1, "v", "w"): 28,
    }
    assert set(lines_of(ALL_FORMS)) == set(paths(tomllib.loads(ALL_FORMS)))


@pytest.mark.parametrize("name", ["cps.toml", "nordlys.toml"])
def test_every_path_of_the_files_that_ship(name: str) -> None:
    source = (PROGRAMMES / name).read_text()
    lines = source.splitlines()
    found = lines_of(source)
    assert set(found) == set(paths(tomllib.loads(source)))
    for path, number in found.items():
        if isinstance(path[-1], str):
            assert path[-1] in lines[number - 1]


def test_what_is_not_there_is_found_at_the_nearest_thing_around_it() -> None:
    lines = lines_of(ALL_FORMS)
    assert line_of(("r", 1, "v", "missing", 4), lines) == 27
    assert line_of(("missing",), lines) == 1
    assert line_of((), lines) == 1


KEYS = st.text("abc", min_size=1, max_size=3)
TEXTS = st.text(st.sampled_from("ab \"'\\#[]{},=\n.æ"), max_size=8)
VALUES = st.recursive(
    st.integers() | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=3), min_size=1, max_size=4))
def test_any_values_are_passed_over(tables: list[dict[str, Any]]) -> None:
    source = ""
    expected: list[int] = []
    for table in tables:
        expected.append(source.count("\n") + 1)
        rows = [f"{key} = {written(value)} # ] }}\n" for key, value in table.items()]
        source += "[[tables]]\n" + "".join(rows)
    assert tomllib.loads(source) == {"tables": tables}
    found = lines_of(source)
    assert [found["tables", index] for index in range(len(tables))] == expected
    assert set(found) == set(paths({"tables": tables}))


def written(value: Any) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"""\n{escaped}"""' if "\n" in value else f'"{escaped}"'
        case list():
            return "[\n" + ",\n".join(written(item) for item in value) + "\n]"
        case _:
            return "{" + ", ".join(f"{k} = {written(v)}" for k, v in value.items()) + "}"


def paths(value: Any, here: Location = ()) -> Iterator[Location]:
    """The path of everything inside a parsed file."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, item in inside:
        yield (*here, key)
        yield from paths(item, (*here, key))
