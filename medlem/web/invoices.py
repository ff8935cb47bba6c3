"""An invoice as the member's pages and the desk both show it: how it stands in words (C5, D2), and its PDF (D3).

`payments.queries.standing` knows how it stands; here it is said: in a word for its tag, in a few words for
a list, and in sentences that end with what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from medlem.billing.models import Invoice
from medlem.billing.queries import vat_of
from medlem.core import clock
from medlem.gateways.storage import files
from medlem.payments.queries import Standing, State, standing
from medlem.payments.status import ChargeStatus
from medlem.programme import current
from medlem.web.templatetags.medlem import day, money

BY_TRANSFER = {State.TO_PAY, State.OVERDUE, State.TO_CONFIRM, State.TO_RETRY, State.DECLINED}
"""Where the account and the KID help; not beside a card that is charged by itself, lest both are paid."""


@dataclass(frozen=True, slots=True)
class InWords:
    """`state` is a tag's: done, info, needs, refused, neutral. `short` follows the tag's word in a list."""

    state: str
    tag: str
    short: str
    sentence: str


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as lists and pages show it."""

    invoice: Invoice
    standing: Standing
    words: InWords


def row_of(invoice: Invoice, *, today: date) -> InvoiceRow:
    """The row of an invoice that `payments.queries.with_payments` found."""
    how = standing(invoice, today=today)
    return InvoiceRow(invoice, how, in_words(invoice, how, today=today))


def context_of(invoice: Invoice) -> dict[str, Any]:
    """What the page of an invoice shows, to its buyer and to finance alike."""
    row = row_of(invoice, today=clock.today(current().timezone))
    return {
        "invoice": invoice,
        "words": row.words,
        "standing": row.standing,
        "lines": invoice.lines.select_related("invoice"),
        "vat": vat_of(invoice),
        "entries": invoice.entries.select_related("invoice"),
        "by_transfer": row.standing.state in BY_TRANSFER,
        "reminders": invoice.reminders.all(),
        "reverse_charge": invoice.buyer["country"] != invoice.seller["country"],
    }


def pdf_of(invoice: Invoice) -> HttpResponse | None:
    """The stored PDF, which a browser shows and saves under its number; None until it is made."""
    if not invoice.pdf:
        return None
    with files().open(invoice.pdf) as stored:
        response = HttpResponse(stored.read(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return response


def in_words(invoice: Invoice, how: Standing, *, today: date) -> InWords:
    """What is to be paid or was, how, and on which day."""
    values = {
        "sum": money(how.open),
        "card": str(invoice.card or ""),
        "tried": str(how.last.card) if how.last else "",
        "tried_on": day(how.last.intended_at) if how.last else "",
        "on": day(how.on),
    }
    match how.state:
        case State.TO_CHARGE:
            return _to_charge(how.on <= today, values)
        case State.CHARGING:
            tag, short = _("Open"), _("is being charged to %(card)s")
            return InWords("info", tag, short % values, _("%(sum)s is being charged to %(card)s.") % values)
        case State.TO_CONFIRM:
            return InWords(
                "needs",
                _("To be confirmed"),
                _("by the cardholder, %(tried)s") % values,
                _(
                    "The bank wants the cardholder to confirm %(sum)s with %(tried)s. "
                    "Confirm it now, use another card, or transfer with the KID."
                )
                % values,
            )
        case State.TO_RETRY | State.DECLINED:
            return _refused(how, values)
        case State.TO_PAY:
            sentence = _("Pay %(sum)s by %(on)s, with the KID.")
            return InWords("info", _("Open"), _("to be paid by %(on)s") % values, sentence % values)
        case State.OVERDUE:
            sentence = _("%(sum)s was to be paid by %(on)s. Pay it now, with the KID.")
            return InWords("needs", _("Overdue"), _("since %(on)s") % values, sentence % values)
        case State.PAID:
            return _paid(how, values)
    return InWords("neutral", _("Credited"), _("on %(on)s") % values, _("Credited on %(on)s.") % values)


def _to_charge(now_due: bool, values: dict[str, str]) -> InWords:
    if now_due:
        sentence = _("%(sum)s is charged to %(card)s today.")
        return InWords("info", _("Open"), _("is charged to %(card)s today") % values, sentence % values)
    sentence = _("%(sum)s is charged to %(card)s on %(on)s. You do not have to do anything.")
    return InWords("info", _("Open"), _("is charged to %(card)s on %(on)s") % values, sentence % values)


def _refused(how: Standing, values: dict[str, str]) -> InWords:
    """A refused charge: what happened, what comes next by itself, and the two ways to pay sooner."""
    if how.last is not None and how.last.reason == "authentication_failed":
        what = _("The charge to %(tried)s was not confirmed on %(tried_on)s.")
    else:
        what = _("%(tried)s was declined on %(tried_on)s.")
    if how.state == State.TO_RETRY:
        ahead = _("The next attempt is on %(on)s. To pay sooner, use another card, or transfer with the KID.")
        short, state = _("next attempt on %(on)s"), "needs"
    else:
        ahead = _("There is no further attempt. Use another card, or transfer with the KID.")
        short, state = _("on %(on)s, no further attempt"), "refused"
    return InWords(state, _("Declined"), short % values, f"{what} {ahead}" % values)


def _paid(how: Standing, values: dict[str, str]) -> InWords:
    by_card = how.last is not None and how.last.status == ChargeStatus.SUCCEEDED
    short = _("on %(on)s with %(tried)s") if by_card else _("on %(on)s by bank transfer")
    sentence = _("Paid on %(on)s with %(tried)s.") if by_card else _("Paid on %(on)s by bank transfer.")
    if how.open.minor < 0:
        values["sum"] = money(-how.open)
        sentence = sentence + " " + _("%(sum)s too much was paid.")
    return InWords("done", _("Paid"), short % values, sentence % values)
