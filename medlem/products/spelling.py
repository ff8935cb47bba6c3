"""How people write the names of models: what is the same name, and what a part of one goes on to. Pure functions.

"R5 mk 2", "r5 ii" and "R5m2" mean the EOS R5 Mark II; "70-200 2.8" leaves RF and F out. My products and the
catalogue are searched with the same understanding (B2, B9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from medlem.products.rules import folded

MARK = re.compile(r"(?:\b(?:mark|mk)|(?<=\d)\s*(?:mk|m))[\s-]*(iii|ii|iv|[2-9])(?![a-z\d])")
"""A generation, as catalogues, cameras and people write it: Mark II, MkII, mk 2, m2."""
ROMAN = re.compile(r"(?<![a-z])(iii|ii|iv)(?![a-z])")
ARABIC = {"ii": "2", "iii": "3", "iv": "4"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of what somebody searches: as it was typed, and as names of models are compared."""

    typed: str
    folded: str


@lru_cache(maxsize=16_384)
def spelled(name: str) -> tuple[str, ...]:
    """The words of a model's name for comparing, generations as digits: EOS R5 Mark II is eos, r5, 2."""
    generations = MARK.sub(lambda found: f" {_digit(found[1])}", name.casefold())
    digits = ROMAN.sub(lambda found: _digit(found[1]), generations)
    return tuple(word for part in digits.split() if (word := folded(part)))


def _digit(generation: str) -> str:
    return ARABIC.get(generation, generation)


def same_name(one: str, other: str) -> bool:
    """Whether two ways of writing mean the same name."""
    return "".join(spelled(one)) == "".join(spelled(other))


def words_of(search: str) -> list[Word]:
    """What is searched for, word by word; a generation of two words, such as Mark II, is one."""
    return [Word(part, "".join(spelled(part))) for part in _parts(search)]


def _parts(search: str) -> list[str]:
    parts: list[str] = []
    for part in search.split():
        if parts and parts[-1].casefold() in {"mark", "mk"} and MARK.fullmatch(f"mk{part.casefold()}"):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def matching(typed: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Of `names`, each with its former ones, those that have every word that was typed. Those that have them as
    whole words come first, then those that begin with it."""
    words, whole = spelled(typed), "".join(spelled(typed))
    found = []
    for name, former in names.items():
        ways = [spelled(each) for each in (name, *former)]
        joined = ["".join(way) for way in ways]
        if any(all(word in each for word in words) for each in joined):
            entire = any(set(words) <= set(way) for way in ways)
            found.append((not entire, not joined[0].startswith(whole), name))
    return [name for *_rank, name in sorted(found)]
