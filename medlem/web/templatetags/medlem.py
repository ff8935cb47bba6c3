"""How pages write things down: money, days, moments and numbers as the reader's language does.

The tags are built into every template (`settings.TEMPLATES`), so none has to be loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_datetime
from babel.numbers import format_decimal
from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms.utils import flatatt
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from medlem import programme
from medlem.core.money import Money, format_money, format_rate
from medlem.core.words import LOCALES, format_day
from medlem.core.words import reader as reader
from medlem.programme.schema import Country
from medlem.programme.text import Text
from medlem.web import numbers
from medlem.web.portal.details import counted

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"

MOMENTS = {"nb": "EEEE d. MMMM, 'kl'. HH:mm", "en": "EEEE d MMMM, HH:mm"}
STAMPS = {"nb": "dd.MM.y 'kl'. HH:mm", "en": "d MMM y, HH:mm"}
TIMES = {"nb": "'kl'. HH:mm", "en": "HH:mm"}


# --- money, days, numbers ---------------------------------------------------------------------


@register.filter
def money(value: Money | None) -> str:
    """`2 987,50 kr` in Norwegian, `NOK 2,987.50` in English; nothing for None."""
    return format_money(value, reader()) if value is not None else ""


@register.simple_tag
def money_of(minor: int, currency: str) -> str:
    """`money` for a sum in minor units, as mails carry it."""
    return money(Money(minor, currency))


@register.filter
def day(value: date | str | None, zone: str = "") -> str:
    """`23.11.2026` in Norwegian, `23 Nov 2026` in English. A moment gives the local day of `zone`, or else of the
    programme.

    Takes a date as ISO 8601 text too, as mails carry it.
    """
    if isinstance(value, str):
        value = date.fromisoformat(value) if value else None
    if isinstance(value, datetime):
        value = _local(value, zone).date()
    return format_day(value, reader()) if value else ""


@register.filter
def moment(value: datetime | str | None, zone: str = "") -> str:
    """`tirsdag 24. november, kl. 16:00`: for what is near, such as an answer-by moment; where the clocks of `zone`
    are, or else those of the programme (A6).

    Takes a moment as ISO 8601 text too, as mails carry it.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if value else None
    return _written(value, MOMENTS, zone)


@register.filter
def stamp(value: datetime | None, zone: str = "") -> str:
    """`24.11.2026 kl. 16:00`: for histories, where the year matters."""
    return _written(value, STAMPS, zone)


@register.filter
def time_of_day(value: datetime | None, zone: str = "") -> str:
    """`kl. 10:42`."""
    return _written(value, TIMES, zone)


@register.filter
def duration(value: timedelta | None) -> str:
    """`2 d 3 h`, `5 h 20 min`, `12 min`: the two largest parts of a span of time; nothing for None."""
    if value is None:
        return ""
    minutes = int(value.total_seconds()) // 60
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": number(days), "hours": hours % 24}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)s min") % {"minutes": minutes} if minutes else _("under a minute")


@register.filter
def number(value: int | None) -> str:
    """`1 240` in Norwegian, `1,240` in English; `−310` in both, where English data have a hyphen."""
    return format_decimal(value, locale=_locale()).replace("-", "−") if value is not None else ""


@register.filter
def counted_details(missing: Mapping[str, int]) -> str:
    """`serial number (12), dealer (3)`: how many products lack which detail."""
    return counted(missing)


@register.filter
def percent(basis_points: int) -> str:
    """`25 %` in Norwegian, `25%` in English, of 2500 basis points; decimals only where there are some."""
    return format_rate(basis_points, reader())


@register.filter
def signed(value: int) -> str:
    """`+310` and `−310`: what came and what went."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


@register.filter
def text(value: Text | object) -> str:
    """A text of the programme file in the reader's language; anything else as it is."""
    return value.in_(reader()) if isinstance(value, Text) else str(value)


@register.filter
def prose(value: Text | str, heading: int = 2) -> SafeString:
    """A document of the programme as HTML: paragraphs, `## headings` as <h2> (or lower), `- items` as a list."""
    html = SafeString("")
    for block in re.split(r"\n\s*\n", text(value).strip()):
        if block.startswith("## "):
            html += format_html("<h{0}>{1}</h{0}>", heading, block[3:].strip())
        elif block.startswith("- "):
            items = [item.strip() for item in re.split(r"^- ", block, flags=re.MULTILINE) if item.strip()]
            html += format_html(
                "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((item,) for item in items))
            )
        else:
            html += format_html("<p>{}</p>", block)
    return html


@register.filter
def serial(value: str) -> SafeString:
    """A serial number in groups of four, for reading; copied from the page it has no blanks."""
    groups = [value[start : start + 4] for start in range(0, len(value), 4)]
    return format_html('<span class="serial">{}</span>', _grouped(groups))


def _grouped(groups: Sequence[str]) -> SafeString:
    html = SafeString("")
    for group in groups:
        html += format_html("<span>{}</span>", group)
    return html


def _local(value: datetime, zone: str) -> datetime:
    return value.astimezone(ZoneInfo(zone or programme.current().timezone))


def _locale() -> str:
    return LOCALES.get(reader(), reader())


def _written(value: datetime | None, patterns: Mapping[str, str], zone: str) -> str:
    if value is None:
        return ""
    pattern = patterns.get(reader(), "medium")
    return format_datetime(_local(value, zone).replace(tzinfo=None), pattern, locale=_locale())


@register.filter
def phone(value: str) -> str:
    """`+47 21 00 00 00`: a number in E.164 as people write it."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


@register.filter
def vat_number(value: str, country: Country | str) -> str:
    """`NO 310 313 815 MVA`, `DE 999 900 008`: a VAT number as its country writes it, on one line."""
    return numbers.vat_number(value, _code(country))


@register.filter
def registration_number(value: str, country: Country | str) -> str:
    """`310 313 815`: a registration number as its country writes it, on one line."""
    return numbers.registration_number(value, _code(country))


def _code(country: Country | str) -> str:
    return country if isinstance(country, str) else country.code


@register.simple_tag
def place_line(postcode: str, place: str, country: str) -> str:
    """`0155 Oslo`, `London, ZZ1 1ZZ`: in the order of the country."""
    return numbers.place_line(postcode, place, country)


@register.filter
def file_size(size: int) -> str:
    """`24,2 kB` in Norwegian, `24.2 kB` in English: in thousands, as the unit says."""
    large = size >= 1_000_000
    shown = format_decimal(size / (1_000_000 if large else 1_000), format="#,##0.#", locale=_locale())
    return f"{shown}\u00a0{'MB' if large else 'kB'}"


@register.filter
def email(address: str) -> str:
    """`ingrid@sætherøy.no`: an address as it was written, where a browser sent its domain in ASCII."""
    name, at, host = address.rpartition("@")
    try:
        return f"{name}{at}{host.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


@register.filter
def unbroken(words: str) -> str:
    """Keeps one letter and its hyphen (`e-post`) with the word behind it, where a line is broken."""
    return re.sub(r"\b(\w)-", "\\1\N{NON-BREAKING HYPHEN}", words)


@register.filter
def masked(address: str) -> str:
    """`k•••@foto.example`: enough for its owner to know it by, too little for anybody else."""
    name, at, host = email(address).partition("@")
    return f"{name[:1]}•••{at}{host}" if at else ""


# --- addresses and icons ------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query string with some keys changed: `{% query page=2 sort=None %}`; None takes one out."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A drawing of the sprite; spoken as `label` where it has one, else decoration."""
    spoken = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    return format_html(
        '<svg class="icon{}"{}><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        spoken,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def drawing(name: str) -> SafeString:
    """A picture of the sprite in two layers: the thing in quiet lines, the mark in the accent."""
    sprite = static("icons.svg")
    return format_html(
        '<svg aria-hidden="true"><use href="{0}#{1}"></use><use class="mark" href="{0}#{1}-mark"></use></svg>',
        sprite,
        name,
    )


# --- what components need ---------------------------------------------------------------------


@register.filter(is_safe=True)
def trim(html: str) -> str:
    """Without blanks around it, so that CSS can tell an empty place."""
    return html.strip()


@register.filter
def kind(message: Message) -> str:
    """The notice that a message of django.contrib.messages becomes."""
    kinds = {"success": "done", "warning": "needs", "error": "refused"}
    return kinds.get(message.level_tag, "info")


@register.filter
def elided(page: Page[Any]) -> Iterable[int | str]:
    """The numbers of a long list's pages that are worth a link: the ends and those nearby."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def attributes(attrs: Any) -> str:
    """What a component passes on to its main element, escaped (cotton's own `{{ attrs }}` is not)."""
    passed = {
        key: value for key, value in attrs.attrs_dict().items() if key != "class" and value is not False
    }
    return flatatt({key: True if value is True else str(value) for key, value in passed.items()})


@register.simple_tag(takes_context=True)
def sort_link(context: Context, key: str) -> dict[str, str]:
    """Where a column heading leads, and how the column stands: `sort=name` rises, `sort=-name` falls."""
    present = context["request"].GET.get("sort", "")
    if present == key:
        return {"address": query(context, sort=f"-{key}", page=None), "order": "ascending"}
    order = "descending" if present == f"-{key}" else ""
    return {"address": query(context, sort=key, page=None), "order": order}


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold on the line of points: where it stands in per cent, and how its words are set."""

    points: int
    label: str
    at: str
    anchor: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The line of points, ready to be drawn."""

    marks: list[Mark]
    at: str


@register.simple_tag
def scale(points: int, marks: Iterable[Any]) -> Scale:
    """The line of points (B3, C2). Thresholds stand at even distances, so that their words never meet;
    between two of them the line is true to scale. `marks` have `points` and `label`, lowest first; one
    with `above` is reached with more than its points only (C2).
    """
    marks = list(marks)
    thresholds = [(_of(mark, "points"), str(text(_of(mark, "label")))) for mark in marks]
    above = [bool(_of(mark, "above", False)) for mark in marks]
    ends = [0, *(value for value, _ in thresholds)]
    step = 100 / max(1, len(thresholds))
    at = 100.0
    for index, (low, high) in enumerate(pairwise(ends)):
        if points < high:
            at = step * (index + (points - low) / (high - low))
            break
    last = len(thresholds)
    return Scale(
        marks=[
            Mark(
                points=value,
                label=label,
                at=f"{step * index:.2f}%",
                anchor="end" if index == last else "middle",
                reached=points >= value + above[index - 1],
            )
            for index, (value, label) in enumerate(thresholds, start=1)
        ],
        at=f"{max(0.0, at):.2f}%",
    )


def _of(thing: Any, name: str, *default: Any) -> Any:
    if isinstance(thing, Mapping):
        return thing.get(name, *default) if default else thing[name]
    return getattr(thing, name, *default)
