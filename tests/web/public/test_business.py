"""Step 1: the register knows the business by its number or its name, and never blocks the form (A2, A7)."""

from __future__ import annotations

import pytest
from django.test import Client

from medlem.applications.models import Application
from tests.web.public.visitor import BUSINESS, HTMX, NORDVIK, address, business_of, draft_of, fill, send
from tests.web.visits import lacking, words


def test_a2_the_number_alone_is_enough(client: Client) -> None:
    response = send(client, "business", **BUSINESS)

    draft = draft_of(client)
    assert response.url == address("evidence")  # type: ignore[attr-defined]
    assert business_of(draft) == NORDVIK
    assert (draft.organisation_form, draft.vat_registered) == ("AS", True)
    assert 'value="310313815MVA"' in client.get(address("evidence")).text


def test_a2_the_name_of_the_register_stands_the_address_is_the_applicants(client: Client) -> None:
    typed = {"business_name": "Something Else AS", "street": "Nygata 1", "postcode": "0150", "place": "Oslo"}
    send(client, "business", **BUSINESS, **typed)

    draft = draft_of(client)
    assert business_of(draft) == ("310313815", "NORDVIK & SØNN FOTO AS", "Nygata 1", "0150", "Oslo")
    page = client.get(address("business")).text
    assert (
        "readonly"
        in page[page.index('name="business_name"') - 300 : page.index('name="business_name"') + 300]
    )


def test_a2_another_number_brings_another_name_and_address(client: Client) -> None:
    draft = fill(client, until="evidence")
    shown = dict(zip(("business_name", "street", "postcode", "place"), NORDVIK[1:], strict=True))

    send(client, "business", country="NO", registration_number="310003913", seen="NO310313815", **shown)
    assert business_of(draft) == ("310003913", "BLÅTIMEN FILM AS", "Nedre Skogvei 14B", "0484", "OSLO")
    assert draft.vat_number == ""


def test_a2_a_slip_in_the_number_is_named(client: Client) -> None:
    refused = send(client, "business", country="NO", registration_number="310313814", business_name="Nordvik")

    assert refused.status_code == 422
    assert "Organisation number : This number is not valid" in words(refused)
    assert Application.objects.count() == 0


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("974760673", "Brønnøysundregistrene has no business with this number."),
        ("319468528", "Brønnøysundregistrene does not answer right now."),
    ],
)
def test_a2_without_an_answer_one_fills_in_by_hand_and_goes_on(
    client: Client, number: str, said: str
) -> None:
    refused = send(client, "business", country="NO", registration_number=number)
    assert refused.status_code == 422
    assert said in words(refused)

    typed = {"business_name": "Nytt Navn AS", "street": "Nygata 1", "postcode": "0150", "place": "Oslo"}
    gone_on = send(client, "business", country="NO", registration_number=number, **typed)
    assert gone_on.url == address("evidence")  # type: ignore[attr-defined]
    assert business_of(draft_of(client)) == (number, *typed.values())


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("316641067", "the business is bankrupt. You can apply all the same"),
        ("317530188", "the business is being dissolved. You can apply all the same"),
    ],
)
def test_a2_what_the_register_warns_of_is_said_and_refuses_nobody(
    client: Client, number: str, said: str
) -> None:
    send(client, "business", country="NO", registration_number=number)

    assert said in words(client.get(address("evidence")))


def test_a2_a_place_of_work_leads_to_its_business_and_says_why(client: Client) -> None:
    page = send(client, "business", country="NO", registration_number="316152201")
    said = [
        "Found in Brønnøysundregistrene: BLÅTIMEN FILM, Bedrift.",
        "This is the number of a place of work, which cannot have an account.",
        "Apply with the number of the business behind it: 310 003 913.",
        "Apply for BLÅTIMEN FILM AS",
    ]
    assert (page.status_code, lacking(words(page), said)) == (422, [])

    typed = {"country": "NO", "registration_number": "316152201", "seen": "NO316152201"}
    client.post(address("business"), {**typed, "choose": "310003913"})
    assert business_of(draft_of(client))[:2] == ("310003913", "BLÅTIMEN FILM AS")


def test_a2_the_business_behind_a_place_of_work_is_named_while_typing(client: Client) -> None:
    typing = {"country": "NO", "registration_number": "316152201"}
    found = client.post("/en/apply/look-up/", typing, headers={**HTMX, "HX-Target": "found"})

    assert "behind it: BLÅTIMEN FILM AS, 310 003 913." in found.text
    assert "Apply for BLÅTIMEN FILM AS" in found.text


def test_a2_nobody_goes_on_with_a_place_of_work(client: Client) -> None:
    """A second *Continue*, or the list of steps, leads no further: it would apply with the wrong number."""
    fill(client, until="evidence")
    typed = {"country": "NO", "registration_number": "316152201", "seen": "NO316152201"}

    assert send(client, "business", **typed).status_code == 422
    client.post(address("business"), {**typed, "to": "evidence"})
    assert business_of(draft_of(client)) == NORDVIK


def test_a2_what_the_register_said_is_there_on_coming_back(client: Client) -> None:
    fill(client, until="evidence")

    assert "Found in Brønnøysundregistrene: NORDVIK & SØNN FOTO AS, Aksjeselskap." in words(
        client.get(address("business"))
    )


@pytest.mark.parametrize("field", ["business_name", "registration_number"])
def test_a2_a_name_finds_businesses_to_choose_from_without_a_script(client: Client, field: str) -> None:
    typed = {"country": "NO", field: "nordvik"}
    for answer, status in (
        (send(client, "business", **typed, go="look"), 200),
        (send(client, "business", **typed), 422),
    ):
        assert answer.status_code == status
        assert "NORDVIK & SØNN FOTO AS 310 313 815 · AS · BERGEN" in words(answer)

    chosen = client.post(
        address("business"), {"country": "NO", "business_name": "nordvik", "choose": "310313815"}
    )
    assert chosen.url == address("business")  # type: ignore[attr-defined]
    assert business_of(draft_of(client)) == NORDVIK


def test_a2_typing_fills_the_form_in_place(client: Client) -> None:
    typing = {"country": "NO", "registration_number": "310 313 815"}
    found = client.post("/en/apply/look-up/", typing, headers={**HTMX, "HX-Target": "found"})

    assert (
        lacking(found.text, [f'value="{value}"' for value in ("Øvre Bryggesmug 3", "5003", "BERGEN")]) == []
    )
    assert "Found in Brønnøysundregistrene: NORDVIK &amp; SØNN FOTO AS, Aksjeselskap." in " ".join(
        found.text.split()
    )
    assert 'name="registration_number"' not in found.text
    assert 'role="status" hx-swap-oob="true">NORDVIK &amp; SØNN FOTO AS, Aksjeselskap.<' in found.text
    assert Application.objects.count() == 0


def test_a2_typing_a_name_shows_what_it_may_be(client: Client) -> None:
    found = client.post(
        "/en/apply/look-up/",
        {"country": "NO", "business_name": "blåtimen"},
        headers={**HTMX, "HX-Target": "hits"},
    )

    assert "BLÅTIMEN FILM AS" in found.text
    assert "<input" not in found.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xyzzy", "We found no business with the name xyzzy. Try one word of it, or type the number."),
        ("xy", ""),
    ],
)
def test_a2_a_name_that_nobody_has_is_said(client: Client, name: str, said: str) -> None:
    page = words(send(client, "business", country="NO", business_name=name, go="look"))

    assert ("no business with the name" in page, said in page) == (bool(said), True)


@pytest.mark.usefixtures("register_down")
def test_a2_a_register_that_could_not_be_asked_has_not_found_nobody(client: Client) -> None:
    page = words(send(client, "business", country="NO", business_name="Blåtimen", go="look"))

    assert ("no business with the name" in page, "does not answer right now" in page) == (False, True)


def test_a2_another_country_asks_for_its_own_number(client: Client) -> None:
    found = client.post("/en/apply/look-up/", {"country": "DK"}, headers={**HTMX, "HX-Target": "business"})
    assert lacking(found.text, ["CVR number", "For example 12 34 56 07"]) == []

    typed = {"business_name": "Lys ApS", "street": "Gade 1", "postcode": "1000", "place": "København"}
    refused = send(client, "business", country="DK", registration_number="12345608", **typed)
    said = ["CVR number : This number is not valid: a digit or letter is wrong", "like 12 34 56 07."]
    assert lacking(words(refused), said) == []
    gone_on = send(client, "business", country="DK", registration_number="12 34 56 07", **typed)
    assert gone_on.url == address("evidence")  # type: ignore[attr-defined]
    assert business_of(draft_of(client)) == ("12345607", *typed.values())


@pytest.mark.parametrize(
    ("country", "number", "example"),
    [("NL", "1234567", "12345678"), ("GB", "123456", "01234567"), ("LU", "123456", "B123456")],
)
def test_a7_a_number_without_check_digits_has_its_form(
    client: Client, country: str, number: str, example: str
) -> None:
    refused = send(client, "business", country=country, registration_number=number)

    assert f"It is written like {example}." in words(refused)


def test_a2_a_country_that_is_none_of_ours_is_refused(client: Client) -> None:
    assert send(client, "business", **{**BUSINESS, "country": "XX"}).status_code == 422
