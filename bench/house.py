"""What every figure shares: an empty house of its own, and how a figure is written down."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.jsonl"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def build() -> None:
    """A house in a folder that goes with the process; the database of DATABASE_URL is emptied first."""
    sys.path.insert(0, str(ROOT))
    folder = tempfile.mkdtemp(prefix="medlem-bench-")
    os.environ.update(
        MEDLEM_DEMO="1",
        MEDLEM_DATA=folder,
        MEDLEM_CLOCK_FILE=f"{folder}/clock",
        MEDLEM_LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="medlem.settings",
    )
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        import django
        from django.db import connection

        django.setup()
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    from medlem.commands.setup import prepare

    prepare(static=False)


def database() -> str:
    return "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"


def figure(name: str, value: float, unit: str) -> None:
    """Prints a figure and appends it to results.jsonl."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    row = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "database": database(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
    }
    with RESULTS.open("a") as results:
        results.write(json.dumps(row) + "\n")
    print(f"{name:36} {row['value']:>12} {unit:8} {row['database']}")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median_ms(work: Callable[[], object], times: int = 30) -> float:
    """The middle of so many runs, after one that warms up."""
    work()
    taken = sorted(seconds(work) for _ in range(times))
    return 1000 * taken[len(taken) // 2]
