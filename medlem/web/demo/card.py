"""The card page of the simulated provider: what a real provider shows on an address of its own (D5). Demo only."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from medlem.billing.providers import simulated_cards
from medlem.core.errors import Refused
from medlem.gateways.card import TEST_CARDS, UnknownSession
from medlem.web.forms import Form, Option

WHAT_HAPPENS = {
    "": _("It is charged on the due date."),
    "card_declined": _("It is saved, and declined on the due date."),
    "insufficient_funds": _("It is saved, and has no money on it on the due date."),
    "authentication_required": _(
        "It is saved, and on the due date the bank wants the cardholder to confirm."
    ),
    "expired_card": _("It has expired and is not saved."),
}
"""By the code with which the provider refuses."""


def test_cards() -> list[tuple[str, Option]]:
    """The numbers that are taken, each with what it does."""
    return [
        (
            number,
            Option(
                f"{card.brand} {' '.join(wrap(number, 4))}",
                hint=WHAT_HAPPENS[card.declined_at_setup or card.declined_at_charge],
            ),
        )
        for number, card in TEST_CARDS.items()
    ]


class CardForm(Form):
    """A test card, chosen or typed."""

    chosen = forms.ChoiceField(
        label=_("Test card"),
        widget=forms.RadioSelect,
        choices=test_cards(),
        initial=next(iter(TEST_CARDS)),
    )
    number = forms.CharField(
        label=_("Card number"),
        help_text=_("Only to type a test number yourself; it counts instead of the card above."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    widths = {"number": "medium"}

    def typed_or_chosen(self) -> str:
        return str(self.cleaned_data["number"] or self.cleaned_data["chosen"])


def card(request: HttpRequest, *, session: str) -> HttpResponse:
    """Takes a test card, or the way back. Either way the person returns to where the session came from."""
    provider = simulated_cards()
    try:
        page = provider.open_session(session)
    except UnknownSession as error:
        return render(request, "demo/card_unknown.html", {"reason": error}, status=404)
    with translation.override(page.language):
        if page.is_finished:
            return redirect(page.return_url)
        if "cancel" in request.POST:
            provider.cancel_session(session)
            return redirect(page.return_url)
        form = CardForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                provider.complete_session(session, form.typed_or_chosen())
            except Refused as error:
                form.refuse(error)
            else:
                return redirect(page.return_url)
        return _page(request, {"form": form})


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "demo/card.html", context, status=422 if context["form"].is_bound else 200)
