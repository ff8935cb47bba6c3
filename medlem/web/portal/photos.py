"""Dropping pictures: parts of them come in, are read, and what they say is kept for `photo_batch` (B5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medlem.core import clock
from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.gateways.photos import NeedsMore, Parts, Ranges
from medlem.products import photos as photographing
from medlem.products.models import Photo
from medlem.products.photo_queries import confirmed_photo_batches, open_photo_batches, photo_batch_of
from medlem.products.photos import LARGEST_BOX, NoSuchBatch
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.photo_forms import PartsForm
from medlem.web.public.uploads import AROUND, was_too_large, within
from medlem.web.throttle import BOXES, PHOTOS, allowed, client, throttled

type Upload = UploadedFile[bytes]

HEAD = 512 * 1024
"""The first part of a file, which is all that most pictures take."""
MOST_AT_ONCE = 1_000_000_000
"""What can be sent at once without a script; with one, any number of pictures can."""
ROUNDS = 40


class TooOften(Refused):
    """So many pictures were looked through for bar codes that others have to wait."""


class NotRead(Refused):
    """The picture leads from one place to the next without end."""


@member
@throttled(PHOTOS)
@within(lambda: MOST_AT_ONCE)
def photos(request: HttpRequest) -> HttpResponse:
    """Where pictures are dropped. The script sends parts of them (`parts`); without one they come whole, and
    all but what is read is thrown away."""
    request = cast(MemberRequest, request)
    batch_id, error = _batch_id(request), ""
    if request.method == "POST":
        files = [(file, of_box) for name, of_box in KINDS.items() for file in request.FILES.getlist(name)]
        if files:
            _take_files(request, batch_id, files)
            return redirect("portal:photo_batch", batch_id)
        error = _("Choose at least one picture.")
    elif was_too_large(request):
        error = _("That is more than can be sent at once: at most 100 pictures and 1 GB. Nothing was read.")
    context = {
        "batch_id": batch_id,
        "head": HEAD,
        "error": error,
        "open": open_photo_batches(request.account)[:5],
        "confirmed": confirmed_photo_batches(request.account)[:10],
        "questions": current().faq_on("products"),
    }
    return render(request, "portal/photos.html", context, status=422 if error else 200)


KINDS = {"pictures": False, "boxes": True}
"""The two fields for files, and whether what comes in them is the picture of a box."""


def _batch_id(request: MemberRequest) -> UUID:
    """The batch to which pictures are added: the one that the page was opened for, or a new one."""
    try:
        if posted := request.POST.get("batch"):
            return UUID(posted)
        opened_for = request.GET.get("batch")
        found = photo_batch_of(request.account, UUID(opened_for)) if opened_for else None
    except ValueError:
        raise Http404 from None
    if opened_for and (found is None or found.confirmed_at):
        raise Http404
    return found.public_id if found else uuid7()


def _take_files(request: MemberRequest, batch_id: UUID, files: Iterable[tuple[Upload, bool]]) -> None:
    """Reads files that came whole. One that cannot be read does not stop the others."""
    for file, of_box in files:
        try:
            _take_file(request, batch_id, file, of_box=of_box)
        except NotRead as error:
            messages.warning(request, f"{file.name}: {error}")
        except Refused as error:
            messages.warning(request, str(error))
            return


def _take_file(request: MemberRequest, batch_id: UUID, file: Upload, *, of_box: bool) -> None:
    size = file.size or 0
    ranges: Ranges = ((0, size if of_box else min(size, HEAD)),)
    for _round in range(ROUNDS):
        taken = _take(request, batch_id, file.name or "", _cut(file, size, ranges), of_box=of_box)
        if isinstance(taken, Photo):
            return
        ranges = taken.ranges
    raise NotRead(_("This picture could not be read."))


def _cut(file: Upload, size: int, ranges: Ranges) -> Parts:
    pieces = {}
    for start, end in ranges:
        file.seek(start)
        pieces[start] = file.read(min(end - start, LARGEST_BOX + 1))
    return Parts(size, pieces)


def _take(
    request: MemberRequest, batch_id: UUID, filename: str, parts: Parts, *, of_box: bool
) -> Photo | NeedsMore:
    """Takes what has arrived of a picture. Raises Http404, and Refused."""
    if (of_box or (parts.complete and parts.size > HEAD)) and not allowed(BOXES, client(request)):
        raise TooOften(_("That was a little too often. Wait a few minutes, then go on with the others."))
    try:
        return photographing.take(
            account=request.account,
            batch_id=batch_id,
            filename=filename,
            parts=parts,
            of_box=of_box,
            by=request.user.as_member,
            now=clock.now(),
        )
    except NoSuchBatch:
        raise Http404 from None


@member
@throttled(PHOTOS)
@within(lambda: LARGEST_BOX + AROUND)
def parts(request: HttpRequest) -> HttpResponse:
    """For the script: takes parts of one picture. Answers `{"done": true}`, or with the ranges that it takes
    instead (`more`), or why not (`error`)."""
    request = cast(MemberRequest, request)
    if was_too_large(request):
        return JsonResponse({"error": _("This picture is too large to send.")}, status=413)
    if request.method != "POST":
        return redirect("portal:photos")
    form = PartsForm(request)
    if not form.is_valid():
        return JsonResponse({"error": _("This picture could not be read.")}, status=400)
    given = form.cleaned_data
    try:
        taken = _take(request, given["batch"], given["filename"], form.parts(), of_box=given["of_box"])
    except Refused as error:
        return JsonResponse({"error": str(error)}, status=429 if isinstance(error, TooOften) else 409)
    return JsonResponse({"more": taken.ranges} if isinstance(taken, NeedsMore) else {"done": True})
