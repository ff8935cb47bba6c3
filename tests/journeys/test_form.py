"""The application form as people meet it: without a script and with errors on the way, and with uploads in place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from medlem.commands.simulated.documents import invoice_pdf
from tests.browser import House, has_focus

pytestmark = pytest.mark.xdist_group("guide")

NUMBER, NAME = "311980815", "LYSMÅLEREN ASA"


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, Path]:
    """The right invoice, somebody else's, and what only has the name of a document."""
    contents = {
        "faktura": invoice_pdf(
            name=NAME, number="311 980 815 MVA", address="Plan 4/Sjøhuskaien 50/4006 STAVANGER"
        ),
        # Of a business that applies nowhere in this house: a paper that was sent before is nobody's proof (A7).
        "annen": invoice_pdf(
            name="HVITBALANSE AS", number="313 354 067 MVA", address="Rosenlunden 5/3111 TØNSBERG"
        ),
        "rar": b"MZ",
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    return {name: tmp_path / f"{name}.pdf" for name in contents}


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_a1_five_pages_without_a_script_and_with_errors_on_the_way(
    house: House, browser: Browser, documents: dict[str, Path]
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    main = page.get_by_role("main")
    page.goto(f"{house.url}/en/apply/")
    page.get_by_label("Business name").fill("lysmåleren")
    press(page, "Search by name")
    page.get_by_role("button", name=re.compile(NAME)).click()
    expect(main).to_contain_text(f"Found in Brønnøysundregistrene: {NAME}")
    page.get_by_label("Place").fill("")
    press(page, "Continue")

    page.get_by_label("VAT number").fill("")
    page.get_by_label("Evidence").set_input_files([documents["rar"], documents["faktura"]])
    press(page, "Continue")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("rar.pdf: The name says PDF or picture")
    summary.get_by_role("link", name="VAT number").click()
    assert page.url.endswith("#id_vat_number")
    page.get_by_label("VAT number").fill(NUMBER)
    page.get_by_label("Evidence").set_input_files(documents["annen"])
    press(page, "Continue")
    expect(main).to_contain_text("This is what we found.")
    expect(main).to_contain_text("Business name found: LYSMÅLEREN")
    press(page, "Continue")

    page.get_by_label("First name").fill("Åse")
    page.get_by_label("E-mail").fill("aase@")
    press(page, "VAT and evidence")
    press(page, "Continue")
    expect(page.get_by_label("First name")).to_have_value("Åse")
    expect(page.get_by_label("E-mail")).to_have_value("aase@")
    page.get_by_label("E-mail").fill("aase@lysmaaleren.example")
    page.get_by_label("Last name").fill("Lys")
    page.get_by_label("Last name").press("Enter")

    page.get_by_label("Trade").select_option(index=1)
    page.get_by_label("Deliver to the business address").uncheck()
    page.get_by_label("Delivery address").fill("Kaia 1")
    page.get_by_label("Postcode").fill("5003")
    press(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(main).to_contain_text("Kaia 1, 5003 BERGEN")
    page.get_by_role("checkbox").check()
    press(page, "Send application")
    expect(page).to_have_url(re.compile("/status/"))
    page.context.close()


def test_a4_documents_are_sent_in_place_and_continue_waits_for_them(
    house: House, page: Page, documents: dict[str, Path]
) -> None:
    page.goto(f"{house.url}/en/apply/")
    page.get_by_label("Organisation number").fill(NUMBER)
    expect(page.get_by_label("Place")).to_have_value("STAVANGER")
    page.get_by_label("Postcode").fill("5003")
    expect(page.get_by_label("Place")).to_have_value("BERGEN")
    press(page, "Continue")

    slow = page.context.new_cdp_session(page)
    limits = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
    slow.send("Network.emulateNetworkConditions", limits)
    lines, there = page.locator("[data-line]"), page.locator("#documents .file")
    page.get_by_label("Evidence").set_input_files([documents["rar"], documents["faktura"]])
    expect(lines).to_have_count(2)
    press(page, "Continue")
    expect(there).to_contain_text(["Business name found: LYSMÅLEREN"])
    has_focus(page, "[data-refused]")  # what was refused is read before going on
    expect(lines).to_have_count(0)
    page.locator("[data-refused]").get_by_role("button", name="Remove").click()

    page.get_by_label("Evidence").set_input_files(documents["annen"])
    expect(there).to_have_count(2)
    there.nth(1).get_by_role("button", name="Remove").click()
    expect(there).to_have_count(1)
    press(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is the contact person?")


def test_a1_back_after_an_error_shows_the_page_and_what_was_typed(house: House, page: Page) -> None:
    page.goto(f"{house.url}/en/apply/")
    press(page, "Continue")
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Enter the organisation number.")
    page.get_by_label("Organisation number").fill(NUMBER)
    expect(page.get_by_label("Place")).to_have_value("STAVANGER")
    expect(summary).to_have_count(0)  # what is there is no longer missing
    press(page, "Continue")
    press(page, "Continue")
    expect(summary).to_contain_text("Add a document.")

    heading = page.get_by_role("heading", level=1)
    page.go_back()  # to the page before it was refused, which shows the same
    expect(heading).to_have_text("Show us that it is a business")
    expect(summary).to_contain_text("Add a document.")
    page.go_back()
    expect(heading).to_have_text("Which business is it?")
    expect(page.get_by_label("Business name")).to_have_value(NAME)
