"""What a validator does at the desk, in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import House


def open_review(page: Page, house: House, business: str) -> str:
    page.goto(f"{house.url}/en/desk/applications/")
    page.get_by_role("link", name=re.compile(business)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(business)
    return page.url


def approve(page: Page) -> None:
    """With a reason, as it is wanted where a required check failed."""
    page.get_by_label("Message").fill("I looked at the document.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page).not_to_have_url(re.compile("/approve/"))
