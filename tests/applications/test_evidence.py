"""Documents: what is taken and what is refused (A3), and what is found in them on the spot (A4)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict

from medlem.applications import actions as applications
from medlem.applications import evidence
from medlem.applications.evidence import KindNotTaken, SameFile, TooLargeFile, TooManyFiles
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import documents_of, evidence_shows_business
from medlem.core.errors import Refused
from medlem.events.actors import APPLICANT
from medlem.events.models import Event
from medlem.gateways.documents import DisguisedFile, EmptyFile, EncryptedFile, UnknownKind, look
from medlem.gateways.storage import files
from tests.applications.applying import (
    BLATIMEN,
    NORDVIK,
    answers,
    on_disk,
    pdf_of,
    picture_of,
    sent,
    validating,
)
from tests.factories import draft
from tests.gateways.samples import locked_pdf, pdf, picture
from tests.people import Cast
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NORDLYS = Path(__file__).resolve().parents[2] / "programmes" / "nordlys.toml"
TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture
def application(now: datetime) -> Application:
    """A draft with every answer and no document yet."""
    return draft(now=now, **answers(BLATIMEN))


def add(
    application: Application, content: bytes, *, now: datetime, filename: str = "faktura.pdf"
) -> Evidence:
    return evidence.add(application=application, filename=filename, content=content, by=APPLICANT, now=now)


def found(document: Evidence) -> dict[str, str | None] | None:
    """What was found of each thing, as it is printed."""
    if document.findings is None:
        return None
    things = ("number", "vat_number", "name", "address")
    return {name: (document.findings[name] or {}).get("text") for name in things}


def test_a3_a_document_is_kept_under_a_name_that_says_nothing(
    application: Application, now: datetime
) -> None:
    content = pdf_of(BLATIMEN)
    document = add(application, content, now=now, filename="C:\\Bilder\\Fakturá nr 7\u202e.pdf")
    assert model_to_dict(document, exclude=["id", "stored_as", "findings", "transcript"]) == {
        "application": application.pk,
        "filename": "Fakturá nr 7.pdf",
        "kind": "pdf",
        "size": len(content),
        "pages": 1,
        "sha256": hashlib.sha256(content).hexdigest(),
        "picture_hash": look(content, "").likeness,
        "reading": "read",
        "read_at": now,
        "uploaded_at": now,
        "erased_at": None,
    }
    (path,) = on_disk()
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == (document.stored_as, content, 0o600)
    event = Event.objects.get(name="evidence.added")
    assert (event.actor_kind, event.subject_id, event.after) == (
        "applicant",
        document.public_id,
        {"application": application.number, "kind": "pdf", "size": len(content)},
    )


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("jpeg", picture("JPEG")),
        ("png", picture("PNG")),
        ("tiff", picture("TIFF")),
        ("webp", picture("WEBP")),
    ],
)
def test_a3_what_the_file_is_decides_not_its_name(
    application: Application, now: datetime, kind: str, content: bytes
) -> None:
    assert add(application, content, now=now, filename="scan.pdf").kind == kind


@pytest.mark.parametrize(
    ("filename", "content", "refusal"),
    [
        ("notes.txt", b"Blaatimen Film AS 310 003 913 MVA", UnknownKind),
        ("faktura.pdf", b"MZ\x90\x00 a program", DisguisedFile),
        ("faktura.pdf", b"", EmptyFile),
        ("faktura.pdf", locked_pdf(b"secret"), EncryptedFile),
    ],
)
def test_a3_another_kind_of_file_is_refused_and_leaves_nothing(
    application: Application, now: datetime, filename: str, content: bytes, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        add(application, content, now=now, filename=filename)
    assert (Evidence.objects.count(), on_disk()) == (0, [])


def test_a3_the_programme_says_which_kinds_are_taken(now: datetime, settings: Any) -> None:
    settings.MEDLEM_PROGRAMME_FILE = NORDLYS
    application = draft(now=now, **answers(BLATIMEN))
    with pytest.raises(
        KindNotTaken, match=r"Files of this kind are not taken. Send one of these: PDF, JPEG, PNG."
    ):
        add(application, picture("TIFF"), now=now)
    assert on_disk() == []
    assert add(application, picture("PNG"), now=now).kind == "png"


def test_a3_at_most_five_files(application: Application, now: datetime) -> None:
    for page in range(5):
        add(application, pdf(f"Page {page}"), now=now)
    with pytest.raises(TooManyFiles, match=r"No more than 5 documents. Remove one first."):
        add(application, pdf("One too many"), now=now)
    assert documents_of(application).count() == 5
    evidence.remove(evidence=application.evidence.earliest("id"), by=APPLICANT, now=now)
    add(application, pdf("One too many"), now=now)
    assert documents_of(application).count() == 5


def test_a3_ten_megabytes_are_taken_and_one_byte_more_is_refused(
    application: Application, now: datetime
) -> None:
    largest = pdf_of(BLATIMEN).ljust(TEN_MEGABYTES, b"\n")
    with pytest.raises(TooLargeFile, match=r"The file is larger than 10 MB. Send a smaller scan."):
        add(application, largest + b"\n", now=now)
    assert on_disk() == []
    assert add(application, largest, now=now).size == TEN_MEGABYTES


def test_a3_a_file_that_is_too_large_is_refused_before_it_is_read(
    application: Application, now: datetime
) -> None:
    class Enormous:
        name = "film.pdf"
        size = TEN_MEGABYTES + 1

        def read(self) -> bytes:
            raise MemoryError

    with pytest.raises(TooLargeFile) as refused:
        evidence.add_upload(application=application, upload=Enormous(), by=APPLICANT, now=now)
    assert refused.value.field == "evidence"


def test_a3_the_same_file_twice_is_there_already(application: Application, now: datetime) -> None:
    add(application, pdf_of(BLATIMEN), now=now)
    with pytest.raises(SameFile):
        add(application, pdf_of(BLATIMEN), now=now, filename="kopi.pdf")
    assert (documents_of(application).count(), len(on_disk())) == (1, 1)


def test_a3_a_sent_application_takes_no_more_and_keeps_what_it_has(now: datetime) -> None:
    application = sent(now=now)
    with pytest.raises(Refused, match="it takes no more documents"):
        add(application, pdf("Late"), now=now)
    with pytest.raises(Refused, match="its documents stay"):
        evidence.remove(evidence=application.evidence.get(), by=APPLICANT, now=now)
    assert len(on_disk()) == 1


def test_a3_a_save_that_fails_leaves_no_file(application: Application, now: datetime) -> None:
    Application.objects.all().delete()
    with pytest.raises(Application.DoesNotExist):
        add(application, pdf_of(BLATIMEN), now=now)
    assert on_disk() == []


def test_a3_a_removed_document_is_gone_from_the_disk_once_that_is_committed(
    application: Application, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    document = add(application, pdf_of(BLATIMEN), now=now)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.remove(evidence=document, by=APPLICANT, now=now)
        assert len(on_disk()) == 1
    assert (Evidence.objects.count(), on_disk()) == (0, [])
    assert Event.objects.filter(name="evidence.removed").count() == 1


def test_a3_right_documents_are_taken_and_wrong_ones_come_back_with_the_reason(
    application: Application, now: datetime
) -> None:
    uploads = [
        SimpleUploadedFile("faktura.pdf", pdf_of(BLATIMEN)),
        SimpleUploadedFile("program.pdf", b"MZ\x90\x00"),
        SimpleUploadedFile("igjen.pdf", pdf_of(BLATIMEN)),
        SimpleUploadedFile("bilde.png", picture_of(BLATIMEN)),
    ]
    refused = applications.save_evidence(
        application=application, answers={"vat_registered": True}, uploads=uploads, now=now
    )
    assert [(each.filename, type(each.error)) for each in refused] == [
        ("program.pdf", DisguisedFile),
        ("igjen.pdf", SameFile),
    ]
    assert list(documents_of(application).values_list("filename", flat=True)) == ["faktura.pdf", "bilde.png"]


@pytest.mark.usefixtures("committing")
def test_a3_six_files_at_once_are_five(now: datetime) -> None:
    application = draft(now=now, **answers(BLATIMEN))
    contents = [pdf(f"Page {page}") for page in range(6)]
    done = together(*[lambda content=content: add(application, content, now=now) for content in contents])
    assert sorted(type(each).__name__ for each in done) == ["Evidence"] * 5 + ["TooManyFiles"]
    assert (documents_of(application).count(), len(on_disk())) == (5, 5)


# --- what was found (A4) ---------------------------------------------------------------------------


def test_a4_what_was_found_is_kept_with_the_document(application: Application, now: datetime) -> None:
    document = add(application, pdf_of(BLATIMEN), now=now)
    assert found(Evidence.objects.get(pk=document.pk)) == {
        "number": "310003913",
        "vat_number": "310003913 MVA",
        "name": "BLÅTIMEN FILM",
        "address": "Nedre Skogvei 14B\n0484",
    }
    assert evidence_shows_business(application)


def test_a4_another_businesss_document_shows_the_other_number(
    application: Application, now: datetime
) -> None:
    document = add(application, pdf_of(NORDVIK), now=now)
    assert found(document) == {"number": None, "vat_number": None, "name": None, "address": None}
    assert document.findings is not None
    assert [other["text"] for other in document.findings["other_numbers"]] == [NORDVIK]
    assert not evidence_shows_business(application)


def test_a4_a_picture_is_taken_and_a_person_looks(application: Application, now: datetime) -> None:
    document = add(application, picture_of(BLATIMEN), now=now)
    assert (document.kind, found(document), evidence_shows_business(application)) == ("png", None, False)


def test_a4_without_vat_name_and_address_are_what_counts(now: datetime) -> None:
    application = draft(now=now, **answers("311702289"))
    document = add(application, pdf_of("311702289", vat=False), now=now)
    assert found(document) == {
        "number": "311702289",
        "vat_number": None,
        "name": "FOTOGRAF INGRID SÆTHERØY",
        "address": "Molovegen 8\n6002",
    }
    assert evidence_shows_business(application)


def test_a4_documents_are_read_again_when_the_business_becomes_another(
    application: Application, now: datetime
) -> None:
    document = add(application, pdf_of(NORDVIK), now=now)
    applications.save_business(
        application=application,
        answers={**answers(NORDVIK), "country": "NO"},
        answer=None,
        now=now,
    )
    document.refresh_from_db()
    assert found(document) == {
        "number": NORDVIK,
        "vat_number": None,  # the VAT number that was given is still the other business's
        "name": "NORDVIK & SØNN FOTO",
        "address": "Øvre Bryggesmug 3\n5003",
    }
    applications.save_evidence(application=application, answers={"vat_number": f"{NORDVIK}MVA"}, now=now)
    document.refresh_from_db()
    assert (found(document) or {})["vat_number"] == f"{NORDVIK} MVA"


# --- handing out (A8) ------------------------------------------------------------------------------


def test_a8_who_took_an_original_is_recorded(cast: Cast, now: datetime) -> None:
    application = validating(now=now)
    document = application.evidence.get()
    with evidence.hand_out(evidence=document, by=cast.vera.as_staff, now=now) as original:
        assert original.read() == picture_of(NORDVIK)
    event = Event.objects.latest("id")
    assert (event.name, event.actor_id, event.subject_id, event.after) == (
        "evidence.handed_out",
        cast.vera.public_id,
        document.public_id,
        {"application": application.number},
    )
    assert evidence.picture_of(evidence=document, page=1, width=200, turn=90).startswith(b"\x89PNG")


def test_a3_a_long_name_is_shortened_and_an_empty_one_gets_a_name(
    application: Application, now: datetime
) -> None:
    long = add(application, pdf("A"), now=now, filename="å" * 200 + "-siste.pdf")
    assert (len(long.filename), long.filename[-12:]) == (120, "ååå-siste.pdf"[-12:])
    assert add(application, pdf("B"), now=now, filename="../../\n").filename == "document"
    assert files().exists(long.stored_as)
