"""The pages of the simulated provider: what a real one shows on an address of its own (D5). Demo only.

On one a card is entered, on the other its owner confirms a charge (3-D Secure).
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medlem.billing.providers import simulated_cards
from medlem.core.errors import Refused
from medlem.gateways.card import TEST_CARDS, ConfirmFirst, UnknownSession
from medlem.programme import current
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

CONFIRMED_TWICE = _("The bank wants the cardholder to confirm now, and again on the due date.")


def test_cards() -> list[tuple[str, Option]]:
    """The numbers that are taken, each with what it does."""
    return [
        (
            number,
            Option(
                f"{card.brand} {' '.join(wrap(number, 4))}",
                hint=CONFIRMED_TWICE
                if card.confirmed_at_setup
                else WHAT_HAPPENS[card.declined_at_setup or card.declined_at_charge],
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
        return _unknown(request, error)
    with translation.override(page.language):
        if page.is_finished:
            return redirect(page.return_url)
        if "cancel" in request.POST:
            provider.cancel_session(session)
            return redirect(page.return_url)
        form = CardForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            number = form.typed_or_chosen()
            try:
                provider.complete_session(session, number, confirmed=_answer(request))
            except ConfirmFirst as error:
                context = {"lead": error, "number": number, "last4": number[-4:]}
                return render(request, "demo/card_confirm.html", context)
            except Refused as error:
                form.refuse(error)
            else:
                return redirect(page.return_url)
        return _page(request, {"form": form})


def confirm(request: HttpRequest, *, session: str) -> HttpResponse:
    """The cardholder confirms a charge, or refuses it; or goes back, and it waits on."""
    provider = simulated_cards()
    try:
        page = provider.open_confirmation(session)
    except UnknownSession as error:
        return _unknown(request, error)
    with translation.override(page.language):
        answer = _answer(request)
        if page.is_waiting and answer is not None:
            provider.answer_confirmation(session, confirmed=answer)
        if request.method == "POST" or not page.is_waiting:
            return redirect(page.return_url)
        lead = gettext("%(seller)s wants to charge your card for invoice %(number)s.")
        values = {"seller": current().brand.seller.name, "number": page.description}
        context = {"lead": lead % values, "amount": page.amount, "last4": page.card.last4, "back": True}
        return render(request, "demo/card_confirm.html", context)


def _answer(request: HttpRequest) -> bool | None:
    """What the cardholder said on the page for confirming; None where nothing was asked yet."""
    return {"yes": True, "no": False}.get(request.POST.get("confirmed", ""))


def _unknown(request: HttpRequest, error: UnknownSession) -> HttpResponse:
    return render(request, "demo/card_unknown.html", {"reason": error}, status=404)


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "demo/card.html", context, status=422 if context["form"].is_bound else 200)
