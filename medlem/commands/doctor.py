"""`medlem doctor`: looks for trouble. Each line is *ok* or what to do; exit status 1 on trouble."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none."""


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    trouble = 0
    for name, look in LOOKS.items():
        problems = look()
        trouble += len(problems)
        _tell(name, "ok", problems)
        if problems and look is _database:  # the others could only stumble over the same
            return 1
    for name, state, problems in _registers():
        trouble += len(problems)
        _tell(name, state, problems)
    return 1 if trouble else 0


def _tell(name: str, state: str, problems: list[str]) -> None:
    print(f"{name}:" if problems else f"{name}: {state}")
    for problem in problems:
        print(f"  - {problem}")


def _database() -> list[str]:
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        return [f"does not answer ({str(error).strip()}): is DATABASE_URL right, and does it run?"]
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{len(waiting)} migrations are waiting: run `medlem setup`"] if waiting else []


def _queue() -> list[str]:
    from medlem.core import clock
    from medlem.events.models import Mail

    late = clock.now() - timedelta(minutes=15)
    unsent = Mail.objects.filter(sent_at=None, given_up_at=None, try_at__lt=late).count()
    given_up = Mail.objects.exclude(given_up_at=None).count()
    problems = []
    if unsent:
        problems.append(f"{unsent} mails wait longer than 15 minutes: is `medlem worker` running?")
    if given_up:
        problems.append(f"{given_up} mails were given up: see Mail on the desk")
    return problems


def _points() -> list[str]:
    from medlem.core import clock
    from medlem.memberships.queries import balances_that_disagree
    from medlem.products.ledger import allocations_that_disagree
    from medlem.programme import current

    return [*balances_that_disagree(), *allocations_that_disagree(clock.today(current().timezone))]


def _ledgers() -> list[str]:
    from medlem.billing.queries import ledgers_that_disagree

    return ledgers_that_disagree()


def _series() -> list[str]:
    from medlem.billing.queries import gaps_in_the_series

    return gaps_in_the_series()


def _events() -> list[str]:
    from medlem.events.chain import broken

    return broken()


def _documents() -> list[str]:
    """Every invoice's PDF is there, and is the one that was sent."""
    from medlem.billing.models import Invoice
    from medlem.gateways.storage import files

    problems = []
    for invoice in Invoice.objects.exclude(pdf="").only("number", "pdf", "pdf_sha256").iterator():
        if not files().exists(invoice.pdf):
            problems.append(f"invoice {invoice.number}: its PDF is missing; restore it from the backup")
            continue
        with files().open(invoice.pdf) as stored:
            if hashlib.sha256(stored.read()).hexdigest() != invoice.pdf_sha256:
                problems.append(f"invoice {invoice.number}: its PDF was altered; restore it from the backup")
    return problems


def _registers() -> Iterator[tuple[str, str, list[str]]]:
    """Each register that the programme asks: its name, how it is, and what is wrong with it."""
    from medlem.applications import registers
    from medlem.applications.status import RegisterName
    from medlem.programme import current

    countries = current().countries
    used = {country.register_lookup for country in countries} | {country.vat_lookup for country in countries}
    for register in RegisterName:
        if register not in used:
            continue
        state, problems = "ok", []
        if not registers.is_asked(register):
            state = f"not asked ({NOT_ASKED[register]})"
        elif trouble := registers.trouble(register):
            problems.append(f"does not answer ({trouble}); applications wait for it, and it is asked again")
        if register == RegisterName.BRREG:
            told, old = _download(asked=registers.is_asked(register))
            state, problems = f"{state}{told}", problems + old
        yield REGISTERS[register], state, problems


def _download(*, asked: bool) -> tuple[str, list[str]]:
    """How old the register's bulk download is; that it is too old is trouble where nothing else is asked."""
    from medlem.applications import bulk
    from medlem.core import clock
    from medlem.programme import current

    loaded_at, days = bulk.loaded_at(), current().registers.bulk_days
    if loaded_at is None:
        return ("" if asked else "; no download is loaded either, so a person looks"), []
    told = f"its download is of {loaded_at:%Y-%m-%d}"
    if asked or clock.now() - loaded_at <= current().registers.bulk_stands:
        return f"; {told}", []
    return "", [f"{told}; older than {days} days it lets nobody in: run `medlem import-register`"]


REGISTERS = {"brreg": "business register", "vies": "VIES", "hmrc": "HMRC"}
NOT_ASKED = {
    "brreg": "MEDLEM_REGISTER_URL is off",
    "vies": "MEDLEM_VIES_URL is off",
    "hmrc": "MEDLEM_HMRC_URL is off, or there are no credentials",
}

LOOKS: dict[str, Callable[[], list[str]]] = {
    "database": _database,
    "queue": _queue,
    "points ledger": _points,
    "invoice ledger": _ledgers,
    "invoice numbers": _series,
    "event chain": _events,
    "documents": _documents,
}
