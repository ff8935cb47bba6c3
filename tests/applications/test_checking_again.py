"""Checks that run again: when a register could not be asked, and after an applicant's answer (A7, A8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from medlem.accounts.models import Account
from medlem.applications import actions, checking, deciding, registers
from medlem.applications.checks import CHECKS
from medlem.applications.models import Application, Check, Decision, Note, RegisterAnswer
from medlem.applications.queries import applications_to_ask_again, latest_checks
from medlem.applications.sentences import sentence
from medlem.commands.simulated.abroad import BUSINESSES_ABROAD
from medlem.commands.simulated.documents import invoice_pdf
from medlem.commands.tick import tick
from medlem.events.models import Event, Mail
from tests.applications.applying import BLATIMEN, NORDVIK, checked, sent, validating
from tests.factories import draft
from tests.people import Cast
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

A_WHILE = timedelta(minutes=15)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def waiting(settings: Any, register_url: str, now: datetime) -> Application:
    """An application with nothing amiss, that met a register that was down; by now it is up."""
    settings.MEDLEM_REGISTER_URL = NOBODY
    application = checked(sent(now=now), now=now)
    assert application.status == "validating"
    settings.MEDLEM_REGISTER_URL = register_url
    return application


def from_abroad(country: str, *, now: datetime, **changes: Any) -> Application:
    """A sent application of one of the invented businesses of other countries."""
    it = next(business for business in BUSINESSES_ABROAD if business.country == country)
    *street, place = it.address.split("/")
    answers = {
        "country": it.country,
        "registration_number": it.number,
        "business_name": it.name,
        "organisation_form": "",
        "street": ", ".join(street),
        "postcode": place.split()[0],
        "place": place.split()[-1],
        "vat_number": it.vat_number,
        **changes,
    }
    pdf = invoice_pdf(name=it.name, number=it.vat_number, address=it.address)
    return actions.send(application=draft(now=now, pdf=pdf, **answers), now=now)


def last(application: Application, code: str) -> Check:
    return next(check for check in latest_checks(application) if check.code == code)


def runs(application: Application) -> list[int]:
    return sorted(set(application.checks.values_list("run", flat=True)))


# --- what a check was judged on -----------------------------------------------------------------------


def test_a7_a_check_keeps_the_answer_that_it_was_judged_on(now: datetime) -> None:
    application = checked(sent(now=now), now=now)
    answer = RegisterAnswer.objects.get()
    assert (answer.number, answer.state, answer.asked_at) == (BLATIMEN, "answered", now)
    judged_on = {check.code: check.answer for check in latest_checks(application)}
    of_the_register = ("register_entry", "register_live", "name_agrees", "vat_agrees")
    assert judged_on == {code: answer if code in of_the_register else None for code in CHECKS}


def test_a7_a_check_asks_anew_what_the_form_heard_long_ago(now: datetime) -> None:
    registers.ask(country="NO", number=BLATIMEN, now=now - timedelta(hours=2))
    application = checked(sent(now=now), now=now)
    assert [answer.asked_at for answer in RegisterAnswer.objects.order_by("id")] == [
        now - timedelta(hours=2),
        now,
    ]
    assert application.register_asked_at == now


@pytest.mark.usefixtures("register_down")
def test_a7_what_was_heard_within_the_day_is_good_enough_while_the_register_is_down(
    settings: Any, register_url: str, now: datetime
) -> None:
    heard_at = now - timedelta(hours=5)
    down, settings.MEDLEM_REGISTER_URL = settings.MEDLEM_REGISTER_URL, register_url
    registers.ask(country="NO", number=BLATIMEN, now=heard_at)
    settings.MEDLEM_REGISTER_URL = down
    application = checked(sent(now=now), now=now)
    answer = last(application, "register_entry").answer
    assert answer is not None
    assert (application.status, application.register_asked_at, answer.asked_at) == (
        "approved",
        heard_at,
        heard_at,
    )
    told = last(application, "register_entry")
    assert sentence(told.reason, told.facts) == (
        "The register knows it as BLÅTIMEN FILM AS. "
        "The answer is of 2026-11-23 05:00, the latest that there is."
    )


def test_a7_a_worker_that_was_killed_after_asking_need_not_ask_again(
    settings: Any, register_url: str, now: datetime
) -> None:
    """The answer is a row of its own, committed before anything is judged."""
    application = sent(now=now)
    registers.ask(country="NO", number=BLATIMEN, now=now)  # and the process ended here
    settings.MEDLEM_REGISTER_URL = NOBODY
    assert tick(now=now + timedelta(minutes=2)).trouble == []
    application.refresh_from_db()
    assert application.status == "approved"


# --- abroad ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("vies_up", "hmrc")
@pytest.mark.parametrize("country", ["DK", "DE", "FR", "GB"])
def test_a7_a_vat_number_abroad_agrees_when_its_register_knows_it(country: str, now: datetime) -> None:
    application = checked(from_abroad(country, now=now), now=now)
    check = last(application, "vat_agrees")
    assert (application.status, check.outcome, check.reason) == ("validating", "passed", "vat_number_known")
    assert check.answer == RegisterAnswer.objects.get()
    assert check.answer.register == ("hmrc" if country == "GB" else "vies")
    assert last(application, "name_agrees").answer == check.answer
    assert last(application, "register_entry").answer is None
    assert applications_to_ask_again(now + A_WHILE) == []  # there is no register that could answer later


@pytest.mark.usefixtures("vies_up")
@pytest.mark.parametrize(
    ("number", "outcome", "reason"),
    [
        ("DK99000015", "failed", "vat_number_unknown"),
        ("DK99000016", "failed", "vat_number_wrong"),
    ],
)
def test_a7_a_vat_number_abroad_that_is_not_valid_fails(
    number: str, outcome: str, reason: str, now: datetime
) -> None:
    application = checked(from_abroad("DK", now=now, vat_number=number), now=now)
    check = last(application, "vat_agrees")
    assert (check.outcome, check.reason) == (outcome, reason)


def test_a7_a_vat_number_abroad_is_asked_for_again_when_vies_was_down(
    settings: Any, vies_url: str, now: datetime
) -> None:
    settings.MEDLEM_VIES_URL, settings.MEDLEM_VIES_TIMEOUT = NOBODY, 0.1
    application = checked(from_abroad("DK", now=now), now=now)
    check = last(application, "vat_agrees")
    assert (check.outcome, check.reason) == ("could_not_run", "vat_not_answered")
    settings.MEDLEM_VIES_URL, settings.MEDLEM_VIES_TIMEOUT = vies_url, 10
    tick(now=now + A_WHILE)
    assert (last(application, "vat_agrees").outcome, runs(application)) == ("passed", [1, 2])
    application.refresh_from_db()
    assert application.status == "validating"  # no business register of Denmark can be asked


@pytest.mark.usefixtures("vies_up")
def test_a7_who_is_not_vat_registered_abroad_has_no_number_to_ask_about(now: datetime) -> None:
    application = checked(from_abroad("DK", now=now, vat_registered=False, vat_number=""), now=now)
    assert (last(application, "vat_agrees").outcome, RegisterAnswer.objects.count()) == ("could_not_run", 0)


# --- the register is asked again --------------------------------------------------------------------


def test_a7_a_register_that_was_down_is_asked_again_and_the_application_approved(
    waiting: Application, now: datetime
) -> None:
    early, due = now + A_WHILE - timedelta(seconds=1), now + A_WHILE
    assert (applications_to_ask_again(early), applications_to_ask_again(due)) == ([], [waiting.pk])
    assert tick(now=due).done["applications checked"] == 1
    waiting.refresh_from_db()
    assert (waiting.status, waiting.checked_at, waiting.register_asked_at) == ("approved", due, due)
    decision = Decision.objects.get()
    assert (decision.automatic, decision.at, {check["run"] for check in decision.checks}) == (True, due, {2})
    events = Event.objects.filter(subject_id=waiting.public_id).order_by("id")
    assert [event.name for event in events] == [
        "application.sent",
        "application.in_validation",
        "application.approved",
    ]
    assert tick(now=due + A_WHILE).done["applications checked"] == 0
    assert (Account.objects.count(), Mail.objects.filter(template="account_ready").count()) == (1, 1)


def test_a7_while_it_is_down_it_is_asked_every_so_often_and_no_run_repeats_another(
    waiting: Application, settings: Any, now: datetime
) -> None:
    settings.MEDLEM_REGISTER_URL = NOBODY
    for n in range(1, 4):
        moment = now + n * A_WHILE
        assert tick(now=moment).done["applications checked"] == 1
        assert tick(now=moment + timedelta(minutes=14)).done["applications checked"] == 0
        waiting.refresh_from_db()
        assert (waiting.status, waiting.checked_at, runs(waiting)) == ("validating", moment, [1])
    assert [answer.state for answer in RegisterAnswer.objects.all()] == ["unavailable"] * 4


def test_a7_what_a_register_says_later_is_another_run_for_the_validator(
    settings: Any, register_url: str, now: datetime
) -> None:
    settings.MEDLEM_REGISTER_URL = NOBODY
    application = checked(sent("316641067", now=now), now=now)  # bankrupt
    settings.MEDLEM_REGISTER_URL = register_url
    tick(now=now + A_WHILE)
    application.refresh_from_db()
    assert (application.status, runs(application)) == ("validating", [1, 2])
    assert last(application, "register_live").reason == "bankrupt"
    event = Event.objects.filter(subject_id=application.public_id).latest("id")
    assert (event.name, event.actor_kind, event.after) == (
        "application.checked_again",
        "system",
        {"open_checks": ["register_live"]},
    )
    assert applications_to_ask_again(now + 2 * A_WHILE) == []


def test_a8_what_a_person_has_in_hand_is_left_to_that_person(
    waiting: Application, cast: Cast, now: datetime
) -> None:
    waiting.claimed_by_id, waiting.claimed_at = cast.vera.public_id, now
    waiting.save()
    assert applications_to_ask_again(now + A_WHILE) == []
    assert checking.check(application_id=waiting.pk, now=now + A_WHILE).status == "validating"
    assert runs(waiting) == [1]


def test_a8_what_a_person_wrote_about_is_checked_again_and_left_to_a_person(
    waiting: Application, cast: Cast, now: datetime
) -> None:
    Note.objects.create(application=waiting, author_id=cast.vera.public_id, text="Hm.", at=now)
    tick(now=now + A_WHILE)
    waiting.refresh_from_db()
    assert (waiting.status, runs(waiting)) == ("validating", [1, 2])
    assert {check.outcome for check in latest_checks(waiting)} == {"passed"}


def test_a8_what_is_with_the_applicant_is_not_checked(
    waiting: Application, cast: Cast, now: datetime
) -> None:
    deciding.ask_for_more(application=waiting, text="Hvem?", by=cast.vera.as_staff, now=now)
    assert applications_to_ask_again(now + A_WHILE) == []
    assert checking.check(application_id=waiting.pk, now=now + A_WHILE).status == "more_wanted"
    assert runs(waiting) == [1]


def test_a6_after_the_answer_by_moment_nobody_waits_for_a_register(
    waiting: Application, now: datetime
) -> None:
    assert waiting.answer_by_at is not None
    assert applications_to_ask_again(waiting.answer_by_at - timedelta(seconds=1)) == [waiting.pk]
    assert applications_to_ask_again(waiting.answer_by_at) == []


def test_a7_what_failed_for_another_reason_does_not_wait_for_a_register(now: datetime) -> None:
    validating(now=now)
    assert applications_to_ask_again(now + A_WHILE) == []


@pytest.mark.usefixtures("committing")
def test_a7_three_workers_at_once_ask_again_and_approve_once(
    settings: Any, register_url: str, now: datetime
) -> None:
    settings.MEDLEM_REGISTER_URL = NOBODY
    application = checked(sent(now=now), now=now)
    settings.MEDLEM_REGISTER_URL = register_url
    due = now + A_WHILE
    together(*[lambda: checking.check(application_id=application.pk, now=due).status] * 3)
    application.refresh_from_db()
    assert application.status == "approved"
    assert (runs(application), Decision.objects.count(), Account.objects.count()) == ([1, 2], 1, 1)


# --- after an applicant's answer --------------------------------------------------------------------


def test_a8_checks_run_again_after_an_answer_and_a_person_decides(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)
    deciding.ask_for_more(application=application, text="En bedre faktura?", by=cast.vera.as_staff, now=now)
    later = now + timedelta(hours=3)
    deciding.answer(application=application, text="Her.", now=later)
    again = checking.check(application_id=application.pk, now=later)
    assert (again.status, again.checked_at, runs(application)) == ("validating", later, [1, 2])
    event = Event.objects.filter(subject_id=application.public_id).latest("id")
    open_checks = [check.code for check in latest_checks(again) if check.outcome != "passed"]
    assert (event.name, event.after) == ("application.checked_again", {"open_checks": open_checks})
    checking.check(application_id=application.pk, now=later + A_WHILE)
    assert runs(application) == [1, 2]


def test_a8_nothing_is_approved_by_itself_after_a_person_asked(
    waiting: Application, cast: Cast, now: datetime
) -> None:
    deciding.ask_for_more(application=waiting, text="Hvem er du?", by=cast.vera.as_staff, now=now)
    deciding.answer(application=waiting, text="Meg.", now=now)
    again = checking.check(application_id=waiting.pk, now=now + timedelta(minutes=1))
    assert {check.outcome for check in latest_checks(again)} == {"passed"}
    assert (again.status, runs(waiting), Decision.objects.count()) == ("validating", [1, 2], 0)


def test_a7_a_draft_and_a_decided_application_are_not_checked(now: datetime) -> None:
    unsent = draft(now=now)
    decided = checked(sent(now=now), now=now)
    for application, status in ((unsent, "draft"), (decided, "approved")):
        Application.objects.filter(pk=application.pk).update(checked_at=None)
        assert checking.check(application_id=application.pk, now=now).status == status
        assert len(runs(application)) <= 1
