"""The card provider that the settings name, or none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused
from medlem.gateways.card import CardProvider
from medlem.gateways.card.simulated import SimulatedCards


class NoCardProvider(Refused):
    """This installation takes no cards."""


def cards_are_taken() -> bool:
    """Whether paying by card can be offered at all."""
    return bool(settings.MEDLEM_CARD_PROVIDER != "none")


def card_provider() -> CardProvider:
    """The provider in use. Raises NoCardProvider."""
    if not cards_are_taken():
        raise NoCardProvider(_("Cards are not taken at the moment. Choose bank transfer."))
    return simulated_cards()


def simulated_cards() -> SimulatedCards:
    """The provider of demo and tests, whose card page is one of the demo's."""
    return _simulated(settings.DATA / "simulated-card.sqlite3")


@lru_cache(maxsize=8)
def _simulated(books: Path) -> SimulatedCards:
    # Without a host, so that a browser stays where it is signed in: 127.0.0.1 and localhost are two.
    return SimulatedCards(books, page_url="/demo/card/")
