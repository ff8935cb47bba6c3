"""Joining and renewing: term and means, exactly what is charged and when, the terms; then a member at once
(C5, C7, D1, D2).

Whoever comes second, in another window or as another person, is told who was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medlem.accounts.queries import names_of
from medlem.billing.models import SavedCard
from medlem.billing.queries import current_card
from medlem.billing.status import Means
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships import actions as memberships
from medlem.memberships import by_card, renewing
from medlem.memberships.actions import AlreadyMember
from medlem.memberships.choosing import TermsChanged
from medlem.memberships.models import JoinIntention, Membership, Term
from medlem.memberships.queries import (
    join_intention,
    last_term,
    live_membership,
    unfinished_intention,
)
from medlem.programme import current
from medlem.programme.schema import Level
from medlem.web.access import MemberRequest, member
from medlem.web.portal.choice_form import SAVED, ChoiceForm, TermOffer, term_offers
from medlem.web.templatetags.medlem import day, reader, stamp, text


@member
def join(request: MemberRequest, *, level: str) -> HttpResponse:
    """The page of one level. Whoever cannot join at it comes back to all levels, and is told why."""
    return _choose(request, _level(level), follows=None)


@member
def renew(request: MemberRequest, *, level: str) -> HttpResponse:
    """The same for the term that follows the present one (C7)."""
    follows = _followed(request)
    if follows is None:
        return redirect("portal:join", level)
    return _choose(request, _level(level), follows=follows)


@member
def join_card(request: MemberRequest, *, level: str) -> HttpResponse:
    """Back from the card provider's page: joins or renews with the card; the same when it is loaded again."""
    intention = _intention(request)
    return _by_card(request, intention, lambda **now: by_card.complete(intention=intention, **now))


@member
def go_on(request: MemberRequest, *, level: str) -> HttpResponse:
    """Goes on with a choice that was left on the card provider's page (D5)."""
    intention = unfinished_intention(request.account, now=clock.now())
    if request.method != "POST" or intention is None or intention.level != level:
        return redirect("portal:join", level)
    back = _card_address(request, _level(level))

    def go_on(**now: Any) -> Membership | str:
        return by_card.go_on(intention=intention, return_url=back, language=reader(), **now)

    return _by_card(request, intention, go_on)


def _by_card(request: MemberRequest, intention: JoinIntention, act: Any) -> HttpResponse:
    level = _level(intention.level)
    page = "portal:renew" if intention.renews else "portal:join"
    try:
        outcome = act(by=request.user.as_member, now=clock.now())
    except (AlreadyMember, renewing.RenewedAlready) as error:
        messages.warning(request, f"{_who_was_first(request, error.term)} {_('The card was not kept.')}")
        return redirect("portal:membership")
    except Refused as error:
        return _once_more(request, error, page, level, intention.months)
    if isinstance(outcome, str):
        return redirect(outcome)
    return _done(request, last_term(outcome), renewed=intention.renews is not None)


def _choose(request: MemberRequest, level: Level, *, follows: Term | None) -> HttpResponse:
    today, card = clock.today(current().timezone), current_card(request.account)
    offers = term_offers(request.account, level, starts_on=follows.ends_on if follows else today)
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        offers=offers,
        months=request.GET.get("months", ""),
        card=card,
    )
    if request.method == "POST":
        if form.is_valid():
            answers = form.cleaned_data
            try:
                return _take(request, level, follows, card, answers)
            except (AlreadyMember, renewing.RenewedAlready) as error:
                return _too_late(request, level, answers, error.term, renewed=follows is not None)
            except TermsChanged as error:
                page = "portal:renew" if follows else "portal:join"
                return _once_more(request, error, page, level, answers["months"])
            except Refused as error:
                form.refuse(error)
    elif refusal := _refusal(request, level, follows):
        return refusal
    return _page(request, form, level, offers, follows)


def _take(
    request: MemberRequest,
    level: Level,
    follows: Term | None,
    card: SavedCard | None,
    answers: dict[str, Any],
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
        back = _card_address(request, level)
        return redirect(by_card.intend(**choice, renews=follows, return_url=back, language=reader()))
    paid = (
        {"means": Means.CARD, "card": card}
        if answers["means"] == SAVED
        else {"means": Means.BANK, "card": None}
    )
    if follows:
        return _done(request, renewing.renew(**choice, **paid, follows=follows), renewed=True)
    return _done(request, last_term(memberships.join(**choice, **paid)), renewed=False)


def _card_address(request: MemberRequest, level: Level) -> str:
    return request.build_absolute_uri(reverse("portal:join_card", args=[level.code]))


def _done(request: MemberRequest, term: Term | None, *, renewed: bool) -> HttpResponse:
    """The number, that it counts from now on or goes on, and where the invoice goes (C5, C7, D2)."""
    assert term is not None
    if renewed:
        said = _("The membership is renewed: %(level)s, from %(first)s to %(last)s.")
    else:
        said = _("You are a member. Your number is %(number)s, and the membership is active now.")
    invoice = _("The invoice comes to %(email)s within minutes.")
    values = {
        "number": term.membership.number,
        "level": text(current().level(term.level).name),
        "first": day(term.starts_on),
        "last": day(term.valid_to),
        "email": request.account.invoice_email,
    }
    messages.success(request, f"{said} {invoice}" % values)
    return redirect("portal:membership")


def _too_late(
    request: MemberRequest, level: Level, answers: dict[str, Any], term: Term, *, renewed: bool
) -> HttpResponse:
    """After the first of two clicks of one person it is as if there had been one; else it is said who was first."""
    means = Means.BANK if answers["means"] == Means.BANK else Means.CARD
    chosen = (request.user.public_id, level.code, answers["months"], means)
    if term.invoice and chosen == (term.accepted_by_id, term.level, term.months, term.invoice.means):
        return _done(request, term, renewed=renewed)
    messages.warning(request, _who_was_first(request, term))
    return redirect("portal:membership")


def _who_was_first(request: MemberRequest, term: Term) -> str:
    """Who joined or renewed, at which level, when; and that nothing came of the second choice."""
    if term.accepted_by_id == request.user.public_id:
        person = _("You")
    else:
        person = names_of([term.accepted_by_id]).get(term.accepted_by_id, "") or _("Somebody")
    if term.starts_on > clock.date_in(current().timezone, term.accepted_at):
        said = _("%(person)s renewed the membership already: %(level)s for %(term)s, on %(at)s.")
    else:
        said = _("%(person)s joined already: %(level)s for %(term)s, on %(at)s.")
    values = {
        "person": person,
        "level": text(current().level(term.level).name),
        "term": ngettext("%d month", "%d months", term.months) % term.months,
        "at": stamp(term.accepted_at),
    }
    nothing = _("Nothing came of your later choice: nothing more was invoiced or charged.")
    return f"{said % values} {nothing}"


def _once_more(request: MemberRequest, error: Refused, page: str, level: Level, months: int) -> HttpResponse:
    """Back to the page as it is now, with the term that was chosen and what went wrong."""
    messages.warning(request, str(error))
    return redirect(f"{reverse(page, args=[level.code])}?months={months}")


def _refusal(request: MemberRequest, level: Level, follows: Term | None) -> HttpResponse | None:
    """Where to go instead, for those who cannot choose this level."""
    programme = current()
    choice: dict[str, Any] = {
        "account": request.account,
        "level": level.code,
        "months": programme.terms[0].months,
        "terms_version": programme.terms_of_membership.version,
        "by": request.user.as_member,
    }
    try:
        if follows:
            renewing.check(**choice, follows=follows, now=clock.now())
        else:
            memberships.check_choice(**choice)
    except AlreadyMember:
        return redirect("portal:membership")
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:membership")
    return None


def _page(
    request: MemberRequest,
    form: ChoiceForm,
    level: Level,
    offers: Sequence[TermOffer],
    follows: Term | None,
) -> HttpResponse:
    programme = current()
    unfinished = unfinished_intention(request.account, now=clock.now())
    context = {
        "form": form,
        "level": level,
        "offers": offers,
        "follows": follows,
        "unfinished": unfinished,
        "unfinished_level": programme.level(unfinished.level) if unfinished else None,
        "due_on": programme.payment.due_on(clock.today(programme.timezone)),
        "questions": programme.faq_on("payment"),
    }
    return render(request, "portal/join.html", context, status=422 if form.is_bound else 200)


def _level(code: str) -> Level:
    try:
        return current().level(code)
    except LookupError:
        raise Http404 from None


def _followed(request: MemberRequest) -> Term | None:
    """The term that the page was opened for, of this business; else the one that ends last."""
    opened_for = _uuid(request.POST.get("follows", ""))
    if opened_for:
        terms = Term.objects.filter(membership__account=request.account).select_related("membership__account")
        if found := terms.filter(public_id=opened_for).first():
            return found
    membership = live_membership(request.account)
    return last_term(membership) if membership else None


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _intention(request: MemberRequest) -> JoinIntention:
    """The choice that waits for this card, if it is the business's own."""
    public_id = _uuid(request.GET.get("intention", ""))
    found = join_intention(request.account, public_id) if public_id else None
    if found is None:
        raise Http404
    return found
