"""Evidence on the reviewer's screen: pages as pictures, and the original to save (A8). Staff only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from medlem.applications import evidence as documents
from medlem.applications.facts import DocumentKind
from medlem.applications.found import claimed
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import evidence_by_id
from medlem.applications.status import Reading
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.gateways.documents import NoSuchPage
from medlem.programme import current
from medlem.web.access import StaffRequest, staff
from medlem.web.desk.applications import SEE
from medlem.web.papers import FLAWS_FOR_STAFF, KINDS
from medlem.web.templatetags.medlem import reader

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
    """How a document is looked at, as the address says it; what makes no sense there counts as nothing. `place`
    is the number of the place that is pointed at."""

    page: int
    zoom: int
    turn: int
    place: int = 0

    @property
    def turned(self) -> int:
        return (self.turn + 90) % 360


def _view(query: QueryDict) -> View:
    zoom, turn = _whole(query.get("zoom"), 1), _whole(query.get("turn"), 0)
    return View(
        page=_whole(query.get("sheet"), 1),
        zoom=zoom if zoom in WIDTHS else 1,
        turn=turn if turn in QUARTERS else 0,
        place=_whole(query.get("place"), 0),
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


WIDE, SIGN = 1000, 24
"""How wide a page is in the units in which places are drawn over it, and how wide the number of a place is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place drawn over the page, in parts of its width."""

    left: int
    top: int
    width: int
    height: int

    @property
    def sign(self) -> Mark:
        """The number of the place, at the edge of the paper: nothing that is printed is hidden by it."""
        return Mark(SIGN // 2, self.top + self.height // 2, SIGN, SIGN)

    def touches(self, other: Mark) -> bool:
        """Of two of the same size."""
        return abs(self.left - other.left) < self.width and abs(self.top - other.top) < self.height


@dataclass(frozen=True, slots=True)
class Place:
    """Something sought in a document: what is printed there and on which page, or nothing. `at` is its number in
    the list and on the page; `doubt` says what speaks against it."""

    label: str
    at: int = 0
    text: str = ""
    page: int = 0
    doubt: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of the document that the review shows, and the ways to the others. `high` is the height of the
    page in the units of `WIDE`, 0 where it is not known."""

    documents: list[Evidence]
    document: Evidence
    view: View
    places: list[Place] | None
    high: int

    @property
    def here(self) -> list[tuple[Place, Mark]]:
        """The places on this page, and where each has its number: beside those that stand there already."""
        shown: list[tuple[Place, Mark]] = []
        for place in self.places or ():
            if place.page == self.view.page and place.marks:
                sign = place.marks[0].sign
                while any(sign.touches(other) for _, other in shown):
                    sign = replace(sign, top=sign.top + SIGN)
                shown.append((place, sign))
        return shown

    @property
    def is_waiting(self) -> bool:
        return self.document.reading == Reading.WAITING

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

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """What else reading told: state of the sign, what it is about, and what it is."""
        return _facts(self.document.findings) if self.document.findings else []


def sheet_of(application: Application, query: QueryDict, *, about: str = "") -> Sheet | None:
    """The document that the address names, else the one that is called `about`, else the first; None where
    there is none any more."""
    there = [each for each in application.evidence.all() if not each.erased_at]
    if not there:
        return None
    named = query.get("document")
    in_doubt = next((each for each in there if each.filename == about), there[0])
    chosen = next((each for each in there if str(each.public_id) == named), in_doubt)
    view = _view(query)
    view = replace(view, page=min(max(1, view.page), chosen.pages))
    sizes = (chosen.findings or {}).get("sizes", {})
    return Sheet(
        documents=there,
        document=chosen,
        view=view,
        places=_places(chosen, view, application),
        high=_high(sizes.get(str(view.page)), view.turn),
    )


def _high(size: list[int] | None, turn: int) -> int:
    if not size or not all(size):
        return 0
    width, height = size if turn in (0, 180) else reversed(size)
    return round(WIDE * height / width)


def _places(document: Evidence, view: View, application: Application) -> list[Place] | None:
    """What reading found and where (A4); None where no machine could read it."""
    found = document.findings
    if found is None:
        return None
    country = current().country(application.country)
    sought = {
        "number": country.number_label.in_(reader()),
        "name": _("Business name"),
        "address": _("Address"),
    }
    if application.vat_registered:
        sought = {"vat_number": _("VAT number"), **sought}
    things = [(label, found.get(key)) for key, label in sought.items() if key != "number" or _is_own(found)]
    things += [(_("Date"), found.get("dated"))] if found.get("dated") else []
    things += [(_("Somebody else’s number"), other) for other in found["other_numbers"]]
    hidden = set(found["not_in_picture"])
    numbers = iter(range(1, len(things) + 1))
    return [_place(label, thing, found, view, hidden, numbers) for label, thing in things]


def _is_own(found: dict[str, Any]) -> bool:
    """Whether the registration number stands somewhere by itself, and not only within a VAT number that has more
    digits, as in France."""
    number, vat_number = found.get("number"), found.get("vat_number")
    if not (number and vat_number):
        return True
    return bool(number["text"] != vat_number["text"] or number["boxes"] != vat_number["boxes"])


def _place(
    label: str,
    thing: dict[str, Any] | None,
    found: dict[str, Any],
    view: View,
    hidden: set[str],
    numbers: Iterator[int],
) -> Place:
    if not thing:
        return Place(label)
    high = _high(found["sizes"].get(str(thing["page"])), view.turn)
    return Place(
        label,
        at=next(numbers),
        text=thing["text"],
        page=thing["page"],
        doubt=_("in the text of the file, but not to be seen on the page") if thing["text"] in hidden else "",
        marks=tuple(_mark(box, view.turn, high) for box in thing["boxes"]) if high else (),
    )


def _mark(box: list[float], turn: int, high: int) -> Mark:
    """A box of the upright page on the page as it is turned."""
    left, top, right, bottom = box
    for _quarter in range(turn // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return Mark(
        left=round(left * WIDE) - 3,
        top=round(top * high) - 3,
        width=round((right - left) * WIDE) + 6,
        height=round((bottom - top) * high) + 6,
    )


def _facts(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    kind = DocumentKind(found["kind"])
    facts = [("found" if kind != DocumentKind.UNKNOWN else "unclear", _("Kind"), str(KINDS[kind]))]
    if found["legible"] is False:
        facts.append(("missing", _("Legibility"), str(FLAWS_FOR_STAFF[found["flaw"]])))
    if found["not_in_picture"]:
        facts.append(
            ("refused", _("Text and picture"), _("The file says something that the page does not show"))
        )
    elif found["compared"] is False:
        facts.append(("unclear", _("Text and picture"), _("Could not be compared")))
    elif found["compared"] and claimed(found):
        facts.append(("found", _("Text and picture"), _("Agree")))
    return facts
