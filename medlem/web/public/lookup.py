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
from medlem.applications.models import Application
from medlem.applications.postcodes import place_of
from medlem.applications.status import RegisterState
from medlem.core import clock
from medlem.gateways.register import RegisterEntity, RegisterHit
from medlem.programme import current
from medlem.programme.schema import Country
from medlem.web.templatetags.medlem import day

ENOUGH = 9
"""Digits of a whole number, in the registers that can be asked."""
SHORTEST_NAME = 3
"""Letters of a name that are worth a search."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that the register's answer means to the applicant. `parent` is a number to apply with instead."""

    kind: str
    text: Any
    parent: str = ""
    parent_name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of looking: `number` is None while it cannot be one, `answer` when nothing was asked.

    `slip` says that enough digits were typed, and one of them is wrong; `nobody`, that no business has the
    name. `kept` is what the register said when the page was saved.
    """

    country: Country
    number: str | None = None
    answer: registers.Answer | None = None
    kept: RegisterEntity | None = None
    parent: RegisterEntity | None = None
    slip: bool = False
    hits: list[RegisterHit] = field(default_factory=list)
    nobody: str = ""

    @property
    def entity(self) -> RegisterEntity | None:
        """The business, where the register knows its name; it then is not the applicant's to change."""
        entity = self.answer.entity if self.answer else self.kept
        return entity if entity and entity.name else None

    @property
    def belongs_elsewhere(self) -> bool:
        """A place of work, whose business is the one to apply."""
        return bool(self.entity and self.entity.is_subentity_of)

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
        if self.nobody:
            words.append(str(self.nobody))
        return " ".join(words)

    @property
    def words(self) -> list[Word]:
        """What to say, worst first; nothing where there is no register to ask."""
        if self.answer and self.answer.facts.state != RegisterState.ANSWERED:
            return _unanswered(self.country.register_name, self.answer.facts.state)
        entity = self.answer.entity if self.answer else self.kept
        return _about(self.country.register_name, entity, self.parent) if entity else []


def look_up(typed: Mapping[str, str]) -> Found:
    """Asks by number where one was typed (or chosen from the hits), else by name, in whichever field it stands."""
    country = country_of(typed.get("country", ""))
    text = (typed.get("choose") or typed.get("registration_number") or "").strip()[:30]
    if any(map(str.isdigit, text)):
        number = country.registration_number(text)
        if number is None:
            return Found(country, slip=sum(map(str.isdigit, text)) >= ENOUGH)
        return _asked(country, number)
    return _searched(country, text or typed.get("business_name", "").strip())


def _asked(country: Country, number: str) -> Found:
    """The register's answer, and for a place of work the business that it belongs to."""
    now = clock.now()
    answer = registers.ask(country=country.code, number=number, now=now)
    parent = answer.entity.is_subentity_of if answer.entity else None
    above = registers.ask(country=country.code, number=parent, now=now).entity if parent else None
    return Found(country, number, answer, parent=above)


def _searched(country: Country, name: str) -> Found:
    hits = registers.search(country=country.code, name=name, now=clock.now())
    if hits is None:
        away = _(
            "The business register does not answer right now. Fill the fields in yourself; we check them later."
        )
        return Found(country, nobody=str(away))
    if hits or country.register_lookup == "none" or sum(map(str.isalnum, name)) < SHORTEST_NAME:
        return Found(country, hits=hits)
    nobody = _("We found no business with the name %(name)s. Try one word of it, or type the number.")
    return Found(country, nobody=nobody % {"name": name})


def kept(draft: Application | None) -> Found:
    """What the saved first step shows: the register is not asked anew."""
    country = country_of(draft.country if draft else "")
    return Found(country, kept=registers.kept(draft.register_answer) if draft else None)


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
        return with_place(values, found.country)
    values["registration_number"] = found.number
    if typed.get("seen", "") not in ("", found.number):
        values.update(business_name="", street="", postcode="", place="")
    entity = found.entity
    values["seen"] = found.number if entity else ""
    if entity:
        values["business_name"] = entity.name
        if not all(values.get(name, "").strip() for name in ("street", "postcode", "place")):
            values.update(street=", ".join(entity.address), postcode=entity.postcode, place=entity.place)
    return with_place(values, found.country)


def with_place(values: Mapping[str, str], country: Country, *, before: str = "") -> dict[str, str]:
    """The place of a post code where none was typed; `before` stands before the names of both fields."""
    code, place = values.get(f"{before}postcode", ""), values.get(f"{before}place", "")
    if not code or place.strip():
        return dict(values)
    return {**values, f"{before}place": place_of(country=country.code, code=country.postcode(code) or "")}


def _unanswered(register: str, state: RegisterState) -> list[Word]:
    match state:
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
            return []


def _about(register: str, entity: RegisterEntity, parent: RegisterEntity | None) -> list[Word]:
    words = []
    if entity.is_subentity_of:
        words.append(_branch(entity.is_subentity_of, parent.name if parent else ""))
    trouble: Any = None
    if entity.deleted_on:
        trouble = _("deleted on %(day)s") % {"day": day(entity.deleted_on)}
    elif entity.bankrupt:
        trouble = _("bankrupt")
    elif entity.dissolving:
        trouble = _("being dissolved")
    if trouble:
        text = _(
            "According to %(register)s the business is %(trouble)s. You can apply all the same; a person decides."
        )
        words.append(Word("needs", text % {"register": register, "trouble": trouble}))
    return words


def _branch(number: str, name: str) -> Word:
    """Why it is the business that applies, and which."""
    if name:
        text = _(
            "This is the number of a place of work. The account belongs to the business behind it: "
            "%(name)s, %(number)s."
        )
    else:
        text = _(
            "This is the number of a place of work. The account belongs to the business behind it, which has "
            "the number %(number)s."
        )
    return Word("needs", text % {"name": name, "number": number}, parent=number, parent_name=name)
