"""Which column of a list is what: by its heading, by what stands in it, and by what the account said before (B5).

Pure functions on rows of text; `many.py` knows the catalogue and the account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stdnum import ean

from medlem.products.cells import Ambiguous, NoDay, country_of, day_of
from medlem.products.rules import SERIAL_NUMBER, folded, normalised_serial


class Column(StrEnum):
    """What a column holds; nothing of ours for OTHER."""

    MODEL = "model"
    BRAND = "brand"
    EAN = "ean"
    SERIAL_NUMBER = "serial_number"
    PURCHASED_ON = "purchased_on"
    PURCHASE_COUNTRY = "purchase_country"
    DEALER = "dealer"
    OTHER = ""


HEADINGS = {
    Column.MODEL: "model, modell, model name, modellnavn, product, produkt, product name, produktnavn, item, vare,"
    " varenavn, article, artikkel, equipment, utstyr, camera, kamera, lens, objektiv, description, beskrivelse,"
    " betegnelse, name, navn, type",
    Column.BRAND: "brand, merke, make, maker, manufacturer, produsent, fabrikat",
    Column.EAN: "ean, ean code, ean-kode, ean13, gtin, barcode, bar code, strekkode, upc",
    Column.SERIAL_NUMBER: "serial number, serienummer, serial no, serial, serienr, serie nr, serie, s/n, sn, snr",
    Column.PURCHASED_ON: "purchase date, kjøpsdato, date of purchase, purchased, purchased on, bought, bought on,"
    " kjøpt, kjøpt dato, innkjøpt, innkjøpsdato, anskaffet, anskaffelsesdato, invoice date, fakturadato, date, dato",
    Column.PURCHASE_COUNTRY: "country of purchase, kjøpsland, purchase country, innkjøpsland, country, land,"
    " country code, landkode, kjøpt i, bought in",
    Column.DEALER: "dealer, forhandler, shop, butikk, store, retailer, seller, selger, vendor, supplier, leverandør,"
    " kjøpt hos, kjøpt fra, kjøpssted, bought at, bought from",
    # What our own list of refused rows has beside the cells as they came.
    Column.OTHER: "reason, grunn, årsak, line, linje, linjenr",
}
BY_HEADING = {folded(word): column for column, words in HEADINGS.items() for word in words.split(", ")}

REMEMBERED, NAMED, NAMED_IN_PART = 1000, 100, 60
LOOKED_AT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What content is compared with: whether a text is a model, a brand of the catalogue, one of the account's
    dealers; and what the account's earlier lists called their columns."""

    is_model: Callable[[str], bool]
    brands: frozenset[str] = frozenset()
    dealers: frozenset[str] = frozenset()
    headings: Mapping[str, str] | None = None


def split_heading(rows: Sequence[Sequence[str]], known: Known) -> tuple[list[str], Sequence[Sequence[str]]]:
    """The heading, empty where there is none, and the rows below it.

    A first row is a heading when it names a column, or when below it are columns of days, countries, models
    or serial numbers and it has none of these there.
    """
    if not rows:
        return [], rows
    first, rest = rows[0], rows[1:]
    if any(BY_HEADING.get(folded(cell)) for cell in first) and not any(map(known.is_model, first)):
        return list(first), rest
    told = _by_content(rest, known)
    seen = {place for place, column in told if told[place, column] >= 0.5 and column != Column.BRAND}
    like = [
        (place, column)
        for place, column in told
        if place in seen and place < len(first) and _is(column, first[place], known)
    ]
    return (list(first), rest) if seen and not like else ([], rows)


def recognised(heading: Sequence[str], rows: Sequence[Sequence[str]], known: Known) -> list[Column]:
    """What each column is. Each is there once: of several that might be it, the one for which most speaks."""
    width = max([len(heading), *map(len, rows)], default=0)
    scores: dict[tuple[int, Column], float] = defaultdict(float)
    for (place, column), share in _by_content(rows, known).items():
        scores[place, column] += 80 * share
    for place, word in enumerate(heading):
        for column, score in _by_word(word, known).items():
            scores[place, column] += score
    found = [Column.OTHER] * width
    settled: set[int] = set()
    for (place, column), score in sorted(scores.items(), key=lambda each: (-each[1], each[0][0])):
        if score < 24 or place in settled or (column and column in found):
            continue
        found[place] = column
        settled.add(place)
    if not heading and Column.DEALER not in found:
        _guess_dealer(found, settled, rows)
    return found


def _by_word(word: str, known: Known) -> dict[Column, float]:
    """What a heading says: what the account said of it before, its word, or a word in it."""
    key = folded(word)
    if known.headings and key in known.headings:
        return {Column(known.headings[key]): REMEMBERED}
    if key in BY_HEADING:
        return {BY_HEADING[key]: NAMED}
    return {
        column: NAMED_IN_PART
        for part, column in BY_HEADING.items()
        if len(part) >= 4 and part in key and column
    }


def _by_content(rows: Sequence[Sequence[str]], known: Known) -> dict[tuple[int, Column], float]:
    """For each column and what it might be, the share of its cells that speak for it, where it is enough."""
    step = max(1, len(rows) // LOOKED_AT)
    looked_at = rows[::step]
    shares: dict[tuple[int, Column], float] = {}
    for place in range(max(map(len, looked_at), default=0)):
        cells = [row[place] for row in looked_at if place < len(row) and row[place]]
        for column, enough in ENOUGH.items():
            share = sum(_is(column, cell, known) for cell in cells) / len(cells) if cells else 0
            if column == Column.SERIAL_NUMBER:
                share *= len(set(cells)) / len(cells) if cells else 0  # each piece has its own
            if share >= enough:
                shares[place, column] = share
    return shares


ENOUGH = {
    Column.MODEL: 0.3,  # many may be unknown to us
    Column.BRAND: 0.8,
    Column.EAN: 0.8,
    Column.SERIAL_NUMBER: 0.5,
    Column.PURCHASED_ON: 0.5,
    Column.PURCHASE_COUNTRY: 0.6,
    Column.DEALER: 0.5,
}


def _is(column: Column, cell: str, known: Known) -> bool:
    match column:
        case Column.MODEL:
            return known.is_model(cell)
        case Column.BRAND:
            return folded(cell) in known.brands
        case Column.EAN:
            return len(cell) == 13 and ean.is_valid(cell)
        case Column.SERIAL_NUMBER:
            return _like_a_serial(cell) and not known.is_model(cell)
        case Column.PURCHASED_ON:
            return _like_a_day(cell)
        case Column.PURCHASE_COUNTRY:
            return country_of(cell) is not None
        case Column.DEALER:
            return folded(cell) in known.dealers
    return False


def _like_a_day(cell: str) -> bool:
    try:
        # A number alone may be anything.
        return not cell.isdecimal() and bool(day_of(cell))
    except Ambiguous:
        return True
    except NoDay:
        return False


def _like_a_serial(cell: str) -> bool:
    serial = normalised_serial(cell)
    digits = sum(sign.isdigit() for sign in serial)
    return (
        digits >= 3
        and bool(SERIAL_NUMBER.fullmatch(serial))
        and not _is_an_ean(serial)
        and not _like_a_day(cell)
    )


def _is_an_ean(cell: str) -> bool:
    return len(cell) == 13 and bool(ean.is_valid(cell))


def _guess_dealer(found: list[Column], settled: set[int], rows: Sequence[Sequence[str]]) -> None:
    """Without a heading, the only column of words that is nothing else is where things were bought."""
    words = [
        place
        for place in range(len(found))
        if place not in settled
        and any(len(row) > place and any(map(str.isalpha, row[place])) for row in rows)
    ]
    if len(words) == 1:
        found[words[0]] = Column.DEALER
