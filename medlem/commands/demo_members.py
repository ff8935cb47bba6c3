"""Members of the demo whose money or term needs something: a charge to confirm, a membership that is suspended
for an unpaid invoice, a term that ends soon (C7, C8, D5, D6)."""

from __future__ import annotations

from datetime import timedelta

from medlem.accounts.models import User
from medlem.billing.models import Invoice
from medlem.billing.queries import balance_of
from medlem.commands.demo_data import join, label, open_account, register
from medlem.commands.demo_story import Story
from medlem.commands.tick import tick
from medlem.payments import actions as payments
from medlem.programme import current
from medlem.programme.schema import Level

NEEDS_AUTHENTICATION = "4000002500003155"


def money_and_terms(story: Story) -> None:
    """Three members, each with a past in which the tick ran on the days on which something was due."""
    low, high = current().levels_of("individual")[:2]
    _to_confirm(low, story)
    _suspended(low, story)
    _ending(high, story)


def _to_confirm(level: Level, story: Story) -> None:
    due_days = current().payment.due_days
    account, user = open_account("VIDVINKEL OG VENNER AS", "Vidar", "Vik", story, days=50)
    register(account, user, level.points + 30, story, days=45)
    join(account, user, level.code, story, days=due_days, card=NEEDS_AUTHENTICATION)
    story.add(
        "members",
        label(user, account),
        nb=f"{level.name.in_('nb')}, banken vil at kortholderen bekrefter",
        en=f"{level.name.in_('en')}, the bank wants the cardholder to confirm",
        user=user,
    )


def _suspended(level: Level, story: Story) -> None:
    payment = current().payment
    days = payment.due_days + payment.suspend_after_days + 2
    account, user = open_account("SOLGLØTT REKLAMEFOTO AS", "Solveig", "Sol", story, days=days + 20)
    register(account, user, level.points + 10, story, days=days + 10)
    join(account, user, level.code, story, days=days)
    due_on = Invoice.objects.get(account=account).due_on
    steps = [row.after_due_days for row in payment.reminders_for(due_on)]
    for step in sorted({*steps, payment.suspend_after_days}):
        if step <= payment.suspend_after_days:
            tick(now=story.days_ago(days - payment.due_days - step))
    story.add(
        "members",
        label(user, account),
        nb=f"{level.name.in_('nb')}, satt på vent fordi fakturaen er ubetalt",
        en=f"{level.name.in_('en')}, suspended, as the invoice is unpaid",
        user=user,
    )


def _ending(level: Level, story: Story) -> None:
    """Joined by bank transfer eleven months ago and paid in time."""
    account, user = open_account("ÅRRINGEN NATURFOTO", "Åshild", "Ring", story, days=345)
    register(account, user, level.points + 200, story, days=340)
    join(account, user, level.code, story, days=335)
    invoice = Invoice.objects.get(account=account)
    paid_at = story.days_ago(335 - current().payment.due_days) - timedelta(days=4)
    payments.enter_bank_payment(
        invoice=invoice,
        amount=balance_of(invoice),
        received_on=paid_at.date(),
        bank_reference="2025-4410",
        by=User.objects.get(email="finn@staff.example").as_staff,
        now=paid_at,
    )
    story.add(
        "members",
        label(user, account),
        nb=f"{level.name.in_('nb')}, går ut om en måned",
        en=f"{level.name.in_('en')}, ends in a month",
        user=user,
    )
