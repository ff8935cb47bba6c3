"""The model is chosen from a list while one types, in a real browser; Back and the next serial number (B2, B5)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import House, violations
from tests.journeys.test_accessibility import become

pytestmark = pytest.mark.look


def test_b2_a_model_is_chosen_with_the_keys_and_back_registers_the_next(
    house: House, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    become(page, house, "Ingrid Inn")
    page.goto(f"{house.url}/en/products/add/")
    model = page.get_by_role("combobox", name="Model")
    model.press_sequentially("70-200 2.8")
    listed = page.get_by_role("listbox").get_by_role("option")
    expect(listed.nth(2)).to_have_text("RF 70-200mm F2.8L IS USM")
    found = violations(page)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        model.press(key)
    expect(model).to_have_value("RF 70-200mm F2.8L IS USM")
    expect(page.get_by_label("Serial number")).to_be_focused()
    model.fill("r5 mk 2")
    expect(listed).to_have_text(["EOS R5 Mark II"])
    model.press("Enter")
    expect(model).to_have_value("EOS R5 Mark II")
    for serial in ("066021000001", "066021000002"):
        model.fill("EOS R5 Mark II")  # a browser without its page cache comes back to an empty form
        page.get_by_label("Serial number").fill(serial)
        page.get_by_label("Purchase date").fill("2026-03-12")
        page.get_by_label("Dealer").fill("Fotohuset")
        page.get_by_role("button", name="Save product").click()
        expect(page.get_by_role("status").filter(has_text="EOS R5 Mark II is complete")).to_be_visible()
        expect(page.locator(".serial", has_text=serial)).to_be_visible()
        page.go_back()
    page.goto(f"{house.url}/en/products/")
    page.get_by_role("link", name="View product").first.click()
    page.get_by_text("Remove product").click()
    page.get_by_label("Sold").check()
    page.get_by_role("button", name="Yes, remove it").click()
    page.get_by_role("link", name="See it, or undo the removal within a day").click()
    found += violations(page)
    page.get_by_role("button", name="Undo the removal").click()
    expect(page.get_by_role("button", name="Save product")).to_be_visible()
    context.close()
    assert found == []
