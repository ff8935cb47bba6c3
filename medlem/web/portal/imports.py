"""Many products at once: a list is sent, looked at, corrected in its columns, started, and reported (B5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medlem.core import clock
from medlem.core.errors import Refused
from medlem.products import many
from medlem.products.lists import (
    counts_of_rows,
    import_of,
    imports_of,
    rows_by_need,
)
from medlem.products.models import ProductImport
from medlem.products.reading import Catalogue
from medlem.products.status import ImportStatus
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.import_forms import ColumnsForm, ListForm
from medlem.web.portal.import_rows import rows_shown
from medlem.web.public.uploads import was_too_large, within

PAGE = 50
SAMPLE = 3
LATEST = 5
AROUND = 4_000_000
"""The cells that were pasted, and what the encoding adds to a file."""


def most() -> int:
    return many.MOST_BYTES + AROUND


@within(most)
@member
def imports(request: MemberRequest) -> HttpResponse:
    """Takes a list from the clipboard or from a file, and shows what each of its rows will do."""
    form = ListForm(request.POST or None, request.FILES or None)
    if was_too_large(request):
        form = ListForm({})
        form.add_error(
            "file",
            _(
                "This is too large to paste. Save the list as a file of at most 10 MB and choose it,"
                " or send it in parts."
            ),
        )
    elif request.method == "POST" and form.is_valid():
        content, filename = form.sent()
        try:
            made = many.look_at(
                account=request.account,
                content=content,
                filename=filename,
                by=request.user.as_member,
                now=clock.now(),
            )
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("portal:import", made.public_id)
    context = {
        "form": form,
        "latest": imports_of(request.account)[:LATEST],
        "questions": current().faq_on("products"),
    }
    return render(request, "portal/imports.html", context, status=422 if form.errors else 200)


@member
def one(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """A list: what each row will do, how far it has come, or what it did. Posted, its columns are said anew."""
    made = made_of(request, public_id)
    if made.status == ImportStatus.PREVIEW:
        return _preview(request, made)
    counts = counts_of_rows(made)
    context = {
        "made": made,
        "counts": counts,
        "total": made.rows.count(),
        "done": sum(counts.values()),
        **({} if made.status == ImportStatus.RUNNING else _rows(request, made)),
    }
    return render(request, "portal/import.html", context)


def _preview(request: MemberRequest, made: ProductImport) -> HttpResponse:
    sample = [row.cells for row in made.rows.order_by("line")[:SAMPLE]]
    form = ColumnsForm(request.POST or None, made=made)
    if request.method == "POST" and form.is_valid():
        try:
            many.look_again(made=made, by=request.user.as_member, now=clock.now(), **form.said())
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("portal:import", made.public_id)
    counts = counts_of_rows(made)
    context = {
        "made": made,
        "form": form,
        "counts": counts,
        "total": sum(counts.values()),
        "fits": sum(counts.get(outcome, 0) for outcome in ("complete", "incomplete", "disputed")),
        "sample": _filled(sample, len(made.columns)),
        **_rows(request, made),
    }
    return render(request, "portal/import_preview.html", context, status=422 if form.errors else 200)


def _rows(request: MemberRequest, made: ProductImport) -> dict[str, Any]:
    """A page of rows, those first that somebody should look at."""
    page = Paginator(rows_by_need(made), PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows": rows_shown(page, made, Catalogue(now=clock.now()))}


@member
def start(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Takes the list in, or goes on with one that was stopped."""
    return _do(request, public_id, many.start)


@member
def stop(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Stops taking a list in; what went in stays."""
    return _do(request, public_id, many.stop)


def _do(request: MemberRequest, public_id: UUID, action: Callable[..., object]) -> HttpResponse:
    made = made_of(request, public_id)
    if request.method == "POST":
        try:
            action(made=made, by=request.user.as_member, now=clock.now())
        except Refused as error:
            messages.warning(request, str(error))
    return redirect("portal:import", public_id)


@member
def discard(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Throws a list away that was not started."""
    made = made_of(request, public_id)
    if request.method != "POST":
        return redirect("portal:import", public_id)
    try:
        many.discard(made=made)
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("portal:import", public_id)
    messages.info(request, _("The list is discarded. Nothing of it was registered."))
    return redirect("portal:imports")


def _filled(rows: list[list[str]], width: int) -> list[list[str]]:
    return [[*row, *[""] * (width - len(row))] for row in rows]


def made_of(request: MemberRequest, public_id: UUID) -> ProductImport:
    found = import_of(request.account, public_id)
    if found is None:
        raise Http404
    return found
