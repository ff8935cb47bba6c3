"""A business's address on a page: street and postcode together, however the street is shortened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .folding import Token, guessed, run_of, spans, tokens
from .names import LETTERS_A_SLIP, places
from .numbers import Span
from .transcript import PageText


@dataclass(frozen=True, slots=True)
class Address:
    """Where a business says that it is. `lines` are those above the postcode."""

    lines: tuple[str, ...]
    postcode: str


NEAR = 12  # words between street and postcode: a second address line, a name, a country
STREETS = (
    (re.compile(r"(?:gaten|gata|gate|gaden|gade|gatan|gt)$"), "gt"),
    (re.compile(r"(?:veien|vegen|vei|veg|vejen|vej|vagen|vag|vn)$"), "v"),
    (re.compile(r"(?:plassen|plass|pl)$"), "pl"),
    (re.compile(r"(?:strasse|strase|str|straat)$"), "str"),
    (re.compile(r"^(?:street|st)$"), "st"),
    (re.compile(r"^(?:road|rd)$"), "rd"),
    (re.compile(r"^(?:avenue|avenida|ave|avda|av)$"), "av"),
    (re.compile(r"^(?:boulevard|blvd|bvd|bd)$"), "bd"),
    (re.compile(r"^(?:calle|cl)$"), "c"),
    (re.compile(r"^(?:pb|boks)$"), "postboks"),
)


def address_in(page: PageText, address: Address, *, is_known: bool) -> Span | None:
    """Where street and postcode stand near each other.

    Read from a picture, the street may have lost its blanks, and one letter taken for another where the
    document shows the business's number or name (`is_known`); digits are the very digits.
    """
    words = list(tokens(page.text))
    streets = list(_streets(page, words, address, is_known=is_known))
    for first, behind in streets:
        for code, after in _postcodes(page, words, address.postcode):
            if -NEAR <= after - first <= 0 or 0 <= code - behind <= NEAR:
                return words[min(first, code)].start, words[max(behind, after) - 1].end
    return None


def _streets(page: PageText, words: list[Token], address: Address, *, is_known: bool) -> Iterator[Span]:
    """From which word to behind which the street stands."""
    line = list(tokens(_street_line(address.lines)))
    sought = [_street(token.folded) for token in line]
    for first in places([_street(word.folded) for word in words], sought):
        yield first, first + len(sought)
    if page.is_guessed and line:
        run, street = run_of(words), run_of(line)
        slips = 1 if is_known and len(street.letters) >= LETTERS_A_SLIP else 0
        for start, end in spans(run, street, slips):
            if end in run.begins:
                yield run.at[start], run.at[end - 1] + 1


def _postcodes(page: PageText, words: list[Token], postcode: str) -> Iterator[Span]:
    """From which word to behind which the postcode stands, written together or in two: 113 51, SW1A 1AA."""
    sought = "".join(token.folded for token in tokens(postcode))
    if page.is_guessed:
        sought = guessed(sought)
    for first in range(len(words) if sought else 0):
        written = ""
        for behind in range(first + 1, min(len(words), first + 6) + 1):
            word = words[behind - 1].folded
            written += guessed(word) if page.is_guessed else word
            if written == sought:
                yield first, behind
            if not sought.startswith(written):
                break


def _street_line(lines: Sequence[str]) -> str:
    """The line with a house number; the longest, as floors and wings have numbers too."""
    lines = [line for line in lines if not line.casefold().startswith("c/o")]
    return max(lines, key=lambda line: (any(map(str.isdecimal, line)), len(line)), default="")


def _street(folded: str) -> str:
    for ending, short in STREETS:
        folded = ending.sub(short, folded)
    return folded
