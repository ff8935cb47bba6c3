"""Serial numbers, completeness and what migrating comes to: pure functions on values (B2 to B6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from stdnum import ean

SERIAL_NUMBER = re.compile(r"[A-Z0-9-]{4,20}")
MANDATORY = ("serial_number", "purchased_on", "purchase_country", "dealer")
FIRST_CAMERA = date(1934, 1, 1)


class SerialProblem(StrEnum):
    """Why something cannot be a serial number (B4)."""

    SHAPE = "shape"
    ZEROS = "zeros"
    EAN = "ean"


def normalised_serial(typed: str) -> str:
    """The serial number as it is kept: trimmed, upper-cased, without inner blanks; leading zeros stay (B4)."""
    return re.sub(r"\s+", "", typed).upper()


def serial_problem(serial: str, *, known_eans: frozenset[str] = frozenset()) -> SerialProblem | None:
    """What is wrong with a normalised serial number, or None (B4).

    Thirteen digits with a right check digit are an EAN, the bar code of the model and not of the piece.
    """
    if not SERIAL_NUMBER.fullmatch(serial):
        return SerialProblem.SHAPE
    if not serial.strip("0-"):
        return SerialProblem.ZEROS
    if serial in known_eans or (len(serial) == 13 and ean.is_valid(serial)):
        return SerialProblem.EAN
    return None


def unusual_shape(serial: str, hint: str) -> bool:
    """Whether the brand's serial numbers usually look different; worth a warning, never a refusal (B4)."""
    return bool(hint) and re.fullmatch(hint, serial) is None


DIGITS_ONLY = re.compile(r"\[0-9\]\{(\d+)\}")


def filled_up(serial: str, hint: str) -> str:
    """The serial number with the zeros in front that a spreadsheet took, where the model's have so many digits;
    empty where nothing is missing or nobody can know (B4)."""
    digits = DIGITS_ONLY.fullmatch(hint)
    if digits and serial.isdecimal() and len(serial) < int(digits[1]):
        return serial.zfill(int(digits[1]))
    return ""


ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


def rounded(serial: str) -> bool:
    """Whether a spreadsheet made a rounded number of a serial number, such as 1.23457E+17 (B4)."""
    return ROUNDED.fullmatch(serial) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of one piece of equipment. Empty means not known yet; each estimate is marked (B2)."""

    serial_number: str = ""
    purchased_on: date | None = None
    purchased_on_estimated: bool = False
    purchase_country: str = ""
    purchase_country_estimated: bool = False
    dealer: str = ""
    dealer_estimated: bool = False


def missing_details(details: Details) -> list[str]:
    """The mandatory details that are not there, in the order of the form (B2, B3)."""
    return [name for name in MANDATORY if not getattr(details, name)]


class DayProblem(StrEnum):
    """Why nothing can have been bought on a day (B2)."""

    FUTURE = "future"
    EARLY = "early"


def day_problem(day: date, *, today: date) -> DayProblem | None:
    """What is wrong with the day of a purchase, or None: it is to come, or there were no cameras yet."""
    if day > today:
        return DayProblem.FUTURE
    return DayProblem.EARLY if day < FIRST_CAMERA else None


def possible_purchase_date(day: date, *, today: date) -> bool:
    """Whether something can have been bought on that day."""
    return day_problem(day, today=today) is None


type Problem = SerialProblem | DayProblem
"""Why details cannot be kept."""


def kept(details: Details) -> Details:
    """The details as they are kept: the serial number normalised, blanks gone, no estimate of nothing (B2, B4)."""
    dealer = " ".join(details.dealer.split())
    return replace(
        details,
        serial_number=normalised_serial(details.serial_number),
        dealer=dealer,
        purchased_on_estimated=details.purchased_on_estimated and details.purchased_on is not None,
        purchase_country_estimated=details.purchase_country_estimated and bool(details.purchase_country),
        dealer_estimated=details.dealer_estimated and bool(dealer),
    )


def problems_of(details: Details, *, known_eans: frozenset[str], today: date) -> list[Problem]:
    """Why details as they are kept cannot be, all that is wrong with them; none when they can (B2, B4)."""
    serial, bought = details.serial_number, details.purchased_on
    found = [
        serial_problem(serial, known_eans=known_eans) if serial else None,
        day_problem(bought, today=today) if bought else None,
    ]
    return [problem for problem in found if problem]


def problem_of(details: Details, *, known_eans: frozenset[str], today: date) -> str:
    """The first of `problems_of`; empty when there is none."""
    return next(iter(problems_of(details, known_eans=known_eans, today=today)), "")


def fingerprint(details: Details) -> str:
    """What tells these details from others: a form says with it which ones it began with."""
    return hashlib.sha256(repr(details).encode()).hexdigest()[:16]


def for_event(details: Details) -> dict[str, object]:
    """The details that are known, as an event keeps them (E3)."""
    return {name: value for name, value in asdict(details).items() if value}


def folded(name: str) -> str:
    """A model's name for comparing: case, blanks and punctuation do not count."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def model_called(name: str, by_folded_name: Mapping[str, int]) -> int | None:
    """The key of the catalogue model that a former system's name means, or None when nobody knows (B6)."""
    return by_folded_name.get(folded(name))


def nearest(name: str, by_folded_name: Mapping[str, str], *, most: int = 3) -> list[str]:
    """The names that look most like what somebody wrote, the nearest first; none where nothing does."""
    close = get_close_matches(folded(name), by_folded_name, n=most, cutoff=0.6)
    return [by_folded_name[each] for each in close]


class MigrationOutcome(StrEnum):
    """What became of one former product (B6)."""

    MOVED = "moved"
    INCOMPLETE = "incomplete"
    DISPUTED = "disputed"
    UNKNOWN_MODEL = "unknown_model"
    DUPLICATE = "duplicate"
