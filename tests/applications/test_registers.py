"""Asking the registers: what they say stands for a while, and *could not be asked* is never a *no* (A2, A7)."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from medlem.applications import register_answers, registers
from medlem.applications.facts import RegisterFacts, VatFacts
from medlem.applications.models import RegisterAnswer
from medlem.applications.status import RegisterState
from medlem.commands.simulated.businesses import BUSINESSES, answer_about
from medlem.commands.simulated.hmrc import CLIENT_SECRET, HmrcServer
from tests.applications.applying import BLATIMEN, NORDVIK, checked, sent
from tests.registers import IMPATIENT, PATIENT, Scripted, ScriptedServer
from tests.together import together

pytestmark = pytest.mark.django_db

NORDLYS = Path(__file__).resolve().parents[2] / "programmes" / "nordlys.toml"
LIVE = Scripted(body=json.dumps(answer_about(BUSINESSES[0])).encode())
UNKNOWN = Scripted(404)
BROKEN = Scripted(500, b'{"status":500}')
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)

IN_REGISTER = RegisterFacts(
    state=RegisterState.ANSWERED, name="BLÅTIMEN FILM AS", deleted_on="", vat_registered=True
)


def ask(now: datetime, *, number: str = BLATIMEN, fresh: timedelta | None = None) -> registers.Answer:
    return registers.ask(country="NO", number=number, fresh=fresh, now=now)


def state(now: datetime, **changes: Any) -> str:
    return str(ask(now, **changes).facts.state)


def rows() -> list[tuple[str, str, str, datetime]]:
    answers = RegisterAnswer.objects.order_by("id")
    return list(answers.values_list("register", "number", "state", "asked_at"))


# --- the business register: what stands, and for how long ---------------------------------------------


def test_a7_an_answer_is_kept_with_its_moment_and_raw(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    scripted_register.now_says(LIVE)
    answer = ask(now)
    assert (answer.facts, answer.asked_at, rows()) == (
        IN_REGISTER,
        now,
        [("brreg", BLATIMEN, "answered", now)],
    )
    assert answer.proof is not None
    assert (answer.proof.raw, answer.proof.country, answer.proof.from_bulk) == (
        answer_about(BUSINESSES[0]),
        "NO",
        False,
    )


def test_a2_a_young_answer_answers_again_without_asking(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    scripted_register.now_says(LIVE)
    for later in (timedelta(), A_MINUTE, timedelta(hours=23, minutes=59)):
        answer = ask(now + later, number="310 003 913")
        assert (answer.facts, answer.asked_at) == (IN_REGISTER, now)
    assert (len(scripted_register.asked), len(rows())) == (1, 1)


def test_a2_an_answer_of_yesterday_is_asked_for_anew(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    scripted_register.now_says(LIVE)
    ask(now)
    later = now + timedelta(days=1)
    assert (ask(later).asked_at, len(scripted_register.asked)) == (later, 2)


def test_a7_whoever_wants_it_fresher_asks_anew(scripted_register: ScriptedServer, now: datetime) -> None:
    scripted_register.now_says(LIVE)
    ask(now)
    assert ask(now + AN_HOUR, fresh=AN_HOUR).asked_at == now
    later = now + AN_HOUR + A_MINUTE
    assert ask(later, fresh=AN_HOUR).asked_at == later


def test_a2_no_such_number_stands_for_an_hour_only(scripted_register: ScriptedServer, now: datetime) -> None:
    assert [state(now), state(now + AN_HOUR)] == ["not_found"] * 2
    assert len(scripted_register.asked) == 2  # among businesses, and among places of work
    scripted_register.now_says(LIVE)
    assert state(now + AN_HOUR + A_MINUTE) == "answered"


def test_a7_a_register_that_is_down_is_answered_for_by_what_it_said_within_the_day(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    scripted_register.now_says(LIVE)
    ask(now)
    scripted_register.now_says(BROKEN)
    answer = ask(now + timedelta(hours=5), fresh=AN_HOUR)
    assert (answer.facts, answer.asked_at) == (IN_REGISTER, now)
    assert state(now + timedelta(hours=25), fresh=AN_HOUR) == "unavailable"


def test_a7_what_was_not_known_two_hours_ago_does_not_answer_for_a_register_that_is_down(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    assert state(now) == "not_found"
    scripted_register.now_says(BROKEN)
    assert state(now + timedelta(hours=2)) == "unavailable"


def test_a7_the_latest_answer_counts(scripted_register: ScriptedServer, now: datetime) -> None:
    scripted_register.now_says(LIVE)
    ask(now)
    scripted_register.now_says(UNKNOWN)
    later = now + timedelta(hours=2)
    assert state(later, fresh=AN_HOUR) == "not_found"
    assert state(later + A_MINUTE) == "not_found"


# --- the business register: could not be asked --------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "outcome", "reason"),
    [
        (UNKNOWN, "not_found", None),
        (
            Scripted(410, b'{"organisasjonsnummer": "310003913", "slettedato": "2024-03-09"}'),
            "answered",
            None,
        ),
        (BROKEN, "unavailable", "answered 500"),
        (Scripted(429), "unavailable", "answered 429"),
        (Scripted(404, b"<h1>proxy</h1>"), "unavailable", "answered 404"),
        (Scripted(200, b"<h1>Maintenance</h1>"), "unavailable", "answered 200 and no JSON"),
        (Scripted(200, b'{"organisasjonsnummer": "310313815"}'), "unavailable", "unexpected answer"),
        (Scripted(seconds=5), "unavailable", "ReadTimeout"),
        (Scripted(body=LIVE.body, drip=0.05), "unavailable", "ReadTimeout"),
    ],
)
def test_a7_no_trouble_is_ever_a_no(
    scripted_register: ScriptedServer,
    settings: Any,
    now: datetime,
    said: Scripted,
    outcome: str,
    reason: str | None,
) -> None:
    scripted_register.now_says(said)
    if reason == "ReadTimeout":
        settings.MEDLEM_REGISTER_TIMEOUT = IMPATIENT
    answer = ask(now)
    assert (answer.facts.state, [row[2] for row in rows()]) == (outcome, [outcome])
    assert answer.proof is not None
    told = (answer.proof.raw or {}).get("reason")
    assert told is None if reason is None else told.startswith(reason)


def test_a7_a_time_out_and_then_a_yes(
    scripted_register: ScriptedServer, settings: Any, now: datetime
) -> None:
    """What could not be asked is no answer that would be used again."""
    scripted_register.now_says(Scripted(seconds=5))
    settings.MEDLEM_REGISTER_TIMEOUT = IMPATIENT
    assert state(now) == "unavailable"
    scripted_register.now_says(LIVE)
    settings.MEDLEM_REGISTER_TIMEOUT = PATIENT
    assert state(now) == "answered"


def test_a2_a_register_that_failed_on_three_numbers_is_left_alone_for_a_moment(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    scripted_register.now_says(Scripted(503))
    numbers = (BLATIMEN, NORDVIK, "311090518", "311702289", "312420198")
    seconds = timedelta(seconds=1)
    assert {state(now + n * seconds, number=number) for n, number in enumerate(numbers)} == {"unavailable"}
    asked = len(scripted_register.asked)
    assert {path.rpartition("/")[2] for path in scripted_register.asked} == set(numbers[:3])
    assert registers.search(country="NO", name="blåtimen", now=now + 8 * seconds) is None
    answer = ask(now + 11 * seconds, number=NORDVIK)
    assert (answer.facts.state, answer.asked_at, len(scripted_register.asked)) == (
        "unavailable",
        now + 2 * seconds,  # of the question that failed last
        asked,
    )
    assert state(now + 13 * seconds, number=numbers[4]) == "unavailable"  # asked, and for another moment
    assert len(scripted_register.asked) > asked
    asked = len(scripted_register.asked)
    assert (state(now + 22 * seconds, number=numbers[4]), len(scripted_register.asked)) == (
        "unavailable",
        asked,
    )
    scripted_register.now_says(LIVE)
    assert state(now + 24 * seconds) == "answered"


def test_a2_one_number_on_which_the_register_fails_stops_no_other(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    """Whoever types an odd number again and again blinds nobody else, and waits no longer for it himself."""
    scripted_register.now_says(Scripted(500))
    assert {state(now, number="319468528") for _ in range(3)} == {"unavailable"}
    asked = len(scripted_register.asked)
    assert (state(now, number="319468528"), len(scripted_register.asked)) == ("unavailable", asked)
    scripted_register.now_says(LIVE)
    assert state(now, number=BLATIMEN) == "answered"
    assert registers.search(country="NO", name="blåtimen", now=now) is not None


def test_a2_an_answer_between_failures_keeps_the_register_asked(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    for said in (BROKEN, BROKEN, LIVE, BROKEN, BROKEN):
        scripted_register.now_says(said)
        ask(now, fresh=timedelta(-1))
    scripted_register.now_says(LIVE)
    assert ask(now, fresh=timedelta(-1)).facts == IN_REGISTER
    assert [row[2] for row in rows()].count("answered") == 2


def test_a2_hits_of_a_name_are_shown_again_without_asking(
    scripted_register: ScriptedServer, now: datetime
) -> None:
    found = {"_embedded": {"enheter": [answer_about(BUSINESSES[0])]}}
    scripted_register.now_says(Scripted(body=json.dumps(found).encode()))
    for name in ("Blåtimen Film", " blåtimen   film "):
        hits = registers.search(country="NO", name=name, now=now)
        assert [hit.number for hit in hits or ()] == [BLATIMEN]
    assert len(scripted_register.asked) == 1


def test_a2_a_search_that_failed_is_asked_again(scripted_register: ScriptedServer, now: datetime) -> None:
    scripted_register.now_says(BROKEN)
    assert registers.search(country="NO", name="blåtimen", now=now) is None
    assert rows() == [("brreg", "", "unavailable", now)]
    scripted_register.now_says(Scripted(body=b'{"page": {"totalElements": 0}}'))
    assert registers.search(country="NO", name="blåtimen", now=now) == []
    assert len(scripted_register.asked) == 3  # two attempts, then the answer


def test_a7_an_answer_that_can_no_longer_be_read_is_none(now: datetime) -> None:
    RegisterAnswer.objects.create(
        register="brreg", country="NO", number=BLATIMEN, state="answered", raw={"odd": 1}, asked_at=now
    )
    assert state(now) == "unavailable"


@pytest.mark.usefixtures("committing")
def test_a2_two_who_ask_at_once_both_get_the_answer(now: datetime) -> None:
    answers = together(*[lambda: ask(now).facts] * 3)
    assert answers == [IN_REGISTER] * 3
    assert {row[2] for row in rows()} == {"answered"}


@pytest.mark.usefixtures("register_answers")
def test_a7_an_installation_without_outside_calls_asks_nobody(settings: Any, now: datetime) -> None:
    settings.MEDLEM_REGISTER_URL = "off"
    assert [state(now), state(now, number="310003914")] == ["no_register", "not_found"]
    vat = registers.ask_vat(country="DK", number="DK99000007", now=now)
    assert (vat.facts.state, vat.proof, rows()) == ("no_register", None, [])


# --- VIES -----------------------------------------------------------------------------------------


def vat(now: datetime, country: str, number: str) -> VatFacts:
    return registers.ask_vat(country=country, number=number, fresh=AN_HOUR, now=now).facts


@pytest.mark.usefixtures("vies_up")
@pytest.mark.parametrize(
    ("country", "number", "outcome", "name"),
    [
        ("DK", "DK 99 00 00 07", "answered", "LYS OG SKYGGE APS"),
        ("DE", "DE999900008", "answered", ""),  # Germany tells no name
        ("DK", "99000015", "not_found", ""),
        ("SE", "SE110011002001", "unavailable", ""),  # MS_UNAVAILABLE
        ("SE", "SE110011002002", "not_found", ""),  # its check digits are wrong: nobody is asked
        ("NO", "310003913MVA", "no_register", ""),
    ],
)
def test_a7_vies_tells_of_numbers_of_the_union(
    now: datetime, country: str, number: str, outcome: str, name: str
) -> None:
    assert vat(now, country, number) == VatFacts(state=RegisterState(outcome), name=name)


@pytest.mark.usefixtures("vies_up")
def test_a7_what_vies_said_is_kept_and_answers_again(settings: Any, now: datetime) -> None:
    for number, outcome in (("99000007", "answered"), ("99000015", "not_found")):
        vat(now, "DK", number)
        row = RegisterAnswer.objects.latest("id")
        assert (row.register, row.country, row.number, row.state) == ("vies", "DK", number, outcome)
        assert row.raw["vatNumber"] == number
    settings.MEDLEM_VIES_URL = "http://127.0.0.1:9/never-asked"
    assert vat(now + AN_HOUR, "DK", "99000007") == VatFacts(
        state=RegisterState.ANSWERED, name="LYS OG SKYGGE APS"
    )
    assert vat(now + AN_HOUR, "DK", "99000015").state == "not_found"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Scripted(body=b'{"isValid": false, "userError": "INVALID"}'), "not_found"),
        (Scripted(body=b'{"isValid": false, "userError": "MS_UNAVAILABLE"}'), "unavailable"),
        (Scripted(body=b'{"actionSucceed": false, "errorWrappers": [{"error": "TIMEOUT"}]}'), "unavailable"),
        (Scripted(body=b"<h1>Maintenance</h1>"), "unavailable"),
        (Scripted(502, b"<h1>Bad Gateway</h1>"), "unavailable"),
        (Scripted(seconds=5), "unavailable"),
    ],
)
def test_a7_vies_that_could_not_be_asked_is_not_a_no(
    scripted_vies: ScriptedServer, settings: Any, now: datetime, said: Scripted, outcome: str
) -> None:
    scripted_vies.now_says(said)
    if said.status == 502 or said.seconds:
        settings.MEDLEM_VIES_TIMEOUT = IMPATIENT
    assert vat(now, "DK", "99000007").state == outcome
    settings.MEDLEM_VIES_TIMEOUT = PATIENT
    scripted_vies.now_says(Scripted(body=b'{"isValid": true, "userError": "VALID", "name": "X"}'))
    assert vat(now + A_MINUTE, "DK", "99000007").state == (
        "answered" if outcome == "unavailable" else "not_found"
    )


def test_a7_one_member_state_that_is_down_leaves_the_others_asked(
    scripted_vies: ScriptedServer, now: datetime
) -> None:
    scripted_vies.now_says(Scripted(body=b'{"isValid": false, "userError": "MS_UNAVAILABLE"}'))
    for _ in range(4):
        vat(now, "DK", "99000007")
    assert len(scripted_vies.asked) == 3
    scripted_vies.now_says(Scripted(body=b'{"isValid": true, "userError": "VALID", "name": "---"}'))
    assert vat(now, "DE", "999900008").state == "answered"


@pytest.mark.usefixtures("vies_up")
def test_a7_a_seller_in_the_union_is_told_to_vies_as_who_asks(settings: Any, now: datetime) -> None:
    """It is invented, so VIES does not know it; the answer comes all the same."""
    settings.MEDLEM_PROGRAMME_FILE = NORDLYS
    assert vat(now, "DK", "99000007").name == "LYS OG SKYGGE APS"


# --- HMRC -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("GB999900002", "answered"),
        ("XI999900002", "answered"),  # of Northern Ireland
        ("GB999999973", "not_found"),  # 404 with the code NOT_FOUND
        ("GB999900015", "unavailable"),  # 500
        ("GB999900057", "unavailable"),  # 429
        ("GB999900099", "unavailable"),  # 404 of another kind
        ("GB999900100", "unavailable"),  # 403
    ],
)
def test_a7_hmrc_tells_of_british_numbers(
    hmrc: HmrcServer, settings: Any, now: datetime, number: str, outcome: str
) -> None:
    if outcome == "unavailable":
        settings.MEDLEM_HMRC_TIMEOUT = IMPATIENT  # it would be asked three times
    name = "SPECIMEN PICTURES LIMITED" if outcome == "answered" else ""
    assert vat(now, "GB", number) == VatFacts(state=RegisterState(outcome), name=name)
    row = RegisterAnswer.objects.get()
    assert (row.register, row.country, row.number) == ("hmrc", "GB", number[2:])
    registers.hmrc().close()


def test_a7_a_token_that_hmrc_took_back_is_replaced(hmrc: HmrcServer, now: datetime) -> None:
    vat(now, "GB", "GB999900002")
    hmrc.revoke()
    later = now + timedelta(hours=2)
    answer = registers.ask_vat(country="GB", number="GB999900002", fresh=AN_HOUR, now=later)
    assert (answer.facts.state, answer.proof.asked_at if answer.proof else None) == ("answered", later)


def test_a7_wrong_credentials_are_no_answer_and_stand_nowhere(
    hmrc: HmrcServer, settings: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MEDLEM_HMRC_CLIENT_SECRET = f"not-{CLIENT_SECRET}"
    with caplog.at_level(logging.DEBUG):
        assert vat(now, "GB", "GB999900002").state == "unavailable"
    assert RegisterAnswer.objects.get().raw == {"reason": "token: answered 401 invalid_client"}
    assert CLIENT_SECRET not in caplog.text
    registers.hmrc().close()


def test_a7_without_credentials_hmrc_is_not_asked(hmrc: HmrcServer, settings: Any, now: datetime) -> None:
    settings.MEDLEM_HMRC_CLIENT_ID = settings.MEDLEM_HMRC_CLIENT_SECRET = ""
    assert (vat(now, "GB", "GB999900002").state, hmrc.asked) == ("no_register", [])


# --- keeping --------------------------------------------------------------------------------------


def test_a7_answers_that_no_check_was_judged_on_are_forgotten_after_a_month(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    ask(now, number=NORDVIK)
    register_answers.forget(now=now + timedelta(days=30))
    assert len(rows()) == 2
    register_answers.forget(now=now + timedelta(days=30, seconds=1))
    assert RegisterAnswer.objects.get() == application.checks.get(code="register_entry").answer


def test_a7_an_answer_that_was_erased_answers_nobody(now: datetime) -> None:
    ask(now)
    RegisterAnswer.objects.update(raw=None)
    later = now + A_MINUTE
    assert ask(later).asked_at == later
