"""Where evidence is kept: files under names that say nothing, outside of everything that is served.

A small face (put, open, delete, exists), so that an object store can take the folder's place.
"""

from django.conf import settings

from .folder import FileStore, WrongName

__all__ = ["FileStore", "WrongName", "files"]


def files() -> FileStore:
    """The store of this installation: evidence and invoices, below MEDLEM_DATA."""
    return FileStore(settings.DATA / "files")
