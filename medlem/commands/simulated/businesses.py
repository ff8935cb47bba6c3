"""Invented Norwegian businesses for the demo and for tests, one for each thing that a register may
say.

Their numbers have right check digits and begin with 3: the register gives out 8 and 9 only, so none
of them is anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMS = {
    "ANS": "Ansvarlig selskap med solidarisk ansvar",
    "AS": "Aksjeselskap",
    "ASA": "Allmennaksjeselskap",
    "BEDR": "Bedrift",
    "DA": "Ansvarlig selskap med delt ansvar",
    "ENK": "Enkeltpersonforetak",
    "FLI": "Forening/lag/innretning",
    "NUF": "Norskregistrert utenlandsk foretak",
    "SA": "Samvirkeforetak",
}


class State(StrEnum):
    """What has become of a business, or what the register does when it is asked for it."""

    LIVE = "live"
    BANKRUPT = "bankrupt"
    DISSOLVING = "dissolving"
    FORCED_DISSOLVING = "forced dissolving"
    DELETED = "deleted"
    GONE = "gone"  # deleted, and its entry may no longer be shown: 410
    TROUBLE = "trouble"  # the register answers 500
    SLOW = "slow"  # the register takes its time


@dataclass(frozen=True, slots=True)
class Business:
    """One line of the table below. A slash divides the lines of `address`; the place comes last."""

    number: str
    name: str
    form: str
    address: str
    vat: bool = True
    state: State = State.LIVE
    parent: str = ""
    country: tuple[str, str] = ("NO", "Norge")
    home_page: str = ""
    email: str = ""


LONGEST = "SAMVIRKELAGET FOR NATURFOTOGRAFER OG DOKUMENTARFILMSKAPERE I YTRE NAMDAL SA"
POLAND = ("PL", "Polen")

BUSINESSES = (
    Business("310003913", "BLÅTIMEN FILM AS", "AS", "Nedre Skogvei 14B/0484 OSLO"),
    Business("310313815", "NORDVIK & SØNN FOTO AS", "AS", "Øvre Bryggesmug 3/5003 BERGEN"),
    Business("311090518", "ÆRLIG TALT FOTO ANS", "ANS", "Kjøpmannsveita 21/7011 TRONDHEIM"),
    Business("311702289", "FOTOGRAF INGRID SÆTHERØY", "ENK", "Molovegen 8/6002 ÅLESUND", vat=False),
    Business("311780220", "FOTOGRAF OLE-JAKOB ÅSNES", "ENK", "Storfjellgata 77/9008 TROMSØ"),
    Business("311980815", "LYSMÅLEREN ASA", "ASA", "Plan 4/Sjøhuskaien 50/4006 STAVANGER"),
    Business("312420198", "SKARPHET STUDIO AS", "AS", "Elvesvingen 2/3044 DRAMMEN"),
    Business("312459582", "BRENNVIDDE PRODUKSJON AS", "AS", "Voldportgata 60 A/1607 FREDRIKSTAD"),
    Business(
        "313268292",
        "MØRKEROMMET I LOFOTEN DA",
        "DA",
        "Fiskergangen 11/8300 SVOLVÆR",
        home_page="www.moerkerommet.example",
        email="post@moerkerommet.example",
    ),
    Business("313354067", "HVITBALANSE AS", "AS", "c/o Åse Hvit/Rosenlunden 5/3111 TØNSBERG"),
    Business("313502465", "FOTOKLUBBEN ØST", "FLI", "Lågveien 19/2609 LILLEHAMMER", vat=False),
    Business("314169042", LONGEST, "SA", "Havnefogdens vei 102/7800 NAMSOS"),
    Business("314822307", "ÅS", "ENK", "Bygdaveien 1/6800 FØRDE", vat=False),
    Business("315037344", "FINNMARK LINSE AS", "AS", "Vidda 9/9510 ALTA", vat=False),
    # Those that the demo lets in (`commands/demo_data.py`).
    Business("352601810", "KYSTLYS FOTO AS", "AS", "Strandgata 12/8006 BODØ"),
    Business("359083017", "VINTERDAG PRODUKSJON AS", "AS", "Fjordveien 40/9405 HARSTAD"),
    Business("366131868", "STUDIO SØRLAND AS", "AS", "Kirkegata 8/4611 KRISTIANSAND S"),
    Business("309139097", "BRYLLUPSFOTO BERGEN AS", "AS", "Marken 30/5017 BERGEN"),
    Business("396030829", "DOKUMENTARKOLLEKTIVET SA", "SA", "Torggata 16/0181 OSLO"),
    Business("346281944", "NATTEVAKT PRESSEFOTO AS", "AS", "Akersgata 44/0180 OSLO"),
    Business("382199359", "FJELLREV FILM AS", "AS", "Storgata 60/2609 LILLEHAMMER"),
    Business("318190933", "KAMERAUTLEIE NORD AS", "AS", "Industriveien 25/7072 HEIMDAL"),
    Business("378657970", "HAVBLIKK MEDIA AS", "AS", "Skippergata 3/9008 TROMSØ"),
    Business("354323192", "SPORTSBILDER INNLANDET AS", "AS", "Hamarvegen 112/2315 HAMAR"),
    Business("348757490", "ARKITEKTURFOTO RØROS AS", "AS", "Bergmannsgata 21/7374 RØROS"),
    Business("311862529", "GAMLEBYEN FOTOGRAFI ANS", "ANS", "Voldgata 5/1607 FREDRIKSTAD"),
    Business("376018954", "PORTRETTATELIERET ÅSE LIE", "ENK", "Nygata 7/3015 DRAMMEN"),
    Business("355979717", "VIDVINKEL OG VENNER AS", "AS", "Kaigata 2/4006 STAVANGER"),
    Business("314710495", "SOLGLØTT REKLAMEFOTO AS", "AS", "Øvre Langgate 19/3110 TØNSBERG"),
    Business("374650750", "ÅRRINGEN NATURFOTO", "ENK", "Skogveien 7/2406 ELVERUM"),
    Business("315965349", "BALTIC LENS", "NUF", "ul. Zmyślona 12/81-336 GDYNIA", country=POLAND),
    Business("316152201", "BLÅTIMEN FILM", "BEDR", "Smalgangen 6/5003 BERGEN", parent="310003913"),
    Business("316641067", "SISTE BILDE AS", "AS", "Solveien 4/1337 SANDVIKA", state=State.BANKRUPT),
    Business("317530188", "LUKKERTID AS", "AS", "Ventegata 13/4790 LILLESAND", state=State.DISSOLVING),
    Business("317954050", "UREVIDERT AS", "AS", "Tallveien 31/6413 MOLDE", state=State.FORCED_DISSOLVING),
    Business("318697256", "FALMET FILM AS", "AS", "", state=State.DELETED),
    Business("318834563", "", "", "", state=State.GONE),
    Business("319468528", "VRANGSTREV AS", "AS", "Feilgata 500/5525 HAUGESUND", state=State.TROUBLE),
    Business("319637230", "SENDREKTIG AS", "AS", "Ventegata 30/4611 KRISTIANSAND S", state=State.SLOW),
)


def answer_about(business: Business) -> dict[str, Any]:
    """The register's JSON about `business`."""
    links = {"_links": {"self": {"href": f"https://register.invalid/enheter/{business.number}"}}}
    if business.state is State.GONE:
        return {"organisasjonsnummer": business.number, "slettedato": "2024-03-09", **links}
    named = {
        "organisasjonsnummer": business.number,
        "navn": business.name,
        "organisasjonsform": {"kode": business.form, "beskrivelse": FORMS[business.form]},
    }
    if business.state is State.DELETED:
        return {**named, "slettedato": "2023-10-20", **links}
    if business.parent:
        return {
            **named,
            "registrertIMvaregisteret": business.vat,
            "overordnetEnhet": business.parent,
            "beliggenhetsadresse": _address(business),
            **links,
        }
    return {
        **named,
        "registrertIMvaregisteret": business.vat,
        "forretningsadresse": _address(business),
        "registrertIForetaksregisteret": business.form not in {"ENK", "FLI"},
        **({"hjemmeside": business.home_page} if business.home_page else {}),
        **({"epostadresse": business.email} if business.email else {}),
        "konkurs": business.state is State.BANKRUPT,
        "underAvvikling": business.state is State.DISSOLVING,
        "underTvangsavviklingEllerTvangsopplosning": business.state is State.FORCED_DISSOLVING,
        **links,
    }


def _address(business: Business) -> dict[str, Any]:
    code, country = business.country
    *lines, place = business.address.split("/")
    address = {"land": country, "landkode": code, "adresse": lines, "poststed": place}
    if code == "NO":  # abroad the postcode stands in the place
        address["postnummer"], address["poststed"] = place.split(" ", 1)
    return address
