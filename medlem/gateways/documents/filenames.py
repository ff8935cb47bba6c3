"""What a file is called on a page: the sender's name for it, made harmless."""

from __future__ import annotations

from pathlib import PurePath

LONGEST = 120


def shown_name(filename: str) -> str:
    """The name that the sender gave, without folders and control characters, short enough to show."""
    name = "".join(c for c in PurePath(filename.replace("\\", "/")).name if c.isprintable()).strip()
    if len(name) <= LONGEST:
        return name or "document"
    return name[:100] + "…" + name[-19:]
