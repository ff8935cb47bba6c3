"""VIES: what it says of VAT numbers, and everything that may go wrong, against a loopback server (A7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from medlem.commands.simulated.serving import LoopbackServer, QuietHandler, serving
from medlem.commands.simulated.vies import Trader, simulated_vies
from medlem.gateways.vat import VatAnswer, VatUnavailable, Vies, answer_of_vies
from tests.post_office import closed_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NORRSKEN = VatAnswer(
    valid=True, asked_at=NOW, name="NORRSKEN BILD AB", address="VINTERGATAN 3\n981 32 KIRUNA"
)
OURS = ("DK", "99000007")


@contextmanager
def asking(url: str, *, timeout: float = 2.0, attempts: int = 2) -> Iterator[Vies]:
    vies = Vies(url, timeout=timeout, attempts=attempts, backoff=0.01)
    try:
        yield vies
    finally:
        vies.close()


@pytest.fixture(scope="module")
def vies() -> Iterator[Vies]:
    with simulated_vies() as url, asking(url) as vies:
        yield vies


@contextmanager
def always(status: int, body: bytes, *, seconds: float = 0) -> Iterator[str]:
    """A server that has one answer to everything, after so many seconds."""

    class Handler(QuietHandler):
        server: LoopbackServer

        def get(self) -> None:
            self.server.stopping.wait(seconds)
            self.send(status, body, "application/json")

        def post(self) -> None:
            self.read_body()
            self.get()

    with serving(LoopbackServer(0, Handler)) as address:
        yield address


# --- what VIES says -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["110011000401", "SE110011000401", "se 110011-0004 01"])
def test_a_valid_number(vies: Vies, number: str) -> None:
    assert vies.check("SE", number, now=NOW) == NORRSKEN


def test_the_whole_answer_is_kept_as_proof(vies: Vies) -> None:
    raw = vies.check("SE", "110011000401", now=NOW).raw
    assert (raw["userError"], raw["vatNumber"], raw["requestDate"]) == (
        "VALID",
        "110011000401",
        "2026-11-23T09:00:00.000Z",
    )


def test_a_number_that_is_not_valid_is_an_answer(vies: Vies) -> None:
    assert vies.check("DK", "99000015", now=NOW) == VatAnswer(valid=False, asked_at=NOW)
    assert vies.check("DK", "10000000", now=NOW) == VatAnswer(valid=False, asked_at=NOW)


@pytest.mark.parametrize("number", ["", "../../check-status", "1100/11", "½", "１２"])
def test_what_no_country_writes_never_becomes_an_address(number: str) -> None:
    with asking("http://127.0.0.1:9/never-asked") as vies:
        assert vies.check("SE", number, now=NOW).raw == {"valid": False, "userError": "INVALID_INPUT"}


def test_countries_that_tell_no_name(vies: Vies) -> None:
    assert vies.check("DE", "DE999900008", now=NOW) == VatAnswer(valid=True, asked_at=NOW)


@pytest.mark.parametrize(
    ("country", "number", "name"),
    [
        ("GR", "EL099999902", "ΦΩΤΟΓΡΑΦΕΙΟ ΔΕΙΓΜΑ"),
        ("GR", "GR099999902", "ΦΩΤΟΓΡΑΦΕΙΟ ΔΕΙΓΜΑ"),
        ("GR", "099999902", "ΦΩΤΟΓΡΑΦΕΙΟ ΔΕΙΓΜΑ"),
        ("XI", "XI999900002", "GIANT'S CAUSEWAY PICTURES LTD"),
    ],
)
def test_greece_is_el_and_northern_ireland_xi(vies: Vies, country: str, number: str, name: str) -> None:
    assert vies.check(country, number, now=NOW).name == name


def test_who_tells_who_asks_gets_a_reference(vies: Vies) -> None:
    assert vies.check("SE", "110011000401", requester=OURS, now=NOW) == VatAnswer(
        valid=True,
        asked_at=NOW,
        name=NORRSKEN.name,
        address=NORRSKEN.address,
        reference="WAPIAAAASE0401",
    )
    assert vies.check("DK", "99000015", requester=OURS, now=NOW).valid is False


def test_a_requester_that_vies_does_not_know_costs_the_reference_only(vies: Vies) -> None:
    assert vies.check("SE", "110011000401", requester=("SE", "123456789001"), now=NOW) == NORRSKEN


def test_an_answer_that_was_kept_says_the_same_again(vies: Vies) -> None:
    for number, requester in (("110011000401", None), ("110011000401", OURS), ("110011002", None)):
        answer = vies.check("SE", number, requester=requester, now=NOW)
        assert answer_of_vies(answer.raw, asked_at=NOW) == answer
    with pytest.raises(VatUnavailable):
        answer_of_vies({}, asked_at=NOW)


def test_which_member_states_vies_cannot_reach() -> None:
    down = Trader("FI", "99000018", code="MS_UNAVAILABLE")
    with simulated_vies((down, Trader("DK", "99000007"))) as url, asking(url) as vies:
        assert vies.unavailable_states() == ["FI"]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b'{"vow": {"available": false}, "countries": []}', "VIES says that it is not available"),
        (200, b'{"vow": {"available": true}}', "unexpected answer: KeyError('countries')"),
        (503, b"", "answered 503"),
    ],
)
def test_vies_that_does_not_say_how_it_is(status: int, body: bytes, reason: str) -> None:
    with always(status, body) as url, asking(url) as vies, pytest.raises(VatUnavailable) as refusal:
        vies.unavailable_states()
    assert refusal.value.reason == reason


# --- nobody could be asked ------------------------------------------------------------------------


@pytest.mark.parametrize("requester", [None, OURS])
def test_a_member_state_that_is_down_is_no_answer(vies: Vies, requester: tuple[str, str] | None) -> None:
    with pytest.raises(VatUnavailable) as refusal:
        vies.check("SE", "110011002001", requester=requester, now=NOW)
    assert refusal.value.reason == "MS_UNAVAILABLE"


@pytest.mark.parametrize("requester", [None, OURS])
def test_too_many_at_once_is_asked_again_and_only_so_often(requester: tuple[str, str] | None) -> None:
    with simulated_vies() as url, asking(url) as vies:
        assert vies.check("SE", "110011001201", requester=requester, now=NOW).name == "MIDSOMMAR FOTO AB"
    with simulated_vies() as url, asking(url, attempts=1) as vies, pytest.raises(VatUnavailable) as refusal:
        vies.check("SE", "110011001201", requester=requester, now=NOW)
    assert refusal.value.reason == "MS_MAX_CONCURRENT_REQ"


@pytest.mark.parametrize(
    "code",
    [
        "GLOBAL_MAX_CONCURRENT_REQ",
        "GLOBAL_MAX_CONCURRENT_REQ_TIME",
        "MS_MAX_CONCURRENT_REQ",
        "MS_MAX_CONCURRENT_REQ_TIME",
        "MS_UNAVAILABLE",
        "SERVICE_UNAVAILABLE",
        "SERVER_BUSY",
        "TIMEOUT",
        "VAT_BLOCKED",
        "IP_BLOCKED",
        "INVALID_REQUESTER_INFO",
        "A_CODE_OF_TOMORROW",
    ],
)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"isValid": false, "userError": "%s", "name": "---", "address": "---"}'),
        (200, '{"actionSucceed": false, "errorWrappers": [{"error": "%s"}]}'),
        (500, '{"actionSucceed": false, "errorWrappers": [{"error": "%s", "message": "Sorry"}]}'),
    ],
)
def test_no_trouble_is_ever_taken_for_a_no(status: int, body: str, code: str) -> None:
    with (
        always(status, (body % code).encode()) as url,
        asking(url) as vies,
        pytest.raises(VatUnavailable) as refusal,
    ):
        vies.check("SE", "110011000401", now=NOW)
    assert refusal.value.reason == code


@pytest.mark.parametrize("status", [200, 400])
def test_input_that_vies_refuses_is_not_valid(status: int) -> None:
    body = b'{"actionSucceed": false, "errorWrappers": [{"error": "INVALID_INPUT"}]}'
    with always(status, body) as url, asking(url) as vies:
        assert vies.check("SE", "110011000401", requester=OURS, now=NOW).valid is False


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (502, b"<h1>Bad Gateway</h1>", "answered 502"),
        (429, b"", "answered 429"),
        (404, b"{}", "answered 404"),
        (302, b"", "answered 302"),
        (200, b"<h1>Maintenance</h1>", "answered 200 and no JSON"),
        (200, b"", "answered 200 and no JSON"),
        (200, b"[]", "answered 200 and JSON that is not an object"),
        (200, b"{}", "unexpected answer: neither valid nor not"),
        (200, b'{"isValid": "true"}', "unexpected answer: neither valid nor not"),
        (200, b'{"isValid": null, "userError": "INVALID"}', "unexpected answer: neither valid nor not"),
        (500, b"", "answered 500 and no JSON"),
    ],
)
def test_unusable_answers(status: int, body: bytes, reason: str) -> None:
    with always(status, body) as url, asking(url) as vies, pytest.raises(VatUnavailable) as refusal:
        vies.check("SE", "110011000401", now=NOW)
    assert refusal.value.reason == reason


def test_vies_that_is_slow_or_not_there() -> None:
    with (
        always(200, b"{}", seconds=5) as url,
        asking(url, timeout=0.05) as vies,
        pytest.raises(VatUnavailable) as slow,
    ):
        vies.check("SE", "110011000401", now=NOW)
    with asking(f"http://127.0.0.1:{closed_port()}") as vies, pytest.raises(VatUnavailable) as absent:
        vies.check("SE", "110011000401", requester=OURS, now=NOW)
    assert [slow.value.reason.split(":")[0], absent.value.reason.split(":")[0]] == [
        "ReadTimeout",
        "ConnectError",
    ]
