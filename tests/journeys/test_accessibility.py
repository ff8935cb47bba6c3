"""axe finds nothing on any page, in both languages and colour schemes, and nothing sticks out on a phone (look.md).

What a page looks like does not depend on the database, so these run once (`look`, see scripts/test). A page
that is missing here is found by `test_every_page_is_looked_at`.
"""

from __future__ import annotations

import json
import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page, expect

from tests.browser import House, violations

pytestmark = pytest.mark.look

STRANGER = ["", "apply/business/", "sign-in/", "password/forgot/", "help/", "terms/", "privacy/"]
NORA = [
    "overview/",
    "products/",
    "products/?state=gone",
    "products/add/",
    "products/change/?all=1",
    "products/photos/",
    "products/import/",
    "points/",
    "membership/",
    "membership/join/gold/",
    "business/",
]
HAVBLIKK = ["membership/", "membership/?business=1", "membership/join/business-a/"]
GRETE = ["overview/", "membership/", "membership/card/", "invoices/"]
RING = ["overview/", "membership/", "membership/renew/gold/"]
ADMIN = [
    "desk/",
    "desk/applications/",
    "desk/applications/?state=decided",
    "desk/applications/figures/",
    "desk/applications/blocked/",
    "desk/accounts/",
    "desk/disputes/",
    "desk/serial/?q=",
    "desk/legacy/",
    "desk/invoices/",
    "desk/bank/",
    "desk/mail/",
    "desk/programme/",
    "desk/programme/what-if/",
]
DEMO = ["/demo/", "/demo/mail/", "/demo/clock/"]
FOLLOWED = {
    # Pages with a key in their address: the page that links to them, and the link.
    "product": ("Nora Natt", "products/", r"/products/[0-9a-f-]{36}/$"),
    "invoice": ("Grete Gamle", "invoices/", r"/invoices/\d+/$"),
    "review": ("Arne Alm", "desk/applications/", r"/desk/applications/[0-9a-f-]{36}/$"),
    "account": ("Arne Alm", "desk/accounts/", r"/desk/accounts/[0-9a-f-]{36}/$"),
    "transfer": ("Frøya Fjell", "products/", r"/transfers/[0-9a-f-]{36}/$"),
    "dispute": ("Arne Alm", "desk/disputes/", r"/desk/disputes/[0-9a-f-]{36}/$"),
    "desk invoice": ("Arne Alm", "desk/invoices/", r"/desk/invoices/\d+/$"),
    "charge to confirm": ("Vidar Vik", "invoices/", r"/invoices/\d+/$"),
}


def person(house: House, name: str) -> dict[str, str]:
    people = json.loads((house.folder / "people.json").read_text())
    return next(dict(each) for each in people if each["name"].startswith(name))


def become(page: Page, house: House, name: str) -> None:
    page.context.request.post(f"{house.url}/demo/become/{person(house, name)['user']}/")


def look(page: Page, address: str, *, colours: bool = True) -> list[str]:
    """What axe says of a page in light, of its contrast in dark, and whether it fits a small phone."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    found = [f"{address}: {each}" for each in violations(page, colours=colours)]
    page.set_viewport_size({"width": 320, "height": 700})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        found.append(f"{address}: {width} pixels wide on a screen of 320")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("", STRANGER),
        ("Nora Natt", NORA),
        ("Håkon Hav", HAVBLIKK),
        ("Grete Gamle", GRETE),
        ("Åshild Ring", RING),
        ("Solveig Sol", ["membership/"]),
        ("Arne Alm", ADMIN),
    ],
    ids=["stranger", "invited", "business levels", "member", "term ends", "suspended", "staff"],
)
def test_axe_finds_nothing(
    house: House, browser: Browser, language: str, name: str, addresses: list[str]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    if name:
        become(page, house, name)
    at = f"{house.url}/{language}/"
    found = [each for address in addresses for each in look(page, at + address, colours=language == "nb")]
    context.close()
    assert found == []


@pytest.mark.parametrize("language", ["nb", "en"])
def test_axe_finds_nothing_where_links_lead(house: House, browser: Browser, language: str) -> None:
    found = []
    context = browser.new_context()
    page = context.new_page()
    for name, start, pattern in FOLLOWED.values():
        become(page, house, name)
        page.goto(f"{house.url}/{language}/{start}")
        links = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
        address = next(link for link in links if re.search(pattern, link))
        found += look(page, address, colours=language == "nb")
    context.close()
    assert found == []


@pytest.mark.parametrize("language", ["nb", "en"])
def test_axe_finds_nothing_on_what_mails_and_the_demo_show(
    house: House, browser: Browser, language: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    statuses = [person(house, name)["link"] for name in ("Kari Kyst", "Viggo Vinter", "Sigrid Sist")]
    addresses = [re.sub("^/(nb|en)/", f"/{language}/", link) for link in statuses]
    addresses += [f"{address}?language={language}" for address in DEMO]
    colours = language == "nb"
    found = [each for address in addresses for each in look(page, house.url + address, colours=colours)]
    context.close()
    assert found == []


LOOKED_AT = {
    "public": {"start", "step", "sign_in", "password_forgot", "help", "terms", "privacy", "status"},
    "portal": {
        "overview", "products", "change", "add", "product", "photos", "photo_batch", "imports", "import", "points",
        "membership", "join", "card", "invoices", "invoice", "business", "help", "renew", "transfer",
    },
    "desk": {
        "home", "applications", "application", "figures", "blocked", "accounts", "account", "disputes", "dispute",
        "serial", "legacy", "invoices", "invoice", "bank", "mail", "programme", "what_if",
    },
}  # fmt: skip
LOOKED_AT_ELSEWHERE = {
    # Walked by the guide, which would stumble over them, or no page of their own: parts, files, verbs.
    "public": {
        "look_up", "place", "documents", "continue_later", "resume", "remove_evidence", "status_evidence", "sign_out",
        "remove_added", "password_set", "former_email", "verify",
    },
    "portal": {
        "bring_back", "products_csv", "products_xlsx", "equipment_list", "remove_many", "undo_change",
        "models", "photo_parts", "migrate", "migration", "stop_migration", "former_address", "statement", "give",
        "missing", "found", "remove", "decline_transfer", "take_back", "join_card", "start_import", "stop_import",
        "discard_import", "import_refused", "import_refused_xlsx", "invoice_pdf", "new_card", "card_saved", "go_on",
        "confirm_charge", "charge_confirmed",
    },
    "desk": {
        "ready_text", "stay", "next_application", "claim", "release", "take_over", "note", "unblock",
        "approve", "ask", "decline", "evidence", "evidence_page", "adjust_points", "link_former_address",
        "name_legacy", "unname_legacy", "password_link", "receipt", "receipt_page", "invoice_pdf", "mail_again",
        "take_back",
    },
}  # fmt: skip


def test_every_page_is_looked_at() -> None:
    for face in ("public", "portal", "desk"):
        names = {pattern.name for pattern in _patterns(face)}
        assert names == LOOKED_AT[face] | LOOKED_AT_ELSEWHERE[face], face


def _patterns(face: str) -> list[URLPattern]:
    languages = next(each for each in get_resolver().url_patterns if isinstance(each, URLResolver))
    inner = next(
        each for each in languages.url_patterns if isinstance(each, URLResolver) and each.app_name == face
    )
    return [each for each in inner.url_patterns if isinstance(each, URLPattern)]


def test_the_black_bar_and_its_tabs(house: House, page: Page) -> None:
    """B1: the tabs of the portal, the present one marked."""
    become(page, house, "Nora Natt")
    page.goto(f"{house.url}/en/products/")
    tabs = page.get_by_role("navigation", name="Your pages").get_by_role("link")
    assert tabs.all_inner_texts() == [
        "Overview", "My products", "Membership", "Invoices", "Business", "Help",
    ]  # fmt: skip
    expect(page.locator("[aria-current=page]").first).to_have_text("My products")
