"""Other processes of the same house: they share the database and the files of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def environment(**changes: str) -> dict[str, str]:
    """A production's environment, with the tests' database, files, registers and key."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MEDLEM_")}
    return {
        **outside,
        "DATABASE_URL": _database_url(),
        "MEDLEM_DATA": str(settings.DATA),
        "MEDLEM_SECRET_KEY": settings.SECRET_KEY,
        "MEDLEM_REGISTER_URL": settings.MEDLEM_REGISTER_URL,
        "MEDLEM_VIES_URL": settings.MEDLEM_VIES_URL,
        "MEDLEM_HMRC_URL": settings.MEDLEM_HMRC_URL,
        **changes,
    }


def medlem(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """`medlem` as a process of its own."""
    command = [sys.executable, "-m", "medlem", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, **{"stderr": subprocess.PIPE, **options})


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
