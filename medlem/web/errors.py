"""Pages for what did not go as it should: in the reader's language, and always with the next step.

Named as `handler400 …` in `urls.py` and as `settings.CSRF_FAILURE_VIEW`.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from medlem.web.middleware import reference_of

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        400,
        heading=_("We could not read that"),
        lead=_("The address or the form that your browser sent is not one of ours."),
        next_step=_("Go back, reload the page and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        heading=_("This page is not open to you"),
        lead=_("You are signed in, but what you do here does not include this page."),
        next_step=_("Go to your start page, or sign in as somebody else."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        404,
        heading=_("We cannot find that page"),
        lead=_("It may have moved, or the link may have lost its end on the way."),
        next_step=_("Check the address, or begin at the start page."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from another site. Nothing was saved."""
    log.warning("csrf refused", reason=reason)
    return _page(
        request,
        403,
        heading=_("Please send that once more"),
        lead=_(
            "The page had been open for so long that we could not tell whether it was you. Nothing was saved."
        ),
        next_step=_("Go back, reload the page and send it again. Cookies have to be allowed for that."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Logs the exception under the reference that the page shows."""
    # Django calls this while the exception is being handled, so the log gets it whole.
    log.exception("request failed", method=request.method)
    values = {
        "heading": _("Something went wrong on our side"),
        "lead": _("It is not your fault. What you had saved is still there."),
        "next_step": _("Try again in a minute. If it happens again, tell us the reference below."),
    }
    try:
        return _page(request, 500, **values)
    except Exception:
        log.exception("error page failed")
        reference = reference_of(request)
        body = f"{values['heading']}. {values['lead']} {values['next_step']}\n\n{reference}\n"
        return HttpResponse(body, status=500, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, status: int, **values: Any) -> HttpResponse:
    return render(request, "error.html", {"status": status, **values}, status=status)
