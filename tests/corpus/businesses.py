"""Invented businesses of four countries, as applicants and as their registers know them.

Numbers have right check digits. Norwegian ones begin with 3, which the register never gives out; the others are
the first right ones of a series that says by its digits that it is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from stdnum.de import vat as de_vat
from stdnum.dk import cvr
from stdnum.fr import siren, tva
from stdnum.no import orgnr

from medlem.commands.simulated.businesses import Business, answer_about
from medlem.gateways.documents.folding import squashed


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applies, and what they say of themselves. `vat_number` is empty without VAT."""

    country: str
    number: str
    vat_number: str
    name: str
    form: str
    street: str
    postcode: str
    place: str
    email: str = ""
    known: tuple[tuple[str, str], ...] = ()
    """What the register knows of where it writes from: `home_page`, `email`."""

    @property
    def address(self) -> str:
        return f"{self.street}/{self.postcode} {self.place}"


NORWEGIAN = (
    "Fjellvåk Foto|AS|Øvre Torggate 3|3015|DRAMMEN",
    "Sætherøy & Sønn Bilder|AS|Sjøhusveien 12B|4006|STAVANGER",
    "Lysglimt Produksjon|AS|Markveien 44|0554|OSLO",
    "Havørn Film|ANS|Fiskergata 7|8300|SVOLVÆR",
    "Åsnes Bryllupsfoto|ENK|Storgata 101|9008|TROMSØ",
    "Nordlys Dokumentar|SA|Kongens gate 21|7011|TRONDHEIM",
    "Blåbærskogen Media|AS|Skogvegen 9|2609|LILLEHAMMER",
    "Studio Øyeblikk|DA|Strandgaten 5|5013|BERGEN",
    "Vidvinkel Utleie|AS|Industriveien 25|7072|HEIMDAL",
    "Gråtone|AS|Nygata 2|1607|FREDRIKSTAD",
    "Pressebyrået Innland|ASA|Hamarvegen 112|2315|HAMAR",
    "Tåkeheimen Naturfoto|ENK|Bygdevegen 18|6800|FØRDE",
)
FOREIGN = {
    "DK": (
        "Skovlyst Foto|ApS|Havnegade 12|8000|Aarhus C",
        "Østersø Billeder|A/S|Vestergade 3|4700|Næstved",
        "Blændetal Film|ApS|Kirkestræde 9|5000|Odense C",
    ),
    "DE": (
        "Blendenstern Fotografie|GmbH|Lindenstraße 14|10969|Berlin",
        "Müller & Grün Bildwerk|GmbH|Königsallee 3|40212|Düsseldorf",
        "Schärfentiefe Film|UG|Große Straße 8|24937|Flensburg",
    ),
    "FR": (
        "Lumière du Nord|SARL|12 rue des Érables|59000|LILLE",
        "Atelier Clair-Obscur|SAS|4 allée du Château|69002|LYON",
        "Objectif Été|SARL|27 avenue de la Gare|06000|NICE",
    ),
}


def norwegian(at: int, *, vat: bool = True) -> Applicant:
    """The Norwegian applicant of that place; each place has a number, and a name of its own."""
    name, form, street, postcode, place = NORWEGIAN[at % len(NORWEGIAN)].split("|")
    round_ = at // len(NORWEGIAN)
    name = f"{name} {SUFFIXES[round_]}".strip()
    number = orgnr_at(at)
    legal = "" if form == "ENK" else f" {form}"
    email, known = WRITE_FROM[at % len(WRITE_FROM)]
    domain = f"{squashed(name)}.example"
    return Applicant(
        country="NO",
        number=number,
        vat_number=f"{number}MVA" if vat else "",
        name=f"{name}{legal}".upper(),
        form=form,
        street=street,
        postcode=postcode,
        place=place,
        email=email.format(domain=domain, number=number),
        known=tuple((what, said.format(domain=domain, number=number)) for what, said in known),
    )


WRITE_FROM: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("post@{domain}", (("home_page", "www.{domain}"),)),
    ("foto{number}@gmail.com", (("email", "foto{number}@gmail.com"),)),
    ("kontakt@{domain}", ()),  # the domain is called as the business is
    ("firma@{domain}", (("home_page", "{domain}"), ("email", "firma@{domain}"))),
)
"""Where businesses write from, and what the register knows of it: one after the other."""
SUFFIXES = ("", "Nord", "Sør", "Øst", "Vest", "Kyst", "Fjell", "Dal", "Vik", "Nes", "Ås", "Lia")


def foreign(country: str, at: int) -> Applicant:
    """The applicant of that place in Denmark, Germany or France."""
    names = FOREIGN[country]
    name, form, street, postcode, place = names[at % len(names)].split("|")
    number, vat_number = NUMBERS[country](at)
    return Applicant(
        country=country,
        number=number,
        vat_number=vat_number,
        name=f"{name} {form}",
        email=f"post@{squashed(name)}.example",
        form=form,
        street=street,
        postcode=postcode,
        place=place,
    )


def orgnr_at(at: int) -> str:
    return _nth(at, (f"{n:09d}" for n in count(330_000_000, 7)), orgnr.is_valid)


def _danish(at: int) -> tuple[str, str]:
    number = _nth(at, (f"{n:08d}" for n in count(99_100_000, 7)), cvr.is_valid)
    return number, f"DK{number}"


def _german(at: int) -> tuple[str, str]:
    vat_number = _nth(at, (f"{n:09d}" for n in count(999_910_000, 7)), de_vat.is_valid)
    return f"21/815/{8150 + at:05d}", f"DE{vat_number}"


def _french(at: int) -> tuple[str, str]:
    number = _nth(at, (f"{n:09d}" for n in count(999_100_000, 7)), siren.is_valid)
    key = next(f"{n:02d}{number}" for n in range(100) if tva.is_valid(f"{n:02d}{number}"))
    return number, f"FR{key}"


NUMBERS = {"DK": _danish, "DE": _german, "FR": _french}


def _nth(at: int, numbers: Iterator[str], right: Any) -> str:
    """The right number of that place."""
    found = (number for number in numbers if right(number))
    for _ in range(at):
        next(found)
    return next(found)


def register_answer(applicant: Applicant, **changes: Any) -> dict[str, Any]:
    """What the register of business entities says of a Norwegian applicant."""
    said = {"name": applicant.name, "vat": bool(applicant.vat_number), **changes}
    return answer_about(
        Business(
            number=applicant.number,
            form=applicant.form,
            address=applicant.address,
            **{**dict(applicant.known), **said},
        )
    )
