"""An application's answers beside what the registers said, for the review (A7, A8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from medlem.applications import registers
from medlem.applications.comparison import Comparison, compared, compared_with_vat
from medlem.applications.models import Application, Check, RegisterAnswer
from medlem.applications.queries import answers_of
from medlem.applications.status import RegisterName
from medlem.programme import current
from medlem.web.numbers import registration_number


@dataclass(frozen=True, slots=True)
class Line:
    """An answer beside the register's; `agrees` is None where that says nothing."""

    label: Any
    given: str
    register: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class VatRegister:
    """What the register of VAT numbers came to, when it was asked, and name and address as it has them."""

    register: str
    state: str
    asked_at: datetime
    lines: list[Line]


def lines_of(found: Application) -> list[Line]:
    """Each answer that a business register can confirm."""
    comparisons = compared(answers_of(found), registers.kept(found.register_answer))
    return [_line(each, found) for each in comparisons]


def vat_register_of(found: Application, checks: Iterable[Check]) -> VatRegister | None:
    """The answer of VIES or HMRC on which the last checks were judged; None where none of them was asked."""
    answers = [check.answer for check in checks if check.answer]
    row = next((each for each in answers if each.register in (RegisterName.VIES, RegisterName.HMRC)), None)
    return _heard(found, row) if row else None


def _heard(found: Application, row: RegisterAnswer) -> VatRegister:
    said = registers.kept_about_vat(row)
    comparisons = (
        compared_with_vat(answers_of(found), name=said.name, address=said.address)
        if said and said.valid and not found.erased_at
        else []
    )
    return VatRegister(
        register=row.get_register_display(),
        state=_words_of(row),
        asked_at=row.asked_at,
        lines=[_line(each, found) for each in comparisons],
    )


def _words_of(row: RegisterAnswer) -> str:
    states = {
        "answered": _("The VAT number is valid"),
        "not_found": _("The VAT number is not known"),
        "unavailable": _("Could not be asked"),
    }
    return states.get(row.state, row.get_state_display())


def _line(each: Comparison, found: Application) -> Line:
    labels = {
        "registration_number": current().country(found.country).number_label,
        "business_name": _("Business name"),
        "organisation_form": _("Legal form"),
        "street": _("Street address"),
        "postcode": _("Postcode"),
        "place": _("Place"),
        "address": _("Address"),
        "vat_registered": _("VAT-registered"),
    }
    written = _number_of(found.country) if each.name == "registration_number" else _words
    return Line(labels[each.name], written(each.given), written(each.register), each.agrees)


def _number_of(country: str) -> Any:
    return lambda value: registration_number(str(value or ""), country)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value or "")
