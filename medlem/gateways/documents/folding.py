"""How words are compared: *folded*, because one business is printed in many ways.

"Sætherøy A/S", "SAETHEROEY AS" and "SÆTHERØY AS" are one name. Where a reader of pictures may have taken
one letter for another, words are compared *guessed* as well: 0 is O, 1 and l are I, rn may be m.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text as it is compared, and where it stands."""

    folded: str
    plain: str
    start: int
    end: int


# A/S and S.A. are one word; digits and letters are two, so that 14B and 14 B are the same house.
TOKEN = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[./][^\W\d_])+(?![^\W_])|\d+|(?:[^\W\d_]|[\u0300-\u036f\u00ad])+|[&+]"
)
LETTERS = str.maketrans(
    {"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "o", "ı": "i", "&": "og", "+": "og"}
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
# The legal forms of the countries in which a programme may run, folded.
NORTHERN = """as asa ans da enk nuf sa ba iks kf sf ab hb kb aps is ks ps ivs amba smba
    oy oyj ay ky tmi osk ehf hf slhf slf ohf svf"""
GERMAN = "gmbh mbh ag kg kgaa ug haftungsbeschrankt ohg gbr ek ev eg partg partgmbb gesmbh eu"
ROMANCE = """sarl sarlu sas sasu eurl eirl sci snc sel selarl scop scrl sprl rl srl srls spa sapa scarl
    lda limitada unipessoal sl slu slp slne sc"""
OTHER = "bvba bv nv vof cv ltd limited llp lp plc cic dac clg uc inc llc corp oo spzoo sro"
FORMS = frozenset(" ".join((NORTHERN, GERMAN, ROMANCE, OTHER)).split())


def tokens(text: str) -> Iterator[Token]:
    """The words and numbers of a text."""
    for match in TOKEN.finditer(text):
        plain = match[0].casefold().replace("/", "").replace(".", "").replace("\u00ad", "")
        yield Token(folded(plain), unicodedata.normalize("NFC", plain), *match.span())


def folded(word: str) -> str:
    """Without marks; æ, ø, å as those write them who have no such keys: ae, oe or o, aa or a."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word.casefold())
        if not unicodedata.combining(letter)
    )
    return bare.translate(LETTERS).replace("oe", "o").replace("aa", "a")


def squashed(text: str) -> str:
    """All words of a text folded, without what parts them."""
    return "".join(token.folded for token in tokens(text))


def core_of(name: str) -> list[Token]:
    """The words of a business name without its legal form, which documents leave out or write in other ways:
    `Müller & Sohn GmbH & Co. KG` is müller, og, sohn."""
    words = list(tokens(name))
    core = list(words)
    while core and (core[-1].folded in FORMS or (len(core) < len(words) and core[-1].folded in ("og", "co"))):
        core.pop()
    while core and core[0].folded in FORMS:
        core.pop(0)
    return core


def is_made_of(letters: str, name: str) -> bool:
    """Whether the letters, folded and without hyphens, are whole words of the name in their order, the longest
    among them: `norrlys-foto` is made of Norrlys Bryllup & Foto AS, and `foto` is not."""
    return any(_is_made_of(squashed(letters), spelled) for spelled in {name, name.translate(UMLAUTS)})


def _is_made_of(letters: str, name: str) -> bool:
    words = [token.folded for token in tokens(name)]
    longest = max(words, key=len, default="")
    rest = {(letters, False)}
    for word in words:
        rest |= {
            (left.removeprefix(word), has_longest or word == longest)
            for left, has_longest in rest
            if left.startswith(word)
        }
    return ("", True) in rest


# --- where letters may have been taken for others -------------------------------------------------

GUESSED = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s", "8": "b"})


def guessed(word: str, *, joined: bool = False) -> str:
    """A folded word in which letters that look alike are one; `joined` takes rn for m and vv for w, too."""
    letters = word.translate(GUESSED)
    return letters.replace("rn", "m").replace("vv", "w") if joined else letters


@dataclass(frozen=True, slots=True)
class Run:
    """Words without their blanks, which readers drop, guessed. `at[i]` is the word of letter i; `begins` are
    the letters at which something begins that blanks or marks part from what is before; `firm` are letters
    that must be the very ones, those of numbers."""

    letters: str
    at: tuple[int, ...]
    begins: frozenset[int]
    firm: frozenset[int]


def run_of(words: list[Token], *, joined: bool = False) -> Run:
    """The words of a text one behind the other."""
    letters, at, begins, firm = "", list[int](), set[int](), set[int]()
    for index, token in enumerate(words):
        if not (index and words[index - 1].end == token.start and token.folded[:1].isalnum()):
            begins.add(len(letters))
        word = guessed(token.folded, joined=joined)
        if token.folded.isdecimal():
            firm |= set(range(len(letters), len(letters) + len(word)))
        letters += word
        at += [index] * len(word)
    return Run(letters, tuple(at), frozenset({*begins, len(letters)}), frozenset(firm))


def ends_a_name(run: Run, end: int) -> bool:
    """Whether a name may end before letter `end`: something new begins, or nothing is left but a legal form."""
    rest = min(begin for begin in run.begins if begin >= end)
    return run.letters[end:rest] in GUESSED_FORMS or rest == end


GUESSED_FORMS = frozenset(map(guessed, FORMS))


def spans(run: Run, sought: Run, slips: int) -> Iterator[tuple[int, int]]:
    """From which letter to before which `sought` stands in `run`, with at most so many slips: letters put in,
    left out or taken for another (Levenshtein). It begins where a word does. The best comes first."""
    found = [
        (cost, start, end)
        for start in _starts(run, sought.letters, slips)
        for end, cost in _ends(run, start, sought, slips)
        if end > start
    ]
    for _cost, start, end in sorted(found):
        yield start, end


def _starts(run: Run, sought: str, slips: int) -> set[int]:
    """Beginnings at which it may stand: of `slips` + 1 parts of it, one at least has no slip."""
    part = len(sought) // (slips + 1)
    starts = set[int]()
    for number in range(slips + 1) if part else ():
        offset = number * part
        piece = sought[offset : offset + part] if number < slips else sought[offset:]
        at = run.letters.find(piece)
        while at >= 0:
            starts |= set(range(at - offset - slips, at - offset + slips + 1)) & run.begins
            at = run.letters.find(piece, at + 1)
    return starts


def _ends(run: Run, start: int, sought: Run, slips: int) -> Iterator[tuple[int, int]]:
    """Before which letters it may end that begins at `start`, and with how many slips."""
    piece = run.letters[start : start + len(sought.letters) + slips]
    dear = [SLIP if start + index not in run.firm else FIRM for index in range(len(piece))]
    row = [sum(dear[:count]) for count in range(len(piece) + 1)]
    for index, letter in enumerate(sought.letters):
        cost = FIRM if index in sought.firm else SLIP
        above, row = row, [row[0] + cost]
        for column, other in enumerate(piece):
            taken = above[column] + (0 if other == letter else max(cost, dear[column]))
            row.append(min(taken, above[column + 1] + cost, row[column] + dear[column]))
        if min(row) > slips:
            return
    yield from ((start + count, cost) for count, cost in enumerate(row) if cost <= slips)


SLIP, FIRM = 1, 100
