"""Signing in and out, and setting a password by a mailed link (A9).

Signing in runs through allauth: its limits on attempts, and its stages once there are more than a password.
Nothing here tells whether an address has an account: not by words, not by time.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from medlem.accounts import actions
from medlem.accounts.queries import password_link
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.programme import current
from medlem.web.public.forms import ForgotForm, PasswordForm, SignInForm
from medlem.web.public.private import private, revisitable
from medlem.web.throttle import LINKS, MAILS, MAILS_TO_ONE, allowed, throttled


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's ways of doing, with our words (`settings.ACCOUNT_ADAPTER`)."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing: the page that one comes to shows that one is signed in."""


@revisitable
@sensitive_post_parameters("password")
@rate_limit(action="login")  # type: ignore[untyped-decorator]
def sign_in(request: HttpRequest) -> HttpResponse:
    """One answer to an unknown address, a wrong password and an application that is not approved yet (A9)."""
    to = _safe_next(request)
    if request.user.is_authenticated:
        return redirect(to)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            return _signed_in(request, form.cleaned_data["email"], form.cleaned_data["password"], to)
        except Refused as error:
            form.refuse(error)
        except ValidationError:  # allauth: too many attempts
            form.add_error(
                None, _("Too many attempts. Wait five minutes, then try again or ask for a new link.")
            )
    values = {"form": form, "questions": current().faq_on("password")}
    return render(request, "public/sign_in.html", values, status=422 if form.is_bound else 200)


def _signed_in(request: HttpRequest, email: str, password: str, to: str) -> HttpResponse:
    email = email.casefold()
    user = get_adapter(request).authenticate(request, email=email, password=password)
    if user is None or not user.is_active:
        raise Refused(
            _(
                "This address and password do not belong together. While an application is being validated "
                "there is no password yet: it is set by the link that comes with the approval."
            )
        )
    answer: HttpResponse = perform_password_login(
        request, {"email": email, "password": password}, Login(user=user, email=email, redirect_url=to)
    )
    return answer


def _safe_next(request: HttpRequest) -> str:
    """Where one wanted to go, if it is one of our pages; else home, which knows who comes where."""
    to = request.GET.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts=hosts, require_https=request.is_secure())
    return to if safe else reverse("home")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, by POST only: no picture in a mail may do it."""
    if request.method == "POST":
        logout(request)
    return redirect("home")


# --- passwords ------------------------------------------------------------------------------------


@revisitable
@throttled(MAILS)
def password_forgot(request: HttpRequest) -> HttpResponse:
    """Has a link mailed, if there is somebody to mail it to; the page answers the same either way (A9)."""
    form = ForgotForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"].casefold()
        if allowed(MAILS_TO_ONE, email):
            actions.ask_for_password(email=email)
        messages.success(
            request,
            _(
                "If this address signs in here, a link is on its way to it. While an application is being "
                "validated there is no password to set; then nothing comes."
            ),
        )
        return redirect("public:sign_in")
    values = {"form": form, "questions": current().faq_on("password")}
    return render(request, "public/password_forgot.html", values, status=422 if form.is_bound else 200)


@revisitable
@private
@sensitive_post_parameters("password")
@throttled(LINKS)
def password_set(request: HttpRequest, token: str) -> HttpResponse:
    """Sets the password by a link that works once, and signs in with it."""
    now = clock.now()
    link = password_link(token, now=now)
    if link is None:
        return _dead(request)
    form = PasswordForm(request.POST or None)
    if not form.is_valid():
        values = {"form": form, "person": link.user}
        return render(request, "public/password_set.html", values, status=422 if form.is_bound else 200)
    try:
        user = actions.set_password(link_id=link.pk, password=form.cleaned_data["password"], now=now)
    except actions.LinkUsed:
        return _dead(request)
    except Refused as error:
        form.refuse(error)
        return render(request, "public/password_set.html", {"form": form, "person": link.user}, status=422)
    login(request, user)
    return redirect("home")


def _dead(request: HttpRequest) -> HttpResponse:
    values = {"hours": current().deadlines.password_link_hours, "questions": current().faq_on("password")}
    return render(request, "public/password_dead.html", values, status=410)
