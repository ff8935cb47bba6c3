"""A product that is offered to one's business, or that one has offered: taking it, declining, taking back (B8)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medlem.core import clock
from medlem.core.errors import Refused
from medlem.memberships.queries import entry_for, points_of
from medlem.products import receiving, transfers
from medlem.products.contested import offer_by, offer_to
from medlem.products.models import Transfer, points_on
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.living_forms import AcceptForm
from medlem.web.templatetags.medlem import number


@member
def transfer(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """What is offered, by whom, and what it would bring; taking it is one form."""
    found = _offered_to(request, public_id)
    form = AcceptForm(
        request.POST if request.method == "POST" else None, initial={"dealer": found.product.account.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            received = receiving.accept(
                transfer=found,
                dealer=form.cleaned_data["dealer"],
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            entry = entry_for(received.public_id)
            said = _("%(product)s is yours now: %(points)s points. You have %(total)s points now.")
            words = {
                "product": received.model.name,
                "points": number(entry.points if entry else 0),
                "total": number(points_of(request.account)),
            }
            messages.success(request, said % words)
            return redirect("portal:product", received.public_id)
    today = clock.today(current().timezone)
    values = {
        "transfer": found,
        "form": form,
        "value": points_on(found.product.model, today),
        "open": found.is_open_on(today),
    }
    return render(request, "portal/transfer.html", values, status=422 if form.errors else 200)


@member
@require_POST
def decline(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The receiver does not take it; the owner is told."""
    found = _offered_to(request, public_id)
    try:
        transfers.decline(transfer=found, by=request.user.as_member, now=clock.now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("portal:transfer", public_id)
    messages.success(request, _("You have declined. The other business is told."))
    return redirect("portal:products")


@member
@require_POST
def take_back(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The owner takes the offer back while it is not answered."""
    found = offer_by(request.account, public_id)
    if found is None:
        raise Http404
    try:
        transfers.take_back(transfer=found, by=request.user.as_member, now=clock.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The offer is taken back."))
    return redirect("portal:product", found.product.public_id)


def _offered_to(request: MemberRequest, public_id: UUID) -> Transfer:
    found = offer_to(request.account, public_id)
    if found is None:
        raise Http404
    return found
