"""The tick: asks each domain what is due and not done, and does it, each item in its own transaction.

Run twice, in ten workers at once, after a crash or after a week's stop, it comes to the same end: the
state in the database is the list of what is to be done, and every action checks it under its lock.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What is due at a moment, as keys, and how one of them is done."""

    name: str
    due: Callable[[datetime], Iterable[int]]
    do: Callable[[int, datetime], object]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--now", type=moment, help="as if it were this moment, such as 2026-12-22T06:00 (UTC)"
    )


def moment(text: str) -> datetime:
    """What was typed as `--now`. Raises ValueError, which argparse tells."""
    typed = datetime.fromisoformat(text)
    return typed if typed.tzinfo else typed.replace(tzinfo=UTC)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.core import clock

    report = tick(now=options.now or clock.now())
    print(", ".join(f"{name}: {done}" for name, done in report.done.items()))
    for trouble in report.trouble:
        print(f"trouble: {trouble}")
    return 1 if report.trouble else 0


@dataclass
class Report:
    """What one tick did, by job, and what went wrong."""

    done: dict[str, int]
    trouble: list[str]


def tick(*, now: datetime) -> Report:
    """Does what is due at `now`. One item's failure is logged and tried again by the next tick."""
    report = Report({}, [])
    for job in jobs():
        report.done[job.name] = 0
        for key in job.due(now):
            try:
                job.do(key, now)
            except Exception as error:  # one broken item must not stop the others
                log.exception("tick failed", job=job.name, key=key)
                report.trouble.append(f"{job.name} {key}: {type(error).__name__}: {error}")
            else:
                report.done[job.name] += 1
    report.done["events sealed"] = _seal(now)
    _forget_answers(now)
    _tidy_queue()
    return report


def jobs() -> list[Job]:
    """What the house has to do, in the order in which one thing leads to the next; mails come last."""
    from medlem.applications import checking, claiming, erasing, reading, silence
    from medlem.applications.queries import (
        applications_to_ask_again,
        applications_to_check,
        applications_to_erase,
        evidence_to_read,
    )
    from medlem.applications.queue import claims_run_out
    from medlem.applications.silence import unanswered_due
    from medlem.applications.warning import warn, warnings_due
    from medlem.billing import actions as billing
    from medlem.billing.queries import invoices_to_send
    from medlem.core.clock import date_in
    from medlem.events import actions as events
    from medlem.events.queries import mails_due
    from medlem.memberships import renewing
    from medlem.memberships.queries import memberships_to_end, memberships_to_remind
    from medlem.payments import actions as payments
    from medlem.payments import confirming, overdue
    from medlem.payments import queries as unpaid
    from medlem.products import contested, disputes, many, migration, photos, qualifying, transfers
    from medlem.products.former import migrations_to_go_on
    from medlem.products.lists import imports_to_forget, imports_to_go_on
    from medlem.products.photo_queries import photo_batches_to_forget
    from medlem.programme import current

    zone = current().timezone
    return [
        Job(
            "documents read",
            lambda now: evidence_to_read(),
            lambda key, now: reading.read(evidence_id=key, now=now),
        ),
        Job(
            "claims run out",
            claims_run_out,
            lambda key, now: claiming.let_go(application_id=key, now=now),
        ),
        Job(
            "applications checked",
            lambda now: [*applications_to_check(), *applications_to_ask_again(now)],
            lambda key, now: checking.check(application_id=key, now=now),
        ),
        Job(
            "silences gone on with",
            unanswered_due,
            lambda key, now: silence.go_on(application_id=key, now=now),
        ),
        Job("clocks warned of", warnings_due, lambda key, now: warn(now=now)),
        Job(
            "invoices sent",
            lambda now: invoices_to_send(),
            lambda key, now: billing.send_invoice(invoice_id=key, now=now),
        ),
        Job(
            "cards charged",
            lambda now: unpaid.invoices_to_charge(date_in(zone, now)),
            lambda key, now: payments.charge(invoice_id=key, now=now),
        ),
        Job(
            "confirmations asked",
            lambda now: unpaid.charges_being_confirmed(),
            lambda key, now: confirming.learn(charge_id=key, now=now),
        ),
        Job(
            "invoices reminded",
            lambda now: unpaid.invoices_to_remind(date_in(zone, now)),
            lambda key, now: overdue.remind(invoice_id=key, now=now),
        ),
        Job(
            "memberships suspended",
            lambda now: unpaid.invoices_to_suspend(date_in(zone, now)),
            lambda key, now: overdue.suspend(invoice_id=key, now=now),
        ),
        Job(
            "unpaid memberships ended",
            lambda now: unpaid.invoices_to_end(date_in(zone, now)),
            lambda key, now: overdue.end(invoice_id=key, now=now),
        ),
        Job(
            "renewals reminded",
            lambda now: memberships_to_remind(date_in(zone, now)),
            lambda key, now: renewing.remind(membership_id=key, now=now),
        ),
        Job(
            "memberships ended",
            lambda now: memberships_to_end(date_in(zone, now)),
            lambda key, now: renewing.end(membership_id=key, now=now),
        ),
        Job(
            "ends of models announced",
            lambda now: qualifying.accounts_to_tell(date_in(zone, now)),
            lambda key, now: qualifying.tell(account_id=key, now=now),
        ),
        Job(
            "points of ended models withdrawn",
            lambda now: qualifying.accounts_to_end(date_in(zone, now)),
            lambda key, now: qualifying.end(account_id=key, now=now),
        ),
        Job(
            "models closed",
            lambda now: qualifying.models_to_close(date_in(zone, now)),
            lambda key, now: qualifying.close(model_id=key, now=now),
        ),
        Job(
            "holders asked",
            lambda now: contested.holders_to_ask(),
            lambda key, now: disputes.ask_holder(account_id=key, now=now),
        ),
        Job(
            "receipts erased",
            contested.receipts_to_erase,
            lambda key, now: disputes.erase_receipt(statement_id=key),
        ),
        Job(
            "offers run out",
            lambda now: transfers.transfers_to_expire(date_in(zone, now)),
            lambda key, now: transfers.expire(transfer_id=key, now=now),
        ),
        Job(
            "applications erased",
            applications_to_erase,
            lambda key, now: erasing.erase(application_id=key, now=now),
        ),
        Job(
            "migrations gone on with",
            lambda now: migrations_to_go_on(),
            lambda key, now: migration.go_on(migration_id=key, now=now),
        ),
        Job(
            "imports gone on with",
            lambda now: imports_to_go_on(),
            lambda key, now: many.go_on(import_id=key, now=now),
        ),
        Job(
            "imports forgotten",
            lambda now: imports_to_forget(now - many.KEPT),
            lambda key, now: many.forget(import_id=key, now=now),
        ),
        Job(
            "photos forgotten",
            photo_batches_to_forget,
            lambda key, now: photos.forget(batch_id=key, now=now),
        ),
        Job("mails sent", mails_due, lambda key, now: events.send(mail_id=key, now=now)),
    ]


def _seal(now: datetime) -> int:
    from medlem.events.chain import seal

    return seal(now=now)


def _forget_answers(now: datetime) -> None:
    from medlem.applications import register_answers

    register_answers.forget(now=now)


STALE = timedelta(hours=1)
KEPT = timedelta(days=7)


def _tidy_queue() -> None:
    """Drops finished tasks after a week, and those that a killed worker left running: the tick did their work."""
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    real_now = timezone.now()  # the queue keeps real time, also where the demo's calendar was moved
    DBTaskResult.objects.filter(finished_at__lt=real_now - KEPT).delete()
    DBTaskResult.objects.filter(status="RUNNING", started_at__lt=real_now - STALE).delete()
