"""Joining and renewing by card: the choice is kept while the card is entered on the provider's page (C5, C7, D5).

What is begun there and not finished can be gone on with, or the choice is made anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from medlem.accounts.models import Account
from medlem.billing import actions as billing
from medlem.billing.status import Means
from medlem.events.actors import Actor
from medlem.memberships import renewing
from medlem.memberships.actions import check_choice, join
from medlem.memberships.models import JoinIntention, Membership, Term


def intend(
    *,
    account: Account,
    level: str,
    months: int,
    terms_version: str,
    renews: Term | None = None,
    return_url: str,
    language: str,
    by: Actor,
    now: datetime,
) -> str:
    """Keeps the choice and returns the address of the provider's page for the card (C5, D5).

    The intention is written before the provider is asked; nothing is joined and nothing charged yet. With
    `renews` the term is followed by another instead. The provider sends the person back to `return_url` with
    the intention's id as `?intention=`. Raises what `join` or `renew` would, and CardsUnavailable.
    """
    with transaction.atomic():
        intention = JoinIntention(
            account=account,
            level=level,
            months=months,
            terms_version=terms_version,
            renews=renews,
            made_by_id=by.person_id,
            made_at=now,
        )
        _check(intention, by=by, now=now)
        intention.save()
    return _open_page(intention, return_url=return_url, language=language)


def _check(intention: JoinIntention, *, by: Actor, now: datetime) -> None:
    choice: dict[str, Any] = {
        "account": intention.account,
        "level": intention.level,
        "months": intention.months,
        "terms_version": intention.terms_version,
    }
    if intention.renews:
        renewing.check(**choice, follows=intention.renews, by=by, now=now)
    else:
        check_choice(**choice, by=by)


def _open_page(intention: JoinIntention, *, return_url: str, language: str) -> str:
    url, session = billing.begin_card(
        reference=intention.public_id,
        return_url=f"{return_url}?intention={intention.public_id}",
        language=language,
    )
    JoinIntention.objects.filter(pk=intention.pk).update(card_session=session)
    return url


@transaction.atomic
def complete(*, intention: JoinIntention, by: Actor, now: datetime) -> Membership:
    """Joins or renews with the card that the provider's page saved; the same when asked again (C5, D5).

    Raises CardNotSaved when the page was left or the card refused, CardsUnavailable, and what `join` or
    `renew` raises.
    """
    Account.objects.select_for_update().get(pk=intention.account_id)
    intention = JoinIntention.objects.select_related("account", "membership", "renews").get(pk=intention.pk)
    if intention.membership:
        return intention.membership
    card = billing.save_card(account=intention.account, session=intention.card_session or "", by=by, now=now)
    choice: dict[str, Any] = {
        "account": intention.account,
        "level": intention.level,
        "months": intention.months,
        "means": Means.CARD,
        "card": card,
        "terms_version": intention.terms_version,
        "by": by,
        "now": now,
    }
    if intention.renews:
        membership = renewing.renew(**choice, follows=intention.renews).membership
    else:
        membership = join(**choice)
    intention.card, intention.membership = card, membership
    intention.save(update_fields=["card", "membership"])
    return membership


def go_on(
    *, intention: JoinIntention, return_url: str, language: str, by: Actor, now: datetime
) -> Membership | str:
    """Goes on where a choice was left: with the card, where one was entered and nobody came back, else to
    the address of a new page of the provider.

    Raises what `complete` does, but for a card that was not saved.
    """
    if intention.card_session:
        try:
            return complete(intention=intention, by=by, now=now)
        except billing.CardNotSaved:
            pass  # the page was left, or the card refused: another page for another card
    _check(intention, by=by, now=now)
    return _open_page(intention, return_url=return_url, language=language)
