"""What the log says, and what it never says: passwords, tokens, addresses of people."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PROGRAM = """
import logging, os, sys
import structlog
from medlem.core.logs import configure

configure(plain=sys.argv[1] == "plain", level="INFO")
configure(plain=sys.argv[1] == "plain", level="INFO")  # again, as a second set-up does

def set_password(password):
    token = "token " + password
    raise ValueError("too weak")

structlog.get_logger("medlem.test").info("mail sent", mail="0193")
try:
    set_password(os.environ["SECRET"])
except ValueError:
    structlog.get_logger("medlem.test").exception("password not set")
try:
    set_password(os.environ["SECRET"])
except ValueError:
    logging.getLogger("another.library").exception("it said %s", "no")
logging.getLogger("httpx").info("GET https://register.example/?token=" + os.environ["SECRET"])
logging.getLogger("django.request").error("Internal Server Error: /en/status/" + os.environ["SECRET"])
logging.getLogger("another.library").debug("not at this level")
"""


def logged(manner: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, manner],
        env={**os.environ, "SECRET": "hemmelig"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == ""
    return done.stderr


def test_a_log_line_is_json_and_its_traceback_holds_no_variables() -> None:
    written = logged("json")
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(line["event"], line["level"], line["logger"]) for line in lines] == [
        ("mail sent", "info", "medlem.test"),
        ("password not set", "error", "medlem.test"),
        ("it said no", "error", "another.library"),
    ]
    assert lines[1]["exception"][0]["exc_type"] == lines[2]["exception"][0]["exc_type"] == "ValueError"
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "hemmelig" not in written


def test_a_readable_line_holds_no_variables_either() -> None:
    written = logged("plain")
    assert [word for word in ("mail sent", "password not set", "it said no") if word in written] == [
        "mail sent",
        "password not set",
        "it said no",
    ]
    assert "hemmelig" not in written
