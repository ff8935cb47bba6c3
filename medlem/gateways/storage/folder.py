"""Files on disk. What was put is whole and on the disk before its name is given out."""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

NAME = re.compile(r"[0-9a-f]{32}")


class WrongName(ValueError):
    """Not a name that `put` gave out: refused before it comes near a path."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """The folder `root`, with files that only the account that runs medlem can read.

    A stored name is 32 random hexadecimal digits; the file lies two folders deep,
    `root/ab/cd/abcd…`, so that no folder grows large.
    """

    root: Path

    def put(self, content: bytes) -> str:
        """Stores `content` and gives back its name.

        Writes a file beside its place, flushes it to the disk, then renames it: a crash leaves the
        whole file or none under the name. Raises OSError when the disk is full or cannot be
        written.
        """
        name = uuid.uuid4().hex
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self.root):
            _flush_folder(folder)
        return name

    def open(self, name: str) -> BinaryIO:
        """The stored file, to read and close. Raises FileNotFoundError and WrongName."""
        return self._path(name).open("rb")

    def exists(self, name: str) -> bool:
        """Whether it is there. Raises WrongName."""
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        """Deletes it for good (A11); one that is gone already is well. Raises WrongName."""
        path = self._path(name)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _flush_folder(path.parent)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise WrongName(f"{name!r} is not the name of a stored file")
        return self.root / name[:2] / name[2:4] / name


def _flush_folder(folder: Path) -> None:
    # A rename is on the disk when the folder is; without this a power cut can undo it.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
