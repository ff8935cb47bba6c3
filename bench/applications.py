"""An honest robot fills in the five pages of the application in a real browser, with a small PDF as evidence.

The figure is the time of servers and pages: from asking for the first page to reading the status page.
"""

from __future__ import annotations

import house

house.build()

import os  # noqa: E402
import re  # noqa: E402
import shutil  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
from pathlib import Path  # noqa: E402

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from medlem.commands.demo import _await  # noqa: E402
from medlem.commands.serve import command  # noqa: E402
from medlem.commands.simulated.documents import invoice_pdf  # noqa: E402
from medlem.commands.simulated.register import simulated_register  # noqa: E402

INVOICE = Path(os.environ["MEDLEM_DATA"]) / "faktura.pdf"
INVOICE.write_bytes(
    invoice_pdf(
        name="NORDVIK & SØNN FOTO AS", number="310 313 815 MVA", address="Øvre Bryggesmug 3/5003 BERGEN"
    )
)


def fill(page: Page, base: str) -> None:
    """The five pages, each read before it is answered."""

    def go_on(heading: str, button: str = "Continue") -> None:
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)

    page.goto(f"{base}/en/apply/")
    page.get_by_label("Organisation number").fill("310313815")
    expect(page.get_by_label("Place")).to_have_value("BERGEN")
    go_on("Show us that it is a business")
    page.get_by_label("Evidence").set_input_files(INVOICE)
    expect(page.get_by_text("VAT number found: 310 313 815 MVA", exact=True)).to_be_visible()
    go_on("Who is the contact person?")
    page.get_by_label("First name").fill("Kari")
    page.get_by_label("Last name").fill("Nordvik")
    page.get_by_label("E-mail").fill("kari@nordvik.example")
    page.get_by_label("Phone").fill("22 33 44 55")
    go_on("About the business")
    page.get_by_label("Trade").select_option(index=1)
    page.get_by_label("Invoice e-mail").fill("faktura@nordvik.example")
    go_on("Check your answers")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send application").click()
    expect(page).to_have_url(re.compile("/status/"))


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
base = f"http://127.0.0.1:{port}"
with simulated_register() as register, sync_playwright() as playwright:
    os.environ.update(MEDLEM_REGISTER_URL=register, MEDLEM_BASE_URL=base)
    server = subprocess.Popen(command(host="127.0.0.1", port=port, workers=1))
    try:
        _await(f"{base}/healthz", [server])
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        fill(browser.new_page(), base)  # once to warm up
        taken = house.seconds(lambda: fill(browser.new_page(), base))
        browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
house.figure("applications.form_s", taken, "s")
