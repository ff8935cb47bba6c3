"""Numbers of businesses in every printed shape: spaces, dots, hyphens, NO, MVA, a country before it (A4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum.eu import vat as eu_vat
from stdnum.no import orgnr

from .transcript import PageText

# Digits are grouped by blanks of every kind, dots, hyphens and strokes; never by the end of a line.
GAP = r"[ \t\u00a0\u2007\u2009\u202f./\-\u2010\u2011\u2013]{0,2}"
# Not a part of a longer number, and not of a sum: "923 609 016,00" is money.
BEFORE, AFTER = r"(?<!\d)(?<!\d[.,])", r"(?!\d)(?![.,]\d)"
NORWEGIAN_LABEL = (
    r"(?:MVA|VAT)[ \-/]*(?:reg(?:istration)?\.?[ \-]*)?(?:nr|nummer|no|number|id)\b[.:\u00a0 ]*"
    r"(?:NO)?"
)
# "MVA" behind the number, unless it begins the line of sums: "… 923609016 MVA 25 %".
MVA = r"[,/( \u00a0]{0,2}M\.?V\.?A\b(?!\.?:?[ \t\u00a0]*\d+(?:[.,]\d+)?\s*%)"
ANY_LABEL = r"(?:MVA|VAT|MOMS|VSK|BTW|TVA|IVA|MWST|UST|UID|ALV|DPH|NIF|NIP)[^\d\n]{0,16}"
SHORTEST_NUMBER = 6  # digits; fewer stand by chance on every page, unless it says what they are
SHORTEST_LABELLED = 5
LONG_NUMBER = 9
# Digits that readers of pictures take for letters, and of two equal ones side by side they drop one: 330 is read as
# 30. The number must be the very number all the same; no register gives out one that is a digit short.
ALIKE = {"0": "0Oo", "1": "1Il|", "5": "5Ss", "8": "8B"}
MOSTLY = 2 / 3  # of the digits of a number have to be digits

type Span = tuple[int, int]


def number_in(page: PageText, number: str) -> Span | None:
    """The number of its register, in any shape."""
    compact = _compact(number)
    if sum(map(str.isdecimal, compact)) < SHORTEST_NUMBER:
        return None
    return _first(page, _number_pattern(compact, page.is_guessed), compact)


def vat_number_in(page: PageText, vat_number: str) -> Span | None:
    """Norway: `923 609 016 MVA` with or without NO, or the number behind "MVA-nr." or "VAT no.".

    Elsewhere: the number with or without its country. Short ones count behind a word that says so.
    """
    compact = _compact(vat_number)
    digits = sum(map(str.isdecimal, compact))
    if digits < SHORTEST_LABELLED:
        return None
    return _first(page, _vat_pattern(compact, page.is_guessed, digits < SHORTEST_NUMBER), compact)


def holds(vat_number: str, number: str) -> bool:
    """Whether a VAT number is made of the number of the register and something around it."""
    return len(_compact(number)) >= SHORTEST_NUMBER and _compact(number) in _compact(vat_number)


def _first(page: PageText, pattern: re.Pattern[str], compact: str) -> Span | None:
    wanted = sum(map(str.isdecimal, compact))
    for match in pattern.finditer(page.text):
        if sum(map(str.isdecimal, match[0])) >= MOSTLY * wanted:
            group = "number" if "number" in pattern.groupindex else 0
            return match.span(group)
    return None


def _compact(number: str) -> str:
    return "".join(character for character in number.upper() if character.isalnum())


def _spaced(characters: str, guessed: bool) -> str:
    if not guessed:
        return GAP.join(map(re.escape, characters))
    spellings = dict.fromkeys([characters, *_one_dropped(characters)])
    return f"(?:{'|'.join(GAP.join(map(_alike, spelling)) for spelling in spellings)})"


def _alike(character: str) -> str:
    return f"[{ALIKE[character]}]" if character in ALIKE else re.escape(character)


def _one_dropped(digits: str) -> Iterator[str]:
    """The number with one of two equal neighbours left out."""
    if digits.isdecimal() and len(digits) >= LONG_NUMBER:
        for at in range(1, len(digits)):
            if digits[at - 1] == digits[at]:
                yield digits[:at] + digits[at + 1 :]


@lru_cache(maxsize=256)
def _number_pattern(compact: str, guessed: bool) -> re.Pattern[str]:
    # A French establishment has five digits more; the business is the nine before them.
    establishment = rf"(?={GAP}\d{{5}}{AFTER})|" if len(compact) == 9 else ""
    return re.compile(f"{BEFORE}{_spaced(compact, guessed)}(?:{establishment}{AFTER})", re.IGNORECASE)


@lru_cache(maxsize=256)
def _vat_pattern(compact: str, guessed: bool, short: bool) -> re.Pattern[str]:
    country, body = (compact[:2], compact[2:]) if compact[:2] in COUNTRIES else ("", compact)
    if body.endswith("MVA"):
        digits = _spaced(body.removesuffix("MVA"), guessed)
        mva = MVA.replace("V", "[VY]") if guessed else MVA
        return re.compile(
            rf"{BEFORE}(?:\bNO{GAP})?{digits}{GAP}{mva}|{NORWEGIAN_LABEL}{GAP}{digits}{AFTER}", re.IGNORECASE
        )
    if country == "CH":  # CHE-123.456.789 MWST; the word behind it is in the reader's language
        body = re.sub(r"(?:MWST|TVA|IVA)$", "", body)
        return re.compile(rf"\bCH{GAP}{_spaced(body, guessed)}{AFTER}", re.IGNORECASE)
    prefix = rf"(?:{country}{GAP})?" if country else ""
    if short:
        return re.compile(rf"\b{ANY_LABEL}(?P<number>{prefix}{_spaced(body, guessed)}){AFTER}", re.IGNORECASE)
    return re.compile(BEFORE + prefix + _spaced(body, guessed) + AFTER, re.IGNORECASE)


# --- numbers of others ----------------------------------------------------------------------------

LISTED = "AT BE BG CH CY CZ DE DK EE EL ES FI FR GB HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK XI"
COUNTRIES = frozenset(LISTED.split())
NORWEGIAN_DIGITS = rf"{BEFORE}\d{{3}}{GAP}\d{{3}}{GAP}\d{{3}}"
NORWEGIAN = re.compile(
    r"(?:(?:\borg|foretaks?|enhets?|\b(?:mva|vat)[ \-./]*(?:reg|n[ro]|nummer|number|id))[^\d\n,;]{0,24}"
    rf"|\bNO{GAP})(?P<before>{NORWEGIAN_DIGITS}){AFTER}"
    rf"|(?P<behind>{NORWEGIAN_DIGITS}){GAP}{MVA}",
    re.IGNORECASE,
)
EUROPEAN = re.compile(
    r"(?<![A-Z0-9])(?P<country>AT|BE|CZ|DE|DK|EL|ES|FI|FR|GB|IE|IT|LU|NL|PL|PT|SE|EE|LT|LV|HU|HR|RO|SI|SK|BG|CY|MT)"
    r"[ \t\u00a0.:\-]{0,2}(?P<body>[0-9A-Z+*]{2,12}(?:[ \t\u00a0.\-][0-9A-Z+*]{1,11}){0,4})(?![0-9A-Z])",
)
MORE_DIGITS = re.compile(r"[ \t\u00a0.\-]?\d")


def others_in(page: PageText, own: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    """Numbers of businesses that are none of `own`, with right check digits, as their registers write them.

    Nine digits count beside a word that says what they are, elsewhere only a VAT number with its country:
    a page is full of other numbers, and one in eleven has right check digits by chance.
    """
    mine = [_compact(number) for number in own if number]
    for match in NORWEGIAN.finditer(page.text):
        group = "before" if match["before"] else "behind"
        digits = _compact(match[group])
        if orgnr.is_valid(digits) and not any(digits in each for each in mine):
            yield digits, match.span(group)
    for match in EUROPEAN.finditer(page.text):
        number, end = _longest_valid(page.text, match)
        if number and not any(number == each or number[2:] == each for each in mine):
            yield number, (match.start(), end)


def _longest_valid(text: str, match: re.Match[str]) -> tuple[str, int]:
    """Behind a country stand letters and digits in groups, perhaps of another number already: the most of
    them that make a VAT number, unless more digits follow, as in an account number (IBAN)."""
    ends = [
        match.end(),
        *(match.start("body") + gap.start() for gap in re.finditer(r"[ \t\u00a0.\-]", match["body"])),
    ]
    for end in sorted(set(ends), reverse=True):
        number = _compact(text[match.start() : end])
        if any(map(str.isdecimal, number)) and _is_vat(number):
            return ("", 0) if MORE_DIGITS.match(text, end) else (number, end)
    return "", 0


def _is_vat(number: str) -> bool:
    if number.startswith("GB"):
        from stdnum.gb import vat

        return bool(vat.is_valid(number))
    return bool(eu_vat.is_valid(number))
