"""Choosing a level and a term, which joining and renewing have in common (C2, C4, C5).

`check` says whether it can be chosen; `add_term` writes the term with its invoice, in the caller's transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from medlem.accounts.models import Account
from medlem.accounts.queries import may_bind
from medlem.billing import actions as billing
from medlem.billing.models import SavedCard
from medlem.billing.rules import Line
from medlem.billing.status import Means
from medlem.core.errors import Refused
from medlem.events.actors import Actor
from medlem.memberships.models import Membership, Term
from medlem.memberships.queries import points_of, price_for
from medlem.memberships.rules import months_later
from medlem.programme import current
from medlem.programme.schema import Level


class OutOfReach(Refused):
    """The level needs more points than the account has."""


class MayNotBind(Refused):
    """Somebody who acts for the business, but is not its super user."""


class TermsChanged(Refused):
    """The terms that were accepted are not those in force."""


def check(*, account: Account, level: str, months: int, terms_version: str, by: Actor) -> Level:
    """The chosen level, if this person may choose it for the account now.

    Raises MayNotBind, TermsChanged, OutOfReach, and Refused for a level or term that the programme does not
    have.
    """
    programme = current()
    chosen = next((each for each in programme.levels if each.code == level), None)
    if chosen is None or months not in {term.months for term in programme.terms}:
        raise Refused(_("This level or term is not offered. Choose another."))
    if not may_bind(account, by.person_id):
        raise MayNotBind(_("Only your super user can choose a level, as it binds the business."))
    if terms_version != programme.terms_of_membership.version:
        raise TermsChanged(
            _("The terms have changed since you opened this page. Read them and accept again."),
            field="terms",
        )
    points = points_of(account)
    if not chosen.in_reach(points):
        missing = chosen.missing(points)
        raise OutOfReach(
            ngettext(
                "%(level)s needs %(missing)s more point.", "%(level)s needs %(missing)s more points.", missing
            )
            % {"level": chosen.name.in_(account.language), "missing": missing}
        )
    return chosen


def add_term(
    *,
    membership: Membership,
    level: Level,
    months: int,
    starts_on: date,
    means: Means,
    card: SavedCard | None,
    terms_version: str,
    by: Actor,
    now: datetime,
) -> Term:
    """Writes the invoice of a term with its ledger, then the term (C5, D2). Raises Refused for a card that is
    missing (field `means`)."""
    if means == Means.CARD and card is None:
        raise Refused(_("Enter a card, or choose bank transfer."), field="means")
    account, brand = membership.account, current().brand
    price = price_for(account, level=level.code, months=months)
    ends_on = months_later(starts_on, months)
    term = Term(
        membership=membership,
        level=level.code,
        months=months,
        starts_on=starts_on,
        ends_on=ends_on,
        points_at_start=points_of(account),
        fee_minor=price.fee.minor,
        currency=price.fee.currency,
        terms_version=terms_version,
        accepted_by_id=by.person_id,
        accepted_at=now,
    )
    description = f"{brand.name} {level.name.in_(account.language)}"
    term.invoice = billing.issue(
        account=account,
        lines=[Line(description, starts_on, ends_on, price.fee, price.vat_basis_points)],
        means=means,
        card=card,
        subject_id=term.public_id,
        by=by,
        now=now,
    )
    term.save()
    return term
