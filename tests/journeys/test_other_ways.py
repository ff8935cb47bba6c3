"""The ways beside the straight one: asked for more, declined by the second of two, migrating, paying by bank."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from tests.browser import House
from tests.journeys.desk import approve, open_review
from tests.journeys.test_accessibility import become, person
from tests.journeys.test_whole_guide import text_of, today

pytestmark = pytest.mark.xdist_group("guide")


def test_a8_asked_for_more_then_answered_then_approved(house: House, browser: Browser, page: Page) -> None:
    """A validator asks, the applicant answers on the status page, the validator approves; another is told."""
    status_page = person(house, "Kari Kyst")["link"].replace("/nb/", "/en/")
    become(page, house, "Vilde Vang")
    review = open_review(page, house, "KYSTLYS FOTO AS")
    page.get_by_role("button", name="Ask for more").or_(
        page.locator("summary", has_text="Ask for more")
    ).first.click()
    page.get_by_role("textbox").first.fill("Please send the invoice as a PDF.")
    page.get_by_role("button", name=re.compile("^(Ask for more|Send)")).last.click()

    applicant = browser.new_context().new_page()
    applicant.goto(f"{house.url}{status_page}")
    expect(applicant.get_by_role("main")).to_contain_text("Please send the invoice as a PDF.")
    applicant.get_by_role("textbox").first.fill("We only have the picture, sorry.")
    applicant.get_by_role("main").get_by_role("button").last.click()
    expect(applicant.get_by_role("main")).to_contain_text("We only have the picture, sorry.")

    page.goto(review)
    expect(page.get_by_role("main")).to_contain_text("We only have the picture, sorry.")
    approve(page)
    second = browser.new_context().new_page()
    become(second, house, "Mona Moe")
    second.goto(review)
    expect(second.get_by_role("main")).to_contain_text("Vilde Vang")
    house.move_days(0)
    applicant.reload()
    expect(applicant.get_by_role("main")).to_contain_text("Account ready")
    applicant.context.close()
    second.context.close()


def test_b6_the_former_address_is_proven_and_products_are_migrated(house: House, page: Page) -> None:
    """Unproven there is no button; the mailed link is followed; then everything is moved once and reported."""
    become(page, house, "Silje Sør")
    page.goto(f"{house.url}/en/products/")
    expect(page.get_by_role("button", name="Migrate products")).to_have_count(0)
    letter = house.mail_with("arkiv@studiosorland.example", "/former-email/")
    # Mailed while the demo data were made, when the house had no address yet.
    link = re.search(r"http://[^/]+(/\S+/former-email/\S+)", text_of(letter))
    assert link
    page.goto(house.url + link[1])
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto(f"{house.url}/en/products/")
    page.get_by_role("button", name="Migrate products").click()
    expect(page).to_have_url(re.compile(r"/products/migrations/"))
    expect(page.get_by_role("main")).to_contain_text("EOS 300V Date")
    page.goto(f"{house.url}/en/products/")
    expect(page.get_by_role("row")).to_have_count(5)  # four moved, and the heading


def test_d1_bank_transfer_entered_by_finance_is_paid(house: House, page: Page) -> None:
    """The overdue invoice, its KID, the payment that finance saw, the paid state."""
    become(page, house, "Åse Lie")
    page.goto(f"{house.url}/en/invoices/")
    number = page.locator("main a").filter(has_text=re.compile(r"^\d+$")).first.inner_text()
    page.goto(f"{house.url}/en/invoices/{number}/")
    expect(page.get_by_role("main")).to_contain_text("KID")

    become(page, house, "Finn Fure")
    page.goto(f"{house.url}/en/desk/invoices/{number}/")
    page.get_by_label("Amount").fill("1,487.50")
    page.get_by_label("Received on").fill(today(house).isoformat())
    page.get_by_label("Bank reference").fill("2026-118-4471")
    page.get_by_role("button", name="Enter payment").click()
    expect(page.get_by_role("main")).to_contain_text("Paid")

    become(page, house, "Åse Lie")
    page.goto(f"{house.url}/nb/invoices/{number}/")
    with translation.override("nb"):
        expect(page.get_by_role("main")).to_contain_text(translation.gettext("Paid"))


def test_d5_a_charge_is_confirmed_on_the_providers_page(house: House, page: Page) -> None:
    """From the overview to the invoice, to the bank, and back to what is paid."""
    become(page, house, "Vidar Vik")
    page.goto(f"{house.url}/en/overview/")
    expect(page.get_by_role("main")).to_contain_text("Confirm the payment with your bank")
    page.get_by_role("link", name="See the invoice").click()
    page.get_by_role("button", name="Confirm the payment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm with your bank")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("was charged to Visa •••• 3155.")
    expect(page.get_by_role("main")).to_contain_text("Paid by card")
    expect(page.get_by_role("button", name="Confirm the payment")).to_have_count(0)


def test_c5_of_two_windows_the_second_is_told_what_the_first_chose(house: House, page: Page) -> None:
    """Both show the page of a level; each of them joins; the second has a card that waits for its page."""
    become(page, house, "Dag Dokk")
    second = page.context.new_page()
    for window in (page, second):
        window.goto(f"{house.url}/en/membership/join/silver/")
        window.get_by_role("checkbox").check()
    second.get_by_label("24 months").check()
    for window in (page, second):
        window.get_by_label("Bank transfer", exact=True).check()
        window.get_by_role("button", name="Join and get the invoice").click()
        expect(window).to_have_url(re.compile(r"/membership/$"))
    expect(page.get_by_role("main")).to_contain_text("You are a member. Your number is")
    told = second.get_by_role("main")
    expect(told).to_contain_text("You joined already: Silver for 12 months")
    expect(told).to_contain_text("nothing more was invoiced or charged")
    expect(told).not_to_contain_text("You are a member. Your number is")
    page.goto(f"{house.url}/en/invoices/")
    expect(page.get_by_role("row")).to_have_count(2)  # one, and the heading


def test_c3_at_2500_there_is_no_switch_and_at_2501_there_is(house: House, page: Page) -> None:
    become(page, house, "Frøya Fjell")
    page.goto(f"{house.url}/en/membership/")
    expect(page.get_by_role("switch", name="Business levels")).to_have_count(0)
    become(page, house, "Håkon Hav")
    page.goto(f"{house.url}/en/membership/")
    switch = page.get_by_role("switch", name="Business levels")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    for letter in "ABC":
        expect(page.get_by_role("link", name=f"Choose Business {letter}")).to_be_visible()


def test_back_shows_nothing_after_a_sign_out(house: House, page: Page) -> None:
    become(page, house, "Nora Natt")
    page.goto(f"{house.url}/en/products/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My products")
    page.get_by_role("button", name="Sign out").click()
    page.go_back()
    expect(page).to_have_url(re.compile("/sign-in/"))
    expect(page.get_by_role("heading", name="My products")).to_have_count(0)
