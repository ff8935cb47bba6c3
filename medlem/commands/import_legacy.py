"""`medlem import-legacy FILE`: members and products of the former system from CSV or XLSX, with a report (B6)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.core import clock
    from medlem.products.legacy import WrongFile, import_legacy

    try:
        report = import_legacy(options.file, now=clock.now())
    except (WrongFile, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for reason in report.refused:
        print(f"refused: {reason}")
    for reason in report.doubtful:
        print(f"look at: {reason}")
    print(
        f"{report.taken} rows taken, {report.changed} changed, {report.unchanged} there already,"
        f" {report.moved} migrated since, {len(report.refused)} refused"
    )
    return 1 if report.refused else 0
