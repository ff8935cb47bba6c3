"""HMRC's *Check a UK VAT number* on loopback, with its token service, about invented businesses.

`with simulated_hmrc() as hmrc`: `hmrc.url` is for a client with CLIENT_ID and CLIENT_SECRET, and
`hmrc.revoke()` takes back every token that was given out. The demo runs it as a process of its own:
`python -m medlem.commands.simulated.hmrc --port 8703`.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from .serving import LoopbackServer, QuietHandler, serving

CLIENT_ID = "medlem-in-tests"
CLIENT_SECRET = "kept-by-nobody"  # noqa: S105 - of the simulation alone
LOOKUP = "/organisations/vat/check-vat-number/lookup/"
VERSION = "application/vnd.hmrc.2.0+json"
PROCESSED = "2026-11-23T09:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Company:
    """One number of the table below. `wrong` is status and code of an answer that is none."""

    number: str
    name: str = ""
    address: dict[str, str] = field(default_factory=dict)
    wrong: tuple[int, str] | None = None


COMPANIES = (
    Company(
        "999900002",
        "SPECIMEN PICTURES LIMITED",
        {
            "line1": "UNIT 4",
            "line2": "1 NOWHERE LANE",
            "line3": "LONDON",
            "postcode": "ZZ1 1ZZ",
            "countryCode": "GB",
        },
    ),
    Company("999900015", wrong=(500, "INTERNAL_SERVER_ERROR")),
    Company("999900057", wrong=(429, "MESSAGE_THROTTLED_OUT")),
    Company("999900099", wrong=(404, "MATCHING_RESOURCE_NOT_FOUND")),
    Company("999900100", wrong=(403, "RESOURCE_FORBIDDEN")),
)
MESSAGES = {
    "NOT_FOUND": "targetVrn does not match a registered company",
    "INVALID_REQUEST": "requesterVrn does not match a registered company",
    "INVALID_CREDENTIALS": "Invalid Authentication information provided",
    "ACCEPT_HEADER_INVALID": "The accept header is missing or invalid",
    "INTERNAL_SERVER_ERROR": "Unknown error",
    "MESSAGE_THROTTLED_OUT": "The request for the API is throttled as you have exceeded your quota.",
    "MATCHING_RESOURCE_NOT_FOUND": "A resource with the name in the request can not be found in the API",
    "RESOURCE_FORBIDDEN": "The application is not subscribed to the API which it is attempting to invoke",
}


class HmrcServer(LoopbackServer):
    """Holds the companies, the tokens that are good, and what was asked."""

    def __init__(self, port: int, *, lasts_seconds: int) -> None:
        super().__init__(port, HmrcHandler)
        self.companies = {company.number: company for company in COMPANIES}
        self.lasts_seconds = lasts_seconds
        self.tokens: set[str] = set()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def revoke(self) -> None:
        self.tokens.clear()


@contextmanager
def simulated_hmrc(*, lasts_seconds: int = 14_400) -> Iterator[HmrcServer]:
    """Serves in a thread while the block runs."""
    server = HmrcServer(0, lasts_seconds=lasts_seconds)
    with serving(server):
        yield server


class HmrcHandler(QuietHandler):
    """The token service, and the look-up with and without a requester."""

    server: HmrcServer

    def post(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self.read_body().decode()).items()}
        self.server.asked.append(self.path)
        if self.path != "/oauth/token":
            self._wrong(404, "MATCHING_RESOURCE_NOT_FOUND")
        elif (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            wrong = {"error": "invalid_client", "error_description": "invalid client id or secret"}
            self.send_json(401, wrong)
        else:
            token = secrets.token_hex(16)
            self.server.tokens.add(token)
            self.send_json(
                200,
                {
                    "access_token": token,
                    "token_type": "bearer",
                    "expires_in": self.server.lasts_seconds,
                    "scope": form.get("scope", ""),
                },
            )

    def get(self) -> None:
        self.server.asked.append(self.path)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        number, _, requester = self.path.removeprefix(LOOKUP).partition("/")
        company = self.server.companies.get(number)
        if self.headers.get("Accept") != VERSION:
            self._wrong(406, "ACCEPT_HEADER_INVALID")
        elif token not in self.server.tokens:
            self._wrong(401, "INVALID_CREDENTIALS")
        elif requester and requester not in self.server.companies:
            self._wrong(403, "INVALID_REQUEST")
        elif company is None:
            self._wrong(404, "NOT_FOUND")
        elif company.wrong:
            self._wrong(*company.wrong)
        else:
            self.send_json(200, _answer(company, requester))

    def _wrong(self, status: int, code: str) -> None:
        self.send_json(status, {"code": code, "message": MESSAGES[code]})


def _answer(company: Company, requester: str) -> dict[str, Any]:
    target = {"name": company.name, "vatNumber": company.number, "address": company.address}
    if not requester:
        return {"target": target, "processingDate": PROCESSED}
    return {
        "target": target,
        "requester": requester,
        "consultationNumber": "ypAeKRPlW",
        "processingDate": PROCESSED,
    }


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="HMRC's check of VAT numbers, simulated on loopback.")
    parser.add_argument("--port", type=int, required=True)
    with suppress(KeyboardInterrupt):
        HmrcServer(parser.parse_args().port, lasts_seconds=14_400).serve_forever()


if __name__ == "__main__":
    main()
