"""The validators are warned at half time, the lead of what is overdue each working day, the applicant once (A6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from medlem.accounts.models import StaffRole, User
from medlem.applications import deciding, warning
from medlem.applications.models import Application
from medlem.applications.queue import is_late
from medlem.commands.tick import tick
from medlem.events.models import Event, Mail
from medlem.web.letters import write
from tests.applications.applying import NORDVIK, sent, validating
from tests.people import Cast, staff
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SKARPHET, BRENNVIDDE = "312420198", "312459582"
HALF = timedelta(hours=30)  # Tuesday at four, of what was sent on Monday at ten
OVERDUE = timedelta(hours=54, seconds=1)


def warn(now: datetime) -> list[tuple[str, str, int]]:
    """Which mails to staff a tick of that moment makes: letter, address, of how many applications."""
    last = Mail.objects.latest("id").pk
    for _key in warning.warnings_due(now):
        warning.warn(now=now)
    mails = Mail.objects.filter(pk__gt=last).exclude(template="application_late").order_by("id")
    return [(mail.template, mail.to, mail.values["count"]) for mail in mails]


def test_a6_validators_are_warned_at_half_time_and_the_lead_when_overdue(cast: Cast, now: datetime) -> None:
    staff("vidar@staff.example", "validator", now=now)
    validating(NORDVIK, now=now)
    assert warn(now + HALF - timedelta(seconds=1)) == []
    assert warn(now + HALF) == [
        ("applications_half_time", "vera@staff.example", 1),
        ("applications_half_time", "vidar@staff.example", 1),
    ]
    assert warn(now + HALF) == warn(now + OVERDUE - timedelta(seconds=1)) == []
    assert warn(now + OVERDUE) == [("applications_overdue", "mona@staff.example", 1)]
    warn(now + OVERDUE + timedelta(days=9))
    assert list(Event.objects.filter(name__endswith="warned").values_list("name", "actor_kind")) == [
        ("application.half_time_warned", "system"),
        ("application.overdue_warned", "system"),
    ]


def test_a6_the_lead_is_reminded_each_working_day_of_all_that_is_overdue(cast: Cast, now: datetime) -> None:
    for number in (NORDVIK, SKARPHET):
        validating(number, now=now)
    late = now + OVERDUE  # Wednesday at four
    both = [("applications_overdue", "mona@staff.example", 2)]
    assert warn(late) == both
    night, morning = timedelta(hours=15), timedelta(hours=16)
    assert warn(late + night) == []
    assert [warn(late + morning), warn(late + morning), warn(late + morning + night)] == [both, [], []]
    assert warn(late + timedelta(days=2)) == both  # on Friday, and then on Monday again
    assert warn(late + timedelta(days=3)) == warn(late + timedelta(days=4, hours=15)) == []
    assert warn(late + timedelta(days=4, hours=16)) == both
    ours = Application.objects.first()
    assert ours is not None
    deciding.decline(application=ours, reason="No.", by=cast.vera.as_staff, now=late + timedelta(days=4))
    assert warn(late + timedelta(days=5, hours=16)) == [("applications_overdue", "mona@staff.example", 1)]


def test_a6_the_applicant_is_told_once_that_the_answer_is_late(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)

    def told() -> int:
        return Mail.objects.filter(template="application_late", to=application.email).count()

    warn(now + OVERDUE - timedelta(seconds=1))
    assert told() == 0
    for day in range(9):
        warn(now + OVERDUE + timedelta(days=day))
    assert told() == 1
    mail = Mail.objects.get(template="application_late")
    for language, subject, nothing_to_do in (
        ("en", f"We are late with the answer to application {application.number}", "You need to do nothing"),
        ("nb", f"Svaret på søknad {application.number} er forsinket", "Du trenger ikke gjøre noe"),
    ):
        mail.language = language
        letter = write(mail)
        assert letter.subject == subject
        assert nothing_to_do in letter.body
        assert nothing_to_do in str(letter.alternatives[0].content)


def test_a6_the_applicant_is_told_even_where_nobody_leads_yet(cast: Cast, now: datetime) -> None:
    validating(NORDVIK, now=now)
    StaffRole.objects.all().delete()
    warn(now + OVERDUE)
    assert Mail.objects.filter(template="application_late").count() == 1
    assert warning.warnings_due(now + OVERDUE) == [0]  # the lead's warning waits
    warning.warn(now=now + OVERDUE)
    assert Mail.objects.filter(template="application_late").count() == 1


def test_a6_late_is_what_is_with_us_past_its_moment(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)
    assert not is_late(application, now + HALF)
    assert is_late(application, now + OVERDUE)
    asked = deciding.ask_for_more(application=application, text="?", by=cast.vera.as_staff, now=now)
    assert not is_late(asked, now + OVERDUE)
    declined = deciding.decline(application=asked, reason="No.", by=cast.vera.as_staff, now=now)
    assert not is_late(declined, now + OVERDUE)


def test_a6_each_gets_one_mail_of_all_that_has_come_up(cast: Cast, now: datetime) -> None:
    for number in (NORDVIK, SKARPHET):
        validating(number, now=now)
    sent(BRENNVIDDE, now=now)  # not even checked
    assert warn(now + HALF) == [("applications_half_time", "vera@staff.example", 3)]


def test_a6_nobody_is_warned_while_the_applicant_is_asked_and_anew_after_the_answer(
    cast: Cast, now: datetime
) -> None:
    application = validating(NORDVIK, now=now)
    assert len(warn(now + HALF)) == 1
    deciding.ask_for_more(application=application, text="?", by=cast.vera.as_staff, now=now + HALF)
    assert warn(now + timedelta(days=30)) == []
    deciding.answer(application=application, text="Here.", now=now + timedelta(days=30))
    (again,) = warn(now + timedelta(days=30, hours=12))
    assert again[0] == "applications_half_time"


def test_a6_what_is_decided_warns_nobody(cast: Cast, now: datetime) -> None:
    application = validating(NORDVIK, now=now)
    deciding.decline(application=application, reason="No.", by=cast.vera.as_staff, now=now)
    assert warning.warnings_due(now + OVERDUE) == []


def test_a6_where_nobody_leads_the_administrators_are_told_and_else_it_waits(
    cast: Cast, now: datetime
) -> None:
    application = validating(NORDVIK, now=now)
    StaffRole.objects.filter(role="manager").delete()
    assert [mail for mail in warn(now + OVERDUE) if mail[0] == "applications_overdue"] == []
    application.refresh_from_db()
    assert application.overdue_warned_at is None
    staff("arne@staff.example", "admin", now=now)
    assert warn(now + OVERDUE) == [("applications_overdue", "arne@staff.example", 1)]
    User.objects.filter(email="arne@staff.example").update(is_active=False)
    Application.objects.update(overdue_warned_at=None)
    assert warn(now + OVERDUE) == []


def test_e1_the_warnings_are_written_in_both_languages(cast: Cast, now: datetime) -> None:
    for number in (NORDVIK, SKARPHET):
        validating(number, now=now)
    warn(now + HALF)
    mail = Mail.objects.get(template="applications_half_time")
    letters = {}
    for language in ("en", "nb"):
        mail.language = language
        message = write(mail)
        letters[language] = (message.subject, message.body)
    subject, body = letters["en"]
    assert subject == "2 applications have used half of their time"
    assert "Skarphet Studio As, " in body
    assert "answer by Wednesday 25 November, 16:00" in body
    assert "/en/desk/applications/" in body
    with translation.override("nb"):
        subject, body = letters["nb"]
        assert subject == "2 søknader har brukt halve tiden"
        assert "onsdag 25. november" in body
        assert "/nb/desk/applications/" in body


def test_a6_a_long_list_is_cut(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning, "MOST_LINES", 1)
    for number in (NORDVIK, SKARPHET, BRENNVIDDE):
        validating(number, now=now)
    warn(now + OVERDUE)
    body = write(Mail.objects.get(template="applications_overdue")).body
    assert body.count("answer by") == 1
    assert "and 2 more" in body


@pytest.mark.usefixtures("committing")
def test_a6_two_ticks_at_once_warn_once(cast: Cast, now: datetime) -> None:
    for number in (NORDVIK, SKARPHET):
        validating(number, now=now)
    done = together(*[lambda: warning.warn(now=now + HALF)] * 2)
    assert sum(done) == 2
    counts = Mail.objects.filter(template="applications_half_time").values_list("values__count", flat=True)
    assert sum(counts) == 2


@pytest.mark.usefixtures("committing")
def test_a6_the_tick_warns(cast: Cast, now: datetime) -> None:
    validating(NORDVIK, now=now)
    assert tick(now=now + HALF).done["clocks warned of"] == 1
    assert tick(now=now + HALF).done["clocks warned of"] == 0
