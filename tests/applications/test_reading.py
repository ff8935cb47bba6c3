"""Documents that the worker reads: photos and scans, and text layers against their pictures (A4, A7)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pikepdf
import pytest
import typst
from django.conf import settings
from django_tasks_db.models import DBTaskResult
from PIL import Image

from medlem.applications import actions as applications
from medlem.applications import checking, evidence, reading
from medlem.applications.facts import DocumentFacts, DocumentKind
from medlem.applications.models import Application, Evidence
from medlem.applications.queries import _document_facts, evidence_shows_business, evidence_to_read
from medlem.commands.tick import jobs
from medlem.events.actors import APPLICANT
from tests.applications.applying import BLATIMEN, NORDVIK, answers, pdf_of
from tests.factories import draft
from tests.gateways.samples import merged, pdf, png, scanned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english"), pytest.mark.xdist_group("reader")]

PAPER = (
    "FAKTURA\nFakturadato 02.11.2026\nBlåtimen Film AS\nNedre Skogvei 14B\n0484 Oslo\nOrg.nr. 310 003 913 MVA"
)


@lru_cache
def photo(paper: str = PAPER, *, turn: int = 0) -> bytes:
    """A small picture of a paper, which takes a part of a second to read."""
    page = Image.open(io.BytesIO(png(paper, 110))).convert("RGB").crop((60, 60, 500, 300))
    file = io.BytesIO()
    page.rotate(turn, expand=True).save(file, "JPEG", quality=85)
    return file.getvalue()


def hidden(seen: str, said: str) -> bytes:
    """A PDF that shows one thing to people and says another to machines, in white on white."""
    source = f"""#set page(width: 160mm, height: 90mm)
    #text({json.dumps(seen, ensure_ascii=False)})
    #text(fill: white, {json.dumps(said, ensure_ascii=False)})"""
    made = typst.compile(source.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


@pytest.fixture
def application(now: datetime) -> Application:
    return draft(now=now, **answers(BLATIMEN))


def add(
    application: Application, content: bytes, *, now: datetime, filename: str = "IMG_0412.jpg"
) -> Evidence:
    return evidence.add(application=application, filename=filename, content=content, by=APPLICANT, now=now)


def read(document: Evidence, *, now: datetime) -> Evidence:
    reading.read(evidence_id=document.pk, now=now)
    return Evidence.objects.get(pk=document.pk)


def found(document: Evidence) -> dict[str, Any]:
    assert document.findings
    things = ("number", "vat_number", "name", "address")
    return {name: (document.findings[name] or {}).get("text") for name in things}


@pytest.mark.usefixtures("pictures_are_read")
def test_a4_a_photo_waits_for_the_worker_and_is_read(application: Application, now: datetime) -> None:
    waiting = add(application, photo(), now=now)
    assert (waiting.reading, waiting.findings, waiting.read_at) == ("waiting", None, None)
    assert (evidence_shows_business(application), evidence_to_read()) == (False, [waiting.pk])
    assert DBTaskResult.objects.filter(args_kwargs__args=[waiting.pk]).count() == 1

    document = read(waiting, now=now + timedelta(seconds=5))
    assert (document.reading, document.read_at) == ("read", now + timedelta(seconds=5))
    assert {name: text and text.replace(" ", "").casefold() for name, text in found(document).items()} == {
        "number": "310003913",
        "vat_number": "310003913mva",
        "name": "blåtimenfilm",
        "address": "nedreskogvei14b\n0484",
    }
    assert _document_facts(document) == DocumentFacts(
        filename="IMG_0412.jpg",
        readable=True,
        number=True,
        vat_number=True,
        name=True,
        address=True,
        kind=DocumentKind.INVOICE,
        dated_on=date(2026, 11, 2),
        legible=True,
        other_numbers=(),
        compared=True,
        not_in_picture=(),
    )
    assert (evidence_shows_business(application), evidence_to_read()) == (True, [])


@pytest.mark.usefixtures("pictures_are_read")
def test_a4_the_tick_reads_what_was_left_waiting_and_turns_it(
    application: Application, now: datetime
) -> None:
    waiting = add(application, photo(turn=90), now=now)
    (job,) = [job for job in jobs() if job.name == "documents read"]
    for key in job.due(now):
        job.do(key, now)
    document = Evidence.objects.get(pk=waiting.pk)
    assert (document.reading, evidence.turn_of(document, 1), job.due(now)) == ("read", 90, [])
    upright = evidence.picture_of(evidence=document, page=1, width=440, turn=0)
    assert Image.open(io.BytesIO(upright)).size == (440, 240)


@pytest.mark.usefixtures("pictures_are_read")
def test_a7_what_a_text_layer_says_and_the_page_does_not_show_is_named(
    application: Application, now: datetime
) -> None:
    seen = "FAKTURA\nFakturadato 02.11.2026\nNordvik & Sønn Foto AS\nOrg.nr. 310 313 815 MVA"
    forged = add(application, hidden(seen, "Blåtimen Film AS 310 003 913 MVA"), now=now, filename="f.pdf")
    assert (forged.reading, found(forged)["vat_number"]) == ("read", "310 003 913 MVA")
    assert _document_facts(forged).compared is False

    facts = _document_facts(read(forged, now=now))
    assert (facts.compared, facts.not_in_picture, facts.other_numbers) == (
        True,
        ("310 003 913", "310 003 913 MVA", "Blåtimen Film"),
        (NORDVIK,),
    )


@pytest.mark.usefixtures("pictures_are_read")
def test_a7_a_newer_day_in_the_text_layer_alone_is_named(application: Application, now: datetime) -> None:
    seen = PAPER.replace("Fakturadato 02.11.2026", "03.04.2017")
    forged = read(
        add(application, hidden(seen, "Fakturadato 02.11.2026"), now=now, filename="f.pdf"), now=now
    )
    facts = _document_facts(forged)
    assert (facts.dated_on, facts.compared, facts.not_in_picture) == (
        date(2026, 11, 2),
        True,
        ("02.11.2026",),
    )


@pytest.mark.usefixtures("pictures_are_read")
def test_a7_an_honest_text_layer_is_seen_and_compared_once(application: Application, now: datetime) -> None:
    document = read(add(application, pdf(PAPER), now=now, filename="f.pdf"), now=now)
    assert (_document_facts(document).compared, _document_facts(document).not_in_picture) == (True, ())

    # Nothing is opened again, and no other answer is given to it.
    (path,) = (path for path in (settings.DATA / "files").rglob("*") if path.is_file())
    path.write_bytes(b"gone")
    assert read(document, now=now + timedelta(hours=1)).findings == document.findings


@pytest.mark.usefixtures("pictures_are_read")
def test_a7_the_checks_judge_no_document_that_is_still_waiting(now: datetime) -> None:
    application = draft(now=now, **answers(BLATIMEN))
    add(application, photo(), now=now)
    sent = applications.send(application=application, now=now)
    checking.check(application_id=sent.pk, now=now)
    assert Evidence.objects.get().reading == "read"
    outcomes = dict(sent.checks.values_list("code", "outcome"))
    assert outcomes["document_shows_business"] == "passed"


def test_a4_without_a_reader_a_picture_is_left_to_a_person_at_once(
    application: Application, now: datetime
) -> None:
    document = add(application, photo(), now=now)
    assert (document.reading, document.findings, document.read_at) == ("unreadable", None, now)
    assert (evidence_to_read(), DBTaskResult.objects.count()) == ([], 0)
    assert read(document, now=now).reading == "unreadable"


def test_a7_without_a_reader_nothing_is_said_to_be_compared(application: Application, now: datetime) -> None:
    document = read(add(application, pdf_of(BLATIMEN), now=now, filename="f.pdf"), now=now)
    assert (document.findings or {})["compared"] is False
    assert _document_facts(document).compared is False


@pytest.mark.usefixtures("pictures_are_read")
def test_a4_a_scan_behind_a_text_that_shows_everything_is_not_waited_for(
    application: Application, now: datetime
) -> None:
    whole = merged(pdf(PAPER), scanned("Vilkår"))
    assert add(application, whole, now=now, filename="f.pdf").reading == "read"
    part = merged(pdf("Følgebrev med mange ord i seg, men uten bedriftens nummer"), scanned("Faktura"))
    assert add(application, part, now=now, filename="g.pdf").reading == "waiting"


@pytest.mark.usefixtures("pictures_are_read")
def test_a4_a_picture_that_breaks_its_reader_is_for_a_person_and_holds_up_no_other(
    application: Application, now: datetime
) -> None:
    broken = add(application, photo("Rusk"), now=now, filename="a.jpg")
    (path,) = (path for path in (settings.DATA / "files").rglob("*") if path.is_file())
    path.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    whole = add(application, photo(), now=now, filename="b.jpg")
    reading.read_all(application_id=application.pk, now=now)
    assert [Evidence.objects.get(pk=each.pk).reading for each in (broken, whole)] == ["unreadable", "read"]
    assert evidence_to_read() == []


@pytest.mark.usefixtures("pictures_are_read")
def test_a3_a_document_that_was_dropped_while_it_waited_is_left_alone(
    application: Application, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    waiting = add(application, photo(), now=now)
    key = waiting.pk
    with django_capture_on_commit_callbacks(execute=True):
        evidence.remove(evidence=waiting, by=APPLICANT, now=now)
    reading.read(evidence_id=key, now=now)
    assert Evidence.objects.count() == 0


def test_a4_changed_answers_are_looked_for_without_reading_anew(
    application: Application, now: datetime
) -> None:
    document = add(application, pdf_of(NORDVIK), now=now, filename="f.pdf")
    assert found(document)["number"] is None
    for path in (settings.DATA / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    applications.save_business(
        application=application, answers={**answers(NORDVIK), "country": "NO"}, answer=None, now=now
    )
    assert found(Evidence.objects.get(pk=document.pk))["number"] == NORDVIK


@pytest.mark.usefixtures("pictures_are_read")
def test_a4_answers_that_change_while_a_picture_waits_are_those_that_are_looked_for(
    application: Application, now: datetime
) -> None:
    waiting = add(application, photo(), now=now)
    Application.objects.filter(pk=application.pk).update(business_name="Noe Annet AS")
    document = read(waiting, now=now)
    assert (found(document)["name"], bool(found(document)["number"])) == (None, True)


def test_a4_an_invisible_text_layer_over_a_scan_is_not_believed(
    application: Application, now: datetime
) -> None:
    with pikepdf.open(io.BytesIO(pdf(PAPER))) as text, pikepdf.open(io.BytesIO(scanned("Rusk"))) as picture:
        page = text.pages[0]
        page.contents_coalesce()
        text.pages[0].Contents.write(page.Contents.read_bytes().replace(b"0 Tr", b"3 Tr"))
        pikepdf.Page(page).add_underlay(pikepdf.Page(picture.pages[0]))
        file = io.BytesIO()
        text.save(file)
    document = add(application, file.getvalue(), now=now, filename="skann.pdf")
    assert (document.reading, document.findings) == ("unreadable", None)
