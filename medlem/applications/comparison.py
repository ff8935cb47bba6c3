"""An application's answers beside what the register says, for the reviewer (A8). Pure functions on values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medlem.applications.rules import same_name
from medlem.gateways.register import RegisterEntity


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer and the register's. `agrees` is None where the register says nothing of it."""

    name: str
    given: Any
    register: Any
    agrees: bool | None


def compared(answers: Mapping[str, Any], entity: RegisterEntity | None) -> list[Comparison]:
    """Each answer that a register can confirm, in the order of the form."""
    register: dict[str, Any] = {}
    if entity:
        register = {
            "registration_number": entity.number,
            "business_name": entity.name,
            "organisation_form": entity.form_code,
            "street": ", ".join(entity.address),
            "postcode": entity.postcode,
            "place": entity.place,
            "vat_registered": entity.vat_registered,
        }
    names = ("registration_number", "business_name", "organisation_form", "street", "postcode", "place")
    return [_compared(name, answers.get(name), register.get(name)) for name in (*names, "vat_registered")]


def compared_with_vat(answers: Mapping[str, Any], *, name: str, address: str) -> list[Comparison]:
    """Name and address beside those that a register of VAT numbers has, where it tells them: one line each, as
    it writes an address as one."""
    street, postcode, place = given = [str(answers.get(key) or "") for key in ("street", "postcode", "place")]
    there = _bare(address)
    at = Comparison(
        "address",
        ", ".join(part for part in (street, f"{postcode} {place}".strip()) if part),
        ", ".join(line.strip() for line in address.splitlines() if line.strip()),
        all(_bare(part) in there for part in given) if there else None,
    )
    return [_compared("business_name", answers.get("business_name"), name), at]


def _compared(name: str, given: Any, register: Any) -> Comparison:
    if register is None or register == "":
        return Comparison(name, given, register, None)
    return Comparison(name, given, register, _same(name, given, register))


def _same(name: str, given: Any, register: Any) -> bool:
    if isinstance(register, bool):
        return bool(given) == register
    if name == "business_name":
        return same_name(str(given), str(register))
    return _bare(str(given)) == _bare(str(register))


def _bare(text: str) -> str:
    """Case, blanks and punctuation do not count: the register writes in capitals."""
    return re.sub(r"[\W_]+", "", text.casefold())
