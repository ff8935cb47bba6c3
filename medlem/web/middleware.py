"""Around every request: a reference that people can read out, and one line in the log."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from medlem.core.logs import REQUEST_ID

log = structlog.get_logger(__name__)

REFERENCE = "medlem.reference"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are mistaken for one another on the telephone."""

LONGEST = 40
"""A longer part of an address carries a signed token (`core/links.py`), which no log may hold."""


def request_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Gives the request its reference, and logs what came of it: who, what, how long.

    Whatever is logged in between carries the reference too. What went wrong is logged by
    `errors.server_error`, which shows the same reference to the person.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        reference = "".join(secrets.choice(LETTERS) for _ in range(8))
        request.META[REFERENCE] = reference
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**{REQUEST_ID: reference}):
            response = get_response(request)
            log.info(
                "request",
                method=request.method,
                path=shortened(request.path),
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                user=_user(request),
            )
        response["X-Request-ID"] = reference
        return response

    return middleware


def chosen_language[**P](
    get_response: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Lets `?language=nb` decide, once and for later, on pages whose address names no language."""
    known = {code for code, _ in settings.LANGUAGES}

    @wraps(get_response)
    def middleware(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        code = request.GET.get("language", "")
        if code not in known:
            return get_response(request, *args, **kwargs)
        with translation.override(code):
            response = get_response(request, *args, **kwargs)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, samesite="Lax", secure=settings.SECURE)
        return response

    return middleware


def reference_of(request: HttpRequest) -> str:
    """What a person reads out when something went wrong, and the log knows."""
    return str(request.META.get(REFERENCE, ""))


def shortened(path: str) -> str:
    """The address without its tokens: a part longer than 40 characters keeps its first six."""
    return "/".join(part if len(part) <= LONGEST else f"{part[:6]}…" for part in path.split("/"))


def _user(request: HttpRequest) -> str | None:
    # Only a user whom the page has asked for: to log a request must not cost a query.
    user = getattr(request, "_cached_user", None)
    public_id = getattr(user, "public_id", None)
    return str(public_id) if public_id else None
