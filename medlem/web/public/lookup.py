"""Asking the business register on behalf of somebody who fills in the first step (A2).

The same for the look-up while typing and for *Continue* without a script. Nothing here refuses: no answer,
no entry and a bankrupt business are all said in words, and the form goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from medlem.applications import registers
from medlem.applications.status import RegisterState
from medlem.core import clock
from medlem.gateways.register import RegisterEntity, RegisterHit
from medlem.programme import current
from medlem.programme.schema import Country
from medlem.web.templatetags.medlem import day

ENOUGH = 9
"""Digits of a whole number, in the registers that can be asked."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that the register's answer means to the applicant. `parent` is a number to apply with instead."""

    kind: str
    text: Any
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of looking: `number` is None while it cannot be one, `answer` when nothing was asked.

    `slip` says that enough digits were typed, and one of them is wrong.
    """

    country: Country
    number: str | None = None
    answer: registers.Answer | None = None
    slip: bool = False
    hits: list[RegisterHit] = field(default_factory=list)

    @property
    def entity(self) -> RegisterEntity | None:
        """The business, where the register knows its name; it then is not the applicant's to change."""
        entity = self.answer.entity if self.answer else None
        return entity if entity and entity.name else None

    @property
    def heard(self) -> str:
        """What came of it in one sentence, to be spoken."""
        words = [str(word.text) for word in self.words]
        if self.entity:
            return " ".join([f"{self.entity.name}, {self.entity.form}.", *words])
        if self.hits:
            many = len(self.hits)
            said = ngettext("%(many)s business to choose from.", "%(many)s businesses to choose from.", many)
            return said % {"many": many}
        return " ".join(words)

    @property
    def words(self) -> list[Word]:
        """What to say, worst first; nothing where there is no register to ask."""
        return _words(self.country.register_name, self.answer) if self.answer else []


def look_up(typed: Mapping[str, str]) -> Found:
    """Asks by number where one was typed (or chosen from the hits), else by name."""
    country = country_of(typed.get("country", ""))
    text = (typed.get("choose") or typed.get("registration_number") or "").strip()[:30]
    if text:
        number = country.registration_number(text)
        if number is None:
            return Found(country, slip=sum(map(str.isdigit, text)) >= ENOUGH)
        return Found(country, number, registers.ask(country=country.code, number=number, now=clock.now()))
    name = typed.get("business_name", "")
    return Found(country, hits=registers.search(country=country.code, name=name, now=clock.now()))


def country_of(code: str) -> Country:
    """The programme's country of that code; the home country for any other."""
    programme = current()
    try:
        return programme.country(code)
    except LookupError:
        return programme.country(programme.home_country)


def filled(typed: Mapping[str, str], found: Found) -> dict[str, str]:
    """What was typed, with what the register says about it.

    The register's name wins; its address fills an empty one. `seen` is the number whose entry the page shows:
    with another number, name and address of that business go.
    """
    values = {name: str(value) for name, value in typed.items()}
    if found.number is None:
        return values
    values["registration_number"] = found.number
    if typed.get("seen", "") not in ("", found.number):
        values.update(business_name="", street="", postcode="", place="")
    entity = found.entity
    values["seen"] = found.number if entity else ""
    if entity:
        values["business_name"] = entity.name
        if not all(values.get(name, "").strip() for name in ("street", "postcode", "place")):
            values.update(street=", ".join(entity.address), postcode=entity.postcode, place=entity.place)
    return values


def _words(register: str, answer: registers.Answer) -> list[Word]:
    match answer.facts.state:
        case RegisterState.NO_REGISTER:
            return []
        case RegisterState.UNAVAILABLE:
            text = _("%(register)s does not answer right now. Fill in the rest yourself; we check it later.")
            return [Word("info", text % {"register": register})]
        case RegisterState.NOT_FOUND:
            text = _(
                "%(register)s has no business with this number. Compare the digits with your papers. "
                "If they are right, fill in the rest yourself; we look into it."
            )
            return [Word("needs", text % {"register": register})]
        case _:
            return _about(register, answer)


def _about(register: str, answer: registers.Answer) -> list[Word]:
    facts, entity = answer.facts, answer.entity
    words = []
    if facts.parent:
        text = _("This is the number of a branch. It belongs to the business with number %(parent)s.")
        words.append(Word("needs", text % {"parent": facts.parent}, parent=facts.parent))
    trouble: Any = None
    if entity and entity.deleted_on:
        trouble = _("deleted on %(day)s") % {"day": day(entity.deleted_on)}
    elif facts.bankrupt:
        trouble = _("bankrupt")
    elif facts.dissolving:
        trouble = _("being dissolved")
    if trouble:
        text = _(
            "According to %(register)s the business is %(trouble)s. You can apply all the same; a person decides."
        )
        words.append(Word("needs", text % {"register": register, "trouble": trouble}))
    return words
