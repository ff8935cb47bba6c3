"""The reviewer's viewer: what was found is drawn over the page, however it is turned (A4, A8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from medlem.applications import actions, checking
from medlem.applications.models import Application, Evidence
from medlem.web.desk.evidence import Mark, Sheet
from tests import factories
from tests.gateways.samples import pdf
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "register_up")]

PAPER = "FAKTURA\nFakturadato 02.11.2026\nBlåfjell Bilder AS\nOrg.nr. 985 589 712 MVA"


@pytest.fixture(autouse=True)
def english_pages() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def application(now: datetime) -> Application:
    """Its document shows number and name; its business is unknown to the register, so that a person looks."""
    draft = factories.draft(now=now, pdf=pdf("Følgebrev", PAPER))
    sent = actions.send(application=draft, now=now)
    return checking.check(application_id=sent.pk, now=now)


@pytest.fixture
def vera(client: Client, cast: Cast) -> Client:
    client.force_login(cast.vera)
    return client


def sheet(client: Client, application: Application, query: str = "") -> Sheet:
    found: Sheet = client.get(reverse("desk:application", args=[application.public_id]) + query).context[
        "sheet"
    ]
    return found


def words(client: Client, application: Application, query: str = "") -> str:
    response = client.get(reverse("desk:application", args=[application.public_id]) + query)
    return " ".join(re.sub(r"<[^>]*>", " ", response.text).split())


def test_a8_what_was_found_is_numbered_in_the_list_and_on_its_page(
    vera: Client, application: Application
) -> None:
    first, second = sheet(vera, application), sheet(vera, application, "?sheet=2")
    assert [(place.at, place.label, place.page) for place in second.places or ()] == [
        (1, "VAT number", 2),
        (2, "Organisation number", 2),
        (3, "Business name", 2),
        (0, "Address", 0),
        (4, "Date", 2),
    ]
    assert (first.here, [place.at for place, _sign in second.here]) == ([], [1, 2, 3, 4])
    assert second.high == 1855  # 454 by 842 points, a thousand wide


def test_a8_the_numbers_of_places_that_begin_together_stand_apart(
    vera: Client, application: Application
) -> None:
    signs = [sign for _place, sign in sheet(vera, application, "?sheet=2").here]
    assert not any(one.touches(two) for at, one in enumerate(signs) for two in signs[at + 1 :])


def test_a8_places_turn_with_the_page(vera: Client, application: Application) -> None:
    upright = sheet(vera, application, "?sheet=2")
    turned = sheet(vera, application, "?sheet=2&turn=90")
    over = sheet(vera, application, "?sheet=2&turn=180")
    (name,) = [place.marks[0] for place, _ in upright.here if place.label == "Business name"]
    (lying,) = [place.marks[0] for place, _ in turned.here if place.label == "Business name"]
    (fallen,) = [place.marks[0] for place, _ in over.here if place.label == "Business name"]
    assert (turned.high, over.high) == (539, 1855)
    assert abs((lying.height - 6) / (lying.width - 6) - (name.width - 6) / (name.height - 6)) < 0.2
    assert lying.left + lying.width > 900 - name.top  # what was above is at the right
    assert isinstance(fallen, Mark)
    assert abs(fallen.left + fallen.width - (1000 - name.left)) < 3
    assert abs(fallen.top + fallen.height - (1855 - name.top)) < 3


def test_a8_a_finding_leads_to_its_place(vera: Client, application: Application) -> None:
    response = vera.get(reverse("desk:application", args=[application.public_id]))
    (link,) = re.findall(r'href="([^"]*place=3[^"]*)"', response.text)
    page = vera.get(link.replace("&amp;", "&").partition("#")[0]).text
    assert link.endswith("#place-3")
    assert re.search(r'<g id="place-3"\s+data-chosen>\s*<title>Business name: Blåfjell Bilder</title>', page)
    assert 'style="' not in page  # which the content policy forbids


def test_a7_what_the_page_does_not_show_is_said_and_drawn_so(vera: Client, application: Application) -> None:
    document = Evidence.objects.get()
    assert document.findings
    document.findings |= {"compared": True, "not_in_picture": ["Blåfjell Bilder"]}
    document.save()
    said = words(vera, application, "?sheet=2")
    assert "“Blåfjell Bilder”, in the text of the file, but not to be seen on the page" in said
    assert "Text and picture: The file says something that the page does not show" in said
    assert (
        'id="place-3" class="doubt"'
        in vera.get(reverse("desk:application", args=[application.public_id]) + "?sheet=2").text
    )


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ({"compared": True}, "Text and picture: Agree"),
        ({"compared": False}, "Text and picture: Could not be compared"),
        ({"legible": False, "flaw": "blurred"}, "Legibility: Hard to read: blurred"),
        ({"kind": "unknown"}, "Kind: Not recognised"),
        ({}, "Kind: Invoice"),
    ],
)
def test_a8_what_else_reading_told(
    vera: Client, application: Application, findings: dict[str, object], said: str
) -> None:
    document = Evidence.objects.get()
    assert document.findings
    document.findings |= findings
    document.save()
    assert said in words(vera, application)


def test_a8_a_document_that_is_being_read_says_so(vera: Client, application: Application) -> None:
    Evidence.objects.update(reading="waiting", findings=None)
    assert "It is being read. Reload the page in some seconds." in words(vera, application)


def test_a8_the_words_of_all_pages_are_not_fetched_for_the_review(
    vera: Client, application: Application
) -> None:
    with CaptureQueriesContext(connection) as queries:
        vera.get(reverse("desk:application", args=[application.public_id]))
    assert not [each for each in queries.captured_queries if '"transcript"' in each["sql"]]
