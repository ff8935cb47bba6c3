"""What a register of business entities tells, whichever country's it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused


@dataclass(frozen=True, slots=True)
class RegisterEntity:
    """A business as its register describes it at the moment of asking.

    `country` is ISO 3166 alpha-2. `raw` is the whole answer, kept as the proof of a check.
    """

    number: str
    name: str
    form_code: str
    form: str
    address: tuple[str, ...]
    postcode: str
    place: str
    country: str
    vat_registered: bool
    bankrupt: bool
    dissolving: bool
    deleted_on: date | None
    is_subentity_of: str | None
    raw: dict[str, Any] = field(compare=False, repr=False)

    @property
    def is_live(self) -> bool:
        """Neither deleted nor bankrupt nor being dissolved (A7)."""
        return self.deleted_on is None and not self.bankrupt and not self.dissolving


@dataclass(frozen=True, slots=True)
class RegisterContact:
    """Where a business can be reached, as its register knows it; empty where it does not."""

    home_page: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RegisterHit:
    """One line of a search by name."""

    number: str
    name: str
    form_code: str
    place: str


class NotInRegister(Refused):
    """The register answered, and knows no business with this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "The business register has no business with this number. "
                "Check the digits, or go on without it."
            ),
            field="number",
        )
        self.number = number


class RegisterUnavailable(Refused):
    """No usable answer came in time; `reason` is for the log, not for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _(
                "The business register does not answer right now. "
                "Fill the fields in yourself; we check them later."
            )
        )
        self.reason = reason
