"""Visits to pages: somebody signed in, on a day that is set, who reads what stands there."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client

from medlem.accounts.models import User


def set_clock(moment: datetime, *, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calendar of the house stands at `moment`, as that of a demo does after it was moved there."""
    file = folder / "clock"
    file.write_text(str(round((moment - datetime.now(UTC)).total_seconds())))
    monkeypatch.setenv("MEDLEM_CLOCK_FILE", str(file))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: HttpResponseBase) -> str:
    """The words of a page's main part, with single plain blanks."""
    page: str = response.text  # type: ignore[attr-defined]
    main = page[page.index("<main") : page.index("</main>")]
    text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", main, flags=re.DOTALL)))
    return re.sub(r"\s+", " ", text)


def lacking(text: str, expected: list[str]) -> list[str]:
    """Those of `expected` that the text does not hold: `[]` when all are there."""
    return [each for each in expected if each not in text]
