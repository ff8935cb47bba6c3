"""The register of business entities that tests meet: it knows the invented businesses, and may be down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from medlem.commands.simulated.register import simulated_register
from tests.post_office import closed_port


@pytest.fixture(scope="session")
def register_url() -> Iterator[str]:
    with simulated_register() as url:
        yield url


@pytest.fixture
def register_up(settings: Any, register_url: str) -> None:
    """The house asks the simulated register."""
    settings.MEDLEM_REGISTER_URL = register_url


@pytest.fixture
def register_down(settings: Any) -> None:
    """The house asks a register that does not answer."""
    settings.MEDLEM_REGISTER_URL = f"http://127.0.0.1:{closed_port()}/enhetsregisteret/api"
