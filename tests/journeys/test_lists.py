"""Many at once and migrating, in a real browser: from the clipboard to the report, and what axe says of each page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import House
from tests.journeys.test_accessibility import become, look

pytestmark = pytest.mark.look

LIST = """Utstyr\tNummer\tKjøpt\tBilag\tButikk
EOS R5\tJ0URNEY-{0}1\t12.03.2021\tB-1\tFotohuset
EOS R55\t012021000124\t03/04/2021\tB-2\tFotohuset
EOS R6\t\t12.03.2021\tB-3\tFotohuset {0}
"""


@pytest.mark.parametrize("language", ["nb", "en"])
def test_b5_a_list_is_pasted_corrected_and_registered(house: House, browser: Browser, language: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    become(page, house, "Ingrid Inn")
    page.goto(f"{house.url}/{language}/products/import/")
    page.locator("textarea").fill(LIST.format(language.upper()))
    page.locator("main form button").first.click()
    found = look(page, page.url)

    # What a column is, is seen at once, without a button.
    page.get_by_label("Nummer").select_option("")
    expect(page.locator("tr", has_text="B-1").first).to_be_visible()
    expect(page.locator(".became .tag[data-state=needs]")).to_have_count(2)
    page.get_by_label("Nummer").select_option("serial_number")
    expect(page.locator(".became .tag[data-state=needs]")).to_have_count(1)

    page.locator("form[action$='/start/'] button").click()
    expect(page.locator(".became .tag[data-state=done]")).to_have_count(1)
    found += look(page, page.url)
    with page.expect_download() as download:
        page.locator("a[href$='refused.csv']").first.click()
    assert (
        download.value.path()
        .read_bytes()
        .decode("utf-8-sig")
        .splitlines()[1]
        .startswith("3;EOS R55;012021000124;")
    )
    context.close()
    assert found == []


def test_b6_migrating_and_its_report(house: House, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    become(page, house, "Rune Røros")
    page.goto(f"{house.url}/en/products/")
    page.get_by_role("button", name="Migrate products").click()
    expect(page.get_by_role("heading", name="What was migrated")).to_be_visible()
    found = look(page, page.url) + look(page, page.url.replace("/en/", "/nb/"))
    page.goto(f"{house.url}/en/products/")
    expect(page.get_by_text("1 former product waits: we do not know the model yet")).to_be_visible()
    expect(page.get_by_role("button", name="Migrate products")).to_have_count(0)
    context.close()
    assert found == []
