"""The command line: `medlem COMMAND`. Each command is a module with `arguments(parser)` and `run(options)`."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured

COMMANDS = {
    "demo": "everything on this machine with demo data: portal, worker, mailbox, calendar",
    "setup": "prepare the database, the catalogue and the static files; again after every update",
    "serve": "the web server",
    "worker": "the worker: queue and tick",
    "tick": "do once what is due (--now 2026-12-22T06:00)",
    "import-catalogue": "read models and their dated points from CSV or XLSX (--dry-run)",
    "import-register": "read the business register's bulk download, to look businesses up without outside calls",
    "import-legacy": "read members and products of the former system from a CSV or XLSX",
    "import-postcodes": "read Norway's post codes from the register's text file",
    "create-staff": "give somebody a role at the manufacturer",
    "doctor": "look for trouble: each line ok, or what to do",
    "manage": "Django's own commands",
}


def main(arguments: list[str] | None = None) -> None:
    """Runs one command; its return value is the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medlem.settings")
    parser = argparse.ArgumentParser(prog="medlem", description="Portal and back office of a programme.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else arguments
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        if given[:1] == [name]:  # only the command that runs is imported
            module = import_module(f"medlem.commands.{name.replace('-', '_')}")
            module.arguments(command)
            command.set_defaults(run=module.run)
    options = parser.parse_args(given)
    try:
        sys.exit(options.run(options))
    except ImproperlyConfigured as error:  # a wrong setting: its words are enough
        sys.exit(f"medlem does not start: {error}")
