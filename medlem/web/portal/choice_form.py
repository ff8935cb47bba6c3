"""The form with which a level is joined or renewed at: its terms with their sums, the means, the agreement (C5, D1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from medlem.accounts.models import Account
from medlem.billing.models import SavedCard
from medlem.billing.providers import cards_are_taken
from medlem.billing.status import Means
from medlem.memberships.queries import Price, price_for
from medlem.memberships.rules import months_later
from medlem.programme import current
from medlem.programme.schema import Level, Term
from medlem.web.forms import Form, Option
from medlem.web.templatetags.medlem import money, percent

SAVED = "saved"
"""Beside the means of `billing.status.Means`: the card that the business entered before."""


@dataclass(frozen=True, slots=True)
class TermOffer:
    """A term with what it costs, and its days if it is chosen now."""

    term: Term
    price: Price
    starts_on: date
    valid_to: date


class ChoiceForm(Form):
    """The choice of term and means, and the terms that are accepted. Which terms, and which term is followed by
    another: the page says, as it is read."""

    months = forms.TypedChoiceField(label=gettext_lazy("Term"), coerce=int, widget=forms.RadioSelect)
    means = forms.ChoiceField(
        label=gettext_lazy("How do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you want to pay.")},
    )
    terms_version = forms.CharField(required=False)
    follows = forms.UUIDField(required=False)
    accept = forms.BooleanField(
        label=gettext_lazy("I accept the terms of membership"),
        error_messages={"required": gettext_lazy("Accept the terms to join.")},
    )

    def __init__(
        self, *args: Any, offers: Sequence[TermOffer], months: str, card: SavedCard | None, **kwargs: Any
    ) -> None:
        offered = [str(offer.term.months) for offer in offers]
        initial = {"months": months if months in offered else offered[0]}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["months"].choices = [(offer.term.months, _term(offer)) for offer in offers]  # type: ignore[attr-defined]
        self.fields["means"].choices = _means(card)  # type: ignore[attr-defined]


def term_offers(account: Account, level: Level, *, starts_on: date) -> list[TermOffer]:
    """All terms of the programme at that level, each with what it costs the account."""
    return [
        TermOffer(
            term,
            price_for(account, level=level.code, months=term.months),
            starts_on,
            months_later(starts_on, term.months) - timedelta(days=1),
        )
        for term in current().terms
    ]


def _term(offer: TermOffer) -> Option:
    """A term with its sum beside it, so that all sums can be compared before one is chosen."""
    months = offer.term.months
    hint = _("%(sum)s, VAT included") if offer.price.vat else "%(sum)s"
    if offer.term.discount_basis_points:
        hint += " · " + _("%(discount)s off")
    values = {"sum": money(offer.price.to_pay), "discount": percent(offer.term.discount_basis_points)}
    return Option(ngettext("%d month", "%d months", months) % months, hint=hint % values)


def _means(card: SavedCard | None) -> list[tuple[str, Option]]:
    """What the programme and this installation take, in the programme's order; a saved card before all (D1)."""
    nothing_today = _("Nothing is charged today.")
    card_hint = _("You enter it on the card provider's page.") + " " + nothing_today
    options = {
        Means.CARD: Option(Means.CARD.label, hint=card_hint),
        Means.BANK: Option(Means.BANK.label, hint=_("Your bank may charge for the transfer.")),
    }
    in_order = [Means(means) for means in current().payment.means]
    taken = [means for means in in_order if means != Means.CARD or cards_are_taken()]
    saved = [(SAVED, Option(card, hint=nothing_today))] if card and Means.CARD in taken else []
    return saved + [(str(means), options[means]) for means in taken]
