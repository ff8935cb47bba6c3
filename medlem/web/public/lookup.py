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
    """What came of looking: `number` is None while what was `typed` cannot be one, `answer` when nothing was asked.

    `slip` says that enough digits were typed, and one of them is wrong; `nobody`, that no business has the
    name. `kept` is what the register said when the page was saved.
    """

    country: Country
    number: str | None = None
    typed: str = ""
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
    def code(self) -> str:
        """Country and number, as `seen` carries them."""
        return f"{self.country.code}{self.number or ''}"

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
        return _about(self.country, entity, self.parent) if entity else []


def look_up(typed: Mapping[str, str]) -> Found:
    """Asks by number where one was typed (or chosen from the hits), else by name, in whichever field it stands.
    `typed` is without what belongs to a business that went (`parted`)."""
    country = country_of(typed.get("country", ""))
    text = (typed.get("choose") or typed.get("registration_number") or "").strip()[:30]
    if any(map(str.isdigit, text)):
        number = country.registration_number(text)
        if number is None:
            return Found(country, slip=sum(map(str.isdigit, text)) >= ENOUGH)
        return _asked(country, number, typed=text)
    return _searched(country, text or typed.get("business_name", "").strip())


def _asked(country: Country, number: str, *, typed: str) -> Found:
    """The register's answer, and for a place of work the business that it belongs to."""
    now = clock.now()
    answer = registers.ask(country=country.code, number=number, now=now)
    parent = answer.entity.is_subentity_of if answer.entity else None
    above = registers.ask(country=country.code, number=parent, now=now).entity if parent else None
    return Found(country, number, typed, answer, parent=above)


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
    if draft is None:
        return Found(country)
    return Found(country, draft.registration_number or None, kept=registers.kept(draft.register_answer))


def country_of(code: str) -> Country:
    """The programme's country of that code; the home country for any other."""
    programme = current()
    try:
        return programme.country(code)
    except LookupError:
        return programme.country(programme.home_country)


def parted(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, without what a register filled in for a business that the page is no longer about.

    `seen` is the country and number whose entry the page shows. With another number or country the name goes,
    and what of the address is the register's; what somebody typed stays.
    """
    values = {name: str(value) for name, value in typed.items()}
    code, number = values.get("seen", "")[:2], values.get("seen", "")[2:]
    country = country_of(values.get("country", ""))
    standard = country.registration_number(values.get("choose") or values.get("registration_number", ""))
    if not code or (country.code, standard) == (code, number):
        return values
    values["seen"] = ""
    if country.code != code:
        own = country_of(code).registration_number(values.get("registration_number", ""))
        values["registration_number"] = "" if own == number else values.get("registration_number", "")
    was = {name: values.get(name, "") for name in ("business_name", "street", "postcode", "place")}
    if before := registers.heard(country=country_of(code).code, number=number, now=clock.now()):
        was |= {"street": ", ".join(before.address), "postcode": before.postcode, "place": before.place}
    return {**values, **{name: "" for name, value in was.items() if values.get(name) == value}}


def filled(typed: Mapping[str, str], found: Found) -> dict[str, str]:
    """What was typed, with what the register says about it: its name wins, its address fills an empty one."""
    values = {name: str(value) for name, value in typed.items()}
    if found.number is None:
        return with_place(values, found.country)
    values["registration_number"] = found.number
    entity = found.entity
    values["seen"] = found.code if entity else ""
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


def _about(country: Country, entity: RegisterEntity, parent: RegisterEntity | None) -> list[Word]:
    words = []
    register = country.register_name
    if entity.is_subentity_of:
        written = country.written_number(entity.is_subentity_of)
        words.append(_branch(entity.is_subentity_of, parent.name if parent else "", written))
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


def _branch(number: str, name: str, written: str) -> Word:
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
    return Word("needs", text % {"name": name, "number": written}, parent=number, parent_name=name)
