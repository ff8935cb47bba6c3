"""The business: what the account says of it, who acts for it, and everything that happened (E3)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medlem.accounts.queries import people_of
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.countries import country_name
from medlem.web.history import events_of, history

PAGE = 25


@member
@require_safe
def business(request: MemberRequest) -> HttpResponse:
    """To read; what is wrong is mended by support, as the account was validated as it stands."""
    account, programme = request.account, current()
    page = Paginator(events_of(account), PAGE).get_page(request.GET.get("page"))
    trades = {trade.code: trade.name for trade in programme.trades}
    context = {
        "account": account,
        "country": next((each for each in programme.countries if each.code == account.country), None),
        "country_name": country_name(account.country),
        "trade": trades.get(account.trade, ""),
        "people": people_of(account),
        "page": page,
        "history": history(page),
        "questions": programme.faq_on("business"),
    }
    return render(request, "portal/business.html", context)
