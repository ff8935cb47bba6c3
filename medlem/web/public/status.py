"""The status page of a sent application, opened by its mailed link (A6, A8).

Whoever holds the link sees how far it has come and answers what is asked. Of the person it shows a masked
address and nothing more, and no document can be fetched.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from medlem.applications import deciding, evidence
from medlem.applications.models import Application
from medlem.applications.queries import documents_of, sent_by_link
from medlem.applications.status import ApplicationStatus as Status
from medlem.core import clock, links
from medlem.core.errors import Refused
from medlem.programme import current
from medlem.web.public import documents
from medlem.web.public.forms import AnswerForm
from medlem.web.public.private import private
from medlem.web.public.progress import history_of, stages_of
from medlem.web.public.uploads import sized, too_large
from medlem.web.throttle import ANSWERS, UPLOADS, throttled


@private
@sized
@throttled(ANSWERS)
def status(request: HttpRequest, token: str) -> HttpResponse:
    """How far it has come. A POST is the answer to what was asked; *look* only takes its documents in."""
    application = _application(token)
    if request.htmx and request.method == "GET" and application.status == Status.RECEIVED:  # type: ignore[attr-defined]
        return HttpResponse(status=204)  # the page asks by itself; nothing has changed
    form = _form(request)
    if request.method != "POST" or request.POST.get("go") == "look":
        return _page(request, application, form, status=413 if form.errors else 200)
    if not form.is_valid():
        return _page(request, application, form, status=422)
    try:
        deciding.answer(
            application=application,
            text=form.cleaned_data["text"],
            uploads=form.cleaned_data["evidence"],
            now=clock.now(),
        )
    except deciding.NotAllTaken as error:
        for each in error.refused:
            form.add_error("evidence", f"{each.filename}: {each.error}")
        return _page(request, application, form, status=422)
    except Refused as error:
        form.refuse(error)
        return _page(request, application, form, status=422)
    return redirect("public:status", token=token)


@private
@sized
@throttled(UPLOADS)
def status_evidence(request: HttpRequest, token: str) -> HttpResponse:
    """The documents that came since more was asked for. A POST takes another one in as soon as it is chosen (A4)."""
    application = _application(token)
    if request.method != "POST":
        return documents.looked_at(request, _documents(application, token))
    refused = evidence.add_all(
        application=application, uploads=request.FILES.getlist("evidence"), now=clock.now()
    )
    if request.htmx:  # type: ignore[attr-defined]
        return documents.answer(request, _documents(application, token), refused)
    form = _form(request)
    for each in refused:
        form.add_error("evidence", f"{each.filename}: {each.error}")
    return _page(request, application, form, status=422 if refused else 200)


def added_to(application: Application) -> Any:
    """The documents that came since more was asked for; none while nothing is asked."""
    if application.status != Status.MORE_WANTED:
        return documents_of(application).none()
    return documents_of(application).filter(uploaded_at__gt=application.asked_at)


def _application(token: str) -> Application:
    application = sent_by_link(token)
    if application is None:
        raise Http404
    return application


def _form(request: HttpRequest) -> AnswerForm:
    """The answer as it was sent; of a request that was too large, only that it was."""
    refused = too_large(request)
    is_sent = bool(refused) or request.method == "POST"
    form = AnswerForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if refused:
        form.add_error("evidence", refused)
    return form


def _documents(application: Application, token: str) -> dict[str, Any]:
    address = reverse("public:status_evidence", kwargs={"token": token})
    return documents.of(application, added_to(application), address=address)


def _page(
    request: HttpRequest, application: Application, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    history = history_of(application)
    token = links.sign("status", application.public_id)
    values = {
        **_documents(application, token),
        "application": application,
        "form": form,
        "country": current().country(application.country),
        "stages": stages_of(application),
        "history": history,
        "asked": history[0].text,
        "documents_sent": documents_of(application).count(),
        "is_checked_now": application.status == Status.RECEIVED,
        "is_waiting": application.status in (Status.RECEIVED, Status.VALIDATING),
        "questions": current().faq_on("status"),
    }
    return render(request, "public/status.html", values, status=status)
