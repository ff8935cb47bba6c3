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
    """No card was saved. `reason`: cancelled, expired_card, card_declined,
    authentication_failed, not_finished."""

    reason: str


class Outcome(StrEnum):
    """What became of a charge. Only SUCCEEDED moved money; only NEEDS_AUTHENTICATION may still become another."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    NEEDS_AUTHENTICATION = "needs_authentication"
    WITHDRAWN = "withdrawn"


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
        ever, except that a charge which waited for its cardholder answers what became of it.

        Raises SameKeyOtherCharge.
        """

    def find_charge(self, idempotency_key: str) -> ChargeResult | None:
        """What became of a charge, now; None when it was never made."""

    def begin_confirmation(self, idempotency_key: str, *, return_url: str, language: str) -> str | None:
        """The address of a page on which the cardholder confirms a charge that waits for it: the
        charge then succeeds or is declined, once, however many pages were opened. None when it does
        not wait (any more): `find_charge` says what became of it.
        """

    def withdraw(self, idempotency_key: str) -> ChargeResult | None:
        """Makes sure that a charge which waits for its cardholder can be confirmed no more.

        Returns what became of it: WITHDRAWN, or what it was where somebody was quicker; None when it
        was never made.
        """
