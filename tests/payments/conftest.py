"""An invoice by card that is due in a month, and the providers that it may meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings

from medlem.billing.models import Invoice
from medlem.billing.status import Means
from medlem.gateways.card import SimulatedCards
from medlem.payments import actions as payments
from tests import factories
from tests.people import Cast

type Meet = Callable[[type[SimulatedCards]], SimulatedCards]


def by_card(cast: Cast, number: str, *, now: datetime) -> Invoice:
    """Fjordlys joined at Silver with this card: NOK 1,487.50 is charged on 23 December."""
    card = factories.saved_card(cast.fjordlys, number=number, now=now)
    return factories.invoice_of(factories.member(cast.fjordlys, means=Means.CARD, card=card, now=now))


@pytest.fixture
def invoice(cast: Cast, now: datetime) -> Invoice:
    return by_card(cast, factories.SUCCEEDS, now=now)


@pytest.fixture
def declined(cast: Cast, now: datetime) -> Invoice:
    return by_card(cast, factories.DECLINED, now=now)


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Meet:
    """Has the next charges meet a provider of this kind, with the same books as all others."""

    def take(kind: type[SimulatedCards]) -> SimulatedCards:
        provider = kind(settings.DATA / "simulated-card.sqlite3", page_url="/demo/card/")
        monkeypatch.setattr(payments, "card_provider", lambda: provider)
        return provider

    return take
