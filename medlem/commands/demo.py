"""`medlem demo`: portal, worker, simulated registers and demo data, on this machine (E7).

Everything lies in the folder DATA (and in DATABASE_URL, where that is set); FRESH=1 starts again from
nothing. Stops all of it at Ctrl-C, or when one part ends by itself.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from medlem.commands.simulated import hmrc

PR_SET_PDEATHSIG = 1  # linux/prctl.h
SIMULATED = {
    "MEDLEM_REGISTER_URL": ("register", "/enhetsregisteret/api"),
    "MEDLEM_VIES_URL": ("vies", "/taxation_customs/vies/rest-api"),
    "MEDLEM_HMRC_URL": ("hmrc", ""),
}
"""Which setting names which simulated register, and the path of its service."""
MARK = "people.json"
"""Written last when the demo data are made: without it, what lies in the folder is half of it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA") or ".demo"))
    parser.add_argument("--rental-products", type=int, default=800, help="how many the rental house owns")
    parser.add_argument("--fresh", action="store_true", default=os.environ.get("FRESH", "") in {"1", "yes"})
    parser.add_argument("--only-data", action="store_true", help="make the demo data and end")


def run(options: argparse.Namespace) -> int:
    if _taken(options.port):
        print(
            f"medlem: port {options.port} is in use; stop what listens there, or choose PORT=8001",
            file=sys.stderr,
        )
        return 1
    data = options.data.resolve()
    _environment(data, options.port)
    children: list[subprocess.Popen[bytes]] = []
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(0))
    try:
        registers, ports = _registers()
        children += registers
        _prepare(data, fresh=options.fresh)
        for port in ports:  # they started while the database was made ready
            _await_port(port, children)
        _fill(data, rental_products=options.rental_products)
        if options.only_data:
            return 0
        children += _portal(options.port)
        _await(f"http://127.0.0.1:{options.port}/healthz", children)
        print(
            f"medlem demo is ready: http://127.0.0.1:{options.port}/demo/  (people to be, mail, calendar; Ctrl-C ends)",
            flush=True,
        )
        return _watch(children)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _environment(data: Path, port: int) -> None:
    """What makes every process of the demo one installation. MEDLEM_PROGRAMME may choose another programme."""
    os.environ.update(
        MEDLEM_DEMO="1",
        MEDLEM_DATA=str(data),
        MEDLEM_CLOCK_FILE=str(data / "clock"),
        MEDLEM_BASE_URL=f"http://127.0.0.1:{port}",
        DJANGO_SETTINGS_MODULE="medlem.settings",
    )
    os.environ.setdefault("MEDLEM_LOG_LEVEL", "WARNING")


def _registers() -> tuple[list[subprocess.Popen[bytes]], list[int]]:
    """The registers of the invented businesses, each on a port of its own; their addresses go into the
    environment. One that the environment names already is whoever's who named it."""
    children: list[subprocess.Popen[bytes]] = []
    ports: list[int] = []
    for variable, (module, path) in SIMULATED.items():
        if variable in os.environ:
            continue
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
        children.append(
            _start([sys.executable, "-m", f"medlem.commands.simulated.{module}", f"--port={ports[-1]}"])
        )
        os.environ[variable] = f"http://127.0.0.1:{ports[-1]}{path}"
    os.environ.setdefault("MEDLEM_HMRC_CLIENT_ID", hmrc.CLIENT_ID)
    os.environ.setdefault("MEDLEM_HMRC_CLIENT_SECRET", hmrc.CLIENT_SECRET)
    return children, ports


def _prepare(data: Path, *, fresh: bool) -> None:
    """The database at the newest schema, with the catalogue; empty, unless the demo data in it are whole.

    Where nothing has changed since the last start there is nothing to do, and no second spent to find out.
    """
    whole = (data / MARK).exists()
    if data.exists() and any(data.iterdir()) and not whole and not (data / "demo").exists():
        raise SystemExit(f"medlem: {data} holds something else than a demo; choose another folder with DATA=")
    if fresh or not whole:
        _empty(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / "demo").touch()
    prepared, wanted = data / "prepared", _what_prepares()
    if whole and not fresh and prepared.exists() and prepared.read_text() == wanted:
        return
    from medlem.commands.setup import prepare

    prepare(static=False)
    prepared.write_text(wanted)


def _what_prepares() -> str:
    """A digest of all that the preparing of the database rests on."""
    code = Path(__file__).resolve().parents[1]
    programme = Path(os.environ.get("MEDLEM_PROGRAMME") or code.parent / "programmes" / "cps.toml")
    files = [
        *code.glob("*/migrations/*.py"),
        *programme.parent.glob("*.toml"),
        *programme.parent.glob("*/*.csv"),
    ]
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    for file in sorted([*files, programme]):
        digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _fill(data: Path, *, rental_products: int) -> None:
    """The demo data, where they are not there yet."""
    if (data / MARK).exists():
        return
    print("medlem: making the demo data (once) …", flush=True)
    from django.db import connections

    from medlem.commands.demo_data import make

    make(data / MARK, rental_products=rental_products)
    connections.close_all()


def _empty(data: Path) -> None:
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True)
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        import django
        from django.db import connection

        django.setup()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _portal(port: int) -> list[subprocess.Popen[bytes]]:
    from medlem.commands.serve import command

    return [
        _start(command(host="127.0.0.1", port=port, workers=1)),
        _start([sys.executable, "-m", "medlem", "worker", "--interval=0.2"]),
    ]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, preexec_fn=_end_with_parent if sys.platform == "linux" else None)


def _end_with_parent() -> None:
    """Has the kernel end a part when the demo itself is killed, so that nothing keeps the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _await_port(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    """Waits until somebody listens there; gives up after a minute, or when a child ends."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if any(child.poll() is not None for child in children):
            break
        time.sleep(0.1)
    raise SystemExit(f"medlem: nobody listens on port {port}; see the lines above")


def _await(url: str, children: list[subprocess.Popen[bytes]]) -> None:
    """Waits until the address answers; gives up after a minute, or when a child ends."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - an address of our own
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if any(child.poll() is not None for child in children):
                break
            time.sleep(0.1)
    raise SystemExit(f"medlem: {url} does not answer; see the lines above")


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    while all(child.poll() is None for child in children):
        time.sleep(0.3)
    print("medlem: a part of the demo ended by itself; see the lines above", file=sys.stderr)
    return 1


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
