"""Joining: term and means, exactly what is charged and when, the terms; then a member at once (C5, D1, D2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from medlem.accounts.models import Account
from medlem.billing.models import SavedCard
from medlem.billing.providers import cards_are_taken
from medlem.billing.queries import current_card
from medlem.billing.status import Means
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships import actions as memberships
from medlem.memberships.actions import AlreadyMember, TermsChanged
from medlem.memberships.models import JoinIntention, Membership
from medlem.memberships.queries import Price, join_intention, price_for
from medlem.memberships.rules import months_later
from medlem.programme import current
from medlem.programme.schema import Level, Term
from medlem.web.access import MemberRequest, member
from medlem.web.forms import Form, Option
from medlem.web.templatetags.medlem import money, percent, reader

SAVED = "saved"
"""Beside the means of `billing.status.Means`: the card that the business entered before."""


@dataclass(frozen=True, slots=True)
class TermOffer:
    """A term with what it costs, and its last day if one joins now."""

    term: Term
    price: Price
    valid_to: date


class JoinForm(Form):
    """The choice of term and means, and the terms that are accepted. Which terms: the page says, as it is read."""

    months = forms.TypedChoiceField(label=gettext_lazy("Term"), coerce=int, widget=forms.RadioSelect)
    means = forms.ChoiceField(
        label=gettext_lazy("How do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you want to pay.")},
    )
    terms_version = forms.CharField(required=False)
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


@member
def join(request: MemberRequest, *, level: str) -> HttpResponse:
    """The page of one level. Whoever cannot join at it comes back to all levels, and is told why."""
    chosen = _level(level)
    card = current_card(request.account)
    offers = _offers(request.account, chosen)
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        offers=offers,
        months=request.GET.get("months", ""),
        card=card,
    )
    if request.method == "POST":
        if form.is_valid():
            try:
                return _join(request, chosen, card, form.cleaned_data)
            except AlreadyMember:
                return redirect("portal:membership")  # as after the first of two clicks
            except TermsChanged as error:
                return _once_more(request, error, chosen, form.cleaned_data["months"])
            except Refused as error:
                form.refuse(error)
    elif refusal := _refusal(request, chosen):
        return refusal
    return _page(request, form, chosen, offers)


@member
def join_card(request: MemberRequest, *, level: str) -> HttpResponse:
    """Back from the card provider's page: joins with the card; the same when it is loaded again."""
    intention = _intention(request)
    try:
        membership = memberships.join_by_card(intention=intention, by=request.user.as_member, now=clock.now())
    except AlreadyMember:
        return redirect("portal:membership")
    except Refused as error:
        return _once_more(request, error, _level(intention.level), intention.months)
    return _joined(request, membership)


def _join(
    request: MemberRequest, level: Level, card: SavedCard | None, answers: dict[str, Any]
) -> HttpResponse:
    choice: dict[str, Any] = {
        "account": request.account,
        "level": level.code,
        "months": answers["months"],
        "terms_version": answers["terms_version"],
        "by": request.user.as_member,
        "now": clock.now(),
    }
    if answers["means"] == Means.CARD:
        back = request.build_absolute_uri(reverse("portal:join_card", args=[level.code]))
        return redirect(memberships.intend_to_join(**choice, return_url=back, language=reader()))
    if answers["means"] == SAVED:
        return _joined(request, memberships.join(**choice, means=Means.CARD, card=card))
    return _joined(request, memberships.join(**choice, means=Means.BANK, card=None))


def _joined(request: MemberRequest, membership: Membership) -> HttpResponse:
    """The number, that it counts from now on, and where the invoice goes (C5, D2)."""
    said = _("You are a member. Your number is %(number)s, and the membership is active now.")
    invoice = _("The invoice comes to %(email)s within minutes.")
    values = {"number": membership.number, "email": request.account.invoice_email}
    messages.success(request, f"{said} {invoice}" % values)
    return redirect("portal:membership")


def _once_more(request: MemberRequest, error: Refused, level: Level, months: int) -> HttpResponse:
    """Back to the page as it is now, with the term that was chosen and what went wrong."""
    messages.warning(request, str(error))
    return redirect(f"{reverse('portal:join', args=[level.code])}?months={months}")


def _refusal(request: MemberRequest, level: Level) -> HttpResponse | None:
    """Where to go instead, for those who cannot join at this level."""
    programme = current()
    try:
        memberships.check_choice(
            account=request.account,
            level=level.code,
            months=programme.terms[0].months,
            terms_version=programme.terms_of_membership.version,
            by=request.user.as_member,
        )
    except AlreadyMember:
        return redirect("portal:membership")
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:membership")
    return None


def _page(request: MemberRequest, form: JoinForm, level: Level, offers: Sequence[TermOffer]) -> HttpResponse:
    programme = current()
    context = {
        "form": form,
        "level": level,
        "offers": offers,
        "due_on": programme.payment.due_on(clock.today(programme.timezone)),
        "questions": programme.faq_on("payment"),
    }
    return render(request, "portal/join.html", context, status=422 if form.is_bound else 200)


def _offers(account: Account, level: Level) -> list[TermOffer]:
    programme = current()
    today = clock.today(programme.timezone)
    return [
        TermOffer(
            term,
            price_for(account, level=level.code, months=term.months),
            months_later(today, term.months) - timedelta(days=1),
        )
        for term in programme.terms
    ]


def _level(code: str) -> Level:
    try:
        return current().level(code)
    except LookupError:
        raise Http404 from None


def _intention(request: MemberRequest) -> JoinIntention:
    """The choice that waits for this card, if it is the business's own."""
    try:
        found = join_intention(request.account, UUID(request.GET.get("intention", "")))
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found
