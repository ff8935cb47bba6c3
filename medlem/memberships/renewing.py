"""How a membership goes on: reminders that its term ends, renewal, and its end where nobody renews (C7).

An early renewal runs from the present end. After the end there are days of grace, in which it can still be
renewed as if it had been in time.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.billing.models import SavedCard
from medlem.billing.status import Means
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.words import format_day, reader
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.memberships import choosing, suspending
from medlem.memberships.models import Membership, RenewalReminder, Term
from medlem.memberships.queries import grace_to, last_term, live_membership, renewal_reminder_of
from medlem.memberships.rules import renewable_from
from medlem.memberships.status import LIVE, MembershipStatus
from medlem.programme import current
from medlem.programme.schema import Level


class NothingToRenew(Refused):
    """There is no membership, it is suspended, or it is not yet time."""


class RenewedAlready(Refused):
    """The term is followed by another already: somebody was quicker, and `term` says who chose what."""

    def __init__(self, term: Term) -> None:
        super().__init__(_("The membership is renewed already."))
        self.term = term


@transaction.atomic
def renew(
    *,
    account: Account,
    follows: Term,
    level: str,
    months: int,
    means: Means,
    card: SavedCard | None,
    terms_version: str,
    by: Actor,
    now: datetime,
) -> Term:
    """Adds a term that begins where `follows` ends (C7); paid as joining is (D2).

    Locks the account and the membership, which the tick may be about to end; writes invoice with its ledger,
    term, event and mail, in this order. Raises what `check` does, and Refused for a card that is missing.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    _locked(follows.membership_id)
    chosen = check(
        account=account,
        follows=follows,
        level=level,
        months=months,
        terms_version=terms_version,
        by=by,
        now=now,
    )
    term = choosing.add_term(
        membership=follows.membership,
        level=chosen,
        months=months,
        starts_on=follows.ends_on,
        means=means,
        card=card,
        terms_version=terms_version,
        by=by,
        now=now,
    )
    record(
        "membership.renewed",
        by=by,
        now=now,
        subject=follows.membership,
        account_id=account.public_id,
        before={"level": follows.level, "ends_on": follows.ends_on},
        after={
            "level": level,
            "months": months,
            "ends_on": term.ends_on,
            "means": means,
            "terms_version": terms_version,
        },
    )
    _confirm(term, chosen, now=now)
    return term


def check(
    *,
    account: Account,
    follows: Term,
    level: str,
    months: int,
    terms_version: str,
    by: Actor,
    now: datetime,
) -> Level:
    """The chosen level, if the term may be followed by one at it now (C7).

    Raises NothingToRenew, RenewedAlready (also for the second of two clicks), and what `choosing.check` does.
    """
    membership, programme = live_membership(account), current()
    last = last_term(membership) if membership else None
    if membership is None or last is None or last.membership_id != follows.membership_id:
        raise NothingToRenew(_("There is no membership to renew. Choose a level and join."))
    if last.pk != follows.pk:
        raise RenewedAlready(last)
    if membership.status == MembershipStatus.SUSPENDED:
        raise NothingToRenew(_("The membership is suspended. Pay the invoice that is overdue, then renew."))
    opens_on = renewable_from(last.ends_on, days=programme.membership.renewal_reminder_days)
    if date_in(programme.timezone, now) < opens_on:
        said = _("The membership can be renewed from %(day)s on.")
        raise NothingToRenew(said % {"day": format_day(opens_on, reader())})
    return choosing.check(account=account, level=level, months=months, terms_version=terms_version, by=by)


def _confirm(term: Term, level: Level, *, now: datetime) -> None:
    person = super_user_of(term.membership.account)
    if person is None:
        return
    queue_mail(
        "membership_renewed",
        to=person.email,
        language=person.language,
        now=now,
        account_id=term.membership.account.public_id,
        name=person.first_name,
        level=level.name.in_(person.language),
        number=term.membership.number,
        starts_on=term.starts_on.isoformat(),
        valid_to=term.valid_to.isoformat(),
        link=link("portal:membership"),
    )


@transaction.atomic
def remind(*, membership_id: int, now: datetime) -> RenewalReminder | None:
    """Tells the super user that the term ends, so many days before, each once (C7).

    Locks the membership; writes the reminder and the event, and queues the mail. Returns None when there is
    none to send.
    """
    membership = _locked(membership_id)
    today = date_in(current().timezone, now)
    term = last_term(membership)
    days = renewal_reminder_of(membership, today)
    if term is None or days is None:
        return None
    reminder = RenewalReminder.objects.create(term=term, days_before=days, sent_on=today)
    record(
        "membership.renewal_reminded",
        by=SYSTEM,
        now=now,
        subject=membership,
        account_id=membership.account.public_id,
        after={"days": days, "ends_on": term.ends_on},
    )
    person = super_user_of(membership.account)
    if person:
        queue_mail(
            "renewal_reminder",
            to=person.email,
            language=person.language,
            now=now,
            account_id=membership.account.public_id,
            name=person.first_name,
            level=current().level(term.level).name.in_(person.language),
            valid_to=term.valid_to.isoformat(),
            grace_to=grace_to(term).isoformat(),
            link=link("portal:membership"),
        )
    return reminder


@transaction.atomic
def end(*, membership_id: int, now: datetime) -> bool:
    """Ends a membership whose last term and days of grace have passed (C7). Locks it; returns whether this
    call did it."""
    membership = _locked(membership_id)
    term = last_term(membership)
    if membership.status not in LIVE or term is None or date_in(current().timezone, now) <= grace_to(term):
        return False
    suspending.end(membership=membership, reason="not_renewed", now=now)
    return True


def _locked(membership_id: int) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("account").get(pk=membership_id)
