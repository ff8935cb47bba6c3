"""`medlem import-catalogue FILE`: models and dated points from a CSV, with a report (B7)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.products.imports import import_catalogue
    from medlem.programme.catalogue import read_csv

    try:
        models, problems = read_csv(options.file)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    report = import_catalogue(list(models))
    refused = [*map(str, problems), *report.refused]
    for reason in refused:
        print(f"refused: {reason}")
    print(f"{report.taken} models taken, {report.unchanged} unchanged, {len(refused)} rows refused")
    return 1 if refused else 0
