"""A wrong programme file refuses to start, with the place and the reason and no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import sys
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["medlem.programme"], MEDLEM_PROGRAMME_FILE=sys.argv[1])
django.setup()
from medlem.programme import current
assert current() is current()
print(current().brand.wordmark)
"""


def start(programme: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, str(programme)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_right_file_starts(copy: Path) -> None:
    started = start(copy / "nordlys.toml")
    assert (started.returncode, started.stdout, started.stderr) == (0, "Nordlys Pro\n", "")


def test_a_wrong_file_does_not_start_and_says_why(copy: Path) -> None:
    file = copy / "nordlys.toml"
    lines = file.read_text().splitlines()
    number = lines.index("due_days = 20") + 1
    file.write_text("\n".join(lines).replace("due_days = 20", "due_days = 0"))
    started = start(file)
    assert started.returncode == 1
    assert started.stderr == (
        "The programme file has to be put right first:\n"
        f"programmes/nordlys.toml, line {number}:"
        " payment.due_days: must be greater than or equal to 1, not 0\n"
    )
