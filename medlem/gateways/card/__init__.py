"""Charging cards (D5): what every card provider does for medlem, and a simulated one for demo and
tests.

A card number never reaches medlem: the provider's own page takes it, medlem keeps a reference, the
brand, the last four digits and the month of expiry.
"""

from .provider import (
    CardProvider,
    CardProviderUnavailable,
    ChargeResult,
    Outcome,
    SameKeyOtherCharge,
    SavedCard,
    SetupDeclined,
    SetupPage,
)
from .simulated import (
    TEST_CARDS,
    Confirmation,
    ConfirmFirst,
    OnlyTestCards,
    SetupSession,
    SimulatedCards,
    UnknownSession,
)

__all__ = [
    "TEST_CARDS",
    "CardProvider",
    "CardProviderUnavailable",
    "ChargeResult",
    "ConfirmFirst",
    "Confirmation",
    "OnlyTestCards",
    "Outcome",
    "SameKeyOtherCharge",
    "SavedCard",
    "SetupDeclined",
    "SetupPage",
    "SetupSession",
    "SimulatedCards",
    "UnknownSession",
]
