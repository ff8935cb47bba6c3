"""A register of business entities on loopback, answering as data.brreg.no does.

Tests: `with simulated_register() as url`. The demo runs it as a process of its own:
`python -m medlem.commands.simulated.register --port 8701`.

It knows the invented businesses, or those of a folder: `{number}.json` is an answer as the
register gave it; `{number}.{status}.json` and `.html` are answered with that status;
`{number}.slow.json` late, `{number}.drip.json` byte by byte, `{number}.flaky.json` the second time
that it is asked for.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .businesses import BUSINESSES, State, answer_about
from .serving import LoopbackServer, QuietHandler, serving

ROOT = "/enhetsregisteret/api"
SUBENTITY_FORMS = {"BEDR", "AAFY"}
TROUBLE = b'{"status":500,"error":"Internal Server Error","path":"/enhetsregisteret/api/enheter"}'
FILE = re.compile(r"(\d{9})(?:\.(\d{3}|slow|drip|flaky))?\.(json|html)")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered about one number; `entry` is what a search sees of it."""

    entry: dict[str, Any]
    body: bytes
    status: int = 200
    manner: str = ""  # slow, drip or flaky
    kind: str = "json"


@contextmanager
def simulated_register(folder: Path | None = None, *, slow_seconds: float = 5.0) -> Iterator[str]:
    """Serves in a thread while the block runs, and gives the base address for a client."""
    with serving(RegisterServer(0, replies(folder), slow_seconds)) as address:
        yield f"{address}{ROOT}"


def replies(folder: Path | None) -> dict[str, Reply]:
    """Number to reply: of the folder's files, or of the invented businesses."""
    if folder is None:
        return {
            business.number: _reply_about(answer_about(business), business.state) for business in BUSINESSES
        }
    found = ((FILE.fullmatch(path.name), path.read_bytes()) for path in sorted(folder.iterdir()))
    return {name[1]: _reply_from(body, name[2] or "", name[3]) for name, body in found if name}


def _reply_about(entry: dict[str, Any], state: State) -> Reply:
    body = json.dumps(entry).encode()
    match state:
        case State.GONE:
            return Reply({}, body, status=410)
        case State.TROUBLE:
            return Reply(entry, TROUBLE, status=500)
        case State.SLOW:
            return Reply(entry, body, manner="slow")
        case _:
            return Reply(entry, body)


def _reply_from(body: bytes, manner: str, kind: str) -> Reply:
    entry = json.loads(body) if kind == "json" and body else {}
    if manner.isdecimal():
        return Reply({}, body, status=int(manner), kind=kind)
    return Reply(entry if isinstance(entry, dict) else {}, body, manner=manner, kind=kind)


class RegisterServer(LoopbackServer):
    """Holds the replies, and which flaky ones were asked for before."""

    def __init__(self, port: int, known: dict[str, Reply], slow_seconds: float) -> None:
        super().__init__(port, RegisterHandler)
        self.known = known
        self.slow_seconds = slow_seconds
        self.asked: set[str] = set()


class RegisterHandler(QuietHandler):
    """The three addresses that medlem asks: a business, a place of work, a search by name."""

    server: RegisterServer

    def get(self) -> None:
        address = urlsplit(self.path)
        match address.path.removeprefix(ROOT).strip("/").split("/"):
            case ["enheter"]:
                self._search(parse_qs(address.query))
            case ["enheter", number]:
                self._entity(number, subentity=False)
            case ["underenheter", number]:
                self._entity(number, subentity=True)
            case _:
                self._send(404, b'{"status":404,"error":"Not Found"}')

    def _entity(self, number: str, *, subentity: bool) -> None:
        reply = self.server.known.get(number)
        if reply is None or subentity != _is_subentity(reply.entry):
            self._send(404, b"")
        elif reply.manner == "flaky" and number not in self.server.asked:
            self.server.asked.add(number)
            self._send(503, TROUBLE)
        elif reply.manner == "drip":
            self._drip(reply.body)
        else:
            if reply.manner == "slow":
                self.server.stopping.wait(self.server.slow_seconds)
            self._send(reply.status, reply.body, reply.kind)

    def _search(self, query: dict[str, list[str]]) -> None:
        words = query.get("navn", [""])[0].casefold().split()
        size = int(query.get("size", ["20"])[0])
        found = [
            reply.entry
            for reply in self.server.known.values()
            if _can_be_found(reply.entry) and all(word in reply.entry["navn"].casefold() for word in words)
        ]
        answer: dict[str, Any] = {"page": {"number": 0, "size": size, "totalElements": len(found)}}
        if found:
            answer["_embedded"] = {"enheter": found[:size]}
        self._send(200, json.dumps(answer).encode())

    def _send(self, status: int, body: bytes, kind: str = "json") -> None:
        self.send(status, body, "application/json" if kind == "json" else "text/html")

    def _drip(self, body: bytes) -> None:
        pause = 0.02
        blanks = int(self.server.slow_seconds / pause)
        self.send_response(200)
        self.send_header("Content-Length", str(blanks + len(body)))
        self.end_headers()
        for _ in range(blanks):
            self.wfile.write(b" ")
            if self.server.stopping.wait(pause):
                break
        self.wfile.write(body)


def _is_subentity(entry: dict[str, Any]) -> bool:
    return entry.get("organisasjonsform", {}).get("kode") in SUBENTITY_FORMS


def _can_be_found(entry: dict[str, Any]) -> bool:
    return "navn" in entry and "slettedato" not in entry and not _is_subentity(entry)


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="A register of business entities, simulated on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--folder", type=Path, help="answers as JSON files; without it, the invented businesses"
    )
    parser.add_argument("--slow-seconds", type=float, default=5.0)
    options = parser.parse_args()
    server = RegisterServer(options.port, replies(options.folder), options.slow_seconds)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
