"""A term ends: reminders, renewal that runs from the end, days of grace, and the end (C7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from medlem.billing.models import Invoice
from medlem.billing.status import Means
from medlem.commands.tick import tick
from medlem.core.errors import Refused
from medlem.events.models import Event, Mail
from medlem.memberships import actions as memberships
from medlem.memberships import choosing, renewing
from medlem.memberships.models import Membership, RenewalReminder, Term
from medlem.memberships.queries import (
    current_term,
    last_term,
    live_membership,
    memberships_to_end,
    memberships_to_remind,
    renewal_of,
)
from medlem.memberships.status import MembershipStatus
from tests import factories
from tests.people import Cast
from tests.together import together

END = date(2027, 11, 23)
"""The first day after the term: it is valid to the 22nd."""


def at(days: int) -> datetime:
    """Nine in the morning so many days before the end."""
    day = END - timedelta(days=days)
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


@pytest.fixture
def membership(cast: Cast, now: datetime) -> Membership:
    """Silver by bank transfer, paid, with points for Platinum."""
    joined = factories.member(cast.fjordlys, now=now)
    factories.paid(factories.invoice_of(joined), now=now)
    return joined


def renew(cast: Cast, *, days: int = 60, **changes: Any) -> Term:
    follows = Term.objects.earliest("id")
    choice: dict[str, Any] = {
        "account": cast.fjordlys,
        "follows": follows,
        "level": "gold",
        "months": 12,
        "means": Means.BANK,
        "card": None,
        "terms_version": "2026-1",
        "by": cast.alice.as_member,
    }
    return renewing.renew(**{**choice, **changes}, now=at(days))


def remind(days: int) -> list[int]:
    """Of which days before the end the tick of that day reminds."""
    before = set(RenewalReminder.objects.values_list("pk", flat=True))
    for _ in range(2):
        for key in memberships_to_remind(END - timedelta(days=days)):
            renewing.remind(membership_id=key, now=at(days))
    found = RenewalReminder.objects.exclude(pk__in=before)
    return list(found.values_list("days_before", flat=True))


def status(membership: Membership) -> tuple[str, date | None]:
    membership.refresh_from_db()
    return membership.status, membership.ended_on


def test_c7_reminders_come_60_30_and_7_days_before_the_end_each_once(membership: Membership) -> None:
    reminded = {days: remind(days) for days in (90, 61, 60, 59, 31, 30, 8, 7, 6, 1, 0, -1)}
    assert {days: sent for days, sent in reminded.items() if sent} == {60: [60], 30: [30], 7: [7]}
    mails = Mail.objects.filter(template="renewal_reminder")
    assert list(mails.values_list("to", flat=True)) == ["alice@fjordlys.example"] * 3
    values = mails.earliest("id").values
    assert (values["level"], values["valid_to"], values["grace_to"]) == ("Silver", "2027-11-22", "2027-12-06")
    event = Event.objects.filter(name="membership.renewal_reminded").latest("id")
    assert event.after == {"days": 7, "ends_on": "2027-11-23"}


def test_c7_after_a_stop_only_the_latest_reminder_is_sent(membership: Membership) -> None:
    assert (remind(25), remind(24), remind(5)) == ([30], [], [7])


def test_c7_nobody_is_reminded_who_has_renewed_or_is_suspended(cast: Cast, membership: Membership) -> None:
    Membership.objects.update(status=MembershipStatus.SUSPENDED)
    assert remind(60) == []
    Membership.objects.update(status=MembershipStatus.ACTIVE)
    renew(cast, days=60)
    assert (remind(59), remind(7)) == ([], [])


def test_c7_the_database_knows_each_reminder_once(membership: Membership) -> None:
    remind(60)
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalReminder.objects.create(term=membership.terms.get(), days_before=60, sent_on=END)


def test_c7_an_early_renewal_runs_from_the_present_end(cast: Cast, membership: Membership) -> None:
    term = renew(cast, days=60, months=24)
    assert model_to_dict(term, exclude=["id"]) == {
        "membership": membership.pk,
        "level": "gold",
        "months": 24,
        "starts_on": END,
        "ends_on": date(2029, 11, 23),
        "points_at_start": 1_700,
        "fee_minor": 454_100,
        "currency": "NOK",
        "terms_version": "2026-1",
        "accepted_by_id": cast.alice.public_id,
        "accepted_at": at(60),
        "invoice": term.invoice_id,
    }
    invoice = term.invoice
    assert invoice is not None
    line = invoice.lines.get()
    assert (line.starts_on, line.ends_on, invoice.due_on, invoice.status) == (
        END,
        date(2029, 11, 23),
        date(2027, 10, 24),
        "open",
    )
    event = Event.objects.get(name="membership.renewed")
    assert (event.subject_id, event.before, event.after) == (
        membership.public_id,
        {"level": "silver", "ends_on": "2027-11-23"},
        {
            "level": "gold",
            "months": 24,
            "ends_on": "2029-11-23",
            "means": "bank",
            "terms_version": "2026-1",
        },
    )
    mail = Mail.objects.get(template="membership_renewed")
    assert (mail.to, mail.values["number"], mail.values["valid_to"]) == (
        "alice@fjordlys.example",
        membership.number,
        "2029-11-22",
    )


def test_c7_the_present_level_stays_until_the_next_term_begins(cast: Cast, membership: Membership) -> None:
    renew(cast)
    held = live_membership(cast.fjordlys)
    assert held is not None
    levels = [
        term.level if term else ""
        for term in (current_term(held, END + timedelta(days=days)) for days in (-1, 0))
    ]
    assert (held.number, levels) == (membership.number, ["silver", "gold"])
    for days in (-14, -20):
        assert memberships_to_end(END - timedelta(days=days)) == []


def test_c7_in_the_days_of_grace_it_is_renewed_as_if_in_time(cast: Cast, membership: Membership) -> None:
    term = renew(cast, days=-13)
    assert (term.starts_on, term.ends_on) == (END, date(2028, 11, 23))
    assert status(membership) == ("active", None)


def test_c7_not_renewed_it_ends_after_the_days_of_grace(cast: Cast, membership: Membership) -> None:
    assert tick(now=at(-13)).done["memberships ended"] == 0
    assert [tick(now=at(-14)).done["memberships ended"] for _ in range(2)] == [1, 0]
    assert status(membership) == ("ended", END + timedelta(days=14))
    event = Event.objects.get(name="membership.ended")
    assert event.after == {"status": "ended", "reason": "not_renewed"}
    mail = Mail.objects.get(template="membership_ended")
    assert (mail.to, mail.values["reason"]) == ("alice@fjordlys.example", "not_renewed")
    with pytest.raises(renewing.NothingToRenew):
        renew(cast, days=-14)
    assert live_membership(cast.fjordlys) is None


REFUSED: list[tuple[int, dict[str, Any], type[Refused], str]] = [
    (61, {}, renewing.NothingToRenew, "The membership can be renewed from 24 Sept 2027 on."),
    (60, {"level": "business-a"}, choosing.OutOfReach, "Business A needs 801 more points."),
    (60, {"months": 18}, Refused, "This level or term is not offered. Choose another."),
    (60, {"means": Means.CARD}, Refused, "Enter a card, or choose bank transfer."),
    (
        60,
        {"terms_version": "2025-1"},
        choosing.TermsChanged,
        "The terms have changed since you opened this page. Read them and accept again.",
    ),
]


@pytest.mark.parametrize(("days", "choice", "refusal", "words"), REFUSED)
def test_c7_refusals_say_why_and_write_nothing(
    cast: Cast, membership: Membership, days: int, choice: dict[str, Any], refusal: type[Refused], words: str
) -> None:
    with pytest.raises(Refused) as refused:
        renew(cast, days=days, **choice)
    assert (type(refused.value), str(refused.value)) == (refusal, words)
    assert (Term.objects.count(), Invoice.objects.count()) == (1, 1)


def test_c7_who_may_not_bind_or_is_suspended_does_not_renew(cast: Cast, membership: Membership) -> None:
    with pytest.raises(choosing.MayNotBind):
        renew(cast, by=cast.bob.as_member)
    Membership.objects.update(status=MembershipStatus.SUSPENDED)
    with pytest.raises(renewing.NothingToRenew, match="suspended"):
        renew(cast)


def test_c7_renewal_offers_what_is_in_reach_then(cast: Cast, membership: Membership) -> None:
    factories.give_points(cast.fjordlys, -1_000, now=at(61))
    with pytest.raises(choosing.OutOfReach):
        renew(cast, level="gold")
    assert renew(cast, level="silver").level == "silver"


def test_c7_the_second_is_told_who_was_first(cast: Cast, membership: Membership) -> None:
    first = renew(cast, days=60, level="gold")
    with pytest.raises(renewing.RenewedAlready) as refused:
        renew(cast, days=59, level="platinum")
    assert refused.value.term == first
    assert Term.objects.count() == 2


@pytest.mark.usefixtures("committing")
def test_c7_two_clicks_at_once_renew_once(cast: Cast, now: datetime) -> None:
    factories.member(cast.fjordlys, now=now)
    given = together(*[lambda: renew(cast)] * 2)
    assert {type(each) for each in given} == {Term, renewing.RenewedAlready}
    assert (Term.objects.count(), Invoice.objects.count()) == (2, 2)


@pytest.mark.usefixtures("committing")
def test_c7_renewed_and_ended_at_once_it_is_one_of_both(cast: Cast, now: datetime) -> None:
    """On the last evening of grace: whoever comes first."""
    membership = factories.member(cast.fjordlys, now=now)
    factories.paid(factories.invoice_of(membership), now=now)
    renewed, ended = together(
        lambda: renew(cast, days=-13), lambda: renewing.end(membership_id=membership.pk, now=at(-14))
    )
    membership.refresh_from_db()
    if ended is True:
        assert isinstance(renewed, renewing.NothingToRenew)
        assert (membership.status, membership.terms.count()) == ("ended", 1)
    else:
        assert (ended, membership.status, membership.terms.count()) == (False, "active", 2)


def test_c8_an_unpaid_renewal_does_not_cut_the_paid_term_short(cast: Cast, membership: Membership) -> None:
    """Due 30 days before the present end, it is unpaid for 14 days well before: suspended when its term begins."""
    renew(cast, days=60)
    for days in (27, 20, 16, 1):
        tick(now=at(days))
    assert status(membership) == ("active", None)
    tick(now=at(0))
    assert status(membership) == ("suspended", None)
    for days in (0, -29, -45):
        tick(now=at(days))
    assert status(membership) == ("suspended", None)
    tick(now=at(-46))
    assert status(membership) == ("ended", END + timedelta(days=46))


def test_c5_whoever_joins_again_has_a_new_number(cast: Cast, membership: Membership) -> None:
    tick(now=at(-14))
    again = memberships.join(
        account=cast.fjordlys,
        level="silver",
        months=12,
        means=Means.BANK,
        card=None,
        terms_version="2026-1",
        by=cast.alice.as_member,
        now=at(-20),
    )
    assert again.number != membership.number
    assert last_term(again) == again.terms.get()


@pytest.mark.parametrize(
    ("days", "offered"), [(61, False), (60, True), (1, True), (0, True), (-13, True), (-14, False)]
)
def test_c7_the_button_is_there_from_the_first_reminder_to_the_last_day_of_grace(
    cast: Cast, membership: Membership, days: int, offered: bool
) -> None:
    found = renewal_of(membership, END - timedelta(days=days))
    assert (found is not None) == offered
    if found:
        assert (found.follows, found.by_on) == (membership.terms.get(), date(2027, 12, 6))
