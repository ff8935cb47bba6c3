"""The worker: what it was killed at is done by the next tick, and when asked to stop it finishes first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from medlem.accounts.models import Account
from medlem.applications.models import Application, Decision
from medlem.commands.tick import tick
from medlem.commands.worker import _empty_queue as empty_queue
from medlem.core import clock
from medlem.events.models import Event, Mail
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import many
from medlem.products.lists import counts_of_rows
from medlem.products.models import Product
from tests.applications.applying import BLATIMEN, NORDVIK, picture_of, sent
from tests.commands.processes import environment, medlem
from tests.people import Cast
from tests.post_office import PATIENCE, PostOffice, post_office


@pytest.fixture
def now() -> datetime:
    """The worker has the real time."""
    return clock.now()


@pytest.fixture
def queue(committing: None, now: datetime) -> list[Application]:
    """Two applications were sent: for each a mail and the checks are in the queue."""
    return [sent(BLATIMEN, now=now), sent(NORDVIK, now=now, pdf=picture_of(NORDVIK))]


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """A mail server that holds its answer until it is told to give it."""
    with post_office(holding=True) as office:
        settings.MAILERS = office.mailers
        yield office


def worker(post: PostOffice, log: Path) -> Any:
    """`medlem worker` in the middle of its first mail: the server has it and has not answered."""
    with log.open("w") as stderr:
        process = medlem(
            "worker",
            "--interval=0.05",
            stderr=stderr,
            env=environment(MEDLEM_SMTP_HOST="127.0.0.1", MEDLEM_SMTP_PORT=str(post.port)),
        )
    if not post.has_one.wait(PATIENCE):
        process.kill()
        process.wait()
        pytest.fail(f"the worker sent nothing: {log.read_text()}")
    return process


def done() -> dict[str, Any]:
    return {
        "applications": dict(Application.objects.values_list("registration_number", "status")),
        "decisions": Decision.objects.count(),
        "accounts": Account.objects.count(),
        "mails": sorted(Mail.objects.exclude(sent_at=None).values_list("template", "to")),
        "waiting": Mail.objects.filter(sent_at=None).count(),
    }


WHOLE = {
    "applications": {BLATIMEN: "approved", NORDVIK: "validating"},
    "decisions": 1,
    "accounts": 1,
    "mails": [
        ("account_ready", "kontakt@blatimenfilmas.example"),
        ("application_received", "kontakt@blatimenfilmas.example"),
        ("application_received", "kontakt@nordvikogsonnfotoas.example"),
    ],
    "waiting": 0,
}


def test_a_killed_worker_leaves_nothing_undone_after_the_next_tick(
    queue: list[Application], post: PostOffice, now: datetime, tmp_path: Path
) -> None:
    with worker(post, tmp_path / "log") as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    post.may_answer.set()
    assert done() == {
        "applications": {BLATIMEN: "received", NORDVIK: "received"},
        "decisions": 0,
        "accounts": 0,
        "mails": [],
        "waiting": 2,
    }
    assert list(DBTaskResult.objects.filter(status="RUNNING").values_list("task_path", flat=True)) == [
        "medlem.events.tasks.send_mail"
    ]

    assert tick(now=now).trouble == []
    assert done() == WHOLE
    events = Event.objects.count()

    # What is still in the queue finds everything done, and the mail that was under way is known by its id.
    empty_queue()
    assert (done(), Event.objects.count()) == (WHOLE, events)
    assert DBTaskResult.objects.filter(status="FAILED").count() == 0
    ids = [str(message["Message-ID"]) for message in post.mails]
    assert (len(ids), len(set(ids)), ids[0] in ids[1:]) == (4, 3, True)


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_at(
    queue: list[Application], post: PostOffice, tmp_path: Path
) -> None:
    with worker(post, tmp_path / "log") as process:
        process.send_signal(signal.SIGTERM)
        post.may_answer.set()
        assert process.wait(PATIENCE) == 0
    (first,) = Mail.objects.exclude(sent_at=None).filter(to=queue[0].email, template="application_received")
    assert str(post.mails[0]["Message-ID"]) == f"<{first.public_id}@127.0.0.1>"
    assert DBTaskResult.objects.filter(status="RUNNING").count() == 0


def test_a_worker_empties_the_queue_and_its_log_names_nobody(
    queue: list[Application], post: PostOffice, tmp_path: Path, now: datetime
) -> None:
    post.refused = {queue[1].email}
    log = tmp_path / "log"
    with worker(post, log) as process:
        post.may_answer.set()
        wait_until_idle(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    written = log.read_text()
    assert (done()["applications"], done()["waiting"]) == (WHOLE["applications"], 1)
    assert "mail not sent" in written
    names = ["@", "Blåfjell", "faktura.pdf", "310003913", "/status/", "password/"]
    assert [name for name in names if name in written] == []
    assert now < clock.now() < now + timedelta(minutes=5)


def wait_until_idle(process: Any) -> None:
    """Until no task waits or runs."""
    for _ in range(PATIENCE * 20):
        if not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists():
            return
        assert process.poll() is None
        threading.Event().wait(0.05)
    pytest.fail("the queue was not emptied")


@pytest.mark.usefixtures("committing")
def test_b5_a_worker_that_dies_in_the_middle_of_a_list_takes_no_row_in_twice(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    lines = [f"EOS R5;1{n:011d};12.03.2021;NO;Fotohuset" for n in range(2 * many.PIECE)]
    by = cast.alice.as_member
    made = many.look_at(account=cast.fjordlys, content="\n".join(lines).encode(), by=by, now=now)
    many.start(made=made, by=by, now=now)
    with (tmp_path / "log").open("w") as log, medlem("worker", stderr=log, env=environment()) as process:
        for _ in range(PATIENCE * 100):
            if made.rows.exclude(done_at=None).exists():
                break
            threading.Event().wait(0.01)
        process.kill()
        process.wait(PATIENCE)
    taken_in = made.rows.exclude(done_at=None).count()
    assert (taken_in > 0, taken_in % many.PIECE) == (True, 0)
    assert Product.objects.count() == taken_in  # both were written together

    assert tick(now=now).trouble == []
    made.refresh_from_db()
    assert (made.status, counts_of_rows(made)) == ("done", {"complete": len(lines)})
    assert Product.objects.values("serial_number").distinct().count() == Product.objects.count() == len(lines)
    assert (points_of(cast.fjordlys), balances_that_disagree()) == (250 * len(lines), [])
