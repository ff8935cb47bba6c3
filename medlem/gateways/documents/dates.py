"""The day of a document: of an invoice when it was issued, never when it is due (A7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .folding import folded, squashed
from .transcript import PageText, Word

EARLIEST = date(1980, 1, 1)
TOMORROW = timedelta(days=1)  # a paper from where it is a day later already

MONTHS = (
    "januar january januari janvier janeiro enero gennaio tammikuu tammikuuta janúar jänner stycznia ledna jan",
    "februar february februari février fevereiro febrero febbraio helmikuu helmikuuta febrúar lutego února"
    " feb febr fév févr fev",
    "mars march marts märz maart março marzo maaliskuu maaliskuuta marca března mar mrz mrt",
    "april avril abril aprile apríl huhtikuu huhtikuuta kwietnia dubna apr avr abr",
    "mai may maj mei maio mayo maggio maí toukokuu toukokuuta maja května mag",
    "juni june juin junho junio giugno júní kesäkuu kesäkuuta czerwca června jun giu",
    "juli july juillet julho julio luglio júlí heinäkuu heinäkuuta lipca července jul lug juil",
    "august augusti augustus août agosto ágúst elokuu elokuuta sierpnia srpna aug ago",
    "september septembre setembro septiembre setiembre settembre syyskuu syyskuuta września září sep sept set",
    "oktober october octobre outubro octubre ottobre október lokakuu lokakuuta października října okt oct out ott",
    "november novembre novembro noviembre nóvember marraskuu marraskuuta listopada listopadu nov",
    "desember december dezember décembre dezembro diciembre dicembre joulukuu joulukuuta grudnia prosince"
    " des dec dez dic déc",
)
MONTH = {folded(name): number for number, names in enumerate(MONTHS, 1) for name in names.split()}
SEPARATOR = r"[ ]?[./\-\u2010\u2011\u2013][ ]?"
NUMERIC = re.compile(
    rf"(?<![\d.,/\-])(\d{{1,4}}){SEPARATOR}(\d{{1,2}}){SEPARATOR}(\d{{4}}|\d{{2}})(?!\d|[.,/\-]\d)"
)
DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|º|th|st|nd|rd)?[ \u00a0]*(?:de[ ]|of[ ]|den[ ]|\-|/)?([^\W\d_]{3,12})\.?"
    r"[ \u00a0]*(?:de[ ]|del[ ]|,[ ]|\-|/)?(\d{4})(?!\d)",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{3,12})\.?[ ](\d{1,2})(?:st|nd|rd|th)?,?[ ](\d{4})(?!\d)", re.IGNORECASE
)

# What a date is, by the words before or above it. The longest that is found counts; folded, without blanks.
ISSUED, DATED, OTHER = 2, 1, -1
LABELS: dict[int, str] = {
    ISSUED: """
        fakturadato faktureringsdato fakturadatum faktureringsdatum rechnungsdatum ausstellungsdatum
        invoice-date date-of-invoice tax-point date-of-issue issue-date issued-on issued date-issued
        date-de-facture date-de-la-facture date-d'émission facture-du émis-le émise-le délivré-le fait-le
        laskun-päivä laskun-päiväys laskupäivä laskupvm päiväys dagsetning-reiknings reikningsdagur útgáfudagur
        útgáfudagsetning factuurdatum datum-factuur afgiftedatum fecha-de-factura fecha-factura
        fecha-de-emisión fecha-de-expedición data-da-fatura data-de-emissão data-fattura data-di-emissione
        utstedt utstedelsesdato utferdiget utskriftsdato udstedt udstedelsesdato udskrevet utfärdat utfärdad
        utskriven data-wystawienia datum-vystavení ausgestellt-am gefertigt-am
    """,
    DATED: "dato date datum data fecha dags dagsetning pvm päivämäärä den le del",
    OTHER: """
        forfall forfallsdato forfaller forfaldsdato forfalden förfallodatum förfaller betalingsfrist
        betales-innen betales-senest sista-betalningsdag eräpäivä gjalddagi eindagi fällig fälligkeitsdatum
        zahlbar-bis due-date due payment-due pay-by échéance date-d'échéance vervaldatum te-betalen-voor
        fecha-de-vencimiento vencimiento data-de-vencimento scadenza data-scadenza termin-płatności splatnost
        leveringsdato leveransedato leverandørdato levert leveransdatum lieferdatum leistungsdatum
        leistungszeitraum delivery-date date-de-livraison toimituspäivä afhendingardagur leverdatum
        fecha-de-entrega data-de-entrega data-consegna ordredato orderdatum order-date bestelldatum
        bestellt-am auftragsdatum periode period från-och-med stiftet stiftelsesdato født født-dato
        registreringsdato registrert-dato registrert registreringsdag gyldig-til gültig-bis valid-until
        valable-jusqu printed
    """,
}
KNOWN = {squashed(label): meaning for meaning, labels in LABELS.items() for label in labels.split()}
BEFORE = 48  # letters of the line before a date in which its label may stand
ABOVE = 3.0  # line heights above a date in which its column's head may stand


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that is written on a page, and what it is said to be."""

    day: date
    page: int
    start: int
    end: int
    meaning: int


def day_of(pages: Sequence[PageText], *, today: date) -> Dated | None:
    """When the document was issued. Without a word about it, the day that stands alone on the first page."""
    written = [each for page in pages for each in days_on(page, today=today)]
    for meaning in (ISSUED, DATED):
        if said := [each for each in written if each.meaning == meaning]:
            return said[0]
    alone = {each.day: each for each in reversed(written) if each.meaning == 0 and each.page == 1}
    return next(iter(alone.values())) if len(alone) == 1 else None


def days_on(page: PageText, *, today: date) -> Iterator[Dated]:
    """Every plausible day on the page, in its order."""
    found = []
    for pattern, order in ((NUMERIC, None), (DAY_FIRST, (2, 1, 0)), (MONTH_FIRST, (2, 0, 1))):
        for match in pattern.finditer(page.text):
            day = _numeric(match) if order is None else _named([match[part + 1] for part in order])
            if day and EARLIEST <= day <= today + TOMORROW:
                found.append(Dated(day, page.page, *match.span(), _meaning(page, match.start(), match.end())))
    return iter(sorted(found, key=lambda each: each.start))


def _numeric(match: re.Match[str]) -> date | None:
    """2026-11-23, 23.11.2026, 23/11/26; with the month first only where it cannot be the day."""
    first, middle, last = match[1], match[2], match[3]
    if len(first) == 4:
        return _day(int(first), int(middle), int(last)) if len(last) == 2 else None
    if len(first) > 2:
        return None
    year = int(last) if len(last) == 4 else 2000 + int(last)
    return _day(year, int(middle), int(first)) or _day(year, int(first), int(middle))


def _named(parts: list[str]) -> date | None:
    year, month, day = parts
    number = MONTH.get(folded(month))
    return _day(int(year), number, int(day)) if number else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- what a date is said to be ----------------------------------------------------------------------


def _meaning(page: PageText, start: int, end: int) -> int:
    line = page.text.rfind("\n", 0, start) + 1
    before = page.text[max(line, start - BEFORE) : start]
    meaning = _said(before)
    return meaning if meaning is not None else _said(_above(page, start, end)) or 0


def _said(words: str) -> int | None:
    """The meaning of the label that ends nearest to the date, the longest of those."""
    letters = squashed(words)
    ends = [
        (at + len(label), len(label), meaning)
        for label, meaning in KNOWN.items()
        if (at := letters.rfind(label)) >= 0 and (len(label) > 3 or letters.endswith(label))
    ]
    return max(ends)[2] if ends else None


def _above(page: PageText, start: int, end: int) -> str:
    """The words over a date, as in the head of a table."""
    under = [word for word in page.words if word.start < end and start < word.end]
    if not under:
        return ""
    left, right = min(word.box[0] for word in under), max(word.box[2] for word in under)
    top, height = under[0].box[1], under[0].box[3] - under[0].box[1]
    over = [
        word
        for word in page.words
        if word.box[0] < right
        and word.box[2] > left
        and 0 < top - word.box[1] <= ABOVE * height
        and not _overlaps(word, under)
    ]
    return " ".join(page.text[word.start : word.end] for word in over)


def _overlaps(word: Word, others: list[Word]) -> bool:
    return any(word.start == other.start for other in others)
