"""Documents are taken, read at once, and told about in plain words (A3, A4)."""

from __future__ import annotations

import pytest
from django.test import Client

from medlem.applications.models import Application, Evidence
from medlem.commands.simulated.documents import invoice_pdf
from medlem.gateways.storage import files
from medlem.web.papers import FLAWS
from tests.gateways.samples import pdf
from tests.web.public.conftest import NORDVIK
from tests.web.public.visitor import BUSINESS, EVIDENCE, address, draft_of, file, fill, send
from tests.web.visits import lacking, words

NAMES = ("faktura.pdf", "bilde.png")


def names(application: Application) -> list[str]:
    return list(application.evidence.values_list("filename", flat=True))


FOUND = f"{address('evidence')}?found=1#documents"
"""Where *Continue* leads that brought documents along: to what was found in them."""


def test_a4_without_a_script_what_was_found_is_read_before_going_on(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="evidence")

    stayed = send(client, "evidence", **EVIDENCE, evidence=file(invoice))
    assert stayed.url == FOUND  # type: ignore[attr-defined]
    said = [
        "This is what we found. Continue when it is right.",
        "faktura.pdf",
        "VAT number found: 310 313 815 MVA",
        "Business name found: NORDVIK & SØNN FOTO",
    ]
    assert lacking(words(client.get(FOUND)), said) == []
    assert names(draft) == ["faktura.pdf"]
    assert send(client, "evidence", **EVIDENCE).url == address("contact")  # type: ignore[attr-defined]


def test_a4_what_is_not_found_is_said_and_continue_goes_on_anyway(
    client: Client, foreign_invoice: bytes
) -> None:
    fill(client, until="evidence")

    send(client, "evidence", **EVIDENCE, evidence=file(foreign_invoice))
    said = [
        "We could not find the VAT number.",
        "We could not find the name NORDVIK & SØNN FOTO AS.",
        "It shows another number, 310 003 913. Is it yours?",
        "You can go on with this",
    ]
    assert lacking(words(client.get(address("evidence"))), said) == []
    assert send(client, "evidence", **EVIDENCE).url == address("contact")  # type: ignore[attr-defined]


def test_a1_whoever_changes_evidence_reads_what_was_found_and_is_back_at_the_check(
    client: Client, invoice: bytes
) -> None:
    fill(client, until="check", pdf=invoice)
    changing = f"{address('evidence')}?change=1"

    stayed = client.post(changing, {**EVIDENCE, "go": "next", "evidence": file(invoice, "igjen.pdf")})
    assert stayed.url == f"{changing}&found=1#documents"  # type: ignore[attr-defined]
    assert client.post(changing, {**EVIDENCE, "go": "next"}).url == address("check")  # type: ignore[attr-defined]


def test_a4_the_number_without_mva_is_told_apart(client: Client) -> None:
    fill(client, until="evidence")
    send(client, "evidence", **EVIDENCE, evidence=file(invoice_pdf(number="310 313 815", **NORDVIK)))

    assert "The number is there, but not as a VAT number." in words(client.get(address("evidence")))


def test_a4_a_picture_is_looked_at_by_a_person(client: Client, picture: bytes) -> None:
    fill(client, until="evidence")
    send(client, "evidence", **EVIDENCE, evidence=file(picture, "bilde.png"))

    assert "We cannot read this by ourselves. A person looks at it." in words(client.get(address("evidence")))


def test_a4_the_kind_of_document_and_its_day_are_told(client: Client, invoice: bytes) -> None:
    fill(client, until="evidence")
    send(client, "evidence", **EVIDENCE, evidence=file(invoice))

    assert "This looks like an invoice of 2 Nov 2026." in words(client.get(address("evidence")))


def test_a4_the_page_is_told_where_there_are_several(client: Client) -> None:
    fill(client, until="evidence")
    papers = pdf("Følgebrev", "FAKTURA\nNordvik & Sønn Foto AS\nOrg.nr. 310 313 815 MVA")
    send(client, "evidence", **EVIDENCE, evidence=file(papers))

    said = [
        "VAT number found on page 2: 310 313 815 MVA",
        "Business name found on page 2: Nordvik & Sønn Foto",
    ]
    assert lacking(words(client.get(address("evidence"))), said) == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("", "We see nothing written here. Is it the right file, and the right side of the page?"),
        ("Kjære alle sammen", "We cannot tell what kind of document this is."),
    ],
)
def test_a4_what_is_wrong_with_the_document_is_told(client: Client, page: str, said: str) -> None:
    fill(client, until="evidence")
    send(client, "evidence", **EVIDENCE, evidence=file(pdf(page)))

    assert said in words(client.get(address("evidence")))


@pytest.mark.parametrize("flaw", ["blurred", "dark", "small", "empty"])
def test_a4_every_flaw_has_words_and_a_way_on(client: Client, invoice: bytes, flaw: str) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    document = draft.evidence.get()
    document.findings |= {"legible": False, "flaw": flaw}
    document.save()

    assert str(FLAWS[flaw]) in words(client.get(address("evidence")))


def test_a3_without_vat_name_and_address_are_looked_for(client: Client, invoice: bytes) -> None:
    fill(client, until="evidence")

    send(client, "evidence", evidence=file(invoice))
    page = words(client.get(address("evidence")))
    assert "Address found: Øvre Bryggesmug 3 5003" in page


@pytest.mark.parametrize(
    "asked",
    [
        "The VAT number and the business name must be clearly visible on it: the VAT registration certificate",
        "(Bekreftelse på registrering i Merverdiavgiftsregisteret) an invoice",
        "It must show the business name and address: an invoice a business licence or trade letter",
        "the registration in Brønnøysundregistrene (Firmaattest eller registerutskrift)",
        "PDF, JPEG, PNG, TIFF, HEIC or WebP. At most 5 files of 10 MB each.",
    ],
)
def test_a3_the_page_says_what_is_wanted(client: Client, asked: str) -> None:
    fill(client, until="evidence")

    assert asked in words(client.get(address("evidence")))


def test_a3_without_a_document_nobody_goes_on(client: Client) -> None:
    fill(client, until="evidence")

    refused = send(client, "evidence", **EVIDENCE)
    assert refused.status_code == 422
    assert "Add a document." in words(refused)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "Give the VAT number, or untick VAT-registered."),
        (" ", "Give the VAT number, or untick VAT-registered."),
        ("310313814MVA", "This number is not valid"),
        (
            "310003913",
            "This number is not valid: a digit or letter is wrong or missing. It is written like NO",
        ),
    ],
)
def test_a3_the_vat_number_is_asked_for_and_slips_are_named(
    client: Client, invoice: bytes, number: str, said: str
) -> None:
    draft = fill(client, until="evidence")

    refused = send(client, "evidence", vat_registered="on", vat_number=number, evidence=file(invoice))
    assert refused.status_code == 422
    assert f"VAT number : {said}" in words(refused)
    assert names(draft) == ["faktura.pdf"]  # what a browser would have to choose again is kept
    draft.refresh_from_db()
    assert (draft.vat_registered, draft.vat_number) == (True, "")
    assert client.get(address("contact")).url == "/en/apply/"  # type: ignore[attr-defined]


def test_a3_the_organisation_number_is_enough_where_the_vat_number_follows_from_it(client: Client) -> None:
    draft = fill(client, until="evidence")

    send(client, "evidence", vat_registered="on", vat_number="310 313 815")
    draft.refresh_from_db()
    assert draft.vat_number == "310313815MVA"


def test_a3_a_vat_number_of_another_country_goes_with_it(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)

    typed = {"business_name": "Lys ApS", "street": "Gade 1", "postcode": "1000", "place": "København"}
    send(client, "business", country="DK", registration_number="12345607", seen="NO310313815", **typed)
    draft.refresh_from_db()
    assert draft.vat_number == ""


def test_a3_wrong_files_are_named_and_right_ones_stay(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="evidence")

    sent = [
        file(b"MZ not a picture", "bilde.png"),
        file(invoice),
        file(b"", "tom.pdf"),
        file(invoice, "igjen.pdf"),
    ]
    refused = send(client, "evidence", **EVIDENCE, evidence=sent)
    assert refused.status_code == 422
    said = [
        "bilde.png: The name says PDF or picture, but the file is something else.",
        "tom.pdf: The file is empty.",
        "igjen.pdf: This document is there already.",
    ]
    assert lacking(words(refused), said) == []
    assert names(draft) == ["faktura.pdf"]


def test_a3_no_more_than_five_documents(client: Client) -> None:
    draft = fill(client, until="evidence")
    many = [file(invoice_pdf(number=f"{n}", **NORDVIK), f"{n}.pdf") for n in range(6)]

    refused = send(client, "evidence", **EVIDENCE, evidence=many)
    assert "5.pdf: No more than 5 documents." in words(refused)
    assert len(names(draft)) == 5


class Endless:
    """The body of a request that goes on for ever, read with care."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= 1_000_000
        self.given += size
        return b"x" * size

    readline = read


def test_a3_a_request_far_larger_than_everything_together_is_not_taken_in(client: Client) -> None:
    fill(client, until="evidence")
    body = Endless()

    answer = client.generic(
        "POST",
        address("evidence"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="9000000000",
        **{"wsgi.input": body},
    )
    assert answer.url == address("evidence")  # type: ignore[attr-defined]
    assert "Together the files are too large to send." in client.get(address("evidence")).text
    assert body.given <= 5 * 54_000_000


def test_a_form_of_another_site_is_refused(invoice: bytes) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(address("evidence"), EVIDENCE).status_code == 403


def test_a_document_is_removed_with_its_file_and_the_answers_stay(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    document = draft.evidence.get()

    client.post(f"/en/apply/evidence/{document.public_id}/remove/", {"vat_number": "x"})
    draft.refresh_from_db()
    assert (names(draft), draft.vat_registered, draft.vat_number) == ([], False, "")


def test_nobody_removes_the_document_of_another(client: Client, invoice: bytes) -> None:
    document = fill(client, until="contact", pdf=invoice).evidence.get()

    stranger = Client()
    stranger.post(f"/en/apply/evidence/{document.public_id}/remove/")
    fill(stranger, until="evidence")
    stranger.post(f"/en/apply/evidence/{document.public_id}/remove/", EVIDENCE)
    assert Evidence.objects.get() == document
    assert files().exists(document.stored_as)


def test_a4_documents_are_read_again_for_another_vat_number(client: Client) -> None:
    typed = {"business_name": "Lys ApS", "street": "Gade 1", "postcode": "1000", "place": "København"}
    send(client, "business", country="DK", registration_number="12345607", **typed)
    pdf = invoice_pdf(name="Lys ApS", number="DK 12 34 56 07", address="Gade 1/1000 København")
    send(client, "evidence", vat_registered="on", vat_number="DK12345607", evidence=file(pdf))
    draft = draft_of(client)
    assert draft.evidence.get().findings["vat_number"]

    send(client, "evidence", vat_registered="on", vat_number="DK13585628")
    assert draft.evidence.get().findings["vat_number"] is None


def test_a4_documents_are_read_again_for_another_business(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="contact", pdf=invoice)

    send(client, "business", **{**BUSINESS, "registration_number": "310003913"}, seen="NO310313815")
    findings = draft.evidence.get().findings
    assert (findings["vat_number"], findings["name"]) == (None, None)


def test_no_address_gives_a_document_back(client: Client, invoice: bytes) -> None:
    document = fill(client, until="contact", pdf=invoice).evidence.get()

    for tried in (
        f"/en/apply/evidence/{document.public_id}/",
        f"/en/apply/evidence/{document.public_id}/remove/",
        f"/files/{document.stored_as}",
        f"/static/{document.stored_as}",
    ):
        assert client.get(tried).status_code in (404, 405), tried
