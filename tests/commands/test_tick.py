"""The tick does what is due and not done: run twice, late, or by many at once, it comes to the same end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as mailbox
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from medlem.applications import deciding
from medlem.applications.models import Application
from medlem.billing.models import Invoice
from medlem.billing.queries import ledgers_that_disagree
from medlem.billing.status import Means
from medlem.commands.tick import tick
from medlem.events.chain import broken
from medlem.events.models import Mail, Seal
from medlem.memberships.queries import balances_that_disagree
from medlem.products.models import PhotoBatch
from tests import factories
from tests.applications.applying import BLATIMEN, NORDVIK, draft_of, sent, validating
from tests.commands.conftest import Run
from tests.people import Cast
from tests.rows import rows
from tests.together import together

IDLE = {
    "documents read": 0,
    "claims run out": 0,
    "applications checked": 0,
    "silences gone on with": 0,
    "clocks warned of": 0,
    "invoices sent": 0,
    "cards charged": 0,
    "confirmations asked": 0,
    "invoices reminded": 0,
    "memberships suspended": 0,
    "unpaid memberships ended": 0,
    "renewals reminded": 0,
    "memberships ended": 0,
    "ends of models announced": 0,
    "points of ended models withdrawn": 0,
    "models closed": 0,
    "holders asked": 0,
    "receipts erased": 0,
    "offers run out": 0,
    "applications erased": 0,
    "migrations gone on with": 0,
    "imports gone on with": 0,
    "imports forgotten": 0,
    "photos forgotten": 0,
    "mails sent": 0,
    "events sealed": 0,
}


def busy(cast: Cast, *, now: datetime) -> None:
    """Something to do for every job of the house, in the following forty days."""
    sent(BLATIMEN, now=now)
    refused = validating(NORDVIK, now=now)
    deciding.decline(application=refused, reason="No.", by=cast.vera.as_staff, now=now)
    draft_of("312420198", now=now)
    card = factories.saved_card(cast.fjordlys, now=now)
    factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now)
    factories.member(cast.nordkapp, means=Means.BANK, now=now)
    PhotoBatch.objects.create(account=cast.fjordlys, made_by_id=cast.alice.public_id, made_at=now)
    DBTaskResult.objects.all().delete()  # the queue is lost: the tick alone does all


def outcome() -> dict[str, Any]:
    """What the house came to, whenever each step of it was done."""
    return {
        "applications": sorted(Application.objects.values_list("registration_number", "status", "email")),
        "invoices": sorted(Invoice.objects.values_list("number", "status", "gross_minor")),
        "photos": PhotoBatch.objects.count(),
        "mails": sorted(Mail.objects.values_list("template", "to")),
        "not sent": Mail.objects.filter(sent_at=None).count(),
        "wrong": [*ledgers_that_disagree(), *balances_that_disagree(), *broken()],
    }


END = {
    "applications": [
        ("310003913", "approved", "kontakt@blatimenfilmas.example"),
        ("310313815", "declined", ""),
    ],
    "invoices": [(10_001, "paid", 148_750), (10_002, "open", 148_750)],
    "photos": 0,
    "mails": [
        ("account_ready", "alice@fjordlys.example"),
        ("account_ready", "charlie@nordkapp.example"),
        ("account_ready", "kontakt@blatimenfilmas.example"),
        ("application_received", "kontakt@blatimenfilmas.example"),
        ("charge_succeeded", "faktura@fjordlys.example"),
        ("invitation", "alice@fjordlys.example"),
        ("invitation", "charlie@nordkapp.example"),
        ("invoice", "faktura@fjordlys.example"),
        ("invoice", "faktura@nordkapp.example"),
        ("password_link", "finn@staff.example"),
        ("password_link", "mona@staff.example"),
        ("password_link", "sara@staff.example"),
        ("password_link", "vera@staff.example"),
        ("reminder", "faktura@nordkapp.example"),
        ("reminder", "faktura@nordkapp.example"),
        ("welcome", "alice@fjordlys.example"),
        ("welcome", "charlie@nordkapp.example"),
    ],
    "not sent": 0,
    "wrong": [],
}
# Of the declined application, erased with it (A11); sent before that, however late.
ERASED = ["kontakt@nordvikogsonnfotoas.example"] * 2


def test_a_tick_does_all_that_is_due_and_the_next_finds_nothing(cast: Cast, now: datetime) -> None:
    busy(cast, now=now)
    later = now + timedelta(minutes=6)
    first = tick(now=later)
    assert (first.trouble, first.done) == (
        [],
        {
            **IDLE,
            "applications checked": 1,
            "clocks warned of": 0,
            "invoices sent": 2,
            "mails sent": 16,
            "events sealed": Seal.objects.get().count,
        },
    )
    after = rows()
    second = tick(now=later)
    assert (second.trouble, second.done) == ([], IDLE)
    assert rows() == after


def test_after_a_stop_of_forty_days_it_ends_as_if_it_had_run_every_day(cast: Cast, now: datetime) -> None:
    busy(cast, now=now)
    late = now + timedelta(days=40)
    assert tick(now=late).trouble == []
    tick(now=late + timedelta(days=1))  # of two reminders that were missed, the second comes a day later
    assert outcome() == END


def test_on_time_it_ends_the_same(cast: Cast, now: datetime) -> None:
    """Every day on which something may be due, in the same forty days and the next."""
    busy(cast, now=now)
    days = [*range(3), *range(29, 42)]
    reports = [tick(now=now + timedelta(days=day, minutes=6)) for day in days]
    assert [report.trouble for report in reports] == [[]] * len(days)
    assert outcome() == END


@pytest.mark.usefixtures("committing")
def test_four_ticks_at_once_do_each_thing_once(cast: Cast, now: datetime) -> None:
    busy(cast, now=now)
    mailbox.outbox.clear()
    late = now + timedelta(days=40)
    done = together(*[lambda: tick(now=late)] * 4)
    assert [report.trouble for report in done] == [[]] * 4
    tick(now=late + timedelta(days=1))
    assert outcome() == END
    sent_mails = sorted(message.to[0] for message in mailbox.outbox)
    assert sent_mails == sorted([*ERASED, *(to for _template, to in END["mails"])])  # type: ignore[attr-defined]


def test_an_item_that_fails_stops_no_other_and_is_done_by_the_next_tick(cast: Cast, now: datetime) -> None:
    busy(cast, now=now)
    unwritten = Mail.objects.earliest("id")
    Mail.objects.filter(pk=unwritten.pk).update(template="nobody_wrote_this")
    folder = Path(settings.DATA / "files")
    folder.rename(folder.with_name("away"))
    folder.touch()  # no invoice can be stored now

    report = tick(now=now)
    stuck = list(Invoice.objects.order_by("issued_at", "id").values_list("pk", flat=True))
    assert [trouble.split(": ")[:2] for trouble in report.trouble] == [
        *[[f"invoices sent {key}", "NotADirectoryError"] for key in stuck],
        [f"mails sent {unwritten.pk}", "TemplateDoesNotExist"],
    ]
    assert (report.done["applications checked"], report.done["mails sent"]) == (1, 13)

    folder.unlink()
    folder.with_name("away").rename(folder)
    Mail.objects.filter(pk=unwritten.pk).update(template="account_ready")
    report = tick(now=now + timedelta(minutes=1))
    assert (report.trouble, report.done["invoices sent"], report.done["mails sent"]) == ([], 2, 3)


def test_the_command_ticks_as_if_it_were_another_moment(cast: Cast, now: datetime, run: Run) -> None:
    sent(BLATIMEN, now=now)
    mails = Mail.objects.count()
    assert run("tick", "--now", "2026-11-23T09:00") == (
        0,
        ", ".join(
            f"{job}: {done}"
            for job, done in {**IDLE, "applications checked": 1, "mails sent": mails + 1}.items()
        )
        + "\n",
        "",
    )
    assert Application.objects.get().checked_at == now


def test_the_command_tells_trouble_and_fails(cast: Cast, now: datetime, run: Run) -> None:
    mail = Mail.objects.earliest("id")
    Mail.objects.filter(pk=mail.pk).update(template="nobody_wrote_this")
    code, out, _err = run("tick", "--now", "2026-11-23T10:00+01:00")
    assert (code, out.splitlines()[1]) == (
        1,
        f"trouble: mails sent {mail.pk}: TemplateDoesNotExist: mail/nobody_wrote_this.txt",
    )


def test_a_moment_that_is_none_is_refused(run: Run) -> None:
    code, out, err = run("tick", "--now", "tomorrow")
    assert (code, out) == (2, "")
    assert "argument --now: invalid moment value: 'tomorrow'" in err


@pytest.mark.usefixtures("db")
def test_the_queue_is_tidied(now: datetime) -> None:
    """Finished tasks after a week; those that a killed worker left running after an hour."""
    real = timezone.now()
    kept, dropped = [], []
    for changes, is_kept in (
        ({"status": "SUCCESSFUL", "finished_at": real - timedelta(days=6)}, True),
        ({"status": "SUCCESSFUL", "finished_at": real - timedelta(days=8)}, False),
        ({"status": "FAILED", "finished_at": real - timedelta(days=8)}, False),
        ({"status": "RUNNING", "started_at": real - timedelta(minutes=50)}, True),
        ({"status": "RUNNING", "started_at": real - timedelta(minutes=70)}, False),
        ({"status": "READY"}, True),
    ):
        from medlem.events.tasks import send_mail

        task = DBTaskResult.objects.get(id=send_mail.enqueue(1).id)
        DBTaskResult.objects.filter(pk=task.pk).update(**changes)
        (kept if is_kept else dropped).append(task.pk)
    tick(now=now)
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == set(kept)
