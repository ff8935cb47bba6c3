"""A business's name on a page, without its legal form, which documents leave out or write in other ways."""

from __future__ import annotations

from collections.abc import Iterator

from .folding import UMLAUTS, Token, core_of, ends_a_name, run_of, spans, tokens
from .numbers import Span
from .transcript import PageText

SHORT_NAME = 5  # letters; below, folding would find "Ås" in every "AS", and Foto AS in every photo
LETTERS_A_SLIP = 8  # a name of so many letters may have one that was taken for another, of 16 two
MOST_SLIPS = 2


def name_in(page: PageText, name: str, *, is_numbered: bool) -> Span | None:
    """The name, folded. Where a reader of pictures may have dropped blanks and mixed up letters that look
    alike, it counts all the same; other slips only on a page of a document that shows the business's own
    number (`is_numbered`), as Hansen and Hanson are two businesses."""
    words = list(tokens(page.text))
    for spelled in dict.fromkeys((name, name.translate(UMLAUTS))):
        core = core_of(spelled)
        if sum(len(token.folded) for token in core) < SHORT_NAME:
            sought = [token.plain for token in tokens(spelled)]
            return sequence([word.plain for word in words], words, sought)
        if found := sequence([word.folded for word in words], words, [token.folded for token in core]):
            return found
        if page.is_guessed and (found := _guessed_name(words, core, is_numbered=is_numbered)):
            return found
    return None


def sequence(compared: list[str], words: list[Token], sought: list[str]) -> Span | None:
    for first in places(compared, sought):
        return words[first].start, words[first + len(sought) - 1].end
    return None


def places(words: list[str], sought: list[str]) -> Iterator[int]:
    """Where `sought` stands in `words`, as a whole and in its order."""
    if sought:
        for first in range(len(words) - len(sought) + 1):
            if words[first] == sought[0] and words[first : first + len(sought)] == sought:
                yield first


def _guessed_name(words: list[Token], core: list[Token], *, is_numbered: bool) -> Span | None:
    for joined in (False, True):
        run, sought = run_of(words, joined=joined), run_of(core, joined=joined)
        slips = min(MOST_SLIPS, len(sought.letters) // LETTERS_A_SLIP) if is_numbered else 0
        for start, end in spans(run, sought, slips):
            if ends_a_name(run, end):
                return words[run.at[start]].start, words[run.at[end - 1]].end
    return None
