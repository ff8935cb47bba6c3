"""The simulated provider's books, and providers that fail at the worst moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from threading import Barrier
from typing import Any

from django.conf import settings

from medlem.gateways.card import CardProviderUnavailable, ChargeResult, SimulatedCards


def booked() -> list[tuple[str, str, int, str]]:
    """What the provider did: under which key, with what outcome, how much, in which currency."""
    with closing(sqlite3.connect(settings.DATA / "simulated-card.sqlite3")) as books:
        return books.execute(
            "SELECT idempotency_key, outcome, minor, currency FROM charges ORDER BY rowid"
        ).fetchall()


class Away(SimulatedCards):
    """Cannot be reached: nothing is booked, and nobody knows."""

    def charge(self, **asked: Any) -> ChargeResult:
        raise CardProviderUnavailable("no answer")


class AnswerLost(SimulatedCards):
    """Books the charge, and its answer is lost on the way."""

    def charge(self, **asked: Any) -> ChargeResult:
        super().charge(**asked)
        raise CardProviderUnavailable("the connection broke")


class Crowded(SimulatedCards):
    """Answers when two ask at the same moment."""

    ready: Barrier

    def charge(self, **asked: Any) -> ChargeResult:
        self.ready.wait(20)
        return super().charge(**asked)
