"""The register's bulk download as a register of our own, for those who run without outside calls (A2, A7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from medlem.applications import bulk, registers
from medlem.applications.models import RegisterAnswer, RegisterEntry
from medlem.applications.queries import applications_to_ask_again, latest_checks
from medlem.commands.tick import tick
from tests.applications.applying import BLATIMEN, NORDVIK, checked, sent
from tests.downloads import as_csv, as_json, download, entries

pytestmark = pytest.mark.django_db

PLACE_OF_WORK = "316152201"
UNKNOWN = "310000019"


@pytest.fixture(autouse=True)
def no_outside_calls(settings: Any, register_answers: None) -> None:
    settings.MEDLEM_REGISTER_URL = "off"


@pytest.fixture
def loaded(tmp_path: Path, now: datetime) -> datetime:
    """Both downloads, of yesterday, as an operator loads them every night: the moment that they are of."""
    return load_all(tmp_path, at=now - timedelta(days=1), now=now)


def load_all(folder: Path, *, at: datetime, now: datetime) -> datetime:
    files = [
        download(folder / "enheter_alle.json.gz", as_json(entries()), at=at),
        download(folder / "underenheter_alle.csv.gz", as_csv(entries(places_of_work=False)[:0]), at=at),
        download(folder / "underenheter_alle.json", as_json(entries(places_of_work=True)), at=at),
    ]
    assert bulk.load(files, now=now).trouble == ""
    return at


def businesses() -> set[str]:
    return set(RegisterEntry.objects.values_list("number", flat=True))


def ask(number: str, now: datetime) -> registers.Answer:
    return registers.ask(country="NO", number=number, now=now)


# --- loading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["e.json", "e.json.gz", "e.csv", "e.csv.gz"])
def test_a2_every_entry_is_taken_with_folded_name_and_raw(tmp_path: Path, name: str, now: datetime) -> None:
    content = as_csv(entries()) if ".csv" in name else as_json(entries())
    loaded = bulk.load([download(tmp_path / name, content, at=now)], now=now)
    many = len(entries())
    assert (loaded.taken, loaded.new, loaded.gone, loaded.refused, loaded.trouble) == (many, many, 0, 0, "")
    entry = RegisterEntry.objects.get(number="310313815")
    assert (entry.folded_name, entry.loaded_at, entry.raw["navn"], entry.raw["konkurs"]) == (
        "nordvik sonn foto",
        now,
        "NORDVIK & SØNN FOTO AS",
        False,
    )
    assert entry.raw["forretningsadresse"]["adresse"] == ["Øvre Bryggesmug 3"]


def test_a2_loading_again_changes_what_changed_and_removes_what_is_gone(
    tmp_path: Path, now: datetime
) -> None:
    bulk.load([download(tmp_path / "e.json", as_json(entries()), at=now)], now=now)
    later = now + timedelta(days=1)
    told = [
        {**each, "konkurs": True} if each["organisasjonsnummer"] == NORDVIK else each for each in entries()
    ]
    told = [each for each in told if each["organisasjonsnummer"] != BLATIMEN]
    for gone in (1, 0):  # the second time there is nothing left to do
        again = bulk.load([download(tmp_path / "e.json", as_json(told), at=later)], now=later)
        assert (again.taken, again.new, again.gone, again.trouble) == (len(told), 0, gone, "")
    assert BLATIMEN not in businesses()
    assert ask(NORDVIK, later).facts.bankrupt
    assert bulk.loaded_at() == later


def test_a2_places_of_work_alone_remove_no_business_and_the_other_way_round(
    tmp_path: Path, loaded: datetime, now: datetime
) -> None:
    before = businesses()
    for places_of_work in (True, False):
        content = as_json(entries(places_of_work=places_of_work))
        again = bulk.load([download(tmp_path / "e.json", content, at=now)], now=now)
        assert (again.gone, businesses()) == (0, before)
    assert PLACE_OF_WORK in before


def test_a2_a_damaged_file_removes_nothing_and_makes_nothing_younger_than_it_is(
    tmp_path: Path, loaded: datetime, now: datetime
) -> None:
    before = businesses()
    path = download(tmp_path / "e.json", as_json(entries()[1:])[:-400], at=now)
    again = bulk.load([path], now=now)
    assert again.trouble.startswith(
        f"e.json, entry {len(entries()) - 1}: the JSON is damaged or not complete; broke off after {len(entries()) - 2}"
    )
    assert (again.gone, businesses(), bulk.loaded_at()) == (0, before, loaded)
    assert ask(BLATIMEN, now).asked_at == loaded
    assert ask(NORDVIK, now).asked_at == now  # it stood before the damage
    load_all(tmp_path, at=now, now=now)
    assert (businesses(), bulk.loaded_at()) == (before, now)


def test_a2_a_file_that_is_not_there_is_said(tmp_path: Path, loaded: datetime, now: datetime) -> None:
    before = businesses()
    again = bulk.load([tmp_path / "none.json"], now=now)
    assert again.trouble.startswith("[Errno 2] No such file or directory")
    assert businesses() == before


def test_a2_a_file_that_lacks_many_entries_is_taken_for_one_that_was_cut_off(
    tmp_path: Path, loaded: datetime, now: datetime
) -> None:
    """A table that was cut off between two lines looks whole."""
    before = businesses()
    path = download(tmp_path / "e.csv", as_csv(entries()[:-5]), at=now)
    again = bulk.load([path], now=now)
    assert again.trouble == (
        "the file lacks 5 of the entries that are loaded, so it may be cut off; removed none. "
        "If it is whole, repeat with --may-shrink"
    )
    assert businesses() == before
    assert bulk.load([path], may_shrink=True, now=now).gone == 5


def test_a2_refused_entries_are_counted_and_the_first_are_kept(tmp_path: Path, now: datetime) -> None:
    told = [*entries(), *[{"organisasjonsnummer": "1"}] * 60]
    loaded = bulk.load([download(tmp_path / "e.json", as_json(told))], now=now)
    assert (loaded.taken, loaded.refused, len(loaded.refusals)) == (len(entries()), 60, 50)
    assert str(loaded.refusals[0]).startswith(
        f"e.json, entry {len(entries()) + 1}: organisasjonsnummer: '1' is no"
    )


def test_a2_a_number_that_comes_twice_is_taken_as_it_comes_last(tmp_path: Path, now: datetime) -> None:
    told = [entries()[0], {**entries()[0], "navn": "OMDØPT AS"}]
    assert bulk.load([download(tmp_path / "e.json", as_json(told))], now=now).new == 1
    assert RegisterEntry.objects.get().folded_name == "omdopt"


def test_a2_more_entries_than_one_batch(tmp_path: Path, now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(bulk, "BATCH", 7)
    assert bulk.load([download(tmp_path / "e.json", as_json(entries()))], now=now).new == len(entries())


def test_a7_loading_an_old_file_makes_it_no_younger(tmp_path: Path, now: datetime) -> None:
    for at, is_of in ((now - timedelta(days=30), now - timedelta(days=30)), (now + timedelta(days=1), now)):
        bulk.load([download(tmp_path / "e.json", as_json(entries()), at=at)], now=now)
        assert bulk.loaded_at() == is_of


# --- looking up -----------------------------------------------------------------------------------


def test_a2_a_business_is_looked_up_without_outside_calls(loaded: datetime, now: datetime) -> None:
    answer = ask("310 003 913", now)
    assert answer.entity is not None
    assert (answer.entity.name, answer.entity.postcode, answer.facts.vat_registered) == (
        "BLÅTIMEN FILM AS",
        "0484",
        True,
    )
    assert answer.proof is not None
    assert (answer.proof.from_bulk, answer.asked_at, answer.proof.raw["navn"]) == (
        True,
        loaded,
        "BLÅTIMEN FILM AS",
    )
    assert ask(PLACE_OF_WORK, now).facts.parent == BLATIMEN


def test_a2_asking_again_keeps_one_answer_a_download(loaded: datetime, now: datetime) -> None:
    for _ in range(3):
        ask(BLATIMEN, now)
        ask(UNKNOWN, now)
    assert sorted(RegisterAnswer.objects.values_list("number", "state", "asked_at")) == [
        (UNKNOWN, "not_found", loaded),
        (BLATIMEN, "answered", loaded),
    ]


def test_a2_where_no_download_was_loaded_there_is_no_register(now: datetime) -> None:
    assert (ask(BLATIMEN, now).facts.state, registers.search(country="NO", name="film", now=now)) == (
        "no_register",
        None,
    )
    assert RegisterAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("blåtimen", ["BLÅTIMEN FILM AS"]),
        ("Blatimen F", ["BLÅTIMEN FILM AS"]),
        ("BLÅTIMEN FILM AS", ["BLÅTIMEN FILM AS"]),
        ("nordvik foto", ["NORDVIK & SØNN FOTO AS"]),  # words in between may be left out
        ("nordvik so", ["NORDVIK & SØNN FOTO AS"]),
        ("fotograf", ["FOTOGRAF INGRID SÆTHERØY", "FOTOGRAF OLE-JAKOB ÅSNES"]),
        ("fotograf sæt", ["FOTOGRAF INGRID SÆTHERØY"]),
        ("fil", []),  # stands at the beginning of no name
        ("blåtimen xyz", []),
        ("as ", []),
        ("?!%", []),
    ],
)
def test_a2_a_search_finds_names_that_begin_so(
    loaded: datetime, now: datetime, typed: str, found: list[str]
) -> None:
    hits = registers.search(country="NO", name=typed, now=now)
    assert [hit.name for hit in hits or ()] == found


def test_a2_a_search_finds_so_many_at_most_and_no_places_of_work(loaded: datetime) -> None:
    assert [hit.number for hit in bulk.search("blåtimen film")] == [BLATIMEN]
    assert len(bulk.search("fotograf", limit=1)) == 1


def test_a2_short_words_at_the_beginning_are_looked_for_together(tmp_path: Path, now: datetime) -> None:
    told = [{**each, "navn": f"A. {each['navn']}"} for each in entries()]
    bulk.load([download(tmp_path / "e.json", as_json(told))], now=now)
    assert [hit.name for hit in bulk.search("a blå fil")] == ["A. BLÅTIMEN FILM AS"]
    assert bulk.search("a film") == []


def test_a2_a_business_without_a_letter_in_its_name_is_no_place_of_work(
    tmp_path: Path, now: datetime
) -> None:
    told = [{"organisasjonsnummer": BLATIMEN, "navn": "株式会社"}]
    bulk.load([download(tmp_path / "e.json", as_json(told))], now=now)
    assert RegisterEntry.objects.get().folded_name == BLATIMEN


# --- the checks -----------------------------------------------------------------------------------


def against(application: Any) -> dict[str, str]:
    return {check.code: check.reason for check in latest_checks(application) if check.outcome != "passed"}


def test_a7_a_young_download_is_enough_for_the_checks(loaded: datetime, now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    assert (application.status, application.register_asked_at) == ("approved", loaded)
    answer = application.checks.get(code="register_entry").answer
    assert answer is not None
    assert (answer.from_bulk, answer.asked_at) == (True, loaded)


def test_a7_an_old_download_lets_nobody_in_until_a_younger_one_was_loaded(
    tmp_path: Path, loaded: datetime, now: datetime
) -> None:
    young, old = loaded + timedelta(days=7), loaded + timedelta(days=7, minutes=1)
    assert [ask(BLATIMEN, young).facts.state, ask(UNKNOWN, young).facts.state] == ["answered", "not_found"]
    assert [ask(BLATIMEN, old).facts.state, ask(UNKNOWN, old).facts.state] == ["unavailable"] * 2
    application = checked(sent(now=old), now=old)
    assert (application.status, against(application)) == (
        "validating",
        {
            "register_entry": "register_unavailable",
            "register_live": "register_not_answered",
            "name_agrees": "register_not_answered",
            "vat_agrees": "register_not_answered",
        },
    )
    answer = application.checks.get(code="register_entry").answer
    assert answer is not None
    assert answer.raw == {"reason": "the download of the register is too old"}
    load_all(tmp_path, at=old, now=old)
    due = old + timedelta(minutes=15)
    assert applications_to_ask_again(due) == [application.pk]
    tick(now=due)
    application.refresh_from_db()
    assert application.status == "approved"


def test_a7_the_register_itself_is_asked_where_it_may_be(
    loaded: datetime, settings: Any, register_url: str, now: datetime
) -> None:
    settings.MEDLEM_REGISTER_URL = register_url
    answer = ask(BLATIMEN, now)
    assert answer.proof is not None
    assert (answer.proof.from_bulk, answer.asked_at) == (False, now)
