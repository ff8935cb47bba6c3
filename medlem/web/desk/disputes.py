"""Products that two businesses claim, with both sides; only staff see them side by side (B4)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medlem.accounts.status import Role
from medlem.products.queries import disputed, holders_of
from medlem.web.access import StaffRequest, staff

PAGE = 50


@staff(Role.SUPPORT, Role.MANAGER)
@require_safe
def disputes(request: StaffRequest) -> HttpResponse:
    page = Paginator(disputed(), PAGE).get_page(request.GET.get("page"))
    holders = holders_of(page)
    sides = [(claim, holders.get(claim.pk)) for claim in page]
    return render(request, "desk/disputes.html", {"page": page, "sides": sides})
