"""`medlem setup`: database, cache table, catalogue and static files, ready to serve. Safe to repeat."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-static", action="store_true", help="leave the static files as they are")


def run(options: argparse.Namespace) -> int:
    prepare(static=not options.no_static)
    print("ok: database, catalogue" + ("" if options.no_static else " and static files") + " are ready")
    return 0


def prepare(*, static: bool) -> None:
    """Brings the database to the newest schema and the catalogue of the programme into it."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django.setup()
    from medlem.core import clock
    from medlem.events.actors import SYSTEM
    from medlem.products.catalogue import import_catalogue
    from medlem.programme import current

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    report = import_catalogue(current().catalogue, by=SYSTEM, now=clock.now())
    for refusal in report.refused:
        print(f"catalogue, line {refusal.line}: {refusal.reason}")
    if static:
        call_command("collectstatic", verbosity=0, interactive=False)
