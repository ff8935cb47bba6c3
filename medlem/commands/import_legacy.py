"""`medlem import-legacy FILE`: members and products of the former system from a CSV, with a report (B6)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.products.imports import WrongFile, import_legacy

    try:
        report = import_legacy(options.file)
    except (WrongFile, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for reason in report.refused:
        print(f"refused: {reason}")
    print(f"{report.taken} rows taken, {report.unchanged} there already, {len(report.refused)} refused")
    return 1 if report.refused else 0
