"""Who one can be in the demo, and being it (E7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.people import Cast


@pytest.fixture
def everybody(cast: Cast, settings: Any) -> None:
    """What the seed writes, in small."""

    def entry(
        group: str, name: str, state: str, user: str | None = None, link: str | None = None
    ) -> dict[str, Any]:
        return {
            "group": group,
            "name": name,
            "state": {"nb": f"{state} (nb)", "en": state},
            "user": user,
            "link": link,
        }

    entries = [
        entry("staff", "Vera Vik", "Validator", user=str(cast.vera.public_id)),
        entry("members", "Alice Aas, Fjordlys Foto AS", "510 points", user=str(cast.alice.public_id)),
        entry("applicants", "Åse Blåfjell", "Being validated", link="/nb/status/abc.def/"),
        entry(
            "businesses",
            "BLÅTIMEN FILM AS",
            "Organisation number 310 003 913",
            link="/demo/documents/310003913.pdf",
        ),
    ]
    (settings.DATA / "people.json").write_text(json.dumps(entries))
    (settings.DATA / "documents").mkdir()
    (settings.DATA / "documents" / "310003913.pdf").write_bytes(b"%PDF-1.7")


def shown(client: Client, language: str = "en") -> str:
    return " ".join(client.get(f"/demo/?language={language}").content.decode().split())


def test_e7_everybody_is_listed_by_group_with_their_state(client: Client, everybody: None) -> None:
    page = shown(client)

    groups = [page.index(f"<h2>{group}</h2>") for group in ("Applicants", "Members", "Staff")]
    assert groups == sorted(groups)
    assert "Alice Aas, Fjordlys Foto AS, 510 points" in page
    assert 'href="/en/status/abc.def/"' in page
    assert 'href="/demo/documents/310003913.pdf"' in page


def test_the_page_speaks_the_language_that_was_chosen(client: Client, everybody: None) -> None:
    assert "510 points (nb)" in shown(client, "nb")
    assert "510 points (nb)" in " ".join(client.get("/demo/").content.decode().split())


def test_before_the_seed_the_page_says_what_to_do(client: Client, db: None) -> None:
    assert "make demo" in shown(client)


def test_e7_one_click_signs_in_without_a_token_of_the_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    alice = client.post(f"/demo/become/{cast.alice.public_id}/", follow=True)
    vera = client.post(f"/demo/become/{cast.vera.public_id}/", follow=True)

    assert [step[0] for step in alice.redirect_chain] == ["/", "/en/", "/en/overview/"]
    assert alice.status_code == 200
    assert vera.redirect_chain[-1][0] == "/en/desk/"


def test_nobody_is_become_by_looking_or_by_guessing(client: Client, cast: Cast) -> None:
    assert client.get(f"/demo/become/{cast.alice.public_id}/").status_code == 405
    assert client.post("/demo/become/01900000-0000-7000-8000-000000000000/").status_code == 404


def test_the_invoice_of_an_invented_business_can_be_saved(client: Client, everybody: None) -> None:
    response = client.get("/demo/documents/310003913.pdf")

    assert response.headers["Content-Disposition"] == 'attachment; filename="faktura-310003913.pdf"'
    assert b"".join(response.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    assert client.get("/demo/documents/999.pdf").status_code == 404
    assert client.get("/demo/documents/..%2Fpeople.json.pdf").status_code == 404


def test_outside_of_a_demo_none_of_it_exists(client: Client, cast: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF = "medlem.urls"
    settings.DEMO = False

    for address in ("/demo/", "/demo/mail/", "/demo/mail.json", "/demo/clock/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/demo/become/{cast.alice.public_id}/").status_code == 404
