"""Taking in a form with files: too large ones cost neither the text beside them nor the right files (A3, B5).

What is far larger than anything that people send by mistake is left unread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from medlem.programme import current
from medlem.web.public.fields import limits

AROUND = 1_000_000  # the other fields, and what the encoding adds
CHUNK = 1_000_000
PATIENCE = 4  # times the limit that is read all the same, so that the browser hears the answer


class Bounded(TemporaryFileUploadHandler):
    """Keeps no more than `most` of a file. Its size is the whole one, by which it is refused later."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most = most

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= self.most:
            super().receive_data_chunk(raw_data, start)


def within[**P](
    most: Callable[[], int], *, kept: Callable[[], int] | None = None, patience: int = PATIENCE
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Marks a request of more bytes than `most`, or of more than the settings allow (`was_too_large`), and
    leaves its body out, so that the view can say so. Of any other file no more than `kept` is.

    The check for forgery reads the form, and with it every file; so it comes after this one.
    """

    def guard(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def measured(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if kept and request.method == "POST":
                request.upload_handlers = [MemoryFileUploadHandler(request), Bounded(request, kept())]
            if _length(request) > most():
                _throw_away(request, patience * most())
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
    """What to tell somebody who sent too much evidence at once; empty for everyone else."""
    if not was_too_large(request):
        return ""
    return _("Together the files are too large to send. Nothing was saved. %(limits)s") % {"limits": limits()}


def _far_too_much() -> int:
    evidence = current().evidence
    return PATIENCE * (evidence.max_files * evidence.max_bytes + AROUND)


sized = within(_far_too_much, kept=lambda: current().evidence.max_bytes, patience=1)
"""For pages that take evidence: a document that is too large is refused by itself, beside the others (A3)."""


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
