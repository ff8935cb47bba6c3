"""The status page of a sent application, opened by its mailed link (A6, A8).

Whoever holds the link sees how far it has come and answers what is asked. Of the person it shows a masked
address and nothing more, and no document can be fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from medlem.accounts import actions as accounts
from medlem.accounts.queries import password_state
from medlem.applications import deciding, evidence
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of, sent_by_link
from medlem.applications.status import ApplicationStatus as Status
from medlem.core import clock, links
from medlem.core.errors import Refused
from medlem.events.actors import APPLICANT
from medlem.programme import current
from medlem.web.public import documents, drafts
from medlem.web.public.forms import AnswerForm
from medlem.web.public.private import private
from medlem.web.public.progress import history_of, stages_of
from medlem.web.public.uploads import sized, too_large
from medlem.web.templatetags.medlem import masked
from medlem.web.throttle import ANSWERS, MAILS_TO_ONE, UPLOADS, allowed, throttled


@private
@sized
@throttled(ANSWERS)
def status(request: HttpRequest, token: str) -> HttpResponse:
    """How far it has come. A POST is the answer to what was asked; *look* only takes its documents in."""
    application = _application(token)
    if request.htmx and request.method == "GET" and application.status == Status.RECEIVED:  # type: ignore[attr-defined]
        return HttpResponse(status=204)  # the page asks by itself; nothing has changed
    if too_large(request):
        return _shown_again(request, application, token, errors={"evidence": [too_large(request)]})
    if request.method != "POST":
        return _page(request, application, _as_kept(request, application))
    if request.POST.get("go") == "link":
        return _another_link(request, application, token)
    form = AnswerForm(request.POST, request.FILES)
    if request.POST.get("go") == "look":
        return _shown_again(request, application, token, refused=False)
    if not form.is_valid():
        return _shown_again(request, application, token)
    try:
        deciding.answer(
            application=application,
            text=form.cleaned_data["text"],
            uploads=form.cleaned_data["evidence"],
            now=clock.now(),
        )
    except deciding.NotAllTaken as error:
        wrong = [f"{each.filename}: {each.error}" for each in error.refused]
        return _shown_again(request, application, token, errors={"evidence": wrong})
    except Refused as error:
        return _shown_again(request, application, token, errors={error.field or "": [str(error)]})
    drafts.put_right(request, _key(application))
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
    wrong = [f"{each.filename}: {each.error}" for each in refused]
    return _shown_again(request, application, token, errors={"evidence": wrong}, refused=bool(wrong))


@private
def remove_added(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    """Takes a document out again that came since more was asked for; what was sent before stays (A8)."""
    application = _application(token)
    if request.method != "POST":
        return redirect("public:status", token=token)
    document = added_to(application).filter(public_id=public_id).first()
    if document is not None:  # else another window took it out, or the answer was given
        evidence.remove(evidence=document, by=APPLICANT, now=clock.now())
    if request.htmx:  # type: ignore[attr-defined]
        return documents.dropped(request, _documents(application, token), document)
    return _shown_again(request, application, token, refused=False)


def _another_link(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Has the link to set a password sent again, to the address of the application and no other (A9)."""
    if application.status == Status.APPROVED and _password(application) != "set":
        if allowed(MAILS_TO_ONE, application.email.casefold()):
            accounts.ask_for_password(email=application.email)
            sent = _("A new link is on its way to %(address)s. The ones before it can no longer be used.")
            messages.success(request, sent % {"address": masked(application.email)})
        else:
            messages.warning(
                request,
                _(
                    "The link was sent several times just now. Look among unwanted mail. "
                    "In an hour it can be sent again."
                ),
            )
    return redirect("public:status", token=token)


def _password(application: Application) -> str:
    if application.status != Status.APPROVED or application.account is None:
        return ""
    return password_state(application.email, account=application.account, now=clock.now())


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


def _key(application: Application) -> str:
    """Under which name an answer that was refused is kept."""
    return f"status {application.public_id}"


def _as_kept(request: HttpRequest, application: Application) -> AnswerForm:
    """The answer as it was refused, while it waits to be put right."""
    page = drafts.page_of(request, _key(application))
    if page is None or application.status != Status.MORE_WANTED:
        return AnswerForm(initial=page.answers if page else None)
    if not page.refused:
        return AnswerForm(initial=page.answers)
    form = AnswerForm(page.answers)
    for field, errors in page.errors.items():
        for each in errors:
            form.add_error(field or None, each)
    return form


def _shown_again(
    request: HttpRequest,
    application: Application,
    token: str,
    *,
    errors: Mapping[str, list[str]] | None = None,
    refused: bool = True,
) -> HttpResponse:
    """Back to the page with what was typed, by a redirect (`drafts`). Where nothing is asked, only that is said."""
    if application.status != Status.MORE_WANTED:
        for each in [text for texts in (errors or {}).values() for text in texts]:
            messages.warning(request, each)
    else:
        kept = drafts.page_of(request, _key(application)) if too_large(request) else None
        answers = kept.answers if kept else drafts.sent(request)
        drafts.keep_page(request, _key(application), answers, errors=errors, refused=refused)
    return redirect("public:status", token=token)


def _documents(application: Application, token: str) -> dict[str, Any]:
    address = reverse("public:status_evidence", kwargs={"token": token})

    def remove(document: Evidence) -> str:
        return reverse("public:remove_added", args=[token, document.public_id])

    return documents.of(application, added_to(application), address=address, remove=remove)


def _page(request: HttpRequest, application: Application, form: AnswerForm) -> HttpResponse:
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
        "password": _password(application),
        "is_late": bool(application.answer_by_at and application.answer_by_at < clock.now()),
        "is_waiting": application.status in (Status.RECEIVED, Status.VALIDATING),
        "questions": current().faq_on("status"),
    }
    return render(request, "public/status.html", values, status=422 if form.errors else 200)
