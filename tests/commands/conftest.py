"""Commands run against the simulated register, and speak English."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from medlem.commands import main

type Run = Callable[..., tuple[object, str, str]]


@pytest.fixture(autouse=True)
def house(register_up: None, english: None) -> None:
    """Whatever the house asks outside is on loopback."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: its exit status, and what it wrote to both of its ends."""

    def run_command(*arguments: object) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run_command
