"""The register of business entities (A2, A7), against a real server that answers as it does."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from stdnum.no import orgnr

from medlem.commands.simulated.businesses import BUSINESSES
from medlem.commands.simulated.register import simulated_register
from medlem.gateways.register import (
    BrregRegister,
    NotInRegister,
    RegisterEntity,
    RegisterHit,
    RegisterUnavailable,
)

from .samples import REGISTER

UNKNOWN = "310000019"  # right check digit, nobody's


@contextmanager
def asking(url: str, *, timeout: float = 2.0, attempts: int = 2) -> Iterator[BrregRegister]:
    register = BrregRegister(url, timeout=timeout, attempts=attempts)
    try:
        yield register
    finally:
        register.close()


@pytest.fixture(scope="module")
def register() -> Iterator[BrregRegister]:
    with simulated_register() as url, asking(url) as register:
        yield register


def answering(folder: Path, name: str, body: str) -> Path:
    (folder / name).write_text(body)
    return folder


# --- what the register says -----------------------------------------------------------------------


def test_a_business(register: BrregRegister) -> None:
    assert register.entity("311 980 815") == RegisterEntity(
        number="311980815",
        name="LYSMÅLEREN ASA",
        form_code="ASA",
        form="Allmennaksjeselskap",
        address=("Plan 4", "Sjøhuskaien 50"),
        postcode="4006",
        place="STAVANGER",
        country="NO",
        vat_registered=True,
        bankrupt=False,
        dissolving=False,
        deleted_on=None,
        is_subentity_of=None,
        raw={},
    )


def test_the_whole_answer_is_kept_as_proof(register: BrregRegister) -> None:
    assert register.entity("311980815").raw["organisasjonsform"]["kode"] == "ASA"


@pytest.mark.parametrize(
    ("number", "attribute", "value"),
    [
        ("311702289", "vat_registered", False),
        ("316641067", "bankrupt", True),
        ("317530188", "dissolving", True),
        ("317954050", "dissolving", True),
        ("318697256", "deleted_on", date(2023, 10, 20)),
        ("318834563", "deleted_on", date(2024, 3, 9)),  # 410: nothing but the number and the date
        ("316152201", "is_subentity_of", "310003913"),
        ("315965349", "postcode", "81-336"),  # abroad: the postcode stands in the place
        ("315965349", "place", "GDYNIA"),
        ("315965349", "country", "PL"),
    ],
)
def test_what_may_be_amiss(register: BrregRegister, number: str, attribute: str, value: object) -> None:
    assert getattr(register.entity(number), attribute) == value


def test_live_is_neither_deleted_nor_bankrupt_nor_dissolving(register: BrregRegister) -> None:
    dead = ["316641067", "317530188", "317954050", "318697256", "318834563"]
    assert [register.entity(number).is_live for number in [*dead, "310003913"]] == [False] * 5 + [True]


def test_search(register: BrregRegister) -> None:
    assert register.search(" blåtimen   film ") == [
        RegisterHit(number="310003913", name="BLÅTIMEN FILM AS", form_code="AS", place="OSLO")
    ]
    assert len(register.search("as", limit=3)) == 3
    assert register.search("finnes ikke & co") == []
    assert register.search("x") == []  # too short to ask


def test_invented_businesses_have_right_check_digits_and_are_nobodys() -> None:
    numbers = [business.number for business in BUSINESSES]
    assert all(orgnr.is_valid(number) and number.startswith("3") for number in numbers)
    assert len(set(numbers)) == len(numbers)


# --- real answers ---------------------------------------------------------------------------------


@pytest.mark.skipif(not REGISTER.is_dir(), reason="the shared samples are not here")
def test_real_answers(tmp_path: Path) -> None:
    for sample, name in {
        "live_enhet_923609016_equinor": "923609016.json",
        "live_enhet_974760673_registerenheten": "974760673.json",
        "live_enhet_981566378_bekk_2019": "981566378.json",
        "live_enhet_933851222_trimmed": "933851222.json",
        "docs_410_body": "509100675.410.json",
        "docs_500_body": "912660680.500.json",
    }.items():
        shutil.copy(REGISTER / f"{sample}.json", tmp_path / name)
    with simulated_register(tmp_path) as url, asking(url) as register:
        equinor = register.entity("923609016")
        assert (equinor.name, equinor.form_code, equinor.vat_registered) == ("EQUINOR ASA", "ASA", True)
        assert (equinor.address, equinor.postcode, equinor.place) == (
            ("Forusbeen 50",),
            "4035",
            "STAVANGER",
        )
        assert register.entity("981566378").address == ("Skur 39", "Akershusstranda 21")
        # A department of the state has a parent and is no place of work.
        assert register.entity("974760673").is_subentity_of is None
        assert register.entity("933851222").is_live
        with pytest.raises(RegisterUnavailable):
            register.entity("912660680")


# --- errors ---------------------------------------------------------------------------------------


def test_unknown_number_is_not_in_the_register(register: BrregRegister) -> None:
    with pytest.raises(NotInRegister) as refusal:
        register.entity(UNKNOWN)
    assert refusal.value.field == "number"


@pytest.mark.parametrize("number", ["", "123456789", "92360901", "../enheter", "923609016/x"])
def test_wrong_numbers_never_reach_an_address(number: str) -> None:
    with asking("http://127.0.0.1:9/never-asked") as register, pytest.raises(NotInRegister):
        register.entity(number)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("310003913.500.json", "{}", "answered 500"),
        ("310003913.429.json", "{}", "answered 429"),
        ("310003913.302.html", "", "answered 302"),
        ("310003913.404.html", "<h1>No such page</h1>", "answered 404"),  # a proxy's, not the register's
        ("310003913.html", "<h1>Maintenance</h1>", "answered 200 and no JSON"),
        ("310003913.json", "[]", "answered JSON that is not an object"),
        ("310003913.json", '{"organisasjonsnummer": "310313815"}', "unexpected answer"),
        ("310003913.json", '{"navn": "UTEN NUMMER AS"}', "unexpected answer"),
        (
            "310003913.json",
            '{"organisasjonsnummer": "310003913", "slettedato": "snart"}',
            "unexpected answer",
        ),
    ],
)
def test_unusable_answers(tmp_path: Path, name: str, body: str, reason: str) -> None:
    with (
        simulated_register(answering(tmp_path, name, body)) as url,
        asking(url) as register,
        pytest.raises(RegisterUnavailable) as refusal,
    ):
        register.entity("310003913")
    assert refusal.value.reason.startswith(reason)


def test_a_register_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with asking(url) as register:
            with pytest.raises(RegisterUnavailable) as refusal:
                register.entity("310003913")
            with pytest.raises(RegisterUnavailable):
                register.search("blåtimen")
    assert refusal.value.reason.startswith("ConnectError")


@pytest.mark.parametrize("manner", ["slow", "drip"])
def test_the_whole_question_takes_no_longer_than_attempts_times_timeout(tmp_path: Path, manner: str) -> None:
    folder = answering(tmp_path, f"310003913.{manner}.json", '{"organisasjonsnummer": "310003913"}')
    with (
        simulated_register(folder, slow_seconds=30) as url,
        asking(url, timeout=0.1, attempts=2) as register,
    ):
        began = time.monotonic()
        with pytest.raises(RegisterUnavailable) as refusal:
            register.entity("310003913")
    assert time.monotonic() - began < 0.6
    assert refusal.value.reason.startswith("ReadTimeout")


def test_a_passing_fault_is_asked_again_and_only_so_often(tmp_path: Path) -> None:
    folder = answering(tmp_path, "310003913.flaky.json", '{"organisasjonsnummer": "310003913"}')
    with simulated_register(folder) as url, asking(url, attempts=2) as register:
        assert register.entity("310003913").number == "310003913"
    with (
        simulated_register(folder) as url,
        asking(url, attempts=1) as register,
        pytest.raises(RegisterUnavailable),
    ):
        register.entity("310003913")


# --- the process that the demo starts -------------------------------------------------------------


def test_the_simulated_register_as_a_process() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "medlem.commands.simulated.register", "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}/enhetsregisteret/api"
        for _ in range(100):
            try:
                httpx.get(f"{url}/enheter")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        with asking(url) as register:
            assert register.entity("310003913").name == "BLÅTIMEN FILM AS"
    finally:
        process.terminate()
        process.wait(timeout=5)
