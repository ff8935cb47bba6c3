"""The catalogue file: dated points, and each wrong row refused with its line and reason (B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.programme.catalogue import HEADER, CatalogueModel, DatedPoints, read_csv, read_file
from medlem.programme.schema import Programme

R1 = "eos-r1;EOS R1;Canon;body;2900000000018;500;2020-01-01;;[0-9]{12};Canon R1|R-1"


def catalogue(tmp_path: Path, *rows: str) -> tuple[tuple[CatalogueModel, ...], list[str]]:
    file = tmp_path / "catalogue.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    models, problems = read_file(file)
    return models, [str(problem).removeprefix(f"{file}, ") for problem in problems]


def test_a_row_is_a_model(tmp_path: Path) -> None:
    assert catalogue(tmp_path, R1) == (
        (
            CatalogueModel(
                code="eos-r1",
                name="EOS R1",
                brand="Canon",
                kind="body",
                ean="2900000000018",
                points=(DatedPoints(date(2020, 1, 1), 500),),
                serial_hint="[0-9]{12}",
                former_names=("Canon R1", "R-1"),
            ),
        ),
        [],
    )


def test_b7_points_have_values_from_a_day_on(cps: Programme) -> None:
    model = next(model for model in cps.catalogue if model.code == "eos-r3")
    assert model.points == (
        DatedPoints(date(2020, 1, 1), 400),
        DatedPoints(date(2026, 7, 1), 350),
    )
    assert model.points_on(date(2019, 12, 31)) == 0
    assert model.points_on(date(2026, 6, 30)) == 400
    assert model.points_on(date(2026, 7, 1)) == 350


def test_b7_a_model_counts_until_the_last_day_of_its_qualifying_life(cps: Programme) -> None:
    model = next(model for model in cps.catalogue if model.code == "imageprograf-pro-1000")
    assert model.qualifies_until == date(2026, 11, 30)
    assert model.points_on(date(2026, 11, 30)) == 60
    assert model.points_on(date(2026, 12, 1)) == 0


@given(
    dated=st.dictionaries(st.integers(0, 3000), st.integers(1, 500), min_size=1, max_size=6),
    asked=st.integers(-10, 3010),
)
def test_b7_the_value_in_force_is_the_newest_that_has_begun(
    tmp_path_factory: pytest.TempPathFactory, dated: dict[int, int], asked: int
) -> None:
    first = date(2020, 1, 1)
    rows = [
        R1.replace(";500;2020-01-01;", f";{points};{first + timedelta(days=day)};")
        for day, points in dated.items()
    ]
    (model,), problems = catalogue(tmp_path_factory.getbasetemp(), *rows)
    begun = [day for day in dated if day <= asked]
    expected = dated[max(begun)] if begun else 0
    assert (model.points_on(first + timedelta(days=asked)), problems) == (expected, [])


def test_b4_an_unusual_serial_number_is_seen(cps: Programme) -> None:
    body = next(model for model in cps.catalogue if model.code == "eos-r5-mark-ii")
    assert body.is_usual("023021000484")
    assert not body.is_usual("23021000484")
    flash = next(model for model in cps.catalogue if model.kind == "flash")
    assert flash.is_usual("ANY-THING")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("eos-r1;", "EOS R1;", "code: must be written like eos-r5-mark-ii, not 'EOS R1'"),
        (";EOS R1;", "; ;", "name: is missing"),
        (";Canon;", ";;", "brand: is missing"),
        (";EOS R1;", f";{'x' * 121};", "name: has 121 characters; 120 is the most"),
        (
            ";body;",
            ";camera;",
            "kind: must be one of body, lens, extender, flash, video, printer, accessory, not 'camera'",
        ),
        ("2900000000018", "2900000000019", "ean: '2900000000019' is no EAN (check digit)"),
        ("2900000000018", "EAN", "ean: 'EAN' is no EAN (check digit)"),
        (";500;", ";0;", "points: must be a whole number from 1 to 100000, not '0'"),
        (";500;", ";-1;", "points: must be a whole number from 1 to 100000, not '-1'"),
        (";500;", ";12.5;", "points: must be a whole number from 1 to 100000, not '12.5'"),
        (";500;", ";;", "points: must be a whole number from 1 to 100000, not ''"),
        (
            ";2020-01-01;",
            ";2020-02-30;",
            "from_on: must be a date written like 2026-01-31, not '2020-02-30'",
        ),
        (
            ";2020-01-01;",
            ";01.02.2020;",
            "from_on: must be a date written like 2026-01-31, not '01.02.2020'",
        ),
        (
            ";2020-01-01;;",
            ";2020-01-01;never;",
            "qualifies_until: must be a date written like 2026-01-31, not 'never'",
        ),
        (
            "[0-9]{12}",
            "[0-9",
            "serial_hint: is no regular expression (unterminated character set at position 0)",
        ),
        (";Canon;", ";", "must have 10 columns"),
        (";Canon;", ";Canon;Inc;", "must have 10 columns"),
    ],
)
def test_a_wrong_row_is_refused_and_the_next_is_taken(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    other = "rf;RF 50mm;Canon;lens;;15;2020-01-01;;;"
    models, problems = catalogue(tmp_path, R1.replace(old, new, 1), other)
    assert ([model.code for model in models], problems) == (["rf"], [f"line 2: {reason}"])


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (R1, "from_on: eos-r1 has points from 2020-01-01 already"),
        (
            R1.replace(";EOS R1;", ";EOS R-One;").replace("2020", "2021"),
            "name: differs from the first row of eos-r1 (line 2)",
        ),
        (
            "other;Other;Canon;body;2900000000018;1;2020-01-01;;;",
            "ean: '2900000000018' belongs to eos-r1 already (line 2)",
        ),
        (
            "other;Other;Canon;body;;1;2020-01-01;;;eos-r1",
            "name: 'eosr1' belongs to eos-r1 already (line 2)",
        ),
        (
            "other;Canon r1;Canon;body;;1;2020-01-01;;;",
            "name: 'canonr1' belongs to eos-r1 already (line 2)",
        ),
    ],
)
def test_rows_that_contradict_each_other(tmp_path: Path, second: str, reason: str) -> None:
    models, problems = catalogue(tmp_path, R1, second)
    assert ([model.code for model in models], problems) == (["eos-r1"], [f"line 3: {reason}"])


def test_all_that_is_wrong_with_a_row_is_said(tmp_path: Path) -> None:
    _, problems = catalogue(tmp_path, R1.replace("body", "x").replace(";500;", ";y;"))
    assert [problem.partition(":")[0] for problem in problems] == ["line 2", "line 2"]


def test_wrong_columns(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_text("code,name\n")
    models, (problem,) = read_file(file)
    assert (models, problem.line, problem.reason) == ((), 1, f"the columns must be {HEADER}")


def test_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_bytes(f"{HEADER}\nx;Sølv\n".encode("cp1252"))
    models, (problem,) = read_file(file)
    assert models == ()
    assert (problem.line, problem.reason) == (2, "is not UTF-8; save it as CSV with UTF-8")


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_bytes(f"{HEADER}\r\n{R1}\r\n".encode("utf-8-sig"))
    models, problems = read_file(file)
    assert ([model.code for model in models], problems) == (["eos-r1"], ())


def test_what_is_pasted_from_a_spreadsheet_has_tabs(tmp_path: Path) -> None:
    pasted = "\n".join([HEADER, R1]).replace(";", "\t").encode()
    assert read_csv(pasted, Path("pasted")) == (catalogue(tmp_path, R1)[0], ())


def test_empty_columns_that_a_spreadsheet_adds_on_the_right_do_not_count(tmp_path: Path) -> None:
    wide = "\n".join([f"{HEADER};;", f"{R1};;", ";" * 11]).encode()
    assert read_csv(wide, Path("wide")) == (catalogue(tmp_path, R1)[0], ())


def test_a_wrong_catalogue_is_a_wrong_programme(complaints: Callable[..., list[str]]) -> None:
    found = complaints(";500;", ";five hundred;", file="cps/catalogue.csv")
    assert found == [
        "programmes/cps/catalogue.csv, line 2: points: must be a whole number"
        " from 1 to 100000, not 'five hundred'"
    ]
