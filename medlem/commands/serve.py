"""`medlem serve`: granian serves the pages. Prepare with `medlem setup` first."""

from __future__ import annotations

import argparse
import os
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")


def run(options: argparse.Namespace) -> int:
    os.execv(sys.executable, command(host=options.host, port=options.port, workers=options.workers))


def command(*, host: str, port: int, workers: int) -> list[str]:
    """What starts the web server as a process of its own."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={workers}",
        "--blocking-threads=4",
        "--backpressure=64",
        "--respawn-failed-workers",
        "--log-level=warning",
        "medlem.wsgi:application",
    ]
