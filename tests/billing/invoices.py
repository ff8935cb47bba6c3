"""Issuing an invoice in a test, as joining does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from medlem.accounts.models import Account
from medlem.billing import actions as billing
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.rules import Line
from medlem.billing.status import Means
from medlem.core.identifiers import uuid7
from medlem.core.money import Money
from tests.factories import super_user


def line(
    minor: int = 119_000, *, rate: int = 2_500, currency: str = "NOK", description: str = "CPS Silver"
) -> Line:
    return Line(description, date(2026, 11, 23), date(2027, 11, 23), Money(minor, currency), rate)


def issue(
    account: Account,
    *,
    lines: Sequence[Line] = (),
    card: SavedCard | None = None,
    subject_id: UUID | None = None,
    now: datetime,
) -> Invoice:
    """An issued invoice of 1,190.00 and 25 % VAT, or of `lines`; by card where one is given."""
    with transaction.atomic():
        return billing.issue(
            account=account,
            lines=lines or [line()],
            means=Means.CARD if card else Means.BANK,
            card=card,
            subject_id=subject_id or uuid7(),
            by=super_user(account),
            now=now,
        )
