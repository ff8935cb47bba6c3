"""What a programme file says, as frozen models: a brand, its countries, levels, fees and texts.

Whatever the programme's owner may change stands here and nowhere in code. `reading.read` makes a
`Programme` from a file; everyone else asks `medlem.programme.current()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from medlem.core.money import BASIS_POINTS, Money
from medlem.programme import written
from medlem.programme.applying import (
    Deadlines,
    EvidenceDocument,
    EvidenceLimits,
    Message,
    Registers,
    Validation,
)
from medlem.programme.catalogue import CatalogueModel as CatalogueModel
from medlem.programme.colour import NEAR_BLACK, READABLE, WHITE, contrast
from medlem.programme.contradictions import contradictions, not_rising, repeated
from medlem.programme.kinds import (
    AtLeastOne,
    BasisPoints,
    Bic,
    Code,
    Colour,
    CountryCode,
    Currency,
    Email,
    Iban,
    Language,
    Many,
    NumberKind,
    Pattern,
    PeppolScheme,
    Phone,
    PhonePrefix,
    Positive,
    TimeZone,
    Whole,
    Words,
    fitting,
    standard_form,
)
from medlem.programme.section import Section
from medlem.programme.text import Location, Text, refuse

type Group = Literal["individual", "business"]
type Means = Literal["card", "bank"]
type Page = Literal[
    "apply",
    "evidence",
    "status",
    "password",
    "products",
    "migration",
    "membership",
    "payment",
    "invoices",
    "business",
]


# --- the brand and who stands behind it -----------------------------------------------------------


class Accent(Section):
    """The one colour of the brand, as text and as ground of buttons, readable in both schemes."""

    light: Colour
    dark: Colour

    @field_validator("light", "dark")
    @classmethod
    def _readable(cls, colour: str, info: ValidationInfo) -> str:
        ground = WHITE if info.field_name == "light" else NEAR_BLACK
        ratio = contrast(colour, ground)
        if ratio < READABLE:
            raise ValueError(f"has contrast {ratio:.2f} against {ground}; {READABLE} is needed")
        return colour


class Address(Section):
    street: Words
    postcode: Words
    place: Words
    country: CountryCode


class Bank(Section):
    """Where transfers go. `bban` is the number as people of the country write it, digits only."""

    iban: Iban
    bban: Words
    bic: Bic

    @model_validator(mode="after")
    def _same_account(self) -> Self:
        if not self.iban.endswith(self.bban):
            refuse([(("bban",), f"is not the account of the IBAN {self.iban}")], self.bban)
        return self


class Seller(Section):
    """The legal person that invoices (D3)."""

    name: Words
    organisation_number: Words
    vat_number: Words
    # Norwegian companies print the word beside their number (the Business Enterprise Register).
    foretaksregisteret: bool
    address: Address
    bank: Bank


class Support(Section):
    """Priority support: the way on wherever people get stuck."""

    phone: Phone
    email: Email
    hours: Text


class Brand(Section):
    name: Words
    wordmark: Words
    no_reply: Email
    accent: Accent
    seller: Seller
    support: Support


class ProgrammeWords(Section):
    """Phrases that hold the brand's name, so that no template does."""

    former_email: Text
    former_membership: Text
    available_levels: Text


# --- countries and trades -------------------------------------------------------------------------


class LongerNumber(Section):
    """A number that people of a country know better, and that begins with the registration number: a SIRET."""

    name: Words
    pattern: Pattern
    takes: Positive

    def fits(self, text: str) -> bool:
        return fitting(self.pattern, text) is not None


class Country(Section):
    """A country whose businesses may apply, how its numbers are written and what its papers are called.

    A registration number is right by its `number_kind` or by its `number_pattern`: where python-stdnum knows
    no check digits, or sole traders have another number than companies. With neither it is taken as typed.
    """

    code: CountryCode
    name: Text
    # Within a sentence, where that is another: the Netherlands.
    name_in_text: Text | None = None
    currency: Currency
    vat_basis_points: BasisPoints
    number_kind: NumberKind | None = None
    number_pattern: Pattern | None = None
    number_label: Text
    number_example: Words
    # Zeros in front that people leave out: so many digits it has with them.
    number_filled_to: Positive | None = None
    longer_number: LongerNumber | None = None
    vat_kind: NumberKind
    vat_label: Text
    vat_example: Words
    postcode_pattern: Pattern
    postcode_example: Words
    # The scheme of a Peppol address that is the registration number and nothing else (EHF in Norway).
    e_invoice_scheme: PeppolScheme | None = None
    # What is printed on the documents of A3 there, in the country's own language.
    documents: dict[EvidenceDocument, Words] = {}
    phone_prefix: PhonePrefix
    # In it moments are counted and told (A6); of several the capital's.
    timezone: TimeZone
    # The register's name stands where evidence is asked for (A3); the look-ups are the gateways (A7).
    register_name: Words
    register_lookup: Literal["brreg", "none"]
    vat_lookup: Literal["vies", "hmrc", "none"]

    @property
    def in_text(self) -> Text:
        """The name as it stands within a sentence."""
        return self.name_in_text or self.name

    def registration_number(self, text: str) -> str | None:
        """The number in its standard form, or None when its check digits or its shape are wrong (A7).

        Also of what people write instead: with the country before it, a longer number that begins with it, and
        without its zeros in front.
        """
        if not (self.number_kind or self.number_pattern):
            return text.strip() or None
        bare = re.sub(r"[\s./-]", "", text).upper()
        return next((number for each in self._meant(text, bare) if (number := self._number(each))), None)

    def _number(self, text: str) -> str | None:
        number = standard_form(self.number_kind, text) if self.number_kind else None
        return number or (fitting(self.number_pattern, text) if self.number_pattern else None)

    def _meant(self, text: str, bare: str) -> Iterator[str]:
        yield text
        if bare.startswith(self.code):
            yield bare.removeprefix(self.code)
        if self.longer_number and self.longer_number.fits(bare.removeprefix(self.code)):
            yield bare.removeprefix(self.code)[: self.longer_number.takes]
        if self.number_filled_to and bare.isdecimal() and len(bare) == self.number_filled_to - 1:
            yield bare.zfill(self.number_filled_to)

    def written_number(self, number: str) -> str:
        """A registration number as people of the country write it, in groups: `310 313 815`."""
        return written.registration_number(number, self.code)

    def written_vat_number(self, number: str) -> str:
        """A VAT number as people of the country write it: `NO 310 313 815 MVA`."""
        return written.vat_number(number, self.code)

    def vat_number(self, text: str) -> str | None:
        """The VAT number in its standard form, or None when its check digits are wrong (A7)."""
        return standard_form(self.vat_kind, text)

    def postcode(self, text: str) -> str | None:
        """The post code in capitals and with single blanks, or None when it has not the country's shape."""
        code = " ".join(text.upper().split())
        return code if re.fullmatch(self.postcode_pattern, code) else None

    @model_validator(mode="after")
    def _examples_fit(self) -> Self:
        """An example that is wrong itself would teach everybody the wrong form."""
        examples = {
            "number_example": self.registration_number(self.number_example),
            "vat_example": self.vat_number(self.vat_example),
            "postcode_example": self.postcode(self.postcode_example),
        }
        refuse([((name,), "is not written as it says") for name, fits in examples.items() if not fits], None)
        return self


class Trade(Section):
    code: Code
    name: Text


# --- membership -----------------------------------------------------------------------------------


class Level(Section):
    """A level of membership (C2). `covers_products` is None where it covers all of them."""

    code: Code
    name: Text
    group: Group
    points: Positive
    covers_products: Positive | None = None
    benefits: AtLeastOne[Text]
    # Per twelve months, before VAT, in minor units.
    fees: dict[Currency, Whole]

    @property
    def points_to_reach(self) -> int:
        """The fewest points that reach it: `points`, or one more where *more than* is the rule."""
        return self.points + 1 if self.group == "business" else self.points

    def in_reach(self, points: int) -> bool:
        return points >= self.points_to_reach

    def missing(self, points: int) -> int:
        """How many points are still to go; 0 when the level is in reach."""
        return max(0, self.points_to_reach - points)


class Term(Section):
    """How long one may join for, and what is taken off the fee for it (C4)."""

    months: Positive
    discount_basis_points: BasisPoints


class Membership(Section):
    """The figures of section C, and the notice of B7."""

    invitation_points: Positive
    # Business levels are shown, and the switch with them, above this figure (C3).
    business_switch_above: Positive
    grace_days: Whole
    renewal_reminder_days: Many[Positive]
    qualifying_notice_days: Positive
    upgrade_credit: Literal["pro-rata", "none"]


# --- money ----------------------------------------------------------------------------------------


class Reminder(Section):
    """A reminder of an unpaid invoice (D6): sent so many days after the due date, from a day on."""

    from_on: date
    after_due_days: Positive
    # In minor units of the invoice's currency; a currency that is not named costs nothing.
    fees: dict[Currency, Whole] = {}


class Payment(Section):
    """When and how is paid (C8, D1, D2, D5, D6)."""

    due_days: Positive
    means: AtLeastOne[Means]
    card_retry_days: Many[Positive]
    suspend_after_days: Positive
    end_after_days: Positive
    reminders: Many[Reminder]

    def due_on(self, issued_on: date) -> date:
        return issued_on + timedelta(days=self.due_days)

    def reminders_for(self, due_on: date) -> tuple[Reminder, ...]:
        """The schedule of an invoice that was due on that day: the newest rows of each interval."""
        in_force: dict[int, Reminder] = {}
        for reminder in sorted(self.reminders, key=lambda r: r.from_on):
            if reminder.from_on <= due_on:
                in_force[reminder.after_due_days] = reminder
        return tuple(in_force[days] for days in sorted(in_force))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        wrong: list[tuple[Location, str]] = []
        if self.end_after_days <= self.suspend_after_days:
            wrong.append(
                (
                    ("end_after_days",),
                    f"must be greater than suspend_after_days ({self.suspend_after_days})",
                )
            )
        if list(self.card_retry_days) != sorted(set(self.card_retry_days)):
            wrong.append((("card_retry_days",), "must rise from one retry to the next"))
        refuse(wrong, None)
        return self


class Invoices(Section):
    """The number series of invoices (D3), and the currency of the seller's books."""

    # A KID has room for eight digits of invoice number (D4).
    first_number: int = Field(ge=1, lt=10**7)
    currency: Currency


class Numbers(Section):
    """Where the series start that people read aloud; a check digit is added to each."""

    member_prefix: str
    member_first: int = Field(ge=1)
    # A KID has room for seven digits of account number, check digit included (D4).
    account_first: int = Field(ge=1, lt=10**5)
    application_first: int = Field(ge=1)


# --- texts ----------------------------------------------------------------------------------------


class Document(Section):
    """A text that is agreed to or that informs: paragraphs, `## headings` and `- items`.

    In the programme file each language names a file beside it; `reading` puts its words here.
    """

    version: Words
    effective_on: date
    text: Text


class Question(Section):
    """A frequently asked question (E2) and the page on which it stands; the help page has all."""

    page: Page
    question: Text
    answer: Text


# --- the whole ------------------------------------------------------------------------------------


class Programme(Section):
    """One manufacturer's programme: the parts, and the questions that they answer together."""

    key: Code
    languages: AtLeastOne[Language]
    default_language: Language
    home_country: CountryCode
    timezone: TimeZone
    # Said beside points and fees where they are examples and nobody's real terms.
    example_note: Text | None = None
    brand: Brand
    words: ProgrammeWords
    countries: AtLeastOne[Country]
    trades: AtLeastOne[Trade]
    evidence: EvidenceLimits
    deadlines: Deadlines
    validation: Validation
    messages: Many[Message]
    registers: Registers
    membership: Membership
    terms: AtLeastOne[Term]
    levels: AtLeastOne[Level]
    payment: Payment
    invoices: Invoices
    numbers: Numbers
    terms_of_membership: Document
    privacy: Document
    faq: Many[Question]
    catalogue: Many[CatalogueModel]

    def country(self, code: str) -> Country:
        """The country of that code. Raises LookupError, as do the other look-ups by a code."""
        return _found(self.countries, "code", code)

    def trade(self, code: str) -> Trade:
        return _found(self.trades, "code", code)

    def message(self, code: str) -> Message:
        return _found(self.messages, "code", code)

    def level(self, code: str) -> Level:
        return _found(self.levels, "code", code)

    def term(self, months: int) -> Term:
        return _found(self.terms, "months", months)

    def levels_of(self, group: Group) -> tuple[Level, ...]:
        """The levels of a group, lowest first."""
        return tuple(level for level in self.levels if level.group == group)

    def fee(self, level: str, currency: str, months: int) -> Money:
        """What a level costs for a whole term, discount taken, before VAT (C4); rounded once."""
        yearly = Money(self.level(level).fees[currency], currency)
        paid_basis_points = BASIS_POINTS - self.term(months).discount_basis_points
        return yearly.share(months * paid_basis_points, 12 * BASIS_POINTS)

    def faq_on(self, page: Page) -> tuple[Question, ...]:
        return tuple(question for question in self.faq if question.page == page)

    @field_validator("languages", "countries", "trades", "messages", "levels", "terms")
    @classmethod
    def _each_once[T](cls, things: tuple[T, ...]) -> tuple[T, ...]:
        refuse(list(repeated(things)), things)
        return things

    @field_validator("levels")
    @classmethod
    def _rising(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        refuse(list(not_rising(levels)), levels)
        return levels

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        refuse(list(contradictions(self)), self)
        return self


def _found[T](things: Iterable[T], name: str, value: object) -> T:
    for thing in things:
        if getattr(thing, name) == value:
            return thing
    raise LookupError(f"the programme has no {name} {value!r} here")
