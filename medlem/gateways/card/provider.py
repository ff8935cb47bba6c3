"""The seam for card providers: saving a card on their page, charging it later without its owner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from medlem.core.money import Money


@dataclass(frozen=True, slots=True)
class SetupPage:
    """Where to send the person; `session` asks for the result when the person is back."""

    url: str
    session: str


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card that can be charged. `card_reference` is the provider's; there is no number."""

    card_reference: str
    brand: str
    last4: str
    expiry_month: int
    expiry_year: int


@dataclass(frozen=True, slots=True)
class SetupDeclined:
    """No card was saved. `reason`: cancelled, expired_card, card_declined, not_finished."""

    reason: str


class Outcome(StrEnum):
    """What became of a charge. Only SUCCEEDED moved money."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    NEEDS_AUTHENTICATION = "needs_authentication"


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """The provider's answer.

    `decline_reason` is a code such as card_declined or insufficient_funds, empty on success.
    """

    outcome: Outcome
    provider_reference: str
    decline_reason: str = ""


class CardProviderUnavailable(Exception):
    """No answer, so nobody knows whether money moved.

    Ask `find_charge`, or charge again under the same key.
    """


class SameKeyOtherCharge(ValueError):
    """An idempotency key came again with another card or amount: a bug, and nothing was charged."""


class CardProvider(Protocol):
    """What medlem asks of a provider. Every call may raise CardProviderUnavailable."""

    def begin_setup(self, *, reference: str, return_url: str, language: str) -> SetupPage:
        """Opens a page on which the person gives a card; `reference` is ours, for their books."""

    def setup_result(self, session: str) -> SavedCard | SetupDeclined:
        """What happened on the page. Asking again gives the same answer."""

    def charge(
        self, *, card_reference: str, amount: Money, idempotency_key: str, description: str
    ) -> ChargeResult:
        """Charges without the owner present. The same key charges once and answers the same for
        ever.

        Raises SameKeyOtherCharge.
        """

    def find_charge(self, idempotency_key: str) -> ChargeResult | None:
        """What became of a charge whose answer was lost; None when it was never made."""
