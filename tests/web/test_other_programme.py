"""Another manufacturer's programme file is enough for another portal: nothing of the first is hard-wired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from medlem.programme import read
from tests import factories
from tests.people import Cast

NORDLYS = Path(__file__).resolve().parents[2] / "programmes" / "nordlys.toml"


@pytest.fixture
def nordlys(settings: Any) -> None:
    settings.MEDLEM_PROGRAMME_FILE = NORDLYS


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    "page", ["overview/", "products/", "membership/", "invoices/", "business/", "help/", "terms/"]
)
def test_no_page_of_nordlys_speaks_of_another_brand(
    client: Client, cast: Cast, nordlys: None, language: str, page: str
) -> None:
    client.force_login(cast.alice)
    text = client.get(f"/{language}/{page}").text
    assert "Nordlys" in text
    assert [word for word in ("Canon", "CPS", "Silver", "Platinum") if word in text] == []


def test_joining_nordlys_follows_its_own_levels_fees_and_numbers(cast: Cast, nordlys: None, now: Any) -> None:
    programme = read(NORDLYS)
    membership = factories.member(cast.fjordlys, level="dawn", points=300, now=now)
    invoice = factories.invoice_of(membership)
    assert membership.number.startswith(programme.numbers.member_prefix)
    assert (invoice.net, invoice.number) == (
        programme.fee("dawn", "NOK", 12),
        programme.invoices.first_number,
    )
    assert invoice.seller["name"] == programme.brand.seller.name
