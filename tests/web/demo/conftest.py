"""The demo's pages exist in a demo only; here is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def demo(settings: Any, set_clock: Callable[[datetime], None]) -> None:
    settings.ROOT_URLCONF = "tests.web.demo_urls"
    settings.DEMO = True
    settings.DATA.mkdir(parents=True, exist_ok=True)
