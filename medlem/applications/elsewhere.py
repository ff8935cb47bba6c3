"""Whether others sent the same document, one that is alike, or have the same number in another form (A7, A10).

Each read uses an index, so that a hundred thousand applications make no check slow; see bench/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.db.models.lookups import Exact, In

from medlem.accounts.queries import account_with_any_number
from medlem.applications.folding import Band, Bare, bare
from medlem.applications.likeness import MOST_BITS, bands, distance, marks, same_figures
from medlem.applications.models import Application, Evidence
from medlem.applications.status import ApplicationStatus

OPEN = (ApplicationStatus.RECEIVED, ApplicationStatus.VALIDATING, ApplicationStatus.MORE_WANTED)
NEAREST = 200
"""So many documents that look alike are read for their figures, the latest first."""


def used_by(application: Application, documents: Sequence[Evidence]) -> str:
    """The number of another application that came with one of these very documents; empty where none did."""
    used = _sent_by_others(application).filter(sha256__in=[document.sha256 for document in documents])
    return _number_of(used.select_related("application").order_by("id").first())


def like_one_of(application: Application, documents: Sequence[Evidence]) -> str:
    """The number of another business's application with a document of which one of these is a changed copy.

    The business itself may send the same paper again. A hash that is blank compares with nothing.
    """
    others = _sent_by_others(application).exclude(
        application__country=application.country,
        application__registration_number=application.registration_number,
    )
    for document in documents:
        for other in _alike(document, others):
            if same_figures(marks(document.transcript), marks(other.transcript)):
                return other.application.number
    return ""


def _alike(document: Evidence, others: QuerySet[Evidence]) -> Iterable[Evidence]:
    own = bands(document.picture_hash)
    if not own:
        return []
    starts = range(1, 16, 4)
    one_the_same = reduce(
        or_,
        (Q(Exact(Band("picture_hash", start=start), band)) for start, band in zip(starts, own, strict=True)),
    )
    hashes = others.filter(one_the_same).exclude(picture_hash="").values_list("picture_hash", flat=True)
    near = [each for each in hashes.distinct() if distance(each, document.picture_hash) <= MOST_BITS]
    return others.filter(picture_hash__in=near).select_related("application").order_by("-id")[:NEAREST]


def _sent_by_others(application: Application) -> QuerySet[Evidence]:
    return Evidence.objects.exclude(application=application).exclude(
        application__status=ApplicationStatus.DRAFT
    )


def _number_of(document: Evidence | None) -> str:
    return document.application.number if document else ""


# --- the number (A10) -----------------------------------------------------------------------------

WITHIN = {"SE": slice(None, -2), "FR": slice(2, None)}
"""Where the registration number stands within the digits of the VAT number, in countries with more of them."""

BEHIND = re.compile(r"(MVA|MWST|TVA|IVA|VAT)$")


def applied_in(application: Application) -> str:
    """The number of an earlier application of the same business that is not decided yet."""
    assert application.sent_at is not None
    earlier = Q(sent_at__lt=application.sent_at) | Q(sent_at=application.sent_at, pk__lt=application.pk)
    same = Application.objects.filter(
        earlier,
        status__in=OPEN,
        country=application.country,
        registration_number=application.registration_number,
    )
    return same.exclude(pk=application.pk).order_by("pk").values_list("number", flat=True).first() or ""


def same_number_in(application: Application, *, parent: str) -> str:
    """The number of an open or approved application, or of an account, of somebody else who has one of this
    application's numbers in another form: as VAT number, with or without its country, as parent."""
    forms = forms_of(application.country, application.registration_number, application.vat_number, parent)
    # By the forms alone, which few have: with the country, or in an order, SQLite would look at all of them.
    same = Application.objects.filter(
        Q(In(Bare("registration_number"), forms)) | Q(In(Bare("vat_number"), forms))
    )
    found = same.values_list("number", "country", "registration_number", "status")
    others = [
        number
        for number, country, registration_number, status in found
        if country == application.country
        and registration_number != application.registration_number
        and status in (*OPEN, ApplicationStatus.APPROVED)
    ]
    if others:
        return min(others)
    account = account_with_any_number(
        country=application.country, numbers=forms, but=application.registration_number
    )
    return account.number if account else ""


def forms_of(country: str, registration_number: str, vat_number: str, parent: str = "") -> list[str]:
    """Every form in which somebody may have given one of these numbers, without marks."""
    numbers = {_plain(country, number) for number in (registration_number, vat_number, parent)}
    if country in WITHIN and vat_number:
        numbers.add(_plain(country, vat_number)[WITHIN[country]])
    numbers.discard("")
    behind = ("", "MVA") if country == "NO" else ("",)
    return sorted(
        f"{before}{number}{end}" for number in numbers for before in ("", country) for end in behind
    )


def _plain(country: str, number: str) -> str:
    return BEHIND.sub("", bare(number)).removeprefix(country)
