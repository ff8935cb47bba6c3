"""Documents of an application: taking them in, reading them on the spot, dropping them (A3, A4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of
from medlem.applications.status import ApplicationStatus, Reading
from medlem.core.errors import Refused
from medlem.events.actions import record
from medlem.events.actors import APPLICANT, Actor
from medlem.gateways import documents
from medlem.gateways.documents import Address, PageText, findings, look, pages_of
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
    """Takes a document in and reads it on the spot (A3, A4).

    What the file really is decides, not its name. Writes the file, then its row and event; what was found
    in it is kept with the row: None where a person has to look. Raises TooManyFiles, TooLargeFile,
    KindNotTaken, SameFile, UnreadableFile, and Refused when the application takes no documents any more.
    """
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
            evidence = Evidence.objects.create(
                application=application,
                stored_as=stored_as,
                filename=_shown_name(filename),
                kind=document.kind,
                size=document.size,
                pages=document.pages,
                sha256=document.sha256,
                reading=Reading.UNREADABLE if pages is None else Reading.READ,
                read_at=now,
                findings=_found(application, pages),
                uploaded_at=now,
            )
            record(
                "evidence.added",
                by=by,
                now=now,
                subject=evidence,
                after={"application": application.number, "kind": document.kind, "size": document.size},
            )
    except BaseException:
        files().delete(stored_as)
        raise
    return evidence


@transaction.atomic
def remove(*, evidence: Evidence, by: Actor, now: datetime) -> None:
    """Drops a document from a draft, its file after the row is gone."""
    application = Application.objects.select_for_update().get(pk=evidence.application_id)
    if application.status != ApplicationStatus.DRAFT:
        raise Refused(_("The application was sent; its documents stay."))
    record("evidence.removed", by=by, now=now, subject=evidence, before={"application": application.number})
    stored_as = evidence.stored_as
    evidence.delete()
    transaction.on_commit(lambda: files().delete(stored_as))


@transaction.atomic
def read_again(*, application: Application) -> None:
    """Looks for the business anew in every document, after its answers changed (A4). Writes findings only."""
    for evidence in documents_of(application).select_for_update():
        with files().open(evidence.stored_as) as stored:
            content = stored.read()
        evidence.findings = _found(application, pages_of(look(content, evidence.filename), content))
        evidence.save(update_fields=["findings"])


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
    """A page as a PNG for the reviewer's screen (A8). Raises Erased, NoSuchPage and UnreadableFile."""
    with _stored(evidence) as original:
        content = original.read()
    return documents.picture_of(content, documents.Kind(evidence.kind), page=page, width=width, turn=turn)


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


def _found(application: Application, pages: tuple[PageText, ...] | None) -> dict[str, Any] | None:
    if pages is None:
        return None
    country = current().country(application.country)
    number = country.registration_number(application.registration_number) or application.registration_number
    vat_number = application.vat_number or usual_vat_number(application)
    found = findings(
        pages,
        number=number,
        vat_number=vat_number or None,
        name=application.business_name,
        address=Address(lines=(application.street,), postcode=application.postcode),
    )
    return asdict(found)


def usual_vat_number(application: Application) -> str:
    """In Norway the VAT number is the organisation number and the letters MVA; elsewhere it has to be typed."""
    norwegian = current().country(application.country).vat_kind == "no.mva"
    return f"{application.registration_number}MVA" if norwegian and application.registration_number else ""


def _shown_name(filename: str) -> str:
    """The name that the sender gave, without folders and control characters, short enough to show."""
    name = "".join(c for c in PurePath(filename.replace("\\", "/")).name if c.isprintable()).strip()
    if len(name) <= 120:
        return name or "document"
    return name[:100] + "…" + name[-19:]
