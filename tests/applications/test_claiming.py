"""Two validators never work on the same application, and never decide it both (A8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from medlem.applications import claiming, deciding, noting
from medlem.applications.claiming import DecidedAlready, HeldByAnother, MovedOn
from medlem.applications.models import Application
from medlem.applications.queue import claims_run_out
from medlem.applications.rules import CLAIM_LASTS
from medlem.events.models import Event
from tests.applications.applying import BLATIMEN, NORDVIK, checked, sent, validating
from tests.people import Cast
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SKARPHET, BRENNVIDDE = "312420198", "312459582"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def application(cast: Cast, now: datetime) -> Application:
    return validating(now=now)


def claim(application: Application, who: Any, *, now: datetime) -> Application:
    return claiming.claim(application=application, by=who.as_staff, now=now)


def decide(application: Application, who: Any, *, now: datetime, **changes: Any) -> Application:
    return deciding.decline(application=application, reason="No.", by=who.as_staff, now=now, **changes)


def holder(application: Application) -> tuple[Any, datetime | None]:
    application.refresh_from_db()
    return application.claimed_by_id, application.claimed_at


def events(application: Application) -> list[tuple[str, Any]]:
    found = Event.objects.filter(subject_id=application.public_id, actor_kind="staff").order_by("id")
    return [(event.name, event.actor_id) for event in found]


def test_a8_an_application_on_a_colleagues_table_is_not_decided(
    application: Application, cast: Cast, now: datetime
) -> None:
    claim(application, cast.mona, now=now)
    told = r"^Mona Vik has been working on this application since 23 November, 10:00\. Ask, or take it over"
    with pytest.raises(HeldByAnother, match=told):
        decide(application, cast.vera, now=now + 14 * MINUTE)
    with pytest.raises(HeldByAnother, match=told):
        claim(application, cast.vera, now=now + 14 * MINUTE)
    assert holder(application) == (cast.mona.public_id, now)
    assert decide(application, cast.mona, now=now + MINUTE).status == "declined"
    assert holder(application) == (None, None)


def test_a8_a_claim_runs_out_a_quarter_of_an_hour_after_the_last_thing_done(
    application: Application, cast: Cast, now: datetime
) -> None:
    claim(application, cast.mona, now=now)
    noting.add_note(application=application, text="Rings back.", by=cast.mona.as_staff, now=now + 10 * MINUTE)
    with pytest.raises(HeldByAnother):
        claim(application, cast.vera, now=now + 10 * MINUTE + CLAIM_LASTS - MINUTE)
    claim(application, cast.vera, now=now + 10 * MINUTE + CLAIM_LASTS)
    assert holder(application)[0] == cast.vera.public_id


def test_a8_a_claim_that_nobody_asked_for_is_free_when_its_page_was_left(cast: Cast, now: datetime) -> None:
    application = validating(now=now)
    assert take_next(cast.mona, now=now) == application
    claiming.stay(application=application, by=cast.mona.as_staff, now=now + 10 * MINUTE)
    claiming.stay(application=application, by=cast.vera.as_staff, now=now + 12 * MINUTE)  # who has it not
    assert holder(application) == (cast.mona.public_id, now + 10 * MINUTE)
    assert take_next(cast.vera, now=now + 10 * MINUTE + CLAIM_LASTS - MINUTE) is None
    assert claims_run_out(now + 10 * MINUTE + CLAIM_LASTS - MINUTE) == []
    later = now + 10 * MINUTE + CLAIM_LASTS
    claiming.stay(application=application, by=cast.mona.as_staff, now=later)  # too late to go on with it
    assert claims_run_out(later) == [application.pk]
    for _tick in range(2):
        claiming.let_go(application_id=application.pk, now=later)
    assert holder(application) == (None, None)
    assert Event.objects.filter(name="application.released").count() == 1
    assert take_next(cast.vera, now=later) == application


def test_a8_a_claim_is_released_by_whoever_has_it(
    application: Application, cast: Cast, now: datetime
) -> None:
    claim(application, cast.mona, now=now)
    claiming.release(application=application, by=cast.vera.as_staff, now=now)
    assert holder(application)[0] == cast.mona.public_id
    for _click in range(2):
        claiming.release(application=application, by=cast.mona.as_staff, now=now)
    assert holder(application) == (None, None)
    assert events(application) == [
        ("application.claimed", cast.mona.public_id),
        ("application.released", cast.mona.public_id),
    ]


def test_a8_claiming_twice_is_claiming_once(application: Application, cast: Cast, now: datetime) -> None:
    for minutes in (0, 5):
        claim(application, cast.vera, now=now + minutes * MINUTE)
    assert holder(application) == (cast.vera.public_id, now + 5 * MINUTE)
    assert events(application) == [("application.claimed", cast.vera.public_id)]


def test_a8_taking_over_says_from_whom(application: Application, cast: Cast, now: datetime) -> None:
    claim(application, cast.mona, now=now)
    claiming.take_over(application=application, by=cast.vera.as_staff, now=now + MINUTE)
    assert holder(application) == (cast.vera.public_id, now + MINUTE)
    event = Event.objects.get(name="application.taken_over")
    assert (event.actor_id, event.after) == (cast.vera.public_id, {"person": str(cast.mona.public_id)})
    with pytest.raises(HeldByAnother, match="Vera Vik"):
        decide(application, cast.mona, now=now + 2 * MINUTE)


def test_a8_taking_over_what_nobody_has_is_claiming(
    application: Application, cast: Cast, now: datetime
) -> None:
    claiming.take_over(application=application, by=cast.vera.as_staff, now=now)
    assert events(application) == [("application.claimed", cast.vera.public_id)]
    decide(application, cast.vera, now=now)
    with pytest.raises(DecidedAlready):
        claiming.take_over(application=application, by=cast.mona.as_staff, now=now)


def test_a8_what_is_decided_or_asked_is_on_nobodys_table(
    application: Application, cast: Cast, now: datetime
) -> None:
    claim(application, cast.vera, now=now)
    deciding.ask_for_more(application=application, text="Which?", by=cast.vera.as_staff, now=now)
    assert holder(application) == (None, None)


# --- what was not seen ------------------------------------------------------------------------------


def test_a8_after_a_question_of_another_the_second_is_told_who_was_there_and_when(
    application: Application, cast: Cast, now: datetime
) -> None:
    deciding.ask_for_more(application=application, text="Which?", by=cast.mona.as_staff, now=now)
    told = r"^Mona Vik asked the applicant for more on 23 November, 10:00\."
    for seen in (0, None):
        with pytest.raises(MovedOn, match=told):
            deciding.approve(
                application=application, reason="Seen.", seen=seen, by=cast.vera.as_staff, now=now
            )
    with pytest.raises(MovedOn, match=told):
        decide(application, cast.vera, now=now, seen=0)
    assert decide(application, cast.vera, now=now, seen=1).status == "declined"


def test_a8_who_has_not_read_the_answer_is_told_of_it(
    application: Application, cast: Cast, now: datetime
) -> None:
    deciding.ask_for_more(application=application, text="Which?", by=cast.mona.as_staff, now=now)
    deciding.answer(application=application, text="Bergen.", now=now + timedelta(hours=1))
    with pytest.raises(MovedOn, match=r"^The applicant answered on 23 November, 11:00\."):
        decide(application, cast.vera, now=now, seen=1)
    assert decide(application, cast.vera, now=now, seen=2).status == "declined"


# --- the next one -----------------------------------------------------------------------------------


@pytest.fixture
def three(cast: Cast, now: datetime) -> list[Application]:
    """In the order in which they are to be answered."""
    numbers = (NORDVIK, SKARPHET, BRENNVIDDE)
    return [validating(number, now=now - timedelta(days=3 - n)) for n, number in enumerate(numbers)]


def take_next(who: Any, *, now: datetime, leaving: Application | None = None) -> Application | None:
    return claiming.claim_next(leaving=leaving, by=who.as_staff, now=now)


def test_a8_next_claims_the_first_that_is_on_nobodys_table(
    three: list[Application], cast: Cast, now: datetime
) -> None:
    assert take_next(cast.vera, now=now) == three[0]
    assert take_next(cast.mona, now=now) == three[1]
    assert take_next(cast.mona, now=now, leaving=three[1]) == three[2]
    assert [holder(each)[0] for each in three] == [cast.vera.public_id, None, cast.mona.public_id]
    assert take_next(cast.vera, now=now, leaving=three[0]) == three[1]
    assert take_next(cast.vera, now=now, leaving=three[1]) == three[0]  # the last: back to the first


def test_a8_next_finds_nothing_where_all_is_decided_asked_or_taken(
    three: list[Application], cast: Cast, now: datetime
) -> None:
    decide(three[0], cast.vera, now=now)
    deciding.ask_for_more(application=three[1], text="Which?", by=cast.vera.as_staff, now=now)
    claim(three[2], cast.mona, now=now)
    sent(BLATIMEN, now=now)  # its checks have not run
    assert take_next(cast.vera, now=now) is None
    assert take_next(cast.vera, now=now + CLAIM_LASTS) == three[2]


@pytest.mark.usefixtures("committing")
def test_a8_two_who_press_next_at_once_get_two(three: list[Application], cast: Cast, now: datetime) -> None:
    done = together(lambda: take_next(cast.vera, now=now), lambda: take_next(cast.mona, now=now))
    assert {each.pk for each in done} == {three[0].pk, three[1].pk}
    assert {holder(each)[0] for each in three[:2]} == {cast.vera.public_id, cast.mona.public_id}


@pytest.mark.usefixtures("committing")
def test_a8_two_who_go_past_each_other_do_not_wait_for_each_other(
    three: list[Application], cast: Cast, now: datetime
) -> None:
    """One leaves the first for the second while the other leaves the second."""
    claim(three[0], cast.vera, now=now)
    claim(three[1], cast.mona, now=now)
    done = together(
        lambda: take_next(cast.vera, now=now, leaving=three[0]),
        lambda: take_next(cast.mona, now=now, leaving=three[1]),
    )
    assert all(isinstance(each, Application) for each in done)
    assert len({each.pk for each in done}) == 2


@pytest.mark.usefixtures("committing")
def test_a8_of_two_who_claim_at_once_one_gets_it(application: Application, cast: Cast, now: datetime) -> None:
    done = together(
        lambda: claim(application, cast.vera, now=now), lambda: claim(application, cast.mona, now=now)
    )
    assert sorted(type(each).__name__ for each in done) == ["Application", "HeldByAnother"]


def test_a8_deciding_needs_no_claim(application: Application, cast: Cast, now: datetime) -> None:
    assert decide(application, cast.vera, now=now).status == "declined"
    with pytest.raises(DecidedAlready, match="Vera Vik"):
        claim(application, cast.mona, now=now)


def test_a8_what_was_approved_automatically_is_not_claimed(cast: Cast, now: datetime) -> None:
    with pytest.raises(DecidedAlready):
        claim(checked(sent(BLATIMEN, now=now), now=now), cast.vera, now=now)
