"""Every application here meets the simulated register; none asks a real one."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def register_answers(register_up: None) -> None:
    """Before `register_down`, where a test takes that too."""
