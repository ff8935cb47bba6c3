"""The one thing to do next, in words, with one button: what the overview begins with.

The order is the policy: money that did not come, a choice that was left half made, a term that ends (C7), the
invitation (C1), what waits to be migrated (B6), what
lacks details (B3), the way to the invitation, money that is due, and else that there is nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medlem.memberships.models import JoinIntention
from medlem.payments.queries import State
from medlem.products.queries import Counts
from medlem.programme import current
from medlem.web.invoices import InvoiceRow
from medlem.web.portal.membership import Held
from medlem.web.templatetags.medlem import day, number, text

DECLINED = {State.TO_RETRY, State.DECLINED}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the next thing depends on. `chooser` is who may choose a level, where it is not the reader."""

    points: int
    invited: bool
    chooser: str
    held: Held | None
    counts: Counts
    greyed: int
    contested: int
    to_migrate: int
    open_invoices: list[InvoiceRow]
    unfinished: JoinIntention | None


@dataclass(frozen=True, slots=True)
class Step:
    """A heading, a sentence, and one button; `kind` is that of c-next, and `post` makes the button act at once."""

    title: str
    words: str
    button: str
    address: str
    kind: str = "plain"
    post: bool = False


def next_step(situation: Situation) -> Step:
    """The first of the possible steps that applies."""
    return (
        _trouble(situation)
        or _unfinished(situation)
        or _renewal(situation)
        or _invitation(situation)
        or _contested(situation)
        or _migration(situation)
        or _missing(situation)
        or _register(situation)
        or _to_pay(situation)
        or _nothing(situation)
    )


def _trouble(situation: Situation) -> Step | None:
    """A charge that the bank wants confirmed, a card that was declined, or an invoice that is overdue."""
    for row in situation.open_invoices:
        if row.standing.state == State.TO_CONFIRM:
            title = _("Confirm the payment with your bank")
        elif row.standing.state in DECLINED:
            title = _("Your card was declined")
        elif row.standing.state == State.OVERDUE:
            title = _("Invoice %(number)s is overdue") % {"number": row.invoice.number}
        else:
            continue
        return Step(title, row.words.sentence, _("See the invoice"), _invoice(row), kind="needs")
    return None


def _unfinished(situation: Situation) -> Step | None:
    """A choice by card that was left on the card provider's page (D5)."""
    left = situation.unfinished
    if left is None or situation.chooser:
        return None
    level = text(current().level(left.level).name)
    if left.renews:
        title = _("You began to renew at %(level)s") % {"level": level}
    else:
        title = _("You began to join at %(level)s") % {"level": level}
    words = _("The card was not entered, so nothing has happened yet. Go on where you left, or choose anew.")
    address = reverse("portal:renew" if left.renews else "portal:join", args=[left.level])
    return Step(title, words, _("Go on"), f"{address}?months={left.months}")


def _renewal(situation: Situation) -> Step | None:
    """A term that ends soon, or ended and can still be renewed (C7)."""
    held = situation.held
    if held is None or held.renewal is None:
        return None
    follows = held.renewal.follows
    if held.has_ended:
        title = _("Your membership ended on %(day)s")
        words = _("Renew it by %(day)s, and it goes on without a gap, under the same number.")
        until = held.renewal.by_on
    else:
        title = _("Your membership ends on %(day)s")
        words = _("Renew it when it suits you: the next term begins on %(day)s.")
        until = follows.ends_on
    words %= {"day": day(until)}
    if situation.chooser:
        words += " " + _("%(person)s can renew it, as your super user.") % {"person": situation.chooser}
    levels = f"{reverse('portal:membership')}#levels"
    return Step(title % {"day": day(follows.valid_to)}, words, _("See the levels"), levels, kind="needs")


def _invitation(situation: Situation) -> Step | None:
    if not situation.invited or situation.held:
        return None
    title = _("You are invited to %(programme)s") % {"programme": current().brand.name}
    points = {"points": number(situation.points), "name": situation.chooser}
    if situation.chooser:
        words = (
            _("You have %(points)s points. %(name)s, your super user, can choose a level and join.") % points
        )
        return Step(title, words, _("See the levels"), reverse("portal:membership"))
    words = _("You have %(points)s points. Choose a level: the membership is active at once, and paid later.")
    return Step(title, words % points, _("Choose a level"), reverse("portal:membership"))


def _contested(situation: Situation) -> Step | None:
    """Serial numbers of the business that somebody else claims: support decides on what it is shown (B4)."""
    count = situation.contested
    if not count:
        return None
    title = ngettext(
        "Show that %(count)s serial number is yours", "Show that %(count)s serial numbers are yours", count
    ) % {"count": number(count)}
    words = _(
        "Another business has registered the same. Send support the receipt, or a picture of the number on the product."
    )
    button = ngettext("Show the product", "Show the products", count)
    return Step(title, words, button, f"{reverse('portal:products')}?state=disputed", kind="needs")


def _migration(situation: Situation) -> Step | None:
    count = situation.to_migrate
    if not count:
        return None
    title = ngettext(
        "Migrate %(count)s product from your former membership",
        "Migrate %(count)s products from your former membership",
        count,
    ) % {"count": number(count)}
    words = _("One press migrates all of it. Then you see what was migrated, and what still lacks details.")
    return Step(title, words, _("Migrate products"), reverse("portal:migrate"), post=True)


def _missing(situation: Situation) -> Step | None:
    count = situation.counts.incomplete
    if not count:
        return None
    title = ngettext(
        "Complete the details of %(count)s product",
        "Complete the details of %(count)s products",
        count,
    ) % {"count": number(count)}
    words = ngettext(
        "%(points)s more point counts as soon as nothing is missing. A best guess will do.",
        "%(points)s more points count as soon as nothing is missing. A best guess will do.",
        situation.greyed,
    ) % {"points": number(situation.greyed)}
    button = ngettext("Show the product", "Show the products", count)
    return Step(title, words, button, f"{reverse('portal:products')}?needs_details=1", kind="needs")


def _register(situation: Situation) -> Step | None:
    """Products bring the invitation, so they are what there is to do until it comes."""
    threshold = current().membership.invitation_points
    if situation.held or situation.points >= threshold:
        return None
    figures = {"threshold": number(threshold), "to_go": number(threshold - situation.points)}
    if situation.counts.total:
        title = _("%(to_go)s points to the invitation") % figures
        words = _(
            "With %(threshold)s points you are invited to choose a level. Each complete product counts."
        )
    else:
        title = _("Register your first product")
        words = _(
            "Each complete product brings points. With %(threshold)s you are invited to choose a level."
        )
    return Step(title, words % figures, _("Register products"), reverse("portal:add"))


def _to_pay(situation: Situation) -> Step | None:
    for row in situation.open_invoices:
        if row.standing.state == State.TO_PAY:
            title = _("Invoice %(number)s is due on %(on)s") % {
                "number": row.invoice.number,
                "on": day(row.standing.on),
            }
            return Step(title, row.words.sentence, _("See the invoice"), _invoice(row))
    return None


def _nothing(situation: Situation) -> Step:
    held = situation.held
    if held is None:
        words = _("Your membership has ended. Your points are still there.")
        return Step(_("Nothing to do just now"), words, _("See the levels"), reverse("portal:membership"))
    if situation.open_invoices:
        words = situation.open_invoices[0].words.sentence
    else:
        words = _("Your membership is valid to %(on)s.") % {"on": day(held.term.valid_to)}
    title = _("Nothing to do just now")
    return Step(title, words, _("Membership card"), reverse("portal:card"), kind="done")


def _invoice(row: InvoiceRow) -> str:
    return reverse("portal:invoice", args=[row.invoice.number])
