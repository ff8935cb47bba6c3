"""A whole house for browser tests: `medlem demo` as people start it, and a real browser before it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from medlem.commands.simulated.businesses import BUSINESSES, State, answer_about
from medlem.commands.simulated.register import simulated_register

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 120
DEMO = [sys.executable, "-m", "medlem", "demo"]
MADE = "journeys_made"
"""The database in which the demo data are made, on PostgreSQL."""
END_ANIMATIONS = """document.getAnimations().forEach(
    each => each.effect.getComputedTiming().endTime === Infinity ? each.cancel() : each.finish()
)"""


@dataclass(frozen=True)
class House:
    """A running demo: its address, its folder, and what a person can do around the portal."""

    url: str
    folder: Path

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails that this address got, oldest first."""
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.folder / "mail").glob("*.eml"))
        ]
        return [mail for mail in found if to in str(mail["To"])]

    def mail_with(self, to: str, words: str) -> EmailMessage:
        """The newest mail to this address that has these words. The worker may be about to send it."""
        for _ in range(100):
            for mail in reversed(self.mails(to)):
                body = mail.get_body(("plain",))
                if body is not None and words in body.get_content():
                    return mail
            self.move_days(0)
        pytest.fail(f"no mail to {to} has {words!r}")

    def move_days(self, days: int) -> dict[str, Any]:
        """Moves the calendar, as the page does; the tick runs for every day passed."""
        request = Request(
            f"{self.url}/demo/clock/",
            data=f"days={days}".encode(),
            headers={"Accept": "application/json"},
        )
        with urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the same house run in one process, so that it is built once."""
    for item in items:
        if "house" in getattr(item, "fixturenames", ()) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("look"))


@pytest.fixture(scope="session")
def register(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The business register: the invented businesses, and the real answers where the samples are."""
    folder = tmp_path_factory.mktemp("register")
    for business in BUSINESSES:
        ending = ".410.json" if business.state is State.GONE else ".json"
        (folder / f"{business.number}{ending}").write_text(json.dumps(answer_about(business)))
    for path in (samples / "register").glob("live_enhet_*.json"):
        number = re.search(r"\d{9}", path.name)
        if number:
            shutil.copy(path, folder / f"{number[0]}.json")
    with simulated_register(folder) as url:
        yield url


@pytest.fixture(scope="session")
def house(register: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[House]:
    """`medlem demo` on a port of its own, with a small rental house."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    # Pictures are read here, as in life: without a reader nothing is approved by itself (A7).
    environment = {**os.environ, "MEDLEM_REGISTER_URL": register, "MEDLEM_OCR": "auto"}
    environment["PYTHONWARNINGS"] = "default"
    together = (
        tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    )
    _demo_data(together, environment, folder)
    if url := _postgres(environment):
        environment["DATABASE_URL"] = _own_database(url, f"journeys_{worker_id}", like=MADE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*DEMO, f"--port={port}", f"--data={folder}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    giving_up = threading.Timer(STARTS_WITHIN, process.terminate)
    giving_up.start()
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "is ready" in line:
                break
        else:
            pytest.fail(f"the demo did not start: {''.join(lines)}")
        giving_up.cancel()
        yield House(url=f"http://127.0.0.1:{port}", folder=folder)
    finally:
        giving_up.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()


def _demo_data(together: Path, environment: dict[str, str], folder: Path) -> None:
    """Makes the demo data once for all processes of the tests, and copies them into the folder."""
    made = together / "demo"
    with (together / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "people.json").exists():
            url = _postgres(environment)
            own = {"DATABASE_URL": _own_database(url, MADE)} if url else {}
            command = [*DEMO, "--only-data", f"--data={made}", "--rental-products=60"]
            subprocess.run(command, cwd=ROOT, env={**environment, **own}, check=True, timeout=STARTS_WITHIN)
    shutil.copytree(made, folder)


def _postgres(environment: dict[str, str]) -> str:
    url = environment.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def _own_database(url: str, name: str, *, like: str = "template1") -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return re.sub(r"/medlem(?=\?|$)", f"/{name}", url)


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium. It keeps its thread busy with a loop in which Django refuses the database."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing: `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not complain: an error on its console fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    # The browser also reports a form that was refused and a link that was used up, and htmx a look-up that
    # was still under way when the person went on; everything else is ours.
    meant = re.compile("status of (422|410)|^htmx:(afterRequest|sendAbort|sendError)")
    ours = [text for text in complaints if not meant.search(text)]
    assert ours == []


VIOLATIONS = {"resultTypes": ["violations"]}
CONTRAST = {**VIOLATIONS, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
WORDS = {**VIOLATIONS, "rules": {"color-contrast": {"enabled": False}}}
ASK_AXE = """options => axe.run(options).then(result => result.violations.map(
    violation => `${violation.id}: ${violation.nodes.slice(0, 3).map(node => node.html)}`))"""


def violations(page: Page, *, colours: bool = True) -> list[str]:
    """What axe says of the page as it is loaded: all of it in light, and of its contrast in dark.

    `colours` are slow to judge, and the same in every language: one of them is enough.
    """
    page.emulate_media(color_scheme="light")
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    if not colours:
        words: list[str] = page.evaluate(ASK_AXE, WORDS)
        return words
    found: list[str] = page.evaluate(ASK_AXE, VIOLATIONS)
    page.emulate_media(color_scheme="dark")
    # Colours that fade from one scheme to the other are neither.
    page.evaluate(END_ANIMATIONS)
    found += page.evaluate(ASK_AXE, CONTRAST)
    page.emulate_media(color_scheme="light")
    page.evaluate(END_ANIMATIONS)
    return found


def has_focus(page: Page, selector: str) -> None:
    """What has the focus is of `selector`, or comes to be within ten seconds.

    Asked of the page: `expect(…).to_be_focused()` also wants the window to be in front, which one of many is not.
    """
    asked = "selector => document.activeElement?.matches(selector) || document.activeElement?.outerHTML.slice(0, 200)"
    for _ in range(100):
        if page.evaluate(asked, selector) is True:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(asked, selector) is True
