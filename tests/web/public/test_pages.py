"""The first page, help, terms, privacy; and what is answered to too many requests (E2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from medlem.programme import current
from medlem.web import throttle
from medlem.web.throttle import Limit, allowed
from tests.people import Cast
from tests.web.public.visitor import address, send
from tests.web.visits import lacking, signed_in, words


def test_the_first_page_says_what_it_is_and_how_it_goes(client: Client) -> None:
    expected = [
        "Apply for a business account",
        "Sign in",
        "Canon Professional Services",
        "all of them within 2 working days",
        "With 500 points you are invited",
        "The invoice is due 30 days later",
        "Who can apply?",
    ]
    assert lacking(words(client.get("/en/")), expected) == []


def test_e2_help_has_every_question_and_the_people_who_help(client: Client) -> None:
    page = words(client.get("/en/help/"))

    questions = [question.question.in_("en") for question in current().faq]
    assert lacking(page, [*questions, "Priority support", "+47 21 00 00 00", "support@cps.example"]) == []


def test_b1_members_keep_their_tabs_on_the_help_page(cast: Cast) -> None:
    page = signed_in(cast.alice).get("/en/help/").text

    assert 'href="/en/products/"' in page
    assert 'href="/en/help/" aria-current="page"' in page


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("terms", ["Terms of membership", "Version 2026-1, in force from 1 Jan 2026", "Price and payment"]),
        ("privacy", ["What we store", "We never store card numbers."]),
    ],
)
def test_documents_of_the_programme_are_pages(client: Client, page: str, expected: list[str]) -> None:
    assert lacking(words(client.get(f"/en/{page}/")), expected) == []


@pytest.mark.parametrize(
    "page", ["", "help/", "terms/", "privacy/", "sign-in/", "password/forgot/", "apply/business/"]
)
def test_pages_speak_norwegian_too(client: Client, page: str) -> None:
    assert '<html lang="nb">' in client.get(f"/nb/{page}").text


# --- too often --------------------------------------------------------------------------------------


def test_a_limit_counts_each_client_for_itself() -> None:
    limit = Limit("test", 2, 3600)

    assert [allowed(limit, who) for who in ("a", "a", "a", "b", "a")] == [True, True, False, True, False]


def test_who_sends_too_much_waits_and_looking_stays_free(client: Client) -> None:
    asked = {"email": "x@x.example"}
    answers = [
        client.post("/en/password/forgot/", asked).status_code for _ in range(throttle.MAILS.times + 1)
    ]

    assert set(answers[:-1]) == {302}
    assert answers[-1] == 429
    refused = client.post("/en/password/forgot/", asked)
    assert refused["Retry-After"] == "300"
    assert "Wait a few minutes, then try again." in words(refused)
    assert client.get("/en/password/forgot/").status_code == 200


def test_other_people_are_not_held_up(client: Client) -> None:
    for _ in range(throttle.MAILS.times + 1):
        client.post("/en/password/forgot/", {"email": "x@x.example"}, REMOTE_ADDR="2001:db8::1")

    def status(remote: str) -> Any:
        return client.post("/en/password/forgot/", {"email": "x@x.example"}, REMOTE_ADDR=remote).status_code

    # A household has many addresses of IPv6, and one limit.
    assert [status(remote) for remote in ("2001:db8::2", "2001:db8:0:1::1", "192.0.2.7")] == [429, 302, 302]


def test_look_ups_are_limited(client: Client) -> None:
    typed = {"country": "NO", "registration_number": "12"}
    answers = {client.post("/en/apply/look-up/", typed).status_code for _ in range(throttle.LOOK_UPS.times)}

    assert answers == {200}
    assert client.post("/en/apply/look-up/", typed).status_code == 429
    assert client.get(address("business")).status_code == 200


# --- another programme ------------------------------------------------------------------------------


@pytest.fixture
def nordlys(settings: Any) -> None:
    settings.MEDLEM_PROGRAMME_FILE = settings.PACKAGE.parent / "programmes" / "nordlys.toml"


@pytest.mark.usefixtures("nordlys")
def test_another_programme_has_its_own_name_country_and_number(client: Client, invoice: bytes) -> None:
    assert "CPS" not in client.get("/en/").text
    typed = {"business_name": "Ljus AB", "street": "Gatan 1", "postcode": "111 20", "place": "Stockholm"}

    slip = send(client, "business", country="SE", registration_number="5560360794", **typed)
    assert "This number is not valid" in words(slip)
    assert (
        send(client, "business", country="SE", registration_number="5560360793", **typed).status_code == 302
    )
    page = words(client.get(address("evidence")))
    assert current().country("SE").register_name in page
    assert "MVA" not in page
