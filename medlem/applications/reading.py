"""Reading documents that the worker has to read: scans and photos, and whether a PDF's text layer says what its
picture shows (A4, A7). Opened outside of every lock, and one at a time in a process apart.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from medlem.applications.evidence import look_through
from medlem.applications.found import (
    claimed,
    looked_for,
    place_of,
    read_of,
    shown_days,
    transcript_of,
    unread_of,
)
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of
from medlem.applications.status import Reading
from medlem.core.clock import date_in
from medlem.gateways.documents import (
    Kind,
    NoReaderHere,
    NoSuchPage,
    PageText,
    ReadingFailed,
    Scanned,
    UnreadableFile,
    reader_of_pictures,
    scan,
    scan_places,
)
from medlem.gateways.storage import files
from medlem.programme import current

log = structlog.get_logger(__name__)

TROUBLE = (UnreadableFile, NoSuchPage, NoReaderHere, ReadingFailed)
"""What may come of a document that is broken, hostile or too much for the reader: a person looks then."""


def read_all(*, application_id: int, now: datetime) -> None:
    """Reads what waits of an application's documents, so that its checks judge all of them (A7)."""
    for key in documents_of(Application(pk=application_id)).values_list("pk", flat=True):
        read(evidence_id=key, now=now)


def read(*, evidence_id: int, now: datetime) -> None:
    """Reads a document that waits, and compares its text layer with its picture (A4, A7). Done already, or
    the document dropped or erased meanwhile, it does nothing.

    Writes transcript and findings after each page, so that what was read is not read again after a crash.
    """
    evidence = _there(evidence_id)
    while evidence is not None and evidence.reading == Reading.WAITING:
        evidence = _read_a_page(evidence, now=now)
    if evidence is not None and evidence.findings and evidence.findings["compared"] is None:
        _compare(evidence, now=now)


def _there(evidence_id: int) -> Evidence | None:
    return Evidence.objects.select_related("application").filter(pk=evidence_id, erased_at=None).first()


# --- pages ------------------------------------------------------------------------------------------


def _read_a_page(evidence: Evidence, *, now: datetime) -> Evidence | None:
    """Reads the next page that is left, and gives the document as it stands then."""
    assert evidence.transcript is not None
    page = unread_of(evidence.transcript)[0]
    try:
        with files().open(evidence.stored_as) as stored:
            content = stored.read()
        seen: Scanned | None = scan(content, Kind(evidence.kind), page=page)
    except FileNotFoundError:
        if _there(evidence.pk) is None:  # dropped while it waited
            return None
        raise
    except TROUBLE as error:
        log.warning("page not read", evidence=str(evidence.public_id), page=page, reason=_reason(error))
        seen = None
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=evidence.application_id)
        locked = Evidence.objects.select_for_update().filter(pk=evidence.pk, erased_at=None).first()
        if locked is None or locked.transcript is None or page not in unread_of(locked.transcript):
            return locked  # somebody else read it meanwhile
        _write(locked, page, seen)
        look_through(locked, application, now=now)
        locked.save(update_fields=["transcript", "picture_hash", "reading", "read_at", "findings"])
        return locked


def _write(evidence: Evidence, page: int, seen: Scanned | None) -> None:
    read = [*read_of(evidence.transcript or ()), *([seen.page] if seen else ())]
    left = [number for number in unread_of(evidence.transcript or ()) if number != page]
    evidence.transcript = transcript_of(read, left)
    if seen and seen.likeness and page == 1:
        evidence.picture_hash = seen.likeness


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


# --- the text layer against the picture -------------------------------------------------------------


def _compare(evidence: Evidence, *, now: datetime) -> None:
    """Writes whether what was found in the text layer is seen in the picture too (A7)."""
    assert evidence.findings is not None
    there = claimed(evidence.findings)
    try:
        missing = _not_in_picture(evidence, there, now=now) if there else []
        compared = True
    except FileNotFoundError:
        return  # dropped meanwhile; where it was not, the next tick finds it lost
    except TROUBLE as error:
        log.warning("not compared", evidence=str(evidence.public_id), reason=_reason(error))
        missing, compared = [], False
    with transaction.atomic():
        locked = Evidence.objects.select_for_update().filter(pk=evidence.pk, erased_at=None).first()
        if locked is None or not locked.findings or claimed(locked.findings) != there:
            return  # the answers changed meanwhile: the task that they queued compares
        locked.findings |= {"compared": compared, "not_in_picture": [there[name]["text"] for name in missing]}
        locked.save(update_fields=["findings"])


def _not_in_picture(evidence: Evidence, there: dict[str, dict[str, Any]], *, now: datetime) -> list[str]:
    """Which of what the text layer claims a reader of pictures does not find: at its place, which is quick, or
    else on the whole page."""
    with files().open(evidence.stored_as) as stored:
        content = stored.read()
    missing, today = dict(there), date_in(current().timezone, now)
    for whole in (False, True):
        seen: list[PageText] = []
        for page in sorted({found["page"] for found in missing.values()}):
            if whole:
                seen.append(scan(content, Kind(evidence.kind), page=page).page)
            else:
                places = [place_of(found) for found in missing.values() if found["page"] == page]
                texts = scan_places(content, page=page, places=places)
                seen.append(PageText(page, "\n".join(texts), reader=_reader()))
        visible = set(looked_for(evidence.application, seen, today=today).places)
        if evidence.findings and evidence.findings["dated_on"] in shown_days(seen, today=today):
            visible.add("dated")
        missing = {name: found for name, found in missing.items() if name not in visible}
    return list(missing)


def _reader() -> Any:
    reader = reader_of_pictures()
    if reader is None:
        raise NoReaderHere
    return reader
