"""The registers that tests meet, on loopback: they know the invented businesses, may be down, or follow a script."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from medlem.applications import registers
from medlem.commands.simulated.hmrc import CLIENT_ID, CLIENT_SECRET, HmrcServer, simulated_hmrc
from medlem.commands.simulated.register import simulated_register
from medlem.commands.simulated.serving import LoopbackServer, QuietHandler, serving
from medlem.commands.simulated.vies import simulated_vies
from tests.post_office import closed_port


@pytest.fixture(scope="session")
def register_url() -> Iterator[str]:
    with simulated_register() as url:
        yield url
        registers._register(url, settings.MEDLEM_REGISTER_TIMEOUT).close()


@pytest.fixture
def register_up(settings: Any, register_url: str) -> None:
    """The house asks the simulated register."""
    settings.MEDLEM_REGISTER_URL = register_url


@pytest.fixture
def register_down(settings: Any) -> None:
    """The house asks a register that does not answer."""
    settings.MEDLEM_REGISTER_URL = f"http://127.0.0.1:{closed_port()}/enhetsregisteret/api"


@pytest.fixture(scope="session")
def vies_url() -> Iterator[str]:
    with simulated_vies() as url:
        yield url
        registers._vies(url, settings.MEDLEM_VIES_TIMEOUT).close()


@pytest.fixture
def vies_up(settings: Any, vies_url: str) -> None:
    """The house asks the simulated VIES."""
    settings.MEDLEM_VIES_URL = vies_url


@pytest.fixture
def hmrc(settings: Any) -> Iterator[HmrcServer]:
    """The house asks a simulated HMRC of the test's own, and has its credentials."""
    with simulated_hmrc() as server:
        settings.MEDLEM_HMRC_URL = server.url
        settings.MEDLEM_HMRC_CLIENT_ID, settings.MEDLEM_HMRC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield server
        registers.hmrc().close()


@dataclass(frozen=True, slots=True)
class Scripted:
    """One answer of a scripted register: after so many seconds, or byte by byte with such pauses."""

    status: int = 200
    body: bytes = b""
    seconds: float = 0
    drip: float = 0


class ScriptedServer(LoopbackServer):
    """Gives the answers of its script one after the other, and the last of them from then on."""

    def __init__(self, script: tuple[Scripted, ...]) -> None:
        super().__init__(0, ScriptedHandler)
        self.script = deque(script)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def now_says(self, *script: Scripted) -> None:
        self.script = deque(script)


class ScriptedHandler(QuietHandler):
    server: ScriptedServer

    def get(self) -> None:
        self.server.asked.append(self.path)
        script = self.server.script
        said = script.popleft() if len(script) > 1 else script[0]
        self.server.stopping.wait(said.seconds)
        if not said.drip:
            self.send(said.status, said.body, "application/json")
            return
        self.send_response(said.status)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        for byte in said.body:
            self.wfile.write(bytes([byte]))
            if self.server.stopping.wait(said.drip):
                break

    def post(self) -> None:
        self.read_body()
        self.get()


@contextmanager
def scripted(*script: Scripted) -> Iterator[ScriptedServer]:
    """A register that does as it is told, while the block runs."""
    server = ScriptedServer(script)
    with serving(server):
        yield server


IMPATIENT, PATIENT = 0.1, 3
"""Seconds for a register that is meant to be too slow. Whoever waits for an answer waits longer: machines are busy."""


@pytest.fixture
def scripted_register(settings: Any) -> Iterator[ScriptedServer]:
    """The house asks a register that has yet to be told what to say."""
    with scripted(Scripted(404)) as server:
        settings.MEDLEM_REGISTER_URL = server.url
        yield server
        for seconds in (IMPATIENT, PATIENT):
            registers._register(server.url, seconds).close()


@pytest.fixture
def scripted_vies(settings: Any) -> Iterator[ScriptedServer]:
    """The house asks a VIES that has yet to be told what to say."""
    with scripted(Scripted(404)) as server:
        settings.MEDLEM_VIES_URL, settings.MEDLEM_VIES_TIMEOUT = server.url, PATIENT
        yield server
        for seconds in (IMPATIENT, PATIENT):
            registers._vies(server.url, seconds).close()
