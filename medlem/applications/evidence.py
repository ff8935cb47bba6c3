"""Documents of an application: taking them in, looking through them on the spot, dropping them (A3, A4).

What only a reader of pictures can tell waits for the worker (`reading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from medlem.applications.found import as_row, looked_for, read_of, shows_all, transcript_of, unread_of
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of
from medlem.applications.status import ApplicationStatus, Reading
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import record
from medlem.events.actors import APPLICANT, Actor
from medlem.gateways import documents
from medlem.gateways.documents import look, pages_of, reader_of_pictures
from medlem.gateways.storage import files
from medlem.programme import current

OPEN_FOR_EVIDENCE = (ApplicationStatus.DRAFT, ApplicationStatus.MORE_WANTED)


class TooManyFiles(Refused):
    """No more documents fit."""


class TooLargeFile(Refused):
    """The document is larger than the programme takes."""


class KindNotTaken(Refused):
    """The programme takes other kinds of file."""


class SameFile(Refused):
    """This very document is there already."""


class Upload(Protocol):
    """A file on its way in, as Django's forms hand it over: its size is known before it is read."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A document that was not taken, and why."""

    filename: str
    error: Refused


def add_all(*, application: Application, uploads: Sequence[Upload], now: datetime) -> list[RefusedFile]:
    """Takes the applicant's documents in, each by itself, and reads them (A3, A4). Returns those not taken."""
    refused = []
    for upload in uploads:
        try:
            add_upload(application=application, upload=upload, by=APPLICANT, now=now)
        except Refused as error:
            refused.append(RefusedFile(upload.name or "", error))
    return refused


def add_upload(*, application: Application, upload: Upload, by: Actor, now: datetime) -> Evidence:
    """As `add`, but one that is too large is refused before it is read into memory."""
    if (upload.size or 0) > current().evidence.max_bytes:
        raise _too_large()
    return add(application=application, filename=upload.name or "", content=upload.read(), by=by, now=now)


def add(*, application: Application, filename: str, content: bytes, by: Actor, now: datetime) -> Evidence:
    """Takes a document in and looks through it on the spot (A3, A4).

    What the file really is decides, not its name. Writes the file, then its row and event; what its text
    layer shows is kept with the row. What has to be read from pictures, and whether the text layer says what
    the picture shows, waits for the worker; without a reader of pictures, for a person. Raises TooManyFiles,
    TooLargeFile, KindNotTaken, SameFile, UnreadableFile, and Refused when the application takes no documents
    any more.
    """
    from medlem.applications.tasks import read_evidence

    if len(content) > current().evidence.max_bytes:
        raise _too_large()
    document = look(content, filename)
    if document.kind not in current().evidence.kinds:
        raise _kind_not_taken()
    pages = pages_of(document, content)
    stored_as = files().put(content)
    try:
        with transaction.atomic():
            application = Application.objects.select_for_update().get(pk=application.pk)
            _check_room(application, document.sha256)
            evidence = Evidence(
                application=application,
                stored_as=stored_as,
                filename=_shown_name(filename),
                kind=document.kind,
                size=document.size,
                pages=document.pages,
                sha256=document.sha256,
                picture_hash=pages.likeness or document.likeness,
                transcript=transcript_of(pages.text, (*pages.unread, *pages.pictured)),
                uploaded_at=now,
            )
            look_through(evidence, application, now=now)
            evidence.save()
            record(
                "evidence.added",
                by=by,
                now=now,
                subject=evidence,
                after={"application": application.number, "kind": document.kind, "size": document.size},
            )
            if evidence.reading != Reading.UNREADABLE:
                read_evidence.enqueue(evidence.pk)
    except BaseException:
        files().delete(stored_as)
        raise
    return evidence


def look_through(evidence: Evidence, application: Application, *, now: datetime) -> None:
    """Looks for the answers in what was read so far, and says whether more has to be read: the one place that
    decides it. Sets the row's fields and does not save it.

    Pictures are read until what A3 asks for is found, so that an invoice of ten pages is not read to its end.
    """
    assert evidence.transcript is not None
    pages = read_of(evidence.transcript)
    found = looked_for(application, pages, today=date_in(current().timezone, now))
    is_more_to_read = bool(unread_of(evidence.transcript)) and not shows_all(found, application)
    if is_more_to_read and reader_of_pictures():
        evidence.reading, evidence.read_at, evidence.findings = Reading.WAITING, None, None
    elif pages:
        evidence.reading, evidence.read_at, evidence.findings = Reading.READ, now, as_row(found, pages)
    else:
        evidence.reading, evidence.read_at, evidence.findings = Reading.UNREADABLE, now, None


@transaction.atomic
def remove(*, evidence: Evidence, by: Actor, now: datetime) -> None:
    """Drops a document from a draft, or from an answer that is not given yet (A8); its file after the row is gone."""
    application = Application.objects.select_for_update().get(pk=evidence.application_id)
    if application.status != ApplicationStatus.DRAFT and not _is_of_open_answer(evidence, application):
        raise Refused(_("The application was sent; its documents stay."))
    record("evidence.removed", by=by, now=now, subject=evidence, before={"application": application.number})
    stored_as = evidence.stored_as
    evidence.delete()
    transaction.on_commit(lambda: files().delete(stored_as))


def _is_of_open_answer(evidence: Evidence, application: Application) -> bool:
    if application.status != ApplicationStatus.MORE_WANTED or application.asked_at is None:
        return False
    return evidence.uploaded_at > application.asked_at


@transaction.atomic
def read_again(*, application: Application, now: datetime) -> None:
    """Looks for the business anew in what was read of every document, after its answers changed (A4). Writes
    what was found; no document is opened, what is to be seen in its picture is for the worker again."""
    from medlem.applications.tasks import read_evidence

    for evidence in application.evidence.filter(erased_at=None).select_for_update():
        if evidence.transcript is not None and evidence.reading != Reading.WAITING:
            look_through(evidence, application, now=now)
            evidence.save(update_fields=["reading", "read_at", "findings"])
            if evidence.reading != Reading.UNREADABLE:
                read_evidence.enqueue(evidence.pk)


class Erased(Refused):
    """The document was kept long enough and is gone (A11)."""


@transaction.atomic
def hand_out(*, evidence: Evidence, by: Actor, now: datetime) -> BinaryIO:
    """The original for a member of staff to save, and the record of who took it. Raises Erased."""
    original = _stored(evidence)
    record(
        "evidence.handed_out",
        by=by,
        now=now,
        subject=evidence,
        after={"application": evidence.application.number},
    )
    return original


def picture_of(*, evidence: Evidence, page: int, width: int, turn: int) -> bytes:
    """A page as a PNG for the reviewer's screen, upright but for `turn` (A8). Raises Erased, NoSuchPage and
    UnreadableFile."""
    with _stored(evidence) as original:
        content = original.read()
    upright = turn_of(evidence, page)
    return documents.picture_of(
        content, documents.Kind(evidence.kind), page=page, width=width, turn=(upright + turn) % 360
    )


def turn_of(evidence: Evidence, page: int) -> int:
    """By how many degrees clockwise a page is turned to stand upright, as its reader found it to lie."""
    turns: dict[str, int] = (evidence.findings or {}).get("turns", {})
    return turns.get(str(page), 0)


def _stored(evidence: Evidence) -> BinaryIO:
    if evidence.erased_at:
        raise Erased(_("This document was erased, as its time of keeping is over. The decision stays."))
    return files().open(evidence.stored_as)


def _too_large() -> TooLargeFile:
    megabytes = current().evidence.max_bytes // 1_000_000
    return TooLargeFile(
        _("The file is larger than %(megabytes)s MB. Send a smaller scan.") % {"megabytes": megabytes},
        field="evidence",
    )


def _kind_not_taken() -> KindNotTaken:
    kinds = ", ".join(kind.upper() for kind in current().evidence.kinds)
    return KindNotTaken(
        _("Files of this kind are not taken. Send one of these: %(kinds)s.") % {"kinds": kinds},
        field="evidence",
    )


def _check_room(application: Application, sha256: str) -> None:
    most = current().evidence.max_files
    if application.status not in OPEN_FOR_EVIDENCE:
        raise Refused(_("The application was sent; it takes no more documents."))
    if documents_of(application).filter(sha256=sha256).exists():
        raise SameFile(_("This document is there already."), field="evidence")
    if documents_of(application).count() >= most:
        raise TooManyFiles(
            ngettext_lazy(
                "No more than %(most)s document. Remove one first.",
                "No more than %(most)s documents. Remove one first.",
                most,
            )
            % {"most": most},
            field="evidence",
        )


def _shown_name(filename: str) -> str:
    """The name that the sender gave, without folders and control characters, short enough to show."""
    name = "".join(c for c in PurePath(filename.replace("\\", "/")).name if c.isprintable()).strip()
    if len(name) <= 120:
        return name or "document"
    return name[:100] + "…" + name[-19:]
