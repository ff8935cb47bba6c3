"""What goes wrong while somebody applies: tampered pages, *Back* after an error, two windows (A1, A2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from medlem.applications.models import Application
from medlem.events.models import Mail
from tests.web.public.visitor import (
    BUSINESS,
    CONTACT,
    EVIDENCE,
    HTMX,
    INFORMATION,
    NORDVIK,
    address,
    business_of,
    draft_of,
    file,
    fill,
    send,
)
from tests.web.visits import lacking, words

ANSWERS = {"business": BUSINESS, "evidence": EVIDENCE, "contact": CONTACT, "information": INFORMATION}
ODD = [
    "",
    "\0",
    "²",
    "٣١٠٣١٣٨١٥",
    "x" * 5000,
    "NO",
    "<b>",
    "-1",
    "../../etc",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]

# --- nothing that is sent is an error of ours ---------------------------------------------------------


@pytest.mark.parametrize("step", [*ANSWERS, "check"])
def test_a1_no_page_that_was_tampered_with_is_an_error_of_ours(
    client: Client, invoice: bytes, step: str
) -> None:
    """Django's client raises what a browser would see as 500."""
    draft = fill(client, until="check", pdf=invoice)
    country = draft.country
    good = ANSWERS.get(step, {})
    pages: list[dict[str, Any]] = [{}, {"go": "?"}, {"go": ["next", "back"]}, {"to": "?"}, {"choose": "?"}]
    pages += [{**good, name: odd} for name in [*good, "seen", "for", "choose"] for odd in ODD]
    pages += [{key: value for key, value in good.items() if key != name} for name in good]
    for page in pages:
        answer = client.post(address(step), page)
        assert answer.status_code in (302, 422), page
        assert client.get("/en/apply/", follow=True).status_code in (200, 422), page
        draft.refresh_from_db()
        assert draft.country == country


def test_a1_a_page_without_a_country_leaves_the_country_that_was_saved(
    client: Client, invoice: bytes
) -> None:
    draft = fill(client, until="contact", pdf=invoice)

    assert client.post(address("business"), {}).status_code == 302
    draft.refresh_from_db()
    assert (draft.country, draft.registration_number) == ("NO", "")


# --- back after an error --------------------------------------------------------------------------


def test_a1_what_is_refused_is_shown_by_a_page_that_can_be_gone_back_to(
    client: Client, invoice: bytes
) -> None:
    """A browser that goes back past the answer to a form shows nothing (ERR_CACHE_MISS)."""
    fill(client, until="check", pdf=invoice)
    wrong: dict[str, dict[str, Any]] = {
        "business": {**BUSINESS, "registration_number": "310313814"},
        "evidence": {"vat_registered": "on", "vat_number": "x"},
        "contact": {"first_name": "Kåre", "email": "kåre@"},
        "information": {**INFORMATION, "invoice_email": "x"},
        "check": {},
    }
    where = dict(zip(("business_name", "street", "postcode", "place"), NORDVIK[1:], strict=True))
    for step, answers in wrong.items():
        refused = client.post(f"{address(step)}?change=1", {"go": "next", **answers})
        assert refused.url == f"{address(step)}?change=1"  # type: ignore[attr-defined]
        for _ in range(2):  # also when it is loaded anew
            page = client.get(address(step))
            assert (page.status_code, "There is a problem" in page.text or 'role="alert"' in page.text) == (
                422,
                True,
            )
            typed = [f'value="{value}"' for name, value in answers.items() if name in ("email", "vat_number")]
            assert lacking(page.text, typed) == []
        client.post(
            address(step), {"go": "back", **ANSWERS.get(step, {}), **(where if step == "business" else {})}
        )
        assert client.get(address(step)).status_code == 200


def test_a1_files_that_were_taken_are_there_and_no_longer_asked_for(client: Client, invoice: bytes) -> None:
    fill(client, until="evidence")
    assert "Add a document." in words(send(client, "evidence", **EVIDENCE))

    answer = client.post(
        "/en/apply/evidence/documents/", {**EVIDENCE, "evidence": file(invoice)}, headers=HTMX
    )
    assert answer.status_code == 200
    page = client.get(address("evidence"))
    assert (page.status_code, "Add a document." in words(page), "faktura.pdf" in page.text) == (
        200,
        False,
        True,
    )


# --- another business -------------------------------------------------------------------------------


def test_a2_what_the_register_filled_goes_with_its_business(client: Client) -> None:
    shown = dict(zip(("business_name", "street", "postcode", "place"), NORDVIK[1:], strict=True))
    typing = {"country": "NO", "registration_number": "", "seen": "NO310313815", **shown}
    fill(client, until="evidence")

    emptied = client.post("/en/apply/look-up/", typing, headers={**HTMX, "HX-Target": "found"})
    assert [value for value in NORDVIK[1:] if f'value="{value}"' in emptied.text] == []
    moved = {**typing, "country": "SE", "registration_number": "310313815"}
    abroad = client.post("/en/apply/look-up/", moved, headers={**HTMX, "HX-Target": "business"})
    assert [value for value in ("310", *NORDVIK[1:]) if f'value="{value}' in abroad.text] == []


def test_a2_what_somebody_typed_stays_with_another_business(client: Client) -> None:
    fill(client, until="evidence")
    typed = {"business_name": NORDVIK[1], "street": "Kaia 1", "postcode": "5010", "place": "Bergen"}

    send(client, "business", country="NO", registration_number="310003913", seen="NO310313815", **typed)
    assert business_of(draft_of(client)) == ("310003913", "BLÅTIMEN FILM AS", "Kaia 1", "5010", "Bergen")


@pytest.mark.parametrize("step", ["evidence", "contact", "information"])
def test_a1_a_page_that_was_for_another_business_asks_before_it_is_saved(
    client: Client, invoice: bytes, step: str
) -> None:
    draft = fill(client, until="check", pdf=invoice)
    page = client.get(address(step)).text
    assert 'name="for" value="NO310313815"' in page
    send(client, "business", country="NO", registration_number="310003913", seen="NO310313815")
    documents = draft.evidence.count()
    changed = {
        "first_name": "Åse",
        "invoice_email": "ny@nordvik.example",
        "evidence": file(b"%PDF", "ny.pdf"),
    }
    answers = {name: changed.get(name, value) for name, value in ANSWERS[step].items()}

    answer = client.post(address(step), {"go": "next", "for": "NO310313815", **answers}, follow=True)
    said = "this application is now for BLÅTIMEN FILM AS, 310 003 913."
    assert lacking(words(answer), [said, "nothing of it was saved"]) == []
    draft.refresh_from_db()
    assert (draft.first_name, draft.invoice_email) == ("Kari", "faktura@nordvik.example")
    assert (draft.vat_number, draft.evidence.count()) == ("", documents)
    send(client, "evidence", vat_registered="on", vat_number="310003913MVA")
    if step != "evidence":  # what was typed waits on its page
        assert any(
            f'value="{new}"' in client.get(address(step)).text for new in ("Åse", "ny@nordvik.example")
        )
        gone_on = client.post(address(step), {"go": "next", "for": "NO310003913", **answers})
        assert gone_on.url != address(step)  # type: ignore[attr-defined]


def test_a4_a_script_that_sends_for_another_business_is_led_to_the_page(
    client: Client, invoice: bytes
) -> None:
    draft = fill(client, until="contact", pdf=invoice)
    send(client, "business", country="NO", registration_number="310003913", seen="NO310313815")

    sent = {"for": "NO310313815", "vat_number": "310313815MVA", "evidence": file(b"%PDF", "ny.pdf")}
    for page in (
        "/en/apply/evidence/documents/",
        f"/en/apply/evidence/{draft.evidence.get().public_id}/remove/",
        address("evidence"),
    ):
        answer = client.post(page, {**sent, "go": "keep"}, headers=HTMX)
        assert answer["HX-Redirect"] == address("evidence")
    assert draft.evidence.count() == 1


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("FR", "732 829 320 00074", "732829320"),
        ("FR", "FR 732 829 320", "732829320"),
        ("GB", "1234567", "01234567"),
        ("GB", "gb 01234567", "01234567"),
        ("DE", "DE 12/345/67890", "1234567890"),
    ],
)
def test_a2_numbers_are_taken_as_people_write_them(
    client: Client, country: str, typed: str, kept: str
) -> None:
    rest = {"business_name": "Lux", "street": "Rue 1", "place": "Paris"}
    code = {"FR": "75001", "GB": "SW1A 1AA", "DE": "10115"}[country]

    answer = send(client, "business", country=country, registration_number=typed, postcode=code, **rest)
    assert (answer.status_code, Application.objects.get().registration_number) == (302, kept)
    said = "Of the SIRET number that you gave we took 732 829 320, which is the SIREN number."
    assert (said in words(client.get(address("evidence")))) == ("00074" in typed)


def test_a2_a_vat_number_in_the_place_of_the_other_is_named(client: Client) -> None:
    refused = send(client, "business", country="DE", registration_number="DE136695976")

    assert "This is the VAT number; it comes on the next page." in words(refused)


def test_a3_in_norway_the_vat_number_is_the_businesss_own(client: Client, invoice: bytes) -> None:
    fill(client, until="evidence")

    refused = send(
        client, "evidence", vat_registered="on", vat_number="NO999999999MVA", evidence=file(invoice)
    )
    said = "The VAT number of NORDVIK & SØNN FOTO AS is NO 310 313 815 MVA"
    assert (refused.status_code, lacking(words(refused), [said])) == (422, [])


# --- continue later ---------------------------------------------------------------------------------


def test_a1_a_draft_mails_few_links_and_to_few_addresses(client: Client) -> None:
    """Anybody may begin an application; it is no way to write to strangers."""
    fill(client, until="evidence")

    def mailed(email: str) -> str:
        return words(client.post("/en/apply/continue-later/", {"email": email}, follow=True))

    for email in ("a@x.example", "b@x.example", "c@x.example", "A@x.example"):
        assert f"on its way to {email}" in mailed(email)
    assert "to several addresses already" in mailed("d@x.example")
    assert "on its way" in mailed("b@x.example")
    assert "we send no more" in mailed("a@x.example")
    assert Mail.objects.filter(template="resume").count() == 5


def test_a1_a_form_that_was_refused_may_be_gone_back_to(client: Client) -> None:
    fill(client, until="evidence")

    for page in ("/en/apply/continue-later/", "/en/sign-in/", "/en/password/forgot/"):
        assert "no-store" in client.get(page)["Cache-Control"]
        refused = client.post(page, {"email": ""})
        assert (refused.status_code, refused["Cache-Control"]) == (422, "private, no-cache")
