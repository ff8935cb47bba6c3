"""A sent application is received once, and told by when it is answered (A3, A6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from medlem.applications import actions as applications
from medlem.applications.actions import NotComplete
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import sent_by_link
from medlem.core import links
from medlem.events.models import Event, Mail
from tests.applications.applying import BLATIMEN, draft_of, sent
from tests.together import together

pytestmark = pytest.mark.django_db

NORDLYS = Path(__file__).resolve().parents[2] / "programmes" / "nordlys.toml"
WEDNESDAY = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_a6_sent_on_monday_morning_is_answered_by_wednesday_at_four(now: datetime) -> None:
    application = applications.send(application=draft_of(BLATIMEN, now=now), language="nb", now=now)
    saved = Application.objects.get()
    assert application == saved
    assert (saved.status, saved.sent_at, saved.declared_at, saved.answer_by_at, saved.language) == (
        "received",
        now,
        now,
        WEDNESDAY,
        "nb",
    )
    event = Event.objects.latest("id")
    assert (event.name, event.actor_kind, event.before, event.after) == (
        "application.sent",
        "applicant",
        {"status": "draft"},
        {"status": "received", "number": saved.number, "answer_by_at": "2026-11-25T15:00:00Z"},
    )
    mail = Mail.objects.get()
    assert (mail.template, mail.to, mail.language, mail.values) == (
        "application_received",
        "kontakt@blatimenfilmas.example",
        "nb",
        {
            "name": "Åse",
            "business": "Blåtimen Film As",
            "number": saved.number,
            "zone": "Europe/Oslo",
            "link": {
                "page": "public:status",
                "purpose": "status",
                "thing": str(saved.public_id),
                "kwargs": {},
            },
            "answer_by_at": WEDNESDAY.isoformat(),
        },
    )


def test_a6_sent_on_friday_evening_is_answered_by_tuesday(now: datetime) -> None:
    friday_evening = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # 17:00 in Oslo
    assert sent(now=friday_evening).answer_by_at == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def test_a6_the_days_and_the_hour_are_the_programmes(now: datetime, settings: Any) -> None:
    settings.MEDLEM_PROGRAMME_FILE = NORDLYS
    assert sent(now=now).answer_by_at == datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


def test_a6_without_a_language_it_is_answered_in_that_of_the_draft(now: datetime) -> None:
    assert sent(now=now).language == "en"


def test_a6_sent_twice_is_received_once(now: datetime) -> None:
    application = draft_of(BLATIMEN, now=now)
    applications.send(application=application, now=now)
    again = applications.send(application=application, now=now + timedelta(minutes=5))
    assert (again.sent_at, Mail.objects.count()) == (now, 1)
    assert Event.objects.filter(name="application.sent").count() == 1
    assert DBTaskResult.objects.filter(task_path="medlem.applications.tasks.check_application").count() == 1


@pytest.mark.usefixtures("committing")
def test_a6_a_double_click_sends_once(now: datetime) -> None:
    application = draft_of(BLATIMEN, now=now)
    done = together(*[lambda: applications.send(application=application, now=now).status] * 2)
    assert done == ["received", "received"]
    assert (Mail.objects.count(), Event.objects.filter(name="application.sent").count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"business_name": ""}, "business"),
        ({"vat_number": ""}, "evidence"),
        ({"email": ""}, "contact"),
        ({"invoice_email": ""}, "information"),
        ({"email": "", "invoice_email": ""}, "contact"),
    ],
)
def test_a1_an_application_that_wants_something_is_not_sent(
    now: datetime, changes: dict[str, str], step: str
) -> None:
    application = draft_of(BLATIMEN, now=now)
    for name in ("business", "evidence", "contact", "information"):
        applications.save_answers(application=application, step=name, answers=changes, now=now)
    with pytest.raises(NotComplete) as refused:
        applications.send(application=application, now=now)
    assert (refused.value.step, Application.objects.get().status, Mail.objects.count()) == (step, "draft", 0)


def test_a3_an_application_without_a_document_is_not_sent(now: datetime) -> None:
    application = draft_of(BLATIMEN, now=now)
    Evidence.objects.all().delete()
    with pytest.raises(NotComplete) as refused:
        applications.send(application=application, now=now)
    assert refused.value.step == "evidence"


def test_a6_the_status_page_opens_by_its_link_once_sent(now: datetime) -> None:
    draft, application = draft_of(BLATIMEN, now=now), sent(now=now)
    assert sent_by_link(links.sign("status", application.public_id)) == application
    assert sent_by_link(links.sign("status", draft.public_id)) is None
    assert sent_by_link(links.sign("resume", application.public_id)) is None
    assert sent_by_link("nonsense") is None
