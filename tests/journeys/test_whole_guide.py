"""The programme's guide from the first click to the charge on the due date, in a real browser, in both languages.

The business is a real one where the register's sample answers are (organisation number 923609016), else an
invented one; the people, mails and documents are ours.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pypdfium2
import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from medlem.commands.simulated.documents import invoice_pdf
from tests.browser import House, has_focus

REAL = ("923609016", "EQUINOR ASA", "Forusbeen 50/4035 STAVANGER", "equinor.com")
# Both languages walk through one house, in which a business has one account (A10).
INVENTED = {
    "nb": ("310313815", "NORDVIK & SØNN FOTO AS", "Øvre Bryggesmug 3/5003 BERGEN", "nordvikogsonn.example"),
    "en": ("310003913", "BLÅTIMEN FILM AS", "Nedre Skogvei 14B/0484 OSLO", "blatimen.example"),
}
PASSWORD = "regn over fjorden 7"


class Words:
    """The accessible names of a language, from the catalogue that the pages use."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, english: str) -> str:
        with translation.override(self.language):
            return str(translation.gettext(english))


@pytest.mark.xdist_group("guide")
@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_whole_guide(house: House, page: Page, samples: Path, tmp_path: Path, language: str) -> None:
    say = Words(language)
    business = REAL if (samples / "register").exists() and language == "nb" else INVENTED[language]
    # From where the business does, as its register knows or its name says: who writes from elsewhere waits (A7).
    email = f"ellen-{language}@{business[3]}"

    apply(page, house, say, business, email, tmp_path)
    house.move_days(0)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(say("The account is ready"))

    set_password(page, house, say, email)
    # Both languages walk through one house, where a serial number is held once (B4).
    last = "4" if language == "nb" else "5"
    register(page, say, "EOS-1D X Mark III", f"02302100048{last}", points="495")
    assert [mail for mail in house.mails(email) if "/membership/" in text_of(mail)] == []
    register(page, say, "RF 50mm F1.8 STM", f"004201001{last}77", points="15")
    house.move_days(0)
    house.mail_with(email, f"/{language}/membership/")
    page.goto(f"{house.url}/{language}/overview/")
    expect(page.get_by_role("main")).to_contain_text("510")

    due_on = join_silver_by_card(page, house, say)
    number = the_invoice_came(page, house, say, f"faktura@{email.split('@')[1]}")

    house.move_days((due_on - today(house)).days - 1)
    page.goto(f"{house.url}/{language}/invoices/{number}/")
    expect(page.get_by_role("main")).not_to_contain_text(say("Paid by card"))
    house.move_days(1)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(say("Paid by card"))
    house.move_days(3)
    page.reload()
    expect(page.get_by_role("main").get_by_text(say("Paid by card"))).to_have_count(1)


def apply(
    page: Page, house: House, say: Words, business: tuple[str, str, str, str], email: str, folder: Path
) -> None:
    """Five steps; nothing but the number is typed about the business."""
    number, name, address, _domain = business
    document = folder / "faktura.pdf"
    printed = f"NO {number[:3]} {number[3:6]} {number[6:]} MVA"
    # Others of this house move its calendar, and an invoice must not be old (A7).
    dated_on = today(house) - timedelta(days=20)
    document.write_bytes(invoice_pdf(name=name, number=printed, address=address, dated_on=dated_on))

    page.goto(f"{house.url}/{say.language}/")
    page.get_by_role("link", name=say("Apply for a business account")).first.click()
    page.get_by_label(say("Organisation number")).fill(number)
    proceed(page, say)
    expect(page.get_by_label(say("VAT-registered"))).to_be_checked()
    page.get_by_label(say("Evidence")).set_input_files(document)
    expect(page.get_by_text("faktura.pdf").first).to_be_visible()
    proceed(page, say)
    page.get_by_label(say("First name")).fill("Ellen")
    page.get_by_label(say("Last name")).fill("Ås")
    page.get_by_label(say("E-mail"), exact=True).fill(email)
    page.get_by_label(say("Phone")).fill("22 33 44 55")
    proceed(page, say)
    page.get_by_label(say("Trade")).select_option(index=1)
    page.get_by_label(say("Invoice e-mail")).fill(f"faktura@{email.split('@')[1]}")
    proceed(page, say)
    expect(page.get_by_role("main")).to_contain_text(name)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=say("Send application")).click()
    expect(page).to_have_url(re.compile(r"/status/"))


def proceed(page: Page, say: Words) -> None:
    page.get_by_role("button", name=say("Continue"), exact=True).click()


def set_password(page: Page, house: House, say: Words, email: str) -> None:
    """With the mailed link, once (A9)."""
    ready = house.mail_with(email, "/password/")
    address = re.search(r"http://\S+/password/\S+", text_of(ready))
    assert address
    page.goto(address[0])
    page.get_by_label(say("Password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=say("Set password")).click()
    expect(page).to_have_url(re.compile(r"/overview/"))
    page.get_by_role("button", name=say("Sign out")).click()
    page.goto(address[0])
    expect(page.get_by_role("button", name=say("Set password"))).to_have_count(0)
    page.goto(f"{house.url}/{say.language}/sign-in/")
    page.get_by_label(say("E-mail"), exact=True).fill(email)
    page.get_by_label(say("Password"), exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=say("Sign in")).click()
    expect(page).to_have_url(re.compile(r"/overview/"))


def register(page: Page, say: Words, model: str, serial: str, *, points: str) -> None:
    """Saved incomplete first, with greyed points; then completed, with a green tick (B2, B3)."""
    page.get_by_role("link", name=say("My products")).first.click()
    page.goto(page.url.split("?")[0].rstrip("/") + "/add/")
    page.get_by_label(say("Model")).fill(model)
    page.get_by_label(say("Serial number")).fill(serial)
    page.get_by_label(say("Purchase date")).fill("2024-03-12")
    page.get_by_label(say("Country of purchase"), exact=True).select_option("NO")
    page.get_by_role("button", name=say("Save product"), exact=True).click()
    page.get_by_role("link", name=say("My products")).first.click()
    row = page.get_by_role("row").filter(has_text=model)
    expect(row).to_contain_text(f"({points})")
    row.get_by_role("link", name=say("View product")).click()
    expect(page).to_have_url(re.compile(r"/products/[0-9a-f-]{36}/"))
    has_focus(page, "[name=dealer]")
    page.get_by_label(say("Dealer"), exact=True).fill("Fotohuset")
    page.get_by_role("button", name=say("Save product"), exact=True).click()
    page.get_by_role("link", name=say("My products")).first.click()
    expect(row).not_to_contain_text(f"({points})")
    expect(row).to_contain_text(points)


def join_silver_by_card(page: Page, house: House, say: Words) -> date:
    """Chooses, sees what is charged and when, enters a card on the provider's page; active at once (C5, D2)."""
    page.get_by_role("link", name=say("Membership")).first.click()
    page.get_by_role("link", name=re.compile(rf"^{say('Choose %(level)s') % {'level': 'Silver'}}")).click()
    page.get_by_label(say("Card"), exact=True).check()
    due_on = today(house) + timedelta(days=30)
    shown = due_on.strftime("%d.%m.%Y") if say.language == "nb" else f"{due_on.day} {due_on:%b %Y}"
    expect(page.get_by_role("main")).to_contain_text(shown)
    page.get_by_role("main").get_by_role("checkbox").check()
    page.get_by_role("button", name=say("Join and get the invoice")).click()
    expect(page).to_have_url(re.compile(r"/demo/card/"))
    page.get_by_role("button", name=re.compile("4242")).or_(
        page.get_by_role("radio", name=re.compile("4242"))
    ).first.click()
    if "/demo/card/" in page.url:
        page.get_by_role("button", name=say("Save card")).click()
    expect(page).to_have_url(re.compile(r"/membership/"))
    expect(page.get_by_role("main")).to_contain_text("Silver")
    page.goto(f"{house.url}/{say.language}/membership/card/")
    expect(page.get_by_role("main")).to_contain_text("Silver")
    return due_on


def the_invoice_came(page: Page, house: House, say: Words, to: str) -> int:
    """By mail with its PDF, and as a page (D2, D3)."""
    house.move_days(0)
    mail = house.mail_with(to, "/invoices/")
    attachment = next(mail.iter_attachments())
    pdf = pypdfium2.PdfDocument(attachment.get_content())
    printed = pdf[0].get_textpage().get_text_range()
    pdf.close()
    number = int(attachment.get_filename().removesuffix(".pdf"))
    assert str(number) in printed
    assert "487" in printed  # 1 487,50 with VAT
    page.goto(f"{house.url}/{say.language}/invoices/")
    page.get_by_role("link", name=str(number)).first.click()
    expect(page.get_by_role("main")).to_contain_text("487")
    return number


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def today(house: House) -> date:
    return date.fromisoformat(str(house.move_days(0)["today"]))
