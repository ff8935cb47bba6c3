"""With a script each document is sent by itself, and the page looks again until it was read (A3, A4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client

from medlem.applications.models import Application
from medlem.applications.status import Reading
from tests.conftest import NOW
from tests.web.public.conftest import Clock
from tests.web.public.visitor import EVIDENCE, HTMX, address, file, fill, send
from tests.web.visits import lacking, words

DOCUMENTS = "/en/apply/evidence/documents/"


def sent(client: Client, *files: SimpleUploadedFile, **answers: str) -> HttpResponseBase:
    """One file, as the script sends it with the fields around."""
    return client.post(DOCUMENTS, {**EVIDENCE, **answers, "evidence": list(files)}, headers=HTMX)


def names(application: Application) -> list[str]:
    return list(application.evidence.values_list("filename", flat=True))


def line_of(response: HttpResponseBase) -> str:
    """What takes the place of the file's line: what stands before the other parts."""
    text: str = response.text  # type: ignore[attr-defined]
    return text[: text.index('<div id="documents"')].strip()


def test_a4_a_document_takes_its_place_in_the_list_with_what_was_found(
    client: Client, invoice: bytes
) -> None:
    draft = fill(client, until="evidence")

    part = sent(client, file(invoice))
    assert (part.status_code, line_of(part), names(draft)) == (200, "", ["faktura.pdf"])
    expected = ["faktura.pdf", "VAT number found", 'id="documents"', 'id="heard"', 'id="saved"']
    assert lacking(part.text, expected) == []  # type: ignore[attr-defined]
    assert part.text.count('hx-swap-oob="true"') == 3  # type: ignore[attr-defined]
    assert "<h1" not in part.text  # type: ignore[attr-defined]


def test_a3_the_answers_beside_a_document_are_saved_with_it(
    client: Client, invoice: bytes, set_clock: Clock
) -> None:
    draft = fill(client, until="evidence")
    set_clock(NOW + timedelta(minutes=42, seconds=30))

    part = sent(client, file(invoice), vat_number="310 313 815 MVA")
    draft.refresh_from_db()
    assert (draft.vat_registered, draft.vat_number) == (True, "310313815MVA")
    assert "Saved 10:42" in part.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ not a document", "The name says PDF or picture, but the file is something else."),
        (b"", "The file is empty."),
    ],
)
def test_a3_a_wrong_document_is_named_in_its_line(client: Client, content: bytes, said: str) -> None:
    draft = fill(client, until="evidence")

    part = sent(client, file(content, "rar.pdf"))
    assert lacking(line_of(part), ["rar.pdf", said, "data-refused"]) == []
    assert names(draft) == []


def test_a3_the_same_document_twice_is_named_and_refused_once(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="evidence")

    sent(client, file(invoice))
    assert "This document is there already." in line_of(sent(client, file(invoice, "igjen.pdf")))
    assert names(draft) == ["faktura.pdf"]


def test_a_double_click_without_a_script_is_no_mistake(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="evidence")

    for _ in range(2):
        assert send(client, "evidence", **EVIDENCE, evidence=file(invoice)).status_code == 302
    assert "faktura.pdf: This document is there already." in words(client.get(address("evidence")))
    assert names(draft) == ["faktura.pdf"]


def test_a3_a_file_that_is_too_large_costs_neither_the_others_nor_what_was_typed(
    client: Client, invoice: bytes
) -> None:
    draft = fill(client, until="evidence")
    huge = SimpleUploadedFile("stor.pdf", b"%PDF-1.7" + bytes(55_000_000))

    refused = send(client, "evidence", vat_registered="on", vat_number="31", evidence=[huge, file(invoice)])
    assert refused.status_code == 422
    assert "stor.pdf: The file is larger than 10 MB." in words(refused)
    assert 'value="31"' in refused.text  # type: ignore[attr-defined]
    assert names(draft) == ["faktura.pdf"]


# --- while a picture is being read ------------------------------------------------------------------


@pytest.fixture
def waiting(client: Client, picture: bytes) -> Application:
    """A draft whose picture waits for the worker."""
    draft = fill(client, until="contact", pdf=picture)
    draft.evidence.update(reading=Reading.WAITING, read_at=None, findings=None, filename="bilde.png")
    return draft


def test_a4_the_page_looks_again_while_a_document_is_being_read(client: Client, waiting: Application) -> None:
    page = client.get(address("evidence"))

    assert (
        lacking(words(page), ["bilde.png", "Being read", "You need not wait for it.", "See what was found"])
        == []
    )
    assert f'hx-get="{DOCUMENTS}?waiting=1" hx-trigger="every 1s"' in page.text
    assert "A person looks at it" not in words(page)


def test_a4_it_is_told_once_there_is_something_to_tell(client: Client, waiting: Application) -> None:
    asked = client.get(f"{DOCUMENTS}?waiting=1", headers=HTMX)
    assert (asked.status_code, asked.content) == (204, b"")

    waiting.evidence.update(reading=Reading.UNREADABLE)
    told = client.get(f"{DOCUMENTS}?waiting=1", headers=HTMX)
    assert "We cannot read this by ourselves. A person looks at it." in told.text
    assert "hx-trigger" not in told.text
    assert 'role="status" hx-swap-oob="true">bilde.png: ' in told.text


def test_a4_whoever_does_not_wait_goes_on(client: Client, waiting: Application) -> None:
    assert send(client, "evidence", **EVIDENCE).url == address("contact")  # type: ignore[attr-defined]


def test_a4_without_a_script_one_looks_again_with_a_button(client: Client, waiting: Application) -> None:
    looked = send(client, "evidence", go="look", **{**EVIDENCE, "vat_number": "31"})
    assert looked.url == f"{address('evidence')}?found=1#documents"  # type: ignore[attr-defined]
    assert 'value="31"' in client.get(address("evidence")).text


def test_the_documents_of_a_draft_are_those_of_its_browser(client: Client, waiting: Application) -> None:
    assert client.get(f"{DOCUMENTS}?waiting=0").status_code == 200
    assert Client().get(f"{DOCUMENTS}?waiting=1").status_code == 404
    assert Client().post(DOCUMENTS, EVIDENCE).status_code == 404


def test_a_document_is_removed_in_place(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    remove = f"/en/apply/evidence/{draft.evidence.get().public_id}/remove/"

    part = client.post(remove, EVIDENCE, headers=HTMX)
    assert "faktura.pdf was removed." in part.text
    assert names(draft) == []
