"""Where evidence is kept (A3, A11)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medlem.gateways.storage import FileStore, WrongName


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def test_what_was_put_can_be_read_until_it_is_deleted(store: FileStore) -> None:
    name = store.put(b"certificate")
    with store.open(name) as file:
        assert file.read() == b"certificate"
    assert store.exists(name)
    store.delete(name)
    assert not store.exists(name)
    with pytest.raises(FileNotFoundError):
        store.open(name)
    store.delete(name)  # gone already is well


def test_files_are_private_spread_and_complete(store: FileStore) -> None:
    name = store.put(b"certificate")
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert files == [store.root / name[:2] / name[2:4] / name]
    assert files[0].stat().st_mode & 0o777 == 0o600


def test_the_same_content_gets_two_names(store: FileStore) -> None:
    assert store.put(b"same") != store.put(b"same")


@pytest.mark.parametrize(
    "name", ["", "../secret", "a" * 31, "A" * 32, "a" * 32 + "\n", "/" + "a" * 31, "a" * 32 + ".part"]
)
def test_names_of_others_are_refused(store: FileStore, name: str) -> None:
    for use in (store.open, store.exists, store.delete):
        with pytest.raises(WrongName):
            use(name)


def test_a_write_that_fails_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"certificate")
    assert [path for path in store.root.rglob("*") if path.is_file()] == []
