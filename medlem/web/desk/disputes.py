"""Serial numbers that two businesses claim: the list, and one with both sides, to be settled (B4). Staff only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from medlem.accounts.queries import names_of
from medlem.accounts.status import Role
from medlem.core import clock
from medlem.core.errors import Refused
from medlem.events.models import Event
from medlem.events.queries import history_of
from medlem.gateways.documents import NoSuchPage
from medlem.products import disputes as domain
from medlem.products import settling
from medlem.products.contested import (
    dispute_by_id,
    find_disputes,
    holder_of,
    others_about,
    statement_by_id,
    statements_of,
)
from medlem.products.models import Dispute, DisputeStatement, Product
from medlem.products.status import DisputeStatus
from medlem.web.access import StaffRequest, staff
from medlem.web.countries import country_name
from medlem.web.desk.timeline import timeline
from medlem.web.forms import Form, Option
from medlem.web.templatetags.medlem import day

SEE = (Role.SUPPORT, Role.MANAGER)
PAGE = 50
WIDTH = 1200
"""Pixels across a page of a receipt."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two businesses: its product, its country in words, and what it has said."""

    product: Product
    country: str
    statements: list[DisputeStatement]


class SettleForm(Form):
    """For whom, and why. Its choices are the two sides as they stood when the page was opened."""

    owner = forms.ChoiceField(label=gettext_lazy("Whose is it?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Both sides read it, so name nobody."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, sides: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [(str(side.product.public_id), _option(side.product)) for side in sides]


def _option(product: Product) -> Any:
    said = _("registered %(day)s") % {"day": day(product.added_at)}
    return Option(product.account.name, hint=f"{product.get_status_display()}, {said}")


@staff(*SEE)
@require_safe
def disputes(request: StaffRequest) -> HttpResponse:
    """What waits to be settled, the oldest first; or what is over, the latest first."""
    over = request.GET.get("state") == "over"
    page = Paginator(find_disputes(settled=over), PAGE).get_page(request.GET.get("page"))
    states = [("", _("Waiting"), not over), ("over", _("Over"), over)]
    values = {"page": page, "over": over, "states": states}
    return render(request, "desk/disputes.html", values)


@staff(*SEE)
def dispute(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Both sides beside each other, and below them the form that settles it."""
    found = _dispute(public_id)
    sides = _sides(found)
    form = SettleForm(request.POST if request.method == "POST" else None, sides=sides)
    if request.method == "POST" and form.is_valid():
        try:
            settling.settle(
                dispute=found,
                owner_id=UUID(form.cleaned_data["owner"]),
                reason=form.cleaned_data["reason"],
                by=request.user.as_staff,
                now=clock.now(),
            )
        except settling.AlreadySettled as error:
            messages.warning(request, str(error))
            return redirect("desk:dispute", public_id)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The dispute is settled, and both sides are told."))
            return redirect("desk:disputes")
    names = names_of([found.settled_by_id])
    values = {
        "dispute": found,
        "sides": sides,
        "form": form,
        "open": found.status == DisputeStatus.OPEN,
        "settled_by": names.get(found.settled_by_id, ""),
        "others": others_about(found),
        "history": timeline(_history(sides)),
    }
    return render(request, "desk/dispute.html", values, status=422 if form.errors else 200)


@staff(*SEE)
@require_safe
@never_cache
def receipt(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The original, to save and never to open inside our pages; who took it is recorded (E3)."""
    found = _statement(public_id)
    try:
        original = domain.hand_out(statement=found, by=request.user.as_staff, now=clock.now())
    except domain.Erased as error:
        raise Http404 from error
    return FileResponse(
        original, as_attachment=True, filename=found.filename, content_type="application/octet-stream"
    )


@staff(*SEE)
@require_safe
@never_cache
def receipt_page(request: StaffRequest, public_id: UUID, page: int) -> HttpResponse:
    """One page as a PNG made anew: nothing of the file itself reaches the browser."""
    try:
        picture = domain.picture_of(statement=_statement(public_id), page=page, width=WIDTH)
    except (NoSuchPage, Refused) as error:
        raise Http404 from error
    return HttpResponse(picture, content_type="image/png")


def _dispute(public_id: UUID) -> Dispute:
    found = dispute_by_id(public_id)
    if found is None:
        raise Http404
    return found


def _history(sides: list[Side]) -> list[Event]:
    """What happened to both products, the latest first."""
    events = [event for side in sides for event in history_of(side.product.public_id)]
    return sorted(events, key=lambda event: -event.pk)


def _statement(public_id: UUID) -> DisputeStatement:
    found = statement_by_id(public_id)
    if found is None or not found.stored_as:
        raise Http404
    return found


def _sides(found: Dispute) -> list[Side]:
    """Who claims and who holds: now while it is open, else as it was settled."""
    holder = holder_of(found) if found.status == DisputeStatus.OPEN else found.holder
    return [
        Side(product, country_name(product.purchase_country), list(statements_of(product.account, found)))
        for product in (found.product, holder)
        if product is not None
    ]
