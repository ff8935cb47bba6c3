"""What the form hears while somebody types: the business of a number or a name, and the place of a post code (A2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from medlem.applications.postcodes import place_of
from medlem.web.public import steps
from medlem.web.public.lookup import country_of, filled, look_up, parted
from medlem.web.public.parts import part_of
from medlem.web.throttle import LOOK_UPS, throttled


@require_POST
@throttled(LOOK_UPS)
def look_up_business(request: HttpRequest) -> HttpResponse:
    """What the register says to what is being typed, as the part of step 1 that changes with it (A2)."""
    typed = parted(request.POST)
    found = look_up(typed)
    form = steps.BusinessForm(initial=filled(typed, found), found=found, locked=found.entity is not None)
    target = request.htmx.target  # type: ignore[attr-defined]
    part = target if target in ("found", "hits") else "business"
    values = {"form": form, "chosen": "choose" in request.POST}
    return part_of(request, "public/apply_business.html", values, part=part, heard=found.heard)


@require_GET
def place(request: HttpRequest) -> HttpResponse:
    """The place of a post code that is being typed, as an event for the script of the form (A2)."""
    country = country_of(request.GET.get("country", ""))
    typed = request.GET.get("postcode") or request.GET.get("delivery_postcode") or ""
    found = place_of(country=country.code, code=country.postcode(typed[:12]) or "")
    answer = HttpResponse(status=204)
    if found:
        heard = str(_("Place: %(place)s") % {"place": found})
        trigger_client_event(answer, "medlem:place", {"place": found, "heard": heard})
    return answer
