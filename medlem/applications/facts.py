"""What is known of an application at the moment of checking, as plain values for `checks`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from medlem.applications.status import RegisterState


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
class VatFacts:
    """What the register of VAT numbers (VIES, HMRC) said, if it was asked and answered."""

    state: RegisterState
    name: str = ""


class DocumentKind(StrEnum):
    """What a document is, as far as its words tell (A3)."""

    VAT_CERTIFICATE = "vat_certificate"
    INVOICE = "invoice"
    LICENCE = "licence"
    REGISTRATION = "registration"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What reading one document found. `readable` is False where a person has to look.

    `legible` is None where nobody could judge it. `other_numbers` are valid numbers of somebody else.
    `not_in_picture` are words of the text layer that a reader of the picture did not find: an altered PDF;
    `compared` says whether picture and text layer were compared at all.
    """

    filename: str
    readable: bool
    number: bool = False
    vat_number: bool = False
    name: bool = False
    address: bool = False
    kind: DocumentKind = DocumentKind.UNKNOWN
    dated_on: date | None = None
    legible: bool | None = None
    other_numbers: tuple[str, ...] = ()
    compared: bool = False
    not_in_picture: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the checks look at (A7). Numbers of applications and accounts are empty where there is none.

    `own_domains` are the business's own as its register knows them (home page, e-mail address), without
    those that many share; `invoice_domain` is only what the applicant says.
    """

    registration_number_valid: bool
    vat_number_valid: bool
    # Where the VAT number is the registration number in another form (Norway): whether it is this one's.
    vat_number_own: bool = True
    business_name: str
    vat_registered: bool
    register: RegisterFacts
    vat: VatFacts = VatFacts(state=RegisterState.NO_REGISTER)
    documents: list[DocumentFacts] = field(default_factory=list)
    # What the programme takes as evidence of a business with VAT, or without (A3).
    kinds_that_count: frozenset[DocumentKind] = frozenset()
    document_used_by: str = ""
    document_like_one_of: str = ""
    account_number: str = ""
    # An earlier application of the same business that is not decided yet.
    applied_in: str = ""
    # Another application or account that has the same number, written in another form.
    same_number_in: str = ""
    contact_blocked: bool = False
    contact_taken: bool = False
    contact_in_register: bool = False
    contact_domain: str = ""
    own_domains: frozenset[str] = frozenset()
    invoice_domain: str = ""
    free_mail: bool = False
    today: date = date.min
    invoice_max_age_days: int = 0
