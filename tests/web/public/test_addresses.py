"""Addresses of the form: post codes fill their place (A2), e-invoices have an address that can exist (A1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from medlem.applications.postcodes import keep
from tests.web.public.visitor import (
    BUSINESS,
    HTMX,
    INFORMATION,
    NORDVIK,
    address,
    business_of,
    draft_of,
    fill,
    send,
)
from tests.web.visits import words

# --- A2: post codes ---------------------------------------------------------------------------------


@pytest.fixture
def postcodes(db: None) -> None:
    keep(country="NO", places={"0484": "OSLO", "5003": "BERGEN"})


def place_event(client: Client, **typed: str) -> dict[str, str] | None:
    answer = client.get("/en/apply/place/", typed, headers=HTMX)
    assert (answer.status_code, answer.content) == (204, b"")
    event = json.loads(answer.headers.get("HX-Trigger", "{}"))
    return event.get("medlem:place")


@pytest.mark.usefixtures("postcodes")
def test_a2_a_known_post_code_tells_its_place(client: Client) -> None:
    oslo = {"place": "OSLO", "heard": "Place: OSLO"}
    assert place_event(client, country="NO", postcode="0484") == oslo
    assert place_event(client, country="NO", delivery_postcode=" 0484") == oslo
    for country, code in (("NO", "0485"), ("NO", "048"), ("NO", ""), ("SE", "0484"), ("XX", "9" * 99)):
        assert place_event(client, country=country, postcode=code) is None


@pytest.mark.usefixtures("postcodes")
@pytest.mark.parametrize(("typed", "kept"), [("", "OSLO"), (" ", "OSLO"), ("Grefsen", "Grefsen")])
def test_a2_an_empty_place_is_filled_on_continue_and_another_one_stands(
    client: Client, typed: str, kept: str
) -> None:
    send(client, "business", **BUSINESS, street="Nygata 1", postcode="0484", place=typed)
    draft = draft_of(client)
    assert business_of(draft)[2:] == (("Nygata 1", "0484", kept) if typed.strip() else NORDVIK[2:])

    number = {"registration_number": "974760673", "business_name": "Nytt Navn AS", "seen": "NO974760673"}
    send(client, "business", country="NO", **number, street="Nygata 1", postcode="0484", place=typed)
    assert business_of(draft)[2:] == ("Nygata 1", "0484", kept)


@pytest.mark.usefixtures("postcodes")
def test_a2_the_place_of_deliveries_is_filled_too(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="information", pdf=invoice)
    away = {key: value for key, value in INFORMATION.items() if key != "same_address"}

    send(client, "information", **away, delivery_street="Kaia 1", delivery_postcode="5003")
    draft.refresh_from_db()
    assert (draft.delivery_postcode, draft.delivery_place) == ("5003", "BERGEN")


@pytest.mark.usefixtures("postcodes")
def test_a2_a_place_that_was_filled_is_known_as_such(client: Client) -> None:
    fill(client, until="evidence")
    assert 'data-filled="BERGEN"' in client.get(address("business")).text

    send(
        client, "business", **BUSINESS, seen="NO310313815", street="Kaia 1", postcode="5003", place="Sentrum"
    )
    assert "data-filled" not in client.get(address("business")).text


def test_a2_a_post_code_has_the_form_of_the_country(client: Client, invoice: bytes) -> None:
    refused = send(client, "business", **BUSINESS, street="Nygata 1", postcode="50031", place="Bergen")
    assert refused.status_code == 422
    assert "Postcode : A postcode in Norway looks like 0150." in words(refused)

    fill(client, until="information", pdf=invoice)
    away = {key: value for key, value in INFORMATION.items() if key != "same_address"}
    delivery = {"delivery_street": "Kaia 1", "delivery_postcode": "SE-111", "delivery_place": "X"}
    assert "A postcode in Norway" in words(send(client, "information", **away, **delivery))


def test_a2_an_address_abroad_that_the_register_knows_is_taken(client: Client) -> None:
    gone_on = send(client, "business", country="NO", registration_number="315965349")

    assert gone_on.url == address("evidence")  # type: ignore[attr-defined]
    assert business_of(draft_of(client))[3:] == ("81-336", "GDYNIA")


# --- A1: e-invoices ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("310 313 815", "0192:310313815"),
        ("0192:310313815", "0192:310313815"),
        ("0088:7300010000001", "0088:7300010000001"),
    ],
)
def test_a1_an_e_invoice_address_is_kept_with_its_scheme(
    client: Client, invoice: bytes, typed: str, kept: str
) -> None:
    draft = fill(client, until="information", pdf=invoice)

    assert send(client, "information", **INFORMATION, e_invoice_address=typed).status_code == 302
    draft.refresh_from_db()
    assert draft.e_invoice_address == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("310313814", "It is written like 0192:123456785."),
        ("0192:310313814", "The number behind 0192: cannot exist"),
        ("9999:310313815", "There is no number of the kind 9999."),
        ("faktura@nordvik.example", "It is written like 0192:123456785."),
    ],
)
def test_a1_a_wrong_e_invoice_address_is_named_and_the_rest_saved(
    client: Client, invoice: bytes, typed: str, said: str
) -> None:
    draft = fill(client, until="information", pdf=invoice)

    refused = send(client, "information", **INFORMATION, e_invoice_address=typed)
    assert refused.status_code == 422
    assert "E-invoice address : " in words(refused)
    assert said in words(refused)
    assert f'value="{typed}"' in refused.text  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert (draft.e_invoice_address, draft.trade) == ("", "photography")


def test_a1_the_businesss_own_address_is_offered_and_taken(client: Client, invoice: bytes) -> None:
    draft = fill(client, until="information", pdf=invoice)
    assert "Use 0192:310313815" in words(client.get(address("information")))

    sent: dict[str, Any] = {**INFORMATION, "e_invoice_address": "", "suggested": "0192:310313815"}
    assert send(client, "information", **sent).url == address("information")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert draft.e_invoice_address == "0192:310313815"
    assert "Use 0192" not in words(client.get(address("information")))
