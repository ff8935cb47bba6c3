"""Reading what a picture says of the body and the lens that took it, with doubts where there is reason (B5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .containers import sources_of
from .facts import Facts, facts_in
from .parts import Broken, Lacking, NeedsMore, Parts

NO_NAME = re.compile(r"[-\s.0?]*|unknown.*|n/?a|none|0(\.0)? ?mm.*", re.IGNORECASE)


class Doubt(StrEnum):
    """Why somebody should compare what was read with what stands on the product."""

    ZEROS = "zeros"
    """The camera wrote zeros instead of a number."""
    INTERNAL = "internal"
    """A number inside the product, not the one engraved on it."""
    PREFIXED = "prefixed"
    """Old Nikon bodies write "No= " before a number that need not be the engraved one."""
    REWRITTEN = "rewritten"
    """A program that edited the picture wrote the number; such programs drop leading zeros."""
    DIFFERENT = "different"
    """The picture gives more than one number."""
    BY_NUMBER = "by_number"
    """The lens was named by its type number, which lenses of other makers use as well."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A body or a lens as a picture tells of it; empty where it tells nothing.

    A serial number with the doubt INTERNAL tells two pieces apart, and stands on neither.
    """

    name: str = ""
    serial: str = ""
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoReading:
    """What one picture says of what took it. `taken_on` is the day by the camera's own clock."""

    make: str = ""
    body: Seen = Seen()
    lens: Seen = Seen()
    taken_on: date | None = None


def read(parts: Parts) -> PhotoReading | NeedsMore:
    """Reads what has arrived of a file, or says which ranges it takes instead.

    What is broken or not there is left out: a picture without data about its camera gives an empty reading.
    Raises UnknownKind for what is no picture.
    """
    try:
        return _judged(facts_in(parts, sources_of(parts)))
    except Lacking:
        try:
            return parts.wanted()
        except Broken:
            return PhotoReading()
    except Broken:
        return PhotoReading()


def _judged(facts: Facts) -> PhotoReading:
    return PhotoReading(make=facts.make, body=_body(facts), lens=_lens(facts), taken_on=_day(facts.taken))


def _body(facts: Facts) -> Seen:
    note = facts.note
    doubts = []
    serial, zeros = _first_number(facts.serial, note.serial, facts.edited_serial)
    if not serial:
        if zeros:
            doubts.append(Doubt.ZEROS)
        elif note.internal_serial:
            doubts.append(Doubt.INTERNAL)
        return Seen(facts.model, "", tuple(doubts))
    if serial.casefold().startswith("no="):
        serial = serial[3:].strip()
        doubts.append(Doubt.PREFIXED)
    if serial == facts.edited_serial and serial not in (facts.serial, note.serial):
        doubts.append(Doubt.REWRITTEN)
    if _differ(facts.serial, note.serial):
        doubts.append(Doubt.DIFFERENT)
    return Seen(facts.model, serial, tuple(doubts))


def _lens(facts: Facts) -> Seen:
    note = facts.note
    doubts = []
    name = next((each for each in (facts.lens, note.lens, facts.edited_lens) if _names(each)), "")
    if not name and note.lens_by_number:
        name = note.lens_by_number
        doubts.append(Doubt.BY_NUMBER)
    if facts.model and name.startswith(facts.model):
        return Seen()  # the lens of a telephone is no piece of its own
    serial, zeros = _first_number(facts.lens_serial, note.lens_serial, facts.edited_lens_serial)
    if not serial and note.internal_lens_serial:
        serial = note.internal_lens_serial
        doubts.append(Doubt.INTERNAL)
    elif serial and facts.make.casefold().startswith("canon") and _inside_lens(serial):
        doubts.append(Doubt.INTERNAL)
    elif not serial and zeros:
        doubts.append(Doubt.ZEROS)
    if not name and not serial:
        return Seen()
    return Seen(name, serial, tuple(doubts))


def _names(text: str) -> bool:
    return NO_NAME.fullmatch(text) is None


def _first_number(*numbers: str) -> tuple[str, bool]:
    """The first that is more than zeros, and whether there were zeros only."""
    written = [number for number in numbers if number]
    return next((number for number in written if number.strip("0 -")), ""), bool(written)


def _differ(one: str, other: str) -> bool:
    """Whether two numbers are not the same, leading zeros left aside."""
    return bool(one.strip("0 -") and other.strip("0 -")) and one.lstrip("0") != other.lstrip("0")


def _inside_lens(serial: str) -> bool:
    """Whether it is what EF lenses have inside: hexadecimal, of ten places the first four zero. Engraved
    numbers are decimal and use all places."""
    return re.fullmatch(r"0000[0-9a-f]{6}", serial, re.IGNORECASE) is not None or not serial.isdecimal()


def _day(text: str) -> date | None:
    found = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)", text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None
