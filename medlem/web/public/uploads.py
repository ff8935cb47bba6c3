"""Refusing a request that is far larger than all its files may be, before anything of it is read (A3, B5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from medlem.programme import current
from medlem.web.public.fields import limits

AROUND = 1_000_000  # the other fields, and what the encoding adds
CHUNK = 1_000_000
PATIENCE = 4  # times the limit that is read and thrown away, so that the browser hears the answer


def within[**P](
    most: Callable[[], int],
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Marks a request of more bytes than `most`, or of more than the settings allow (`was_too_large`), and
    leaves its body out, so that the view can say so.

    The check for forgery reads the form, and with it every file; so it comes after this one.
    """

    def guard(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def measured(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if _length(request) > most():
                _throw_away(request, PATIENCE * most())
            elif not _too_much(request):
                answer: HttpResponseBase = protected(request, *args, **kwargs)
                return answer
            request.META["medlem.too_large"] = True
            request.method = "GET"  # to the view it is as if the page had only been asked for
            try:
                return view(request, *args, **kwargs)
            finally:
                request.method = "POST"

        return measured

    return guard


def was_too_large(request: HttpRequest) -> bool:
    """Whether the body of this request was left out."""
    return "medlem.too_large" in request.META


def too_large(request: HttpRequest) -> str:
    """What to tell somebody who sent too much at once; empty for everyone else."""
    if not was_too_large(request):
        return ""
    return _("Together the files are too large to send. Nothing was saved. %(limits)s") % {"limits": limits()}


def _most() -> int:
    evidence = current().evidence
    return evidence.max_files * evidence.max_bytes + AROUND


sized = within(_most)
"""For pages that take evidence."""


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _too_much(request: HttpRequest) -> bool:
    """More files, or more in the fields around them, than the settings allow."""
    try:
        request.POST  # noqa: B018  reading it reads the files
    except (RequestDataTooBig, TooManyFilesSent):
        return True
    return False


def _throw_away(request: HttpRequest, left: int) -> None:
    while left > 0 and (piece := request.read(CHUNK)):
        left -= len(piece)
