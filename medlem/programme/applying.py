"""What a programme file says about applications: evidence, registers, deadlines, checks, texts to start from.

A part of `schema`, which puts it into the whole.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from medlem.programme.kinds import AtLeastOne, Code, Domain, Many, Positive
from medlem.programme.section import Section
from medlem.programme.text import Text, refuse

type Weight = Literal["required", "advisory", "off"]
type EvidenceKind = Literal["pdf", "jpeg", "png", "tiff", "heic", "webp"]
type EvidenceDocument = Literal["vat_certificate", "invoice", "business_licence", "registration"]
type CheckCode = Literal[
    "number_valid",
    "register_entry",
    "register_live",
    "name_agrees",
    "vat_agrees",
    "no_account_yet",
    "number_not_elsewhere",
    "document_shows_business",
    "document_private",
    "document_own",
    "document_recent",
    "document_legible",
    "document_unaltered",
    "document_unused",
    "document_not_alike",
    "contact_not_blocked",
    "contact_domain",
]


class EvidenceLimits(Section):
    """What may be uploaded as evidence, and which documents show that it is a business (A3)."""

    max_files: Positive
    max_bytes: Positive
    kinds: AtLeastOne[EvidenceKind]
    with_vat: AtLeastOne[EvidenceDocument]
    without_vat: AtLeastOne[EvidenceDocument]


class Registers(Section):
    """How long what a register said stands (A2, A7), and when it is asked again."""

    answer_hours: Positive
    fresh_minutes: Positive
    ask_again_minutes: Positive
    # Whatever is older than a month, nobody should be let in by.
    bulk_days: int = Field(ge=1, le=28)

    @property
    def answer_stands(self) -> timedelta:
        return timedelta(hours=self.answer_hours)

    @property
    def answer_is_fresh(self) -> timedelta:
        return timedelta(minutes=self.fresh_minutes)

    @property
    def bulk_stands(self) -> timedelta:
        return timedelta(days=self.bulk_days)


class Deadlines(Section):
    """A5, A6, A9 and A11. Days are calendar days unless they are called working days."""

    answer_working_days: Positive
    cutoff_hour: int = Field(ge=0, le=23)
    password_link_hours: Positive
    resume_link_days: Positive
    # An applicant who was asked for more is reminded after so many days, and the application closed after so many.
    remind_asked_days: Many[Positive]
    close_asked_days: Positive
    erase_declined_days: Positive
    erase_approved_evidence_days: Positive

    @model_validator(mode="after")
    def _rising(self) -> Self:
        days = [*self.remind_asked_days, self.close_asked_days]
        if days != sorted(set(days)):
            refuse(
                [(("remind_asked_days",), "must rise from one day to the next, to close_asked_days")], self
            )
        return self


class Validation(Section):
    """Which checks an application has to pass, and whether passing them is enough (A7)."""

    auto_approve: bool
    invoice_max_age_days: Positive
    # Free mail and free home pages: what many share is no business's own.
    shared_domains: Many[Domain]
    checks: dict[CheckCode, Weight]

    def weight(self, code: CheckCode) -> Weight:
        return self.checks[code]

    @field_validator("checks")
    @classmethod
    def _all_weighed(cls, checks: dict[CheckCode, Weight]) -> dict[CheckCode, Weight]:
        missing = [code for code in get_args(CheckCode.__value__) if code not in checks]
        refuse([((code,), "is missing") for code in missing], checks)
        return checks


class Message(Section):
    """A text that a validator starts from when more is asked of an applicant, or one is declined (A8)."""

    code: Code
    purpose: Literal["ask", "decline"] = Field(alias="for")
    title: Text
    text: Text
