"""`medlem import-register FILE…`: the business register's own bulk download, JSON or CSV, gzipped or not (A2).

For those who run without outside calls: form and checks then look businesses up here. Give the download of the
businesses and that of the places of work together; see `docs/operations.md`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument(
        "--may-shrink",
        action="store_true",
        help="remove what the files lack even when that is more than every tenth entry",
    )


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from medlem.applications.bulk import load
    from medlem.core import clock

    loaded = load(options.files, may_shrink=options.may_shrink, now=clock.now())
    for refused in loaded.refusals:
        print(f"refused: {refused}")
    if loaded.refused > len(loaded.refusals):
        print(f"refused: and {loaded.refused - len(loaded.refusals)} more")
    print(
        f"{loaded.taken} entries taken, {loaded.new} of them new; "
        f"{loaded.gone} that are no longer there removed; {loaded.refused} refused"
    )
    if loaded.trouble:
        print(loaded.trouble, file=sys.stderr)
    return 1 if loaded.refused or loaded.trouble else 0
