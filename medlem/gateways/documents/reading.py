"""Finds a business in the text of a document: its numbers, its name, its address (A3, A4, A7).

Pure functions over `PageText`, wherever the text came from. What is sought is compared *folded*,
because one business is printed in many ways: "Sætherøy A/S", "SAETHEROEY AS" and "SÆTHERØY AS" are
one name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stdnum.no import orgnr

from .text import PageText


@dataclass(frozen=True, slots=True)
class Address:
    """Where a business says that it is. `lines` are those above the postcode."""

    lines: tuple[str, ...]
    postcode: str


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a document: `text` is what is printed there, `page.text[start:end]`."""

    page: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The first place of each thing sought, None for what is not there.

    `other_numbers` are organisation numbers with a right check digit that are not the business's
    own.
    """

    number: Found | None
    vat_number: Found | None
    name: Found | None
    address: Found | None
    other_numbers: tuple[Found, ...]


def findings(
    pages: Sequence[PageText],
    *,
    number: str,
    vat_number: str | None,
    name: str,
    address: Address | None,
) -> Findings:
    """Looks for the business on every page.

    `number` and `vat_number` may be written in any shape; a Norwegian VAT number ends in MVA, and
    only a print that says so counts as one. `address` is found where street and postcode stand
    together.
    """
    return Findings(
        number=_printed(pages, number, _number_pattern),
        vat_number=_printed(pages, vat_number or "", _vat_pattern),
        name=_first(pages, lambda page: _name(page, name)),
        address=_first(pages, lambda page: _address(page, address)) if address else None,
        other_numbers=_other_numbers(pages, number),
    )


def _first(pages: Sequence[PageText], find: Callable[[PageText], Found | None]) -> Found | None:
    return next((found for page in pages if (found := find(page))), None)


def _at(page: PageText, start: int, end: int) -> Found:
    return Found(page.page, page.text[start:end], start, end)


# --- numbers --------------------------------------------------------------------------------------

# Digits are grouped by blanks of every kind, dots and hyphens; never by the end of a line.
GAP = r"[ \t\u00a0\u2007\u2009\u202f.\-\u2010\u2011\u2013]{0,2}"
# Not a part of a longer number, and not of a sum: "923 609 016,00" is money.
BEFORE, AFTER = r"(?<!\d)(?<!\d[.,])", r"(?!\d)(?![.,]\d)"
VAT_LABEL = (
    r"(?:MVA|VAT)[ \-/]*(?:reg(?:istration)?\.?[ \-]*)?(?:nr|nummer|no|number|id)\b[.:\u00a0 ]*"
    r"(?:NO)?"
)
# "MVA" behind the number, unless it begins the line of sums: "… 923609016 MVA 25 %".
MVA = r"[,/( \u00a0]{0,2}M\.?V\.?A\b(?!\.?:?[ \t\u00a0]*\d+(?:[.,]\d+)?\s*%)"
SHORTEST_NUMBER = 6  # digits; fewer stand by chance on every page
NORWEGIAN = re.compile(rf"{BEFORE}\d{{3}}{GAP}\d{{3}}{GAP}\d{{3}}{AFTER}")


def _printed(
    pages: Sequence[PageText], number: str, pattern_of: Callable[[str], re.Pattern[str]]
) -> Found | None:
    if sum(map(str.isdecimal, number)) < SHORTEST_NUMBER:
        return None
    pattern = pattern_of(number)
    return _first(pages, lambda page: _at(page, *m.span()) if (m := pattern.search(page.text)) else None)


def _number_pattern(number: str) -> re.Pattern[str]:
    return re.compile(BEFORE + _spaced(_compact(number)) + AFTER, re.IGNORECASE)


def _vat_pattern(vat_number: str) -> re.Pattern[str]:
    """Norway: `923 609 016 MVA` with or without NO, or the number behind "MVA-nr." or "VAT no.".

    Elsewhere: the number with or without its country.
    """
    compact = _compact(vat_number)
    country, body = (compact[:2], compact[2:]) if compact[:2].isalpha() else ("", compact)
    prefix = rf"(?:{country}{GAP})?" if country else ""
    if not body.endswith("MVA"):
        return re.compile(BEFORE + prefix + _spaced(body) + AFTER, re.IGNORECASE)
    digits = _spaced(body.removesuffix("MVA"))
    return re.compile(
        rf"{BEFORE}(?:\bNO{GAP})?{digits}{GAP}{MVA}|{VAT_LABEL}{GAP}{digits}{AFTER}", re.IGNORECASE
    )


def _compact(number: str) -> str:
    return "".join(character for character in number.upper() if character.isalnum())


def _spaced(characters: str) -> str:
    return GAP.join(re.escape(character) for character in characters)


def _other_numbers(pages: Sequence[PageText], own: str) -> tuple[Found, ...]:
    others: dict[str, Found] = {}
    for page in pages:
        for match in NORWEGIAN.finditer(page.text):
            digits = _compact(match[0])
            if digits not in _compact(own) and orgnr.is_valid(digits):
                others.setdefault(digits, _at(page, *match.span()))
    return tuple(others.values())


# --- names and addresses --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as it is compared, and where it stands."""

    folded: str
    plain: str
    start: int
    end: int


# A/S and S.A. are one word; digits and letters are two, so that 14B and 14 B are the same house.
WORD = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[./][^\W\d_])+(?![^\W_])|\d+|(?:[^\W\d_]|[\u0300-\u036f\u00ad])+|[&+]"
)
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "&": "og", "+": "og"})
FORM = re.compile(
    r"asa?|ans|da|enk|nuf|sa|ba|iks|kf"  # Norway
    r"|ab|hb|aps|is|oyj?|e?hf|gmbh|ag|kg|ltd|limited|llp|plc|inc|llc|bv|nv|sarl|sas|spa|srl"
)
SHORT_NAME = 4  # letters; below, folding would find "Ås" in every "AS"
NEAR = 12  # words between street and postcode: a second address line, a name, a country
STREETS = (
    (re.compile(r"(?:gaten|gata|gate|gt)$"), "gt"),
    (re.compile(r"(?:veien|vegen|vei|veg|vn)$"), "v"),
    (re.compile(r"(?:plassen|plass|pl)$"), "pl"),
    (re.compile(r"^(?:pb|boks)$"), "postboks"),
)


def _words(text: str) -> Iterator[Word]:
    for match in WORD.finditer(text):
        plain = match[0].casefold().replace("/", "").replace(".", "").replace("\u00ad", "")
        yield Word(_folded(plain), unicodedata.normalize("NFC", plain), *match.span())


def _folded(word: str) -> str:
    """Without marks; æ, ø, å as those write them who have no such keys: ae, oe or o, aa or a."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    return bare.translate(LETTERS).replace("oe", "o").replace("aa", "a")


def _name(page: PageText, name: str) -> Found | None:
    """The name without its legal form, which documents leave out or write in other ways."""
    words = list(_words(name))
    core = [word.folded for word in words]
    while core and FORM.fullmatch(core[-1]):
        core.pop()
    while core and FORM.fullmatch(core[0]):
        core.pop(0)
    text = list(_words(page.text))
    if sum(map(len, core)) < SHORT_NAME:
        return _sequence(page, text, [word.plain for word in text], [word.plain for word in words])
    return _sequence(page, text, [word.folded for word in text], core)


def _sequence(page: PageText, text: list[Word], compared: list[str], sought: list[str]) -> Found | None:
    for first in _places(compared, sought):
        return _at(page, text[first].start, text[first + len(sought) - 1].end)
    return None


def _places(words: list[str], sought: list[str]) -> Iterator[int]:
    """Where `sought` stands in `words`, as a whole and in its order."""
    if sought:
        for first in range(len(words) - len(sought) + 1):
            if words[first] == sought[0] and words[first : first + len(sought)] == sought:
                yield first


def _address(page: PageText, address: Address) -> Found | None:
    text = list(_words(page.text))
    street = [_street(word.folded) for word in _words(_street_line(address.lines))]
    postcode = [word.folded for word in _words(address.postcode)]
    postcodes = list(_places([word.folded for word in text], postcode))
    for first in _places([_street(word.folded) for word in text], street):
        behind = first + len(street)
        for code in postcodes:
            if -NEAR <= code + len(postcode) - first <= 0 or 0 <= code - behind <= NEAR:
                start, end = min(first, code), max(behind, code + len(postcode))
                return _at(page, text[start].start, text[end - 1].end)
    return None


def _street_line(lines: Sequence[str]) -> str:
    """The line with a house number; the longest, as floors and wings have numbers too."""
    lines = [line for line in lines if not line.casefold().startswith("c/o")]
    return max(lines, key=lambda line: (any(map(str.isdecimal, line)), len(line)), default="")


def _street(folded: str) -> str:
    for ending, short in STREETS:
        folded = ending.sub(short, folded)
    return folded
