"""Programme files for tests: the two that ship, and copies of them to make wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from medlem.programme.problems import ProgrammeError
from medlem.programme.reading import read
from medlem.programme.schema import Programme

PROGRAMMES = Path(__file__).parents[2] / "programmes"


@pytest.fixture(scope="session")
def cps() -> Programme:
    return read(PROGRAMMES / "cps.toml")


@pytest.fixture(scope="session")
def nordlys() -> Programme:
    return read(PROGRAMMES / "nordlys.toml")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `programmes/`, seen from the folder above it as an operator sees it."""
    shutil.copytree(PROGRAMMES, tmp_path / "programmes")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "programmes"


@pytest.fixture
def complaints(copy: Path) -> Callable[..., list[str]]:
    """Replaces text in one file of the copy and says what reading `cps.toml` then complains of."""

    def edited(old: str, new: str, file: str = "cps.toml") -> list[str]:
        path = copy / file
        source = path.read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new, 1), encoding="utf-8")
        try:
            read(copy / "cps.toml")
        except ProgrammeError as error:
            return str(error).splitlines()
        return []

    return edited
