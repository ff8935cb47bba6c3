"""`medlem import-catalogue FILE`: models, dated points and ends of qualifying lives from CSV or XLSX (B7)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medlem.products.catalogue import Change


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.core import clock
    from medlem.events.actors import SYSTEM
    from medlem.products.catalogue import import_catalogue
    from medlem.products.workbooks import read_planned
    from medlem.programme.problems import Problem

    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    models, problems = read_planned(content, options.file)
    report = import_catalogue(models, by=SYSTEM, now=clock.now(), dry_run=options.dry_run)
    for change in report.new:
        print(f"new: {change.planned.code}: {_words(change)}")
    for change in report.changed:
        print(f"changed: {change.planned.code}: {_words(change)}")
    refused = [*problems, *(Problem(options.file, each.line, each.reason) for each in report.refused)]
    for problem in refused:
        print(f"refused: {problem}")
    print(
        f"{len(report.new)} new, {len(report.changed)} changed, {report.unchanged} unchanged,"
        f" {len(refused)} rows refused"
    )
    if options.dry_run:
        print("dry run: nothing was written")
    return 1 if refused else 0


def _words(change: Change) -> str:
    """What a file says of one model that the catalogue did not."""
    columns = (
        [change.planned.name]
        if change.model is None
        else [f"{name} {before!r} → {after!r}" for name, (before, after) in change.columns.items()]
    )
    values = [f"{dated.points} points from {dated.from_on}" for dated in change.values]
    end = [f"qualifies until {change.until}"] if change.until else []
    return "; ".join([*columns, *values, *end])
