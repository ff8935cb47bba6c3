"""Taking in a form with files: too large ones cost neither the text beside them nor the right files (A3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from medlem.programme import current
from medlem.web.public.fields import limits

AROUND = 1_000_000  # the other fields, and what the encoding adds
CHUNK = 1_000_000
PATIENCE = 4  # times all documents together; what is larger is thrown away unread


class Bounded(TemporaryFileUploadHandler):
    """Keeps no more of a file than one may have. Its size is the whole one, by which it is refused later."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= current().evidence.max_bytes:
            super().receive_data_chunk(raw_data, start)


def sized[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Reads what people may send by mistake, and of that only what is kept; marks what is far larger (`too_large`).

    The check for forgery reads the form, and with it every file; so it comes after this one.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def measured(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if _length(request) > PATIENCE * _most():
            _throw_away(request)
            request.META["medlem.too_large"] = True
            request.method = "GET"  # to the view it is as if the page had only been asked for
            try:
                return view(request, *args, **kwargs)
            finally:
                request.method = "POST"
        if request.method == "POST":
            request.upload_handlers = [MemoryFileUploadHandler(request), Bounded(request)]
        answer: HttpResponseBase = protected(request, *args, **kwargs)
        return answer

    return measured


def too_large(request: HttpRequest) -> str:
    """What to tell somebody who sent too much at once; empty for everyone else."""
    if "medlem.too_large" not in request.META:
        return ""
    return _("Together the files are too large to send. Nothing was saved. %(limits)s") % {"limits": limits()}


def _most() -> int:
    evidence = current().evidence
    return evidence.max_files * evidence.max_bytes + AROUND


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _throw_away(request: HttpRequest) -> None:
    """Reads on for a while, so that the browser hears the answer."""
    left = PATIENCE * _most()
    while left > 0 and (piece := request.read(CHUNK)):
        left -= len(piece)
