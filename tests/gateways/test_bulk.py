"""The register's bulk download, read entry by entry; what is wrong in it is named with its place (A2)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medlem.gateways.register import RefusedEntry, RegisterEntity, WrongFile, entity_of, read_bulk
from medlem.gateways.register.bulk import LONGEST_ENTRY, PIECE
from tests.downloads import as_csv, as_json, download, entries

from .samples import REGISTER

WHOLE = len(entries()) - 1
"""How many entries are there before the last one."""
LINES = as_csv(entries())[:-4].count(b"\n") + 1
BLATIMEN = {"organisasjonsnummer": "310003913", "navn": "BLÅTIMEN FILM AS"}


def read(path: Path) -> list[RegisterEntity]:
    """All entries, of which none is refused."""
    found = list(read_bulk(path))
    assert [each for each in found if isinstance(each, RefusedEntry)] == []
    return [each for each in found if isinstance(each, RegisterEntity)]


def plain(entity: RegisterEntity) -> RegisterEntity:
    """Less what the CSV does not tell apart."""
    return replace(entity, raw={})


# --- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["enheter_alle.json", "enheter_alle.json.gz"])
def test_a2_the_json_download_says_what_the_register_says(tmp_path: Path, name: str) -> None:
    path = download(tmp_path / name, as_json(entries()))
    assert [plain(each) for each in read(path)] == [plain(entity_of(entry)) for entry in entries()]


@pytest.mark.parametrize("name", ["enheter_alle.csv", "enheter_alle.csv.gz"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a2_the_csv_download_says_the_same(tmp_path: Path, name: str, delimiter: str) -> None:
    path = download(tmp_path / name, as_csv(entries(), delimiter=delimiter))
    assert [plain(each) for each in read(path)] == [plain(entity_of(entry)) for entry in entries()]


def test_a2_places_of_work_name_their_business(tmp_path: Path) -> None:
    path = download(tmp_path / "underenheter.json.gz", as_json(entries(places_of_work=True)))
    assert [(each.name, each.is_subentity_of, each.place) for each in read(path)] == [
        ("BLÅTIMEN FILM", "310003913", "BERGEN")
    ]


def test_a2_what_is_kept_of_an_entry_can_be_read_again_and_is_no_more_than_needed(tmp_path: Path) -> None:
    told = {**entries()[0], "telefon": "22 33 44 55", "hjemmeside": "x.example", "aktivitet": ["x" * 500]}
    (found,) = read(download(tmp_path / "e.json", as_json([told])))
    assert entity_of(found.raw) == found
    assert set(found.raw) == {
        "organisasjonsnummer",
        "navn",
        "hjemmeside",
        "organisasjonsform",
        "forretningsadresse",
        "registrertIMvaregisteret",
        "konkurs",
        "underAvvikling",
        "underTvangsavviklingEllerTvangsopplosning",
    }


@pytest.mark.skipif(not REGISTER.is_dir(), reason="the shared samples are not here")
def test_a2_real_entries(tmp_path: Path) -> None:
    names = ("live_enhet_923609016_equinor", "live_enhet_933851222_trimmed")
    told = [json.loads((REGISTER / f"{name}.json").read_text()) for name in names]
    found = read(download(tmp_path / "enheter_alle.json.gz", as_json(told)))
    assert [(each.number, each.name, each.postcode, each.vat_registered) for each in found] == [
        ("923609016", "EQUINOR ASA", "4035", True),
        ("933851222", "AI CHAT NORGE AS", "3151", True),
    ]


@pytest.mark.parametrize("content", [b"[]", b"[ ]\n", b"\xef\xbb\xbf[]"])
def test_a2_an_empty_register(tmp_path: Path, content: bytes) -> None:
    assert read(download(tmp_path / "e.json", content)) == []


def test_a2_a_file_of_many_pieces_is_never_whole_in_memory(tmp_path: Path) -> None:
    filled = [{**BLATIMEN, "aktivitet": ["å" * 900]} for _ in range(3 * PIECE // 900)]
    path = download(tmp_path / "e.json.gz", as_json(filled))
    assert {each.name for each in read(path)} == {"BLÅTIMEN FILM AS"}
    assert len(read(path)) == len(filled)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (7, "is no object"),
        ({}, "organisasjonsnummer: None is no organisation number (check digit)"),
        (
            {"organisasjonsnummer": "310003914"},
            "organisasjonsnummer: '310003914' is no organisation number (check digit)",
        ),
        (
            {"organisasjonsnummer": " 31000391"},
            "organisasjonsnummer: ' 31000391' is no organisation number (check digit)",
        ),
        ({"organisasjonsnummer": "310003913"}, "navn: 310003913 has none"),
        ({**BLATIMEN, "navn": " "}, "navn: 310003913 has none"),
        ({**BLATIMEN, "organisasjonsform": ["AS"]}, "310003913: 'list' object has no attribute 'get'"),
        (
            {**BLATIMEN, "slettedato": "snart"},
            "310003913: unexpected answer: ValueError(\"Invalid isoformat string: 'snart'\")",
        ),
    ],
)
def test_a2_an_entry_that_is_not_understood_is_refused_alone(tmp_path: Path, entry: Any, reason: str) -> None:
    path = download(tmp_path / "e.json", as_json([BLATIMEN, entry, BLATIMEN]))
    first, refused, last = read_bulk(path)
    assert isinstance(first, RegisterEntity)
    assert isinstance(last, RegisterEntity)
    assert str(refused) == f"e.json, entry 2: {reason}"


def test_a2_a_row_that_is_not_understood_is_refused_with_its_line(tmp_path: Path) -> None:
    header = b"organisasjonsnummer,navn,konkurs\n"
    rows = b"310003913,BL,kanskje\n310003913,BL\n\n310313815,NO,true\n"
    found = list(read_bulk(download(tmp_path / "e.csv", header + rows)))
    assert [str(each) for each in found[:2]] == [
        "e.csv, line 2: konkurs: 'kanskje' is neither true nor false",
        "e.csv, line 3: has not as many columns as the first line",
    ]
    assert found[-1] == entity_of({"organisasjonsnummer": "310313815", "navn": "NO", "konkurs": True})


# --- what breaks off ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "before", "reason"),
    [
        (
            "e.json",
            as_json(entries())[:-40],
            WHOLE,
            f"e.json, entry {len(entries())}: the JSON is damaged or not complete",
        ),
        ("e.json", b'[{"navn": ]', 0, "e.json, entry 1: the JSON is damaged or not complete"),
        ("e.json", b"[" * 5000, 0, "e.json, entry 1: the JSON is damaged or not complete"),
        ("e.csv", b"name,number\nx,1\n", 0, "e.csv: this is neither the register's JSON nor its CSV"),
        ("e.csv", b"", 0, "e.csv: this is neither the register's JSON nor its CSV"),
        ("e.csv", as_csv(entries())[:-4], WHOLE, f"e.csv, line {LINES}: unexpected end of data"),
        ("e.csv", "organisasjonsnummer,navn\n310003913,Blå\n".encode("cp1252"), 0, "e.csv: this is not text"),
        ("e.xlsx", b"PK\x03\x04\x14\x00\x00\x00", 0, "e.xlsx: this is neither the register's JSON"),
    ],
)
def test_a2_a_damaged_file_says_where_it_broke(
    tmp_path: Path, name: str, content: bytes, before: int, reason: str
) -> None:
    path = download(tmp_path / name, content)
    found: list[object] = []
    with pytest.raises(WrongFile) as damage:
        found.extend(read_bulk(path))  # what came before the damage stays in it
    assert str(damage.value).startswith(reason)
    assert len(found) == before


def test_a2_an_archive_that_was_cut_off_says_so_after_its_whole_entries(tmp_path: Path) -> None:
    path = download(tmp_path / "e.json.gz", as_json([BLATIMEN] * 3))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(WrongFile, match="the archive is damaged or not complete"):
        list(read_bulk(path))


def test_a2_an_entry_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = download(tmp_path / "e.json.gz", b'[{"navn": "' + b"x" * (3 * LONGEST_ENTRY))
    with pytest.raises(WrongFile, match="entry 1: the JSON is damaged"):
        list(read_bulk(path))


def test_a2_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_bulk(tmp_path / "none.json"))
