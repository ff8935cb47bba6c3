"""`medlem import-postcodes FILE`: Norway's register of post codes, with a report (A2)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.applications.postcodes import WrongFile, import_postcodes

    try:
        report = import_postcodes(options.file)
    except (WrongFile, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for reason in report.refused:
        print(f"refused: {reason}")
    print(
        f"{report.taken} post codes taken, {report.unchanged} unchanged, {len(report.refused)} rows refused"
    )
    return 1 if report.refused else 0
