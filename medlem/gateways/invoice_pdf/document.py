"""What is printed on an invoice. Sums, dates and names come as the text that the reader sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LABELS = frozenset(
    {
        "title",  # Invoice, Credit note
        "buyer",
        "description",
        "quantity",
        "unit_price",
        "vat",
        "amount",
        "net",  # sum before VAT
        "vat_of",  # "VAT {rate} of {basis}"
        "total",
        "page",  # "Page {page} of {pages}"
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value: a date, a reference, an account number."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer; `facts` are what else the law wants printed: the number, MVA."""

    name: str
    address: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing sold; `detail` is smaller print below it, such as the period."""

    text: str
    quantity: str
    unit_price: str
    vat: str
    amount: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class VatRow:
    """The VAT of one rate: "25 %" of this basis is that amount."""

    rate: str
    basis: str
    amount: str


@dataclass(frozen=True, slots=True)
class Payment:
    """How it is paid: a sentence ("… is charged to Visa •••• 4242 on 22.12.2026."), and the KID and
    the account of a transfer as facts.
    """

    heading: str
    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """A whole invoice or credit note.

    `labels` holds a text for each of LABELS. `accent` is a colour as #rrggbb, `language` a
    two-letter code, `issued_on` the date that the file itself carries. Raises ValueError when one
    of them is wrong.
    """

    language: str
    number: str
    issued_on: date
    wordmark: str
    accent: str
    seller: Party
    buyer: Party
    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    net: str
    vat_rows: tuple[VatRow, ...]
    total: str
    payment: Payment
    labels: Mapping[str, str]
    note: str = ""

    def __post_init__(self) -> None:
        if missing := LABELS - self.labels.keys():
            raise ValueError(f"the invoice has no label for {', '.join(sorted(missing))}")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.accent):
            raise ValueError(f"accent is {self.accent!r}; it takes a colour such as #0a5c8a")
        if not re.fullmatch(r"[a-z]{2,3}", self.language):
            raise ValueError(f"language is {self.language!r}; it takes a code such as nb")
