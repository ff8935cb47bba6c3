"""What tests of pages may ask for: a calendar that is set, as the demo sets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

# Before any test makes a demo of the house: which addresses there are is decided when this is imported.
import medlem.urls  # noqa: F401
from tests.conftest import NOW


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[datetime], None]:
    """Sets the calendar that the pages read: at first to NOW, then to any moment, back too."""
    file = tmp_path / "clock"
    monkeypatch.setenv("MEDLEM_CLOCK_FILE", str(file))

    def to(moment: datetime) -> None:
        file.write_text(str(round((moment - datetime.now(UTC)).total_seconds())))

    to(NOW)
    return to
