"""HMRC: its token, what it says of VAT numbers, and everything that may go wrong, on loopback (A7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from medlem.commands.simulated.hmrc import CLIENT_ID, CLIENT_SECRET, HmrcServer, simulated_hmrc
from medlem.gateways.vat import Hmrc, VatAnswer, VatUnavailable, answer_of_hmrc
from tests.gateways.test_vies import always
from tests.post_office import closed_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LOOKUP = "/organisations/vat/check-vat-number/lookup/"
SPECIMEN = VatAnswer(
    valid=True,
    asked_at=NOW,
    name="SPECIMEN PICTURES LIMITED",
    address="UNIT 4\n1 NOWHERE LANE\nLONDON\nZZ1 1ZZ",
)
NO = VatAnswer(valid=False, asked_at=NOW)


@contextmanager
def asking(
    url: str, *, client_id: str = CLIENT_ID, secret: str = CLIENT_SECRET, timeout: float = 2.0
) -> Iterator[Hmrc]:
    hmrc = Hmrc(url, client_id=client_id, client_secret=secret, timeout=timeout, attempts=2, backoff=0.01)
    try:
        yield hmrc
    finally:
        hmrc.close()


@pytest.fixture
def server() -> Iterator[HmrcServer]:
    with simulated_hmrc() as server:
        yield server


@pytest.fixture
def hmrc(server: HmrcServer) -> Iterator[Hmrc]:
    with asking(server.url) as hmrc:
        yield hmrc


# --- what HMRC says -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["999900002", "GB 999 9000 02", "XI999900002"])
def test_a_registered_number(hmrc: Hmrc, number: str) -> None:
    assert hmrc.check(number, now=NOW) == SPECIMEN


def test_the_whole_answer_is_kept_as_proof(hmrc: Hmrc) -> None:
    assert hmrc.check("999900002", now=NOW).raw["processingDate"] == "2026-11-23T09:00:00+00:00"
    assert hmrc.check("999999999", now=NOW).raw == {
        "code": "NOT_FOUND",
        "message": "targetVrn does not match a registered company",
    }


def test_a_number_that_is_not_registered_is_an_answer(hmrc: Hmrc, server: HmrcServer) -> None:
    assert hmrc.check("999999999", now=NOW) == NO
    server.asked.clear()
    assert [hmrc.check(number, now=NOW) for number in ("", "12345", "../token", "１２３４５６７８９")] == [
        NO
    ] * 4
    assert server.asked == []  # what is no number is not asked


def test_who_tells_who_asks_gets_a_reference(hmrc: Hmrc) -> None:
    answer = hmrc.check("999900002", requester="GB999900002", now=NOW)
    assert (answer.reference, answer.name) == ("ypAeKRPlW", SPECIMEN.name)


def test_a_requester_that_hmrc_does_not_know_costs_the_reference_only(hmrc: Hmrc) -> None:
    assert hmrc.check("999900002", requester="GB123456789", now=NOW) == SPECIMEN


# --- the token ------------------------------------------------------------------------------------


def test_one_token_serves_many_questions(hmrc: Hmrc, server: HmrcServer) -> None:
    hmrc.check("999900002", now=NOW)
    hmrc.check("999999999", now=NOW)
    assert server.asked == ["/oauth/token", f"{LOOKUP}999900002", f"{LOOKUP}999999999"]


def test_a_token_is_not_used_in_its_last_minute() -> None:
    with simulated_hmrc(lasts_seconds=59) as server, asking(server.url) as hmrc:
        hmrc.check("999900002", now=NOW)
        hmrc.check("999900002", now=NOW)
        assert server.asked.count("/oauth/token") == 2


def test_a_token_that_was_taken_back_is_replaced(hmrc: Hmrc, server: HmrcServer) -> None:
    hmrc.check("999900002", now=NOW)
    server.revoke()
    assert hmrc.check("999900002", now=NOW) == SPECIMEN


def test_signing_in_proves_the_credentials(hmrc: Hmrc, server: HmrcServer) -> None:
    hmrc.sign_in()
    hmrc.check("999900002", now=NOW)
    assert server.asked == ["/oauth/token", f"{LOOKUP}999900002"]
    with asking(server.url, secret="wrong") as stranger, pytest.raises(VatUnavailable):
        stranger.sign_in()


def test_an_answer_that_was_kept_says_the_same_again(hmrc: Hmrc) -> None:
    answer = hmrc.check("999900002", requester="GB999900002", now=NOW)
    assert answer_of_hmrc(answer.raw, asked_at=NOW) == answer
    with pytest.raises(VatUnavailable):
        answer_of_hmrc({}, asked_at=NOW)


def test_wrong_credentials_are_trouble_and_are_not_told(server: HmrcServer) -> None:
    with asking(server.url, secret="wrong") as hmrc, pytest.raises(VatUnavailable) as refusal:
        hmrc.check("999900002", now=NOW)
    assert refusal.value.reason == "token: answered 401 invalid_client"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"{}", "token: unexpected answer"),
        (200, b'{"access_token": "", "expires_in": 14400}', "token: unexpected answer"),
        (200, b'{"access_token": "t", "expires_in": "soon"}', "token: unexpected answer"),
        (200, b"<h1>Sign in</h1>", "answered 200 and no JSON"),
        (503, b"", "token: answered 503"),
    ],
)
def test_unusable_tokens(status: int, body: bytes, reason: str) -> None:
    with always(status, body) as url, asking(url) as hmrc, pytest.raises(VatUnavailable) as refusal:
        hmrc.check("999900002", now=NOW)
    assert refusal.value.reason == reason


# --- nobody could be asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "times", "reason"),
    [
        ("999900015", 2, "answered 500 INTERNAL_SERVER_ERROR"),
        ("999900057", 2, "answered 429 MESSAGE_THROTTLED_OUT"),
        ("999900099", 1, "answered 404 MATCHING_RESOURCE_NOT_FOUND"),  # a wrong address, not a no
        ("999900100", 1, "answered 403 RESOURCE_FORBIDDEN"),
    ],
)
def test_no_trouble_is_ever_taken_for_a_no(
    hmrc: Hmrc, server: HmrcServer, number: str, times: int, reason: str
) -> None:
    with pytest.raises(VatUnavailable) as refusal:
        hmrc.check(number, now=NOW)
    assert refusal.value.reason == reason
    assert server.asked.count(f"{LOOKUP}{number}") == times


def test_unusable_answers(server: HmrcServer) -> None:
    body = b'{"access_token": "t", "expires_in": 14400, "target": {}}'  # serves as token, tells of no number
    with always(200, body) as url, asking(url) as hmrc, pytest.raises(VatUnavailable) as refusal:
        hmrc.check("999900002", now=NOW)
    assert refusal.value.reason == "unexpected answer: it tells of no VAT number"


def test_hmrc_that_is_slow_or_not_there() -> None:
    with (
        always(200, b"{}", seconds=5) as url,
        asking(url, timeout=0.05) as hmrc,
        pytest.raises(VatUnavailable) as slow,
    ):
        hmrc.check("999900002", now=NOW)
    with asking(f"http://127.0.0.1:{closed_port()}") as hmrc, pytest.raises(VatUnavailable) as absent:
        hmrc.check("999900002", now=NOW)
    assert [slow.value.reason.split(":")[:2], absent.value.reason.split(":")[:2]] == [
        ["token", " ReadTimeout"],
        ["token", " ConnectError"],
    ]
