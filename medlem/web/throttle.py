"""How often one client may do what costs us something: start drafts, ask the register, send files, have mails sent.

Limits are generous: an office behind one address must not notice them. Counts live in the cache that all
processes share. Signing in has limits of its own (`settings.ACCOUNT_RATE_LIMITS`).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from medlem.core import clock

P = ParamSpec("P")
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so many seconds."""

    name: str
    times: int
    seconds: int


ANSWERS = Limit("answers", 1200, HOUR)
"""Sending any page of an application; the first one starts a draft."""
LOOK_UPS = Limit("look-ups", 120, 60)
UPLOADS = Limit("uploads", 300, HOUR)
PHOTOS = Limit("photos", 6000, HOUR)
"""Parts of pictures; most take a millisecond to read."""
BOXES = Limit("boxes", 400, HOUR)
"""Pictures sent whole, which are looked through for bar codes."""
MAILS = Limit("mails", 60, HOUR)
MAILS_TO_ONE = Limit("mails-to-one", 6, HOUR)
"""To one address, whoever asks: nobody's mailbox is filled from here."""
RESUMES = Limit("resumes", 20, HOUR)
RESUMES_TO_ONE = Limit("resumes-to-one", 6, 24 * HOUR)
"""Links to continue an application, which anybody may have sent to anybody; a draft has limits of its own."""
LINKS = Limit("links", 120, HOUR)
"""Passwords set by link."""


def allowed(limit: Limit, who: str) -> bool:
    """Counts one more for `who`, and says whether that is still within the limit."""
    window = int(clock.now().timestamp()) // limit.seconds
    key = f"throttle:{limit.name}:{window}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    count = int(cache.get(key, 0)) + 1
    if count <= limit.times:
        cache.set(key, count, limit.seconds)
    return count <= limit.times


def throttled(
    limit: Limit,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Answers 429 to a client that sends a form too often; looking at pages is free."""

    def throttle(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST" and not allowed(limit, client(request)):
                return too_many(request)
            return view(request, *args, **kwargs)

        return counted

    return throttle


def client(request: HttpRequest) -> str:
    """The address that a request comes from; of an IPv6 address the part that names a household."""
    address = str(get_adapter(request).get_client_ip(request))
    try:
        network = ipaddress.ip_network(f"{address}/64", strict=False)
    except ValueError:  # IPv4
        return address
    return str(network.network_address) if network.version == 6 else address


def too_many(request: HttpRequest) -> HttpResponse:
    """The page of 429, also of `urls.handler429`."""
    values = {
        "status": 429,
        "heading": _("That was a little too often"),
        "lead": _("So much came from your network in a short time that we stopped for a moment."),
        "next_step": _("Wait a few minutes, then try again. What you had saved is still there."),
    }
    response = render(request, "error.html", values, status=429)
    response["Retry-After"] = "300"
    return response
