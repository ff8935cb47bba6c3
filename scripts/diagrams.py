"""Draws docs/states.md from the TRANSITIONS of every model; with --check, fails where the drawing is old."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medlem.settings")
os.environ.setdefault("MEDLEM_DEMO", "1")

import django

django.setup()

from django.apps import apps  # noqa: E402

PAGE = Path(__file__).resolve().parents[1] / "docs" / "states.md"
HEAD = """# States

Drawn from the TRANSITIONS in each domain's `status.py` by `scripts/diagrams.py`; `make check` tells when it
is old. A status moves only through `events.move`, which refuses what has no arrow here.
"""


def drawing() -> str:
    parts = [HEAD]
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        transitions = getattr(model, "TRANSITIONS", None)
        if transitions is None:
            continue
        first = model._meta.get_field("status").default
        lines = [f"    [*] --> {first}"]
        for state, following in transitions.items():
            lines += [f"    {state} --> {after}" for after in sorted(following)] or [f"    {state} --> [*]"]
        parts.append(
            f"## {str(model._meta.verbose_name).capitalize()}\n\n"
            f"`{model._meta.label}`\n\n```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"
        )
    return "\n".join(parts)


def main() -> int:
    drawn = drawing()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text() != drawn:
            print("docs/states.md is old: run .venv/bin/python scripts/diagrams.py")
            return 1
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
