"""VIES on loopback, answering as the Commission's REST service does, about invented businesses.

Tests: `with simulated_vies() as vies`. The demo runs it as a process of its own:
`python -m medlem.commands.simulated.vies --port 8702`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .serving import LoopbackServer, QuietHandler, serving

ROOT = "/taxation_customs/vies/rest-api"
REQUEST_DATE = "2026-11-23T09:00:00.000Z"
BROKEN = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Trader:
    """One number of the table below, as VIES writes it, and what VIES does when it is asked for.

    `code` is the word of the answer, or the HTTP status of one that is no answer. What is `busy` is answered
    the second time.
    """

    country: str
    number: str
    name: str = "---"
    address: str = "---"
    code: str = "VALID"
    busy: bool = False


TRADERS = (
    Trader("SE", "110011000401", "NORRSKEN BILD AB", "VINTERGATAN 3 \n981 32 KIRUNA"),
    Trader("SE", "110011001201", "MIDSOMMAR FOTO AB", "ÄNGSVÄGEN 9\n793 31 LEKSAND", busy=True),
    Trader("SE", "110011002001", code="MS_UNAVAILABLE"),
    Trader("DK", "99000007", "LYS OG SKYGGE APS", "HAVNEGADE 12\n8000 AARHUS C"),
    Trader("DK", "99000015", code="INVALID"),
    Trader("FI", "99000018", "Kuvaamo Pohjola Oy", "Kuvitteellinentie 7\n00100 HELSINKI"),
    Trader("FI", "99000026", code="502"),
    Trader("DE", "999900008"),  # Germany tells neither name nor address
    Trader("FR", "31000123455", "SARL ATELIER LUMIERE SPECIMEN", "1 RUE DE NULLE PART\n00000 NULLE PART"),
    Trader("EL", "099999902", "ΦΩΤΟΓΡΑΦΕΙΟ ΔΕΙΓΜΑ", "ΟΔΟΣ ΔΕΙΓΜΑ 1\n10431 - ΑΘΗΝΑ"),
    Trader("XI", "999900002", "GIANT'S CAUSEWAY PICTURES LTD", "1 SPECIMEN QUAY\nBELFAST"),
)


@contextmanager
def simulated_vies(traders: tuple[Trader, ...] = TRADERS) -> Iterator[str]:
    """Serves in a thread while the block runs, and gives the base address for a client."""
    with serving(ViesServer(0, traders)) as address:
        yield f"{address}{ROOT}"


class ViesServer(LoopbackServer):
    """Holds the traders, and which busy ones were asked for before."""

    def __init__(self, port: int, traders: tuple[Trader, ...]) -> None:
        super().__init__(port, ViesHandler)
        self.traders = {(trader.country, trader.number): trader for trader in traders}
        self.asked: set[Trader] = set()


class ViesHandler(QuietHandler):
    """The addresses that medlem asks: a number alone, a number with a requester, and which states are up."""

    server: ViesServer

    def get(self) -> None:
        address = urlsplit(self.path)
        match address.path.removeprefix(ROOT).strip("/").split("/"):
            case ["ms", country, "vat", number]:
                requester = parse_qs(address.query).get("requesterNumber", [""])[0]
                trader = self._found(country, number)
                self._answer(trader, _plain(trader, requester))
            case ["check-status"]:
                self.send_json(200, {"vow": {"available": True}, "countries": self._states()})
            case _:
                self.send_json(404, _wrong("NOT_FOUND"))

    def post(self) -> None:
        asked = json.loads(self.read_body())
        requester = (asked.get("requesterMemberStateCode", ""), asked.get("requesterNumber", ""))
        trader = self._found(asked["countryCode"], asked["vatNumber"])
        if self.path != f"{ROOT}/check-vat-number":
            self.send_json(404, _wrong("NOT_FOUND"))
        elif any(requester) and requester not in self.server.traders:
            self.send_json(200, _wrong("INVALID_REQUESTER_INFO"))
        elif trader.code not in ("VALID", "INVALID"):
            self._answer(trader, _wrong(trader.code))
        else:
            self._answer(trader, _with_requester(trader, requester[1]))

    def _states(self) -> list[dict[str, str]]:
        """A member state is out of reach where every trader of it is."""
        up = {trader.country for trader in self.server.traders.values() if trader.code != "MS_UNAVAILABLE"}
        return [
            {"countryCode": country, "availability": "Available" if country in up else "Unavailable"}
            for country in sorted({country for country, _ in self.server.traders})
        ]

    def _found(self, country: str, number: str) -> Trader:
        unknown = Trader(country, number, code="INVALID" if number.isalnum() else "INVALID_INPUT")
        trader = self.server.traders.get((country, number), unknown)
        if trader.busy and trader not in self.server.asked:
            self.server.asked.add(trader)
            return Trader(country, number, code="MS_MAX_CONCURRENT_REQ")
        return trader

    def _answer(self, trader: Trader, answer: dict[str, Any]) -> None:
        if trader.code.isdecimal():
            self.send(int(trader.code), BROKEN, "text/html")
        else:
            self.send_json(200, answer)


def _plain(trader: Trader, requester: str) -> dict[str, Any]:
    """The answer to a number alone: whatever went wrong stands in `userError`."""
    valid = trader.code == "VALID"
    return {
        "isValid": valid,
        "requestDate": REQUEST_DATE,
        "userError": trader.code,
        "name": trader.name,
        "address": trader.address,
        "requestIdentifier": _identifier(trader) if requester and valid else "",
        "originalVatNumber": trader.number,
        "vatNumber": trader.number,
        "viesApproximate": {
            **dict.fromkeys(("name", "street", "postalCode", "city", "companyType"), "---"),
            **dict.fromkeys(
                ("matchName", "matchStreet", "matchPostalCode", "matchCity", "matchCompanyType"), 3
            ),
        },
    }


def _with_requester(trader: Trader, requester: str) -> dict[str, Any]:
    return {
        "countryCode": trader.country,
        "vatNumber": trader.number,
        "requestDate": REQUEST_DATE,
        "valid": trader.code == "VALID",
        "requestIdentifier": _identifier(trader) if requester else "",
        "name": trader.name,
        "address": trader.address,
        **dict.fromkeys(
            ("traderName", "traderStreet", "traderPostalCode", "traderCity", "traderCompanyType"), "---"
        ),
        **dict.fromkeys(
            (
                "traderNameMatch",
                "traderStreetMatch",
                "traderPostalCodeMatch",
                "traderCityMatch",
                "traderCompanyTypeMatch",
            ),
            "NOT_PROCESSED",
        ),
    }


def _identifier(trader: Trader) -> str:
    return f"WAPIAAAA{trader.country}{trader.number[-4:]}"


def _wrong(code: str) -> dict[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": code}]}


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="VIES, simulated on loopback.")
    parser.add_argument("--port", type=int, required=True)
    with suppress(KeyboardInterrupt):
        ViesServer(parser.parse_args().port, TRADERS).serve_forever()


if __name__ == "__main__":
    main()
