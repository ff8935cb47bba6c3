"""Invented businesses of other countries, for trying an application from abroad.

The simulated VIES and HMRC know their VAT numbers, which have right check digits and are nobody's. Germany tells
neither name nor address.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BusinessAbroad:
    """`number` is the registration number, as it is typed; a slash divides the lines of `address`."""

    country: str
    number: str
    vat_number: str
    name: str
    address: str


BUSINESSES_ABROAD = (
    BusinessAbroad("DK", "99000007", "DK99000007", "LYS OG SKYGGE APS", "Havnegade 12/8000 AARHUS C"),
    BusinessAbroad(
        "DE", "99/999/99999", "DE999900008", "LICHTSPUR BEISPIEL GMBH", "Musterweg 4/00000 MUSTERSTADT"
    ),
    BusinessAbroad(
        "FR",
        "000123455",
        "FR31000123455",
        "SARL ATELIER LUMIERE SPECIMEN",
        "1 rue de Nulle Part/00000 NULLE PART",
    ),
    BusinessAbroad(
        "GB",
        "00000000",
        "GB999900002",
        "SPECIMEN PICTURES LIMITED",
        "Unit 4/1 Nowhere Lane/London/ZZ1 1ZZ",
    ),
)
