"""Evidence on the reviewer's screen: pages as pictures, and the original to save (A8). Staff only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from medlem.applications import evidence as documents
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import evidence_by_id
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.gateways.documents import NoSuchPage
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import SEE

WIDTHS = {1: 1000, 2: 1700, 3: 2400}
"""Pixels across a page by zoom; the gateway bounds them further."""

QUARTERS = (0, 90, 180, 270)


@staff(*SEE)
@require_safe
@never_cache
def evidence(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The original, to save and never to open inside our pages; who took it is recorded (E3)."""
    found = _evidence(public_id)
    try:
        original = documents.hand_out(evidence=found, by=request.user.as_staff, now=clock.now())
    except documents.Erased as error:
        return _erased(request, found, error)
    return FileResponse(
        original, as_attachment=True, filename=found.filename, content_type="application/octet-stream"
    )


@staff(*SEE)
@require_safe
@never_cache
def evidence_page(request: StaffRequest, public_id: UUID, page: int) -> HttpResponse:
    """One page as a PNG made anew: nothing of the file itself reaches the browser."""
    found, view = _evidence(public_id), _view(request.GET)
    try:
        picture = documents.picture_of(evidence=found, page=page, width=WIDTHS[view.zoom], turn=view.turn)
    except documents.Erased as error:
        return _erased(request, found, error)
    except (NoSuchPage, Refused) as error:
        raise Http404 from error
    return HttpResponse(picture, content_type="image/png")


def _evidence(public_id: UUID) -> Evidence:
    found = evidence_by_id(public_id)
    if found is None:
        raise Http404
    return found


def _erased(request: StaffRequest, found: Evidence, error: Refused) -> HttpResponse:
    values = {"application": found.application, "erased_at": found.erased_at, "message": error}
    return render(request, "desk/application_erased.html", values, status=410)


# --- what the review page shows of it --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """How a document is looked at, as the address says it; what makes no sense there counts as nothing."""

    page: int
    zoom: int
    turn: int

    @property
    def turned(self) -> int:
        return (self.turn + 90) % 360


def _view(query: QueryDict) -> View:
    zoom, turn = _whole(query.get("zoom"), 1), _whole(query.get("turn"), 0)
    return View(
        page=_whole(query.get("sheet"), 1),
        zoom=zoom if zoom in WIDTHS else 1,
        turn=turn if turn in QUARTERS else 0,
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


@dataclass(frozen=True, slots=True)
class Place:
    """Something sought in a document: what is printed and on which page, or nothing."""

    label: str
    text: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of the document that the review shows, and the ways to the others."""

    documents: list[Evidence]
    document: Evidence
    view: View
    places: list[Place] | None

    @property
    def before(self) -> int:
        return self.view.page - 1

    @property
    def after(self) -> int:
        return self.view.page + 1 if self.view.page < self.document.pages else 0

    @property
    def closer(self) -> int:
        return self.view.zoom + 1 if self.view.zoom < max(WIDTHS) else 0

    @property
    def farther(self) -> int:
        return self.view.zoom - 1


def sheet_of(application: Application, query: QueryDict) -> Sheet | None:
    """The document that the address names, else the first; None where there is none any more."""
    there = [each for each in application.evidence.all() if not each.erased_at]
    if not there:
        return None
    chosen = next((each for each in there if str(each.public_id) == query.get("document")), there[0])
    view = _view(query)
    page = min(max(1, view.page), chosen.pages)
    return Sheet(
        documents=there,
        document=chosen,
        view=View(page=page, zoom=view.zoom, turn=view.turn),
        places=_places(chosen, vat_registered=bool(application.vat_registered)),
    )


def _places(document: Evidence, *, vat_registered: bool) -> list[Place] | None:
    """What reading found and where (A4); None where no machine could read it."""
    if document.findings is None:
        return None
    sought = {"number": _("Organisation number"), "name": _("Business name"), "address": _("Address")}
    if vat_registered:
        sought = {"vat_number": _("VAT number"), **sought}
    found = [_place(label, document.findings.get(key)) for key, label in sought.items()]
    others = document.findings.get("other_numbers") or []
    return found + [_place(_("Somebody else’s number"), other) for other in others]


def _place(label: str, found: dict[str, Any] | None) -> Place:
    return Place(label, found["text"], found["page"]) if found else Place(label)
