"""Numbers and addresses of businesses as their countries write them, each number on one line."""

from __future__ import annotations

from medlem.programme import written

NBSP = "\u00a0"


def registration_number(number: str, country: str) -> str:
    """`310 313 815`."""
    return written.registration_number(number, country).replace(" ", NBSP)


def vat_number(number: str, country: str) -> str:
    """`NO 310 313 815 MVA`."""
    return written.vat_number(number, country).replace(" ", NBSP)


def place_line(postcode: str, place: str, country: str) -> str:
    """Post code and place on one line, in the order of the country: `0155 Oslo`, `London, ZZ1 1ZZ`."""
    if not (postcode and place):
        return postcode or place
    return f"{place}, {postcode}" if country in {"GB", "IE"} else f"{postcode} {place}"
