"""`medlem doctor` says *ok*, or names each kind of trouble and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from medlem.applications import bulk, registers
from medlem.billing.models import Invoice
from medlem.commands.simulated.hmrc import HmrcServer
from medlem.commands.tick import tick
from medlem.core import clock
from medlem.events import actions as events
from medlem.events.models import Event, Mail, Seal
from tests import factories
from tests.commands.conftest import Run
from tests.commands.processes import environment, medlem
from tests.downloads import as_json, download, entries
from tests.people import Cast

LOOKS = (
    "database",
    "queue",
    "points ledger",
    "invoice ledger",
    "invoice numbers",
    "event chain",
    "documents",
)


def raw(statement: str, *values: object) -> None:
    """What somebody with a database console does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


REGISTERS = {
    "business register": "ok",
    "VIES": "not asked (MEDLEM_VIES_URL is off)",
    "HMRC": "not asked (MEDLEM_HMRC_URL is off, or there are no credentials)",
}


def told(look: str, *problems: str, **registers: str) -> str:
    """All that doctor writes when one look finds these problems; `registers` say how some of them are."""
    lines = []
    for name in LOOKS:
        lines += (
            [f"{name}:", *(f"  - {problem}" for problem in problems)] if name == look else [f"{name}: ok"]
        )
    for name, state in {**REGISTERS, **registers}.items():
        lines += [f"{name}:", *(f"  - {p}" for p in problems)] if name == look else [f"{name}: {state}"]
    return "\n".join(lines) + "\n"


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    """The invoice of a house that was worked in a little, an hour ago: everything was sent and sealed."""
    now = clock.now() - timedelta(hours=1)
    factories.product(cast.nordkapp, points=250, serial="012345678901", now=now)
    made = factories.invoice_of(factories.member(cast.fjordlys, now=now))
    assert tick(now=now + timedelta(minutes=6)).trouble == []
    made.refresh_from_db()
    return made


@pytest.mark.usefixtures("db")
def test_a_fresh_house_is_well(run: Run) -> None:
    assert run("doctor") == (0, told("nothing"), "")


def test_a_house_that_was_worked_in_is_well(invoice: Invoice, run: Run) -> None:
    assert run("doctor") == (0, told("nothing"), "")


def test_mails_that_wait_too_long_are_named(cast: Cast, run: Run) -> None:
    Mail.objects.update(sent_at=clock.now())
    late = clock.now() - timedelta(minutes=16)
    for _ in range(2):
        events.queue_mail("invitation", to="a@x.example", language="en", now=late)
    events.queue_mail("invitation", to="a@x.example", language="en", now=clock.now())
    assert run("doctor") == (
        1,
        told("queue", "2 mails wait longer than 15 minutes: is `medlem worker` running?"),
        "",
    )


def test_mails_that_were_given_up_are_named(cast: Cast, run: Run) -> None:
    Mail.objects.update(given_up_at=clock.now())
    assert run("doctor") == (1, told("queue", "6 mails were given up: see Mail on the desk"), "")


def test_b7_points_that_do_not_add_up_are_named(invoice: Invoice, cast: Cast, run: Run) -> None:
    raw("UPDATE memberships_pointsbalance SET total = total + 1 WHERE account_id = %s", cast.nordkapp.pk)
    problem = f"account {cast.nordkapp.number}: 251 points, its ledger says 250"
    assert run("doctor") == (1, told("points ledger", problem), "")


def test_d7_an_invoice_whose_ledger_says_something_else_is_named(invoice: Invoice, run: Run) -> None:
    raw("UPDATE billing_invoice SET status = 'paid' WHERE id = %s", invoice.pk)
    assert run("doctor") == (
        1,
        told("invoice ledger", f"invoice {invoice.number} is paid, its ledger says 148750"),
        "",
    )


def test_d3_a_number_that_is_missing_is_named(invoice: Invoice, cast: Cast, run: Run) -> None:
    second = factories.invoice_of(factories.member(cast.nordkapp, now=clock.now()))
    raw("UPDATE billing_invoice SET number = number + 2 WHERE id = %s", second.pk)
    assert run("doctor") == (1, told("invoice numbers", "invoice numbers 10002 to 10003 are missing"), "")


def test_e3_an_altered_event_is_named(invoice: Invoice, run: Run) -> None:
    first, seal = Event.objects.earliest("id"), Seal.objects.get()
    raw("UPDATE events_event SET actor_kind = 'staff' WHERE id = %s", first.pk)
    assert run("doctor") == (
        1,
        told("event chain", f"events 1 to {seal.last_id}: altered since {seal.sealed_at:%Y-%m-%d}"),
        "",
    )


def _alter(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize(("harm", "is_named"), [(Path.unlink, "is missing"), (_alter, "was altered")])
def test_d3_a_document_that_is_missing_or_altered_is_named(
    invoice: Invoice, run: Run, harm: Callable[[Path], None], is_named: str
) -> None:
    (path,) = (settings.DATA / "files").rglob(invoice.pdf)
    harm(path)
    problem = f"invoice {invoice.number}: its PDF {is_named}; restore it from the backup"
    assert run("doctor") == (1, told("documents", problem), "")


@pytest.mark.usefixtures("db", "vies_up", "hmrc")
def test_a7_registers_that_answer_are_well(run: Run) -> None:
    assert run("doctor") == (0, told("nothing", VIES="ok", HMRC="ok"), "")


@pytest.mark.usefixtures("db", "register_down")
def test_a7_a_register_that_does_not_answer_is_named(run: Run) -> None:
    code, out, _err = run("doctor")
    problem = "does not answer (ConnectError: [Errno 111] Connection refused)"
    expected = told("business register", f"{problem}; applications wait for it, and it is asked again")
    assert (code, out) == (1, expected)


@pytest.mark.usefixtures("db")
def test_a7_wrong_credentials_are_named_and_not_told(run: Run, hmrc: HmrcServer, settings: Any) -> None:
    settings.MEDLEM_HMRC_CLIENT_SECRET = "wrong"
    code, out, _err = run("doctor")
    problem = "does not answer (token: answered 401 invalid_client)"
    assert (code, out) == (1, told("HMRC", f"{problem}; applications wait for it, and it is asked again"))
    registers.hmrc().close()


@pytest.mark.usefixtures("db")
def test_a2_the_age_of_the_download_is_told(run: Run, settings: Any, tmp_path: Path) -> None:
    def load(days: int) -> str:
        at = clock.now() - timedelta(days=days)
        assert bulk.load([download(tmp_path / "e.json", as_json(entries()), at=at)], now=at).trouble == ""
        return f"its download is of {at:%Y-%m-%d}"

    settings.MEDLEM_REGISTER_URL = "off"
    off = "not asked (MEDLEM_REGISTER_URL is off)"
    nothing = f"{off}; no download is loaded either, so a person looks"
    assert run("doctor") == (0, told("nothing", **{"business register": nothing}), "")
    young = load(6)
    assert run("doctor") == (0, told("nothing", **{"business register": f"{off}; {young}"}), "")
    problem = f"{load(8)}; older than 7 days it lets nobody in: run `medlem import-register`"
    assert run("doctor") == (1, told("business register", problem), "")


@pytest.mark.usefixtures("db")
def test_migrations_that_wait_are_named_and_nothing_else_is_looked_at(run: Run) -> None:
    raw("DELETE FROM django_migrations WHERE app = 'events' AND name = '0001_initial'")
    code, out, _err = run("doctor")
    assert (code, out.splitlines()[0], len(out.splitlines())) == (1, "database:", 2)
    assert out.splitlines()[1].endswith("migrations are waiting: run `medlem setup`")


@pytest.mark.usefixtures("db")
def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    process = medlem(
        "doctor",
        stdout=-1,
        env=environment(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder/db"),
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (
        1,
        "database:\n  - does not answer (unable to open database file): is DATABASE_URL right, and does it run?\n",
        "",
    )
