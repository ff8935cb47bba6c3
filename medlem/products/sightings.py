"""What pictures come to: the pieces of equipment that were seen in them, each once (B5). Pure functions.

A picture tells of a body and a lens, a box of a model and perhaps a serial number. `pieces_in` brings
together what is the same piece, finds its model, and says why somebody should compare its number.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from stdnum import ean

from medlem.gateways.barcodes import Code, Symbology
from medlem.gateways.photos import Doubt, PhotoReading, Seen
from medlem.products.rules import folded, model_called, normalised_serial, serial_problem, unusual_shape

SERIAL_IN_GS1 = re.compile(r"\(21\)([^(]+)|^01\d{14}21(.+)$")
SERIAL_NAMED = re.compile(
    r"\b(?:S/?N|SER(?:IAL)?)[ .:#=-]*(?:NO|NUMBER)?[ .:#=-]*([A-Z0-9-]{4,20})\b", re.IGNORECASE
)


class Trouble(StrEnum):
    """Why a picture tells of no equipment."""

    NO_CAMERA = "no_camera"
    """No data about its camera, and no bar code."""
    NO_CODE = "no_code"
    """It was given as the picture of a box, and no bar code of a model was found."""
    NO_PICTURE = "no_picture"
    """Not a kind of picture that is read."""
    UNREADABLE = "unreadable"
    """It cannot be opened."""


class Unsure(StrEnum):
    """Why somebody should look at a piece once more; `Doubt` has the reasons that lie in the picture."""

    NO_SERIAL = "no_serial"
    SEVERAL = "several"
    """More than one of the box's codes could be the serial number."""
    UNUSUAL = "unusual"
    """Serial numbers of the model usually look different (B4)."""
    NO_MODEL = "no_model"
    """The catalogue knows no model of this name."""


class Kind(StrEnum):
    BODY = "body"
    LENS = "lens"
    BOX = "box"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is kept of one picture, as JSON: what it says of body and lens, its bar codes, or its trouble."""

    make: str = ""
    body: Seen = field(default_factory=Seen)
    lens: Seen = field(default_factory=Seen)
    taken_on: date | None = None
    codes: tuple[Code, ...] = ()
    trouble: Trouble | None = None

    @classmethod
    def of(cls, reading: PhotoReading) -> Findings:
        return cls(make=reading.make, body=reading.body, lens=reading.lens, taken_on=reading.taken_on)

    def to_json(self) -> dict[str, Any]:
        taken_on = self.taken_on.isoformat() if self.taken_on else None
        return {**asdict(self), "taken_on": taken_on}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Findings:
        return cls(
            make=kept["make"],
            body=_seen(kept["body"]),
            lens=_seen(kept["lens"]),
            taken_on=date.fromisoformat(kept["taken_on"]) if kept["taken_on"] else None,
            codes=tuple(Code(Symbology(code["symbology"]), code["text"]) for code in kept["codes"]),
            trouble=Trouble(kept["trouble"]) if kept["trouble"] else None,
        )


def _seen(kept: Mapping[str, Any]) -> Seen:
    return Seen(kept["name"], kept["serial"], tuple(Doubt(doubt) for doubt in kept["doubts"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the catalogue knows: models by folded name and by EAN, the usual shape of their numbers, brands."""

    names: Mapping[str, int]
    eans: Mapping[str, int]
    hints: Mapping[int, str]
    brands: frozenset[str]

    def model_called(self, name: str, make: str) -> int | None:
        """The model that a camera names so: with or without its make, and without an extender behind a `+`."""
        plain = name.split("+")[0].strip()
        first = make.split()[0] if make.split() else ""
        for each in (plain, plain[len(first) :] if plain.casefold().startswith(first.casefold()) else plain):
            if (found := model_called(each, self.names)) is not None:
                return found
        return None

    def makes(self, make: str) -> bool:
        """Whether the catalogue has the products of that maker."""
        return bool(make.split()) and make.split()[0].casefold() in self.brands


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPiece:
    """A piece of equipment that was seen, in one picture or in a hundred.

    `serial` is what may stand on it. `inside` is a number that tells it from others and stands on nothing.
    `ours`: the catalogue has products of its maker, so it may know it under another name.
    """

    key: str
    kind: Kind
    name: str
    model_id: int | None
    ours: bool
    serial: str = ""
    inside: str = ""
    candidates: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    earliest_on: date | None = None

    @property
    def certain(self) -> bool:
        """Whether it can be taken as it is."""
        return self.model_id is not None and bool(self.serial) and not self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    """What one picture tells of one piece. `who` is the model, or its name where nobody knows it."""

    kind: Kind
    who: str
    name: str
    model_id: int | None
    ours: bool
    serial: str
    inside: str
    beside: str
    candidates: tuple[str, ...]
    doubts: tuple[str, ...]
    filename: str
    taken_on: date | None

    @property
    def number(self) -> str:
        """What tells it from others of its model; programs that edit pictures drop leading zeros."""
        return (self.serial or self.inside).lstrip("0")


def pieces_in(photos: Iterable[tuple[str, Findings]], known: Known) -> list[SeenPiece]:
    """The pieces in pictures, given with their file names: of known models first, bodies before lenses (B5).

    Several pictures of one piece give one. What was seen without a number is the piece of its model that
    was seen with one, where there is just one; else it is a piece for each body that it was seen on.
    """
    sightings = [each for filename, findings in photos for each in _sightings(filename, findings, known)]
    numbers: dict[str, set[str]] = {}
    for sighting in sightings:
        if sighting.number:
            numbers.setdefault(sighting.who, set()).add(sighting.number)
    groups: dict[tuple[str, str], list[_Sighting]] = {}
    for sighting in sightings:
        same = numbers.get(sighting.who, set())
        number = sighting.number or (next(iter(same)) if len(same) == 1 else f"beside {sighting.beside}")
        groups.setdefault((sighting.who, number), []).append(sighting)
    pieces = [_piece(f"{who}|{number}", group) for (who, number), group in groups.items()]
    return sorted(
        pieces, key=lambda piece: (piece.model_id is None, not piece.ours, list(Kind).index(piece.kind))
    )


def _piece(identity: str, group: Sequence[_Sighting]) -> SeenPiece:
    """One piece of what several pictures tell. A number that one of them gives without doubt is beyond doubt."""
    numbered = [each for each in group if each.number] or list(group)
    best = min(numbered, key=lambda each: (len(each.doubts), -len(each.serial)))
    days = [each.taken_on for each in group if each.taken_on]
    return SeenPiece(
        key=hashlib.sha256(identity.encode()).hexdigest()[:16],
        kind=best.kind,
        name=best.name,
        model_id=best.model_id,
        ours=best.ours,
        serial=best.serial,
        inside=best.inside,
        candidates=best.candidates,
        doubts=best.doubts,
        filenames=tuple(sorted({each.filename for each in group})),
        earliest_on=min(days, default=None),
    )


def _sightings(filename: str, findings: Findings, known: Known) -> list[_Sighting]:
    body = findings.body
    found = []
    if body.name:
        found.append(_from_camera(Kind.BODY, body, filename, findings, known))
    if findings.lens.name:
        found.append(_from_camera(Kind.LENS, findings.lens, filename, findings, known))
    return found + _from_box(filename, findings.codes, known)


def _from_camera(kind: Kind, seen: Seen, filename: str, findings: Findings, known: Known) -> _Sighting:
    model_id = known.model_called(seen.name, findings.make)
    number = normalised_serial(seen.serial)
    serial = "" if Doubt.INTERNAL in seen.doubts or serial_problem(number) else number
    doubts: list[str] = [*seen.doubts]
    if not serial and not doubts:
        doubts.append(Unsure.NO_SERIAL)
    if serial and model_id and unusual_shape(serial, known.hints.get(model_id, "")):
        doubts.append(Unsure.UNUSUAL)
    if model_id is None:
        doubts.append(Unsure.NO_MODEL)
    return _Sighting(
        kind=kind,
        who=f"model {model_id}" if model_id else folded(f"{findings.make} {seen.name}"),
        name=seen.name,
        model_id=model_id,
        ours=model_id is not None or known.makes(findings.make),
        serial=serial,
        inside="" if serial else number,
        beside=folded(f"{findings.body.name} {findings.body.serial}") if kind is Kind.LENS else "",
        candidates=(),
        doubts=tuple(doubts),
        filename=filename,
        taken_on=findings.taken_on,
    )


# --- boxes -----------------------------------------------------------------------------------------


def enough_codes(codes: Sequence[Code]) -> bool:
    """Whether a box told its model and a number, so that nobody has to look on."""
    return bool(eans_in(codes)) and any(_numbers_in(codes))


def eans_in(codes: Iterable[Code]) -> list[str]:
    """The EANs among the codes, in thirteen digits: printed as such, or within a code of GS1 (01)."""
    found = []
    for code in codes:
        within = re.match(r"\(01\)(\d{14})|^01(\d{14})21", code.text)
        text = (within[1] or within[2]) if within else code.text
        if text.isdecimal() and len(text) in {13, 14} and ean.is_valid(text):
            found.append(text[-13:])
    return list(dict.fromkeys(found))


def _from_box(filename: str, codes: Sequence[Code], known: Known) -> list[_Sighting]:
    """A piece for each model whose bar code is in the picture."""
    return [_boxed(number, filename, codes, known) for number in eans_in(codes)]


def _boxed(number: str, filename: str, codes: Sequence[Code], known: Known) -> _Sighting:
    model_id = known.eans.get(number)
    hint = known.hints.get(model_id, "") if model_id else ""
    candidates = serial_candidates(codes, hint)
    serial = candidates[0] if len(candidates) == 1 else ""
    doubts = []
    if not serial:
        doubts.append(Unsure.SEVERAL if candidates else Unsure.NO_SERIAL)
    elif unusual_shape(serial, hint):
        doubts.append(Unsure.UNUSUAL)
    if model_id is None:
        doubts.append(Unsure.NO_MODEL)
    return _Sighting(
        kind=Kind.BOX,
        who=f"model {model_id}" if model_id else f"ean {number}",
        name=number,
        model_id=model_id,
        ours=model_id is not None,
        serial=serial,
        inside="",
        beside="",
        candidates=tuple(candidates) if len(candidates) > 1 else (),
        doubts=tuple(doubts),
        filename=filename,
        taken_on=None,
    )


def serial_candidates(codes: Iterable[Code], hint: str) -> list[str]:
    """What may be the serial number among a box's codes: what says that it is, else what has the model's
    shape, else what could be one at all. An EAN never is."""
    named, other = _numbers_in(codes)
    if named:
        return named
    shaped = [each for each in other if hint and not unusual_shape(each, hint)]
    return shaped or other


def _numbers_in(codes: Iterable[Code]) -> tuple[list[str], list[str]]:
    """The numbers that codes give as serial number, and those that could be one."""
    named, other = [], []
    for code in codes:
        if said := SERIAL_IN_GS1.search(code.text) or SERIAL_NAMED.search(code.text):
            named.append(next(group for group in said.groups() if group))
        elif code.symbology is not Symbology.EAN13:
            other.append(code.text)
    return _serials(named), _serials(other)


def _serials(texts: Iterable[str]) -> list[str]:
    numbers = (normalised_serial(text) for text in texts)
    possible = (each for each in numbers if not serial_problem(each) and re.search(r"\d", each))
    return [each for each in dict.fromkeys(possible) if not (len(each) == 14 and ean.is_valid(each))]
