"""Numbers of businesses as their countries write them: `310 313 815`, `NO 310 313 815 MVA`, `FR 31 000123455`."""

from __future__ import annotations

import re

THREES = {"NO", "FR"}
"""Where a number of nine digits is read in threes."""
TWOS = {"DK"}


def registration_number(number: str, country: str) -> str:
    """A registration number in groups; one of another form as it was given."""
    bare = re.sub(r"[\s.]", "", number)
    if country in THREES and re.fullmatch(r"\d{9}", bare):
        return _grouped(bare, 3)
    if country in TWOS and re.fullmatch(r"\d{8}", bare):
        return _grouped(bare, 2)
    if country == "SE" and re.fullmatch(r"\d{10}", bare):
        return f"{bare[:6]}-{bare[6:]}"
    return number


def vat_number(number: str, country: str) -> str:
    """A VAT number with its country before it, in groups; one of another form as it was given."""
    bare = re.sub(r"[\s.]", "", number).upper()
    if not bare:
        return ""
    digits = bare.removeprefix(country)
    if country == "NO":
        digits = digits.removesuffix("MVA")
        return f"NO {_grouped(digits, 3)} MVA" if re.fullmatch(r"\d{9}", digits) else number
    if country == "FR" and re.fullmatch(r"[A-Z0-9]{2}\d{9}", digits):
        return f"FR {digits[:2]} {_grouped(digits[2:], 3)}"
    if country in {"DE", "GB"} and re.fullmatch(r"\d{9}", digits):
        return (
            f"{country} {_grouped(digits, 3)}"
            if country == "DE"
            else f"GB {digits[:3]} {digits[3:7]} {digits[7:]}"
        )
    if country == "DK" and re.fullmatch(r"\d{8}", digits):
        return f"DK {_grouped(digits, 2)}"
    return f"{country} {digits}" if bare.startswith(country) else number


def _grouped(digits: str, width: int) -> str:
    return " ".join(digits[start : start + width] for start in range(0, len(digits), width))
