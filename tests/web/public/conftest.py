"""What tests of the public pages share: a register that answers, a calendar that is set, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from medlem.commands.simulated.documents import invoice_pdf, invoice_picture
from medlem.commands.simulated.register import simulated_register
from tests.conftest import NOW

type Clock = Callable[[datetime], None]

NORDVIK = {"name": "NORDVIK & SØNN FOTO AS", "address": "Øvre Bryggesmug 3/5003 BERGEN"}


@pytest.fixture(scope="package")
def register() -> Iterator[str]:
    with simulated_register(slow_seconds=0.1) as url:
        yield url


@pytest.fixture(autouse=True)
def house(register: str, settings: Any, set_clock: Clock, db: None) -> Iterator[None]:
    """The register answers, the calendar stands at NOW, and what is compared is English."""
    settings.MEDLEM_REGISTER_URL = register
    set_clock(NOW + timedelta(seconds=30))  # not where an hour begins, and with it a count of `throttle`
    with translation.override("en"):
        yield


@pytest.fixture(scope="package")
def invoice() -> bytes:
    """An invoice of Nordvik & Sønn that shows all that A3 asks for."""
    return invoice_pdf(number="310 313 815 MVA", **NORDVIK)


@pytest.fixture(scope="package")
def foreign_invoice() -> bytes:
    """An invoice of somebody else."""
    return invoice_pdf(
        name="BLÅTIMEN FILM AS", number="310 003 913 MVA", address="Nedre Skogvei 14B/0484 OSLO"
    )


@pytest.fixture(scope="package")
def picture() -> bytes:
    """The right invoice, photographed."""
    return invoice_picture(number="310 313 815 MVA", **NORDVIK)
