"""What an application's answers look like in its documents: findings as an evidence row keeps them (A4, A7).

Pure functions on plain values. A transcript is a list of what was read of each page, as `packed` makes it; a page
that only a reader of pictures can tell more of stands in it as `unread`, behind its text layer where it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from medlem.applications.models import Application
from medlem.gateways.documents import (
    Address,
    Box,
    Findings,
    PageText,
    Reader,
    days_on,
    findings,
    packed,
    unpacked,
)
from medlem.programme import current


def looked_for(application: Application, pages: Sequence[PageText], *, today: date) -> Findings:
    """Looks for the business of the answers in what was read."""
    country = current().country(application.country)
    number = country.registration_number(application.registration_number) or application.registration_number
    return findings(
        pages,
        number=number,
        vat_number=application.vat_number or usual_vat_number(application) or None,
        name=application.business_name,
        address=Address(lines=(application.street,), postcode=application.postcode),
        today=today,
    )


def usual_vat_number(application: Application) -> str:
    """In Norway the VAT number is the organisation number and the letters MVA; elsewhere it has to be typed."""
    norwegian = current().country(application.country).vat_kind == "no.mva"
    return f"{application.registration_number}MVA" if norwegian and application.registration_number else ""


def as_row(found: Findings, pages: Sequence[PageText]) -> dict[str, Any]:
    """The findings as a row keeps them, not compared with the picture yet (`compared`)."""
    return {
        **asdict(found),
        "other_numbers": [{"number": number, **asdict(at)} for number, at in found.other_numbers.items()],
        "dated_on": found.dated_on.isoformat() if found.dated_on else None,
        "turns": {str(page.page): page.turn for page in pages if page.turn},
        "sizes": {str(page.page): [page.width, page.height] for page in pages},
        "compared": None,
        "not_in_picture": [],
    }


def shows_all(found: Findings | Mapping[str, Any], application: Application) -> bool:
    """Whether nothing is missing that A3 asks for: then no further page has to be read."""
    names = ("name", "vat_number" if application.vat_registered else "address")
    return all(found[name] if isinstance(found, Mapping) else getattr(found, name) for name in names)


# --- the text layer against the picture -------------------------------------------------------------

SOUGHT = ("number", "vat_number", "name", "address", "dated")


def claimed(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What was found in a text layer, and so has to be seen in the picture too; what was read from the picture
    was seen."""
    return {name: row[name] for name in SOUGHT if row[name] and row[name]["reader"] == Reader.TEXT}


def shown_days(pages: Iterable[PageText], *, today: date) -> set[str]:
    """Every day that is written on the pages, as a row keeps a day."""
    return {each.day.isoformat() for page in pages for each in days_on(page, today=today)}


def place_of(found: Mapping[str, Any]) -> Box:
    """All of a find that takes several lines, as one place."""
    left, top, right, bottom = zip(*found["boxes"], strict=True)
    return min(left), min(top), max(right), max(bottom)


# --- transcripts ------------------------------------------------------------------------------------


def transcript_of(read: Sequence[PageText], unread: Iterable[int]) -> list[dict[str, Any]]:
    """What was read, and the pages that are left, in the order of the pages."""
    left = [{"page": number, "text": "", "unread": True} for number in unread]
    return sorted([*packed(read), *left], key=lambda each: each["page"])


def read_of(transcript: Sequence[Mapping[str, Any]]) -> tuple[PageText, ...]:
    """The pages that were read."""
    return unpacked([dict(each) for each in transcript if not each.get("unread")])


def unread_of(transcript: Sequence[Mapping[str, Any]]) -> list[int]:
    """The pages that are left, those first of which nothing is known."""
    left = [each["page"] for each in transcript if each.get("unread")]
    known = {each["page"] for each in transcript if not each.get("unread")}
    return sorted(left, key=lambda page: (page in known, page))
