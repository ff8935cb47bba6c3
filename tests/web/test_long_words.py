"""Names without a blank do not push a page out of its width, from the smallest phone up (look.md).

The pages are rendered with rows of their own and laid out by a real browser; what they look like does not
depend on the database (`look`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

from medlem.accounts.models import Account, User
from medlem.core.money import Money
from medlem.payments import actions as payments
from medlem.products.models import ProductModel
from tests import factories
from tests.browser import launched
from tests.people import Cast
from tests.web.visits import signed_in

pytestmark = pytest.mark.look

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"[:60]
PORTAL = [
    "overview/",
    "products/",
    "products/add/",
    "points/",
    "membership/",
    "membership/card/",
    "invoices/",
    "invoices/10001/",
    "business/",
]
DESK = ["desk/invoices/", "desk/invoices/10001/", "desk/bank/", "desk/accounts/"]
WIDTHS = (320, 768, 1280)
STYLES = Path(__file__).resolve().parents[2] / "medlem/web/static/css"


@pytest.fixture
def long_names(cast: Cast, now: datetime, set_clock: Callable[[datetime], None]) -> list[str]:
    """A business, people, products and payments whose names have sixty letters and no blank; more addresses."""
    account = cast.fjordlys
    Account.objects.update(
        name=LONG,
        street=LONG,
        place=LONG[:40],
        delivery_street=LONG,
        delivery_place=LONG[:40],
        invoice_email=f"{LONG[:50]}@example.com",
        e_invoice_address=f"0192:{LONG[:40]}",
        former_member_number=LONG[:30],
    )
    account.refresh_from_db()
    User.objects.update(last_name=LONG[:40])
    ProductModel.objects.filter(pk=factories.model_worth(500).pk).update(name=LONG)
    product = factories.product(account, points=500, serial="01234567890123456789", dealer=LONG, now=now)
    invoice = factories.invoice_of(factories.member(account, now=now))
    payments.enter_bank_payment(
        invoice=invoice,
        amount=Money(100, "NOK"),
        received_on=date(2026, 11, 23),
        bank_reference=LONG,
        by=cast.finn.as_staff,
        now=now,
    )
    return [f"products/{product.public_id}/"]


def rendered(cast: Cast, more: list[str], language: str) -> dict[str, str]:
    """The pages as one file each, with their styles inside and without scripts."""
    alice, finn = signed_in(cast.alice), signed_in(cast.finn)
    pages = {f"{language}/{path}": alice.get(f"/{language}/{path}") for path in [*PORTAL, *more]}
    pages |= {f"{language}/{path}": finn.get(f"/{language}/{path}") for path in DESK}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    files = ("foundation", "layout", "forms", "components", "desk")
    styles = "".join((STYLES / f"{name}.css").read_text() for name in files)
    whole = {}
    for path, page in pages.items():
        html = re.sub(r"<script.*?</script>|<link [^>]+>", "", page.text, flags=re.DOTALL)
        whole[path] = html.replace("</head>", f"<style>{styles}</style></head>")
    return whole


def too_wide(pages: dict[str, str]) -> list[tuple[str, int, int]]:
    """Which page is wider than which screen, and how wide."""
    found = []
    with launched() as browser:
        page = browser.new_page()
        for path, html in pages.items():
            page.set_content(html)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                needed: int = page.evaluate("document.documentElement.scrollWidth")
                if needed > width:
                    found.append((path, width, needed))
    return found


def test_names_without_a_blank_stay_inside_of_the_page(cast: Cast, long_names: list[str]) -> None:
    pages = {**rendered(cast, long_names, "nb"), **rendered(cast, long_names, "en")}
    with ThreadPoolExecutor(1) as thread:  # this one keeps the database
        assert thread.submit(too_wide, pages).result() == []
