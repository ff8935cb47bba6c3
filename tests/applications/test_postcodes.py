"""The public register of post codes: taken in whole or row by row, and asked for a place (A2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from medlem.applications.models import Postcode
from medlem.applications.postcodes import WrongFile, import_postcodes, keep, place_of

pytestmark = pytest.mark.django_db

BRING = "0484\tOSLO\t0301\tOSLO\tG\n6002\tÅLESUND\t1508\tÅLESUND\tP\n9008\tTROMSØ\t5501\tTROMSØ\tG\n"
"""As the register writes it: code, place, number and name of the municipality, kind."""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "postnummer.txt"
    path.write_bytes(text.encode(encoding))
    return path


def kept() -> list[tuple[str, str, str]]:
    return list(Postcode.objects.order_by("code").values_list("country", "code", "place"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("heading", ["", "postnummer\tpoststed\tkommune\n", "Code\tPlace\n"])
def test_a2_the_register_is_taken_in_whatever_its_encoding(
    tmp_path: Path, encoding: str, heading: str
) -> None:
    report = import_postcodes(written(tmp_path, heading + BRING, encoding))

    assert (report.taken, report.unchanged, report.refused) == (3, 0, [])
    assert kept() == [("NO", "0484", "OSLO"), ("NO", "6002", "ÅLESUND"), ("NO", "9008", "TROMSØ")]


def test_a2_taken_again_changes_nothing_but_what_was_renamed(tmp_path: Path) -> None:
    file = written(tmp_path, BRING)
    import_postcodes(file)
    again = import_postcodes(file)
    assert (again.taken, again.unchanged) == (0, 3)

    renamed = import_postcodes(written(tmp_path, BRING.replace("TROMSØ", "ROMSA")))
    assert (renamed.taken, renamed.unchanged) == (1, 2)
    assert kept()[-1] == ("NO", "9008", "ROMSA")


def test_a2_wrong_rows_are_refused_with_line_and_reason(tmp_path: Path) -> None:
    report = import_postcodes(
        written(tmp_path, BRING + "484\tOSLO\n\n0485\n0486\t\n0487\t1234\n٠٤٨٤\tOSLO\n")
    )

    assert report.taken == 3
    assert report.refused == [
        "postnummer.txt, line 4: code: '484' has not four digits",
        "postnummer.txt, line 6: has no place",
        "postnummer.txt, line 7: place: '' is no name of a place",
        "postnummer.txt, line 8: place: '1234' is no name of a place",
        "postnummer.txt, line 9: code: '٠٤٨٤' has not four digits",
    ]


@pytest.mark.parametrize("content", [b"0484;OSLO;0301\n", b"\x89PNG\x81\x8d\tx\n", b""])
def test_a2_what_is_no_register_of_post_codes_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(content)
    with pytest.raises(WrongFile, match=r"^file\.txt"):
        import_postcodes(path)
    assert kept() == []


def test_a2_a_real_register_is_taken_in_whole(tmp_path: Path, samples: Path) -> None:
    real = samples / "register" / "postnummer_no_2024-04-11.tsv"
    file = real if real.exists() else written(tmp_path, BRING)
    rows = len(file.read_text(encoding="utf-8").split("\n")) - 1

    report = import_postcodes(file)
    assert report.refused == []
    assert report.taken in (rows, rows - 1)  # with headings or without
    assert place_of(country="NO", code="9008") == "TROMSØ"


def test_a2_a_place_is_found_by_country_and_code() -> None:
    keep(country="NO", places={"0484": "OSLO"})
    keep(country="SE", places={"11120": "STOCKHOLM"})

    asked = [("NO", "0484"), ("SE", "111 20"), ("SE", "0484"), ("NO", "0485"), ("NO", ""), ("NO", "0" * 500)]
    assert [place_of(country=country, code=code) for country, code in asked] == [
        "OSLO", "STOCKHOLM", "", "", "", "",
    ]  # fmt: skip
