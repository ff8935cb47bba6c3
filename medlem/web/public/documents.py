"""The documents of an application on a page: taken in one by one, removed, and looked at until they were read (A3, A4).

Without a script documents come with their whole form (`apply.evidence`, `status.status`). With one, each is sent
here by itself, and the page asks again while a document is being read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from medlem.applications import actions
from medlem.applications.evidence import RefusedFile
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import document_of, documents_of, evidence_shows_business
from medlem.applications.status import ApplicationStatus, Reading
from medlem.core import clock, links
from medlem.programme import current
from medlem.web.public import drafts, steps
from medlem.web.public.findings import files_of, heard
from medlem.web.public.uploads import sized
from medlem.web.throttle import UPLOADS, throttled


@never_cache
@sized
@throttled(UPLOADS)
def documents(request: HttpRequest) -> HttpResponse:
    """The documents of the draft of this browser. A POST takes another one in, with the answers beside it."""
    draft = drafts.present(request)
    if draft is None:
        raise Http404
    if draft.status != ApplicationStatus.DRAFT:
        return to_status(request, draft)
    if request.method != "POST":
        return looked_at(request, of_draft(draft))
    if drafts.is_for_another(request, draft):
        return became_another(request, draft, "evidence")
    try:
        form, refused = taken(request, draft)
    except actions.SentAlready:
        return to_status(request, draft)
    drafts.retyped(request, "evidence")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(steps.address("evidence"))
    return answer(request, {**of_draft(draft), "form": form}, refused)


@require_POST
def remove_evidence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Takes a document out of the draft of this browser; the answers beside it are saved with that."""
    draft = drafts.present(request)
    if draft is None:
        return redirect("public:start")
    if draft.status != ApplicationStatus.DRAFT:
        return to_status(request, draft)
    if drafts.is_for_another(request, draft):
        return became_another(request, draft, "evidence")
    document = document_of(draft, public_id)
    form = steps.EvidenceForm(request.POST, draft=draft)
    actions.save_evidence(application=draft, answers=form.answers(), removed=document, now=clock.now())
    draft.refresh_from_db()
    drafts.retyped(request, "evidence")
    if request.htmx:  # type: ignore[attr-defined]
        return dropped(request, {**of_draft(draft), "form": form}, document)
    drafts.keep_typed(request, "evidence", form.typed())
    return redirect(steps.address("evidence"))


def taken(request: HttpRequest, draft: Application) -> tuple[steps.EvidenceForm, list[RefusedFile]]:
    """Saves what is right of step 2, and gives its form and the documents that were not taken."""
    form = steps.EvidenceForm(request.POST, request.FILES, draft=draft)
    refused = actions.save_evidence(
        application=draft,
        answers=form.answers(),
        uploads=request.FILES.getlist("evidence"),
        now=clock.now(),
    )
    draft.refresh_from_db()
    return form, refused


def became_another(request: HttpRequest, draft: Application, step: str) -> HttpResponse:
    """Asks, where the business was changed in another window: nothing of a page is saved that was for another one.

    What was typed is shown again, but for the VAT number, which was the other business's.
    """
    if step != "evidence":
        drafts.keep_page(request, step, drafts.sent(request), refused=False)
    warning = _(
        "The business was changed in another window: this application is now for %(business)s, %(number)s. What you "
        "sent just now was for another business, and nothing of it was saved. Look through this page and continue "
        "with %(business)s, or change the business in the first step."
    )
    country = current().country(draft.country)
    number = country.written_number(draft.registration_number)
    messages.warning(request, warning % {"business": draft.business_name, "number": number})
    address = steps.address(step)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return redirect(address)


def to_status(request: HttpRequest, application: Application) -> HttpResponse:
    """What was sent has its status page, whichever tab still shows the form."""
    address = reverse("public:status", kwargs={"token": links.sign("status", application.public_id)})
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return redirect(address)


# --- what a page and a part of it show ------------------------------------------------------------


def of_draft(draft: Application) -> dict[str, Any]:
    """What step 2 shows of its documents."""
    values = of(draft, documents_of(draft), address=reverse("public:documents"), remove=_remove_address)
    values["zone"] = current().country(draft.country).timezone
    return {**values, "draft": draft, "removable": True, "shows": evidence_shows_business(draft)}


def _remove_address(document: Evidence) -> str:
    return reverse("public:remove_evidence", args=[document.public_id])


def of(
    application: Application,
    documents: Iterable[Evidence],
    *,
    address: str,
    remove: Callable[[Evidence], str],
) -> dict[str, Any]:
    """Documents with what was found in them, how many are still being read, and where a script sends more."""
    files = files_of(application, documents, remove=remove)
    waiting = sum(file.document.reading == Reading.WAITING for file in files)
    return {"files": files, "waiting": waiting, "documents_address": address}


def looked_at(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """The answer to a page that asks whether its documents were read: nothing while as many wait as it knows of."""
    if request.GET.get("waiting") == str(values["waiting"]):
        return HttpResponse(status=204)
    return _part(request, values, heard=_newest(values))


def answer(request: HttpRequest, values: dict[str, Any], refused: Sequence[RefusedFile]) -> HttpResponse:
    """The answer to a script that sent a document: in place of its line nothing, or why it was not taken."""
    said = [f"{each.filename}: {each.error}" for each in refused]
    values = {**values, "refused": refused, "elsewhere": True}
    return _part(request, values, heard=" ".join(said) or _newest(values))


def dropped(request: HttpRequest, values: dict[str, Any], document: Evidence | None) -> HttpResponse:
    """The answer to a script that had a document taken out."""
    said = _("%(filename)s was removed.") % {"filename": document.filename} if document else ""
    return _part(request, {**values, "focused": True}, heard=said)


def _part(request: HttpRequest, values: dict[str, Any], *, heard: str) -> HttpResponse:
    values = {**values, "heard": heard, "is_part": True}
    return HttpResponse(render_to_string("public/_documents_part.html", values, request))


def _newest(values: dict[str, Any]) -> str:
    """The newest document and what was found in it, in one sentence to be spoken."""
    files = values["files"]
    if files and files[-1].document.reading == Reading.WAITING:
        return _("%(filename)s is being read.") % {"filename": files[-1].document.filename}
    return heard(files, ())
