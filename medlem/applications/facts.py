"""What is known of an application at the moment of checking, as plain values for `rules`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class RegisterState(StrEnum):
    """What asking the business register came to."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    NO_REGISTER = "no_register"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """What the register said, if it was asked and answered."""

    state: RegisterState
    name: str = ""
    bankrupt: bool = False
    dissolving: bool = False
    deleted_on: str = ""
    vat_registered: bool | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What reading one document found. `readable` is False where a person has to look."""

    filename: str
    readable: bool
    number: bool = False
    vat_number: bool = False
    name: bool = False
    address: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the checks look at (A7)."""

    registration_number_valid: bool
    vat_number_valid: bool
    business_name: str
    vat_registered: bool
    register: RegisterFacts
    documents: list[DocumentFacts] = field(default_factory=list)
    document_used_by: str = ""
    account_number: str = ""
    contact_blocked: bool = False
    contact_taken: bool = False
