"""Who may see a page. A stranger gets 404: what is not yours does not exist.

No browser keeps these pages, so that *back* shows nothing of them to whoever sits there after a sign-out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from medlem.accounts.models import Account, User
from medlem.accounts.queries import account_of, roles_of

type View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request of somebody who acts for a business."""

    account: Account
    user: User


class StaffRequest(HttpRequest):
    """A request of the manufacturer's staff, with their roles."""

    roles: frozenset[str]
    user: User


def member(view: View) -> View:
    """For those who act for a business; others sign in, and staff find nothing here."""

    @wraps(view)
    @never_cache
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("public:sign_in"))
        account = account_of(request.user)
        if account is None:
            raise Http404
        request.account = account
        return view(request, *args, **kwargs)

    return guarded


def staff(*roles: str) -> Callable[[View], View]:
    """For staff with one of the roles; with none named, for all staff. Everyone else gets 404."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("public:sign_in"))
            has = roles_of(request.user)
            if not has or (roles and not has & set(roles)):
                raise Http404
            request.roles = has
            return view(request, *args, **kwargs)

        return guarded

    return guard
